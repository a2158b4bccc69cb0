/** The page's connections to its workers. The lab has one worker, started by the first request; each open capture has another. */

import * as Comlink from "comlink";
import type { OpenResult } from "../analyzer/analyzer-api.ts";
import type { StudioWorker } from "./entry.ts";
import { SILENT_TICKS, Watchdog } from "./watchdog.ts";

type WorkerRemote = Comlink.Remote<StudioWorker>;
export type LabRemote = Awaited<ReturnType<WorkerRemote["lab"]>>;
export type AnalyzerRemote = Awaited<ReturnType<WorkerRemote["analyzer"]>>;

/** Message for the user about a worker that failed or does not answer; `null` while it answers. */
export type WorkerTrouble = string | null;

type TroubleListener = (trouble: WorkerTrouble) => void;

const ends = new Set<WorkerEnd>();

/** One worker, from its start to its end. */
export class WorkerEnd {
  readonly worker: WorkerRemote;
  readonly analyzer: Promise<AnalyzerRemote>;
  readonly #thread: Worker;
  readonly #watchdog: Watchdog;
  #lab: Promise<LabRemote> | null = null;
  /** Set once it is known what the worker is for. */
  onTrouble: TroubleListener;

  constructor(onTrouble: TroubleListener = () => {}) {
    this.onTrouble = onTrouble;
    this.#thread = new Worker(new URL("./entry.ts", import.meta.url), { type: "module" });
    this.#thread.addEventListener("error", (event) => {
      if (ends.has(this)) this.onTrouble(`has failed${event.message ? `: ${event.message}` : ""}`);
    });
    this.worker = Comlink.wrap<StudioWorker>(this.#thread);
    this.analyzer = this.worker.analyzer();
    this.#watchdog = new Watchdog(
      () => this.worker.ping(),
      (isSilent) => {
        if (ends.has(this)) this.onTrouble(isSilent ? `has not answered for ${SILENT_TICKS} seconds` : null);
      },
    );
    ends.add(this);
  }

  get lab(): Promise<LabRemote> {
    this.#lab ??= this.worker.lab();
    return this.#lab;
  }

  /** Opens a capture in this worker. Bytes go there, and are no longer here. */
  openCapture(name: string, content: Uint8Array | Blob, onPart: (done: number, total: number) => void): Promise<OpenResult> {
    if (content instanceof Uint8Array) {
      return this.worker.openCapture(name, Comlink.transfer(content, [content.buffer]), Comlink.proxy(onPart));
    }
    // The thread that asks for a piece of a file also fetches it from the browser: the page does so while the worker reads the one before.
    const reader = content.stream().getReader();
    const read = async (): Promise<Uint8Array | null> => {
      try {
        const { value } = await reader.read();
        return value ? Comlink.transfer(value, [value.buffer]) : null;
      } catch {
        return null;
      }
    };
    return this.worker.openFile(name, content.size, Comlink.proxy(read), Comlink.proxy(onPart));
  }

  tick(): void {
    this.#watchdog.tick();
  }

  /** Ends the worker with everything in it: questions that wait are never answered. */
  terminate(): void {
    ends.delete(this);
    this.#thread.terminate();
  }
}

let lab: WorkerEnd | null = null;
let onLabTrouble: TroubleListener = () => {};

function labEnd(): WorkerEnd {
  lab ??= new WorkerEnd((trouble) => onLabTrouble(trouble));
  return lab;
}

export const labRemote = (): Promise<LabRemote> => labEnd().lab;
/** The analyzer of the lab's frames. */
export const labAnalyzer = (): Promise<AnalyzerRemote> => labEnd().analyzer;
/** Starts the lab's worker, so that it is read while the page is drawn. */
export const startLabWorker = (): void => void labEnd().lab;

/**
 * Watches all workers. Calls `listener` when the lab's worker fails, when it does not answer, and with `null` when it answers again. The returned
 * function ends the watch.
 */
export function watchWorkers(listener: TroubleListener): () => void {
  onLabTrouble = listener;
  const timer = setInterval(() => {
    for (const end of ends) end.tick();
  }, 1000);
  return () => {
    clearInterval(timer);
    onLabTrouble = () => {};
  };
}

/** Ends the lab's worker; the next question starts another one. */
export function replaceLabWorker(): void {
  lab?.terminate();
  lab = null;
}
