/** Something that the analyzer counts over many frames: counted again when there are other frames, with progress, and stopped on request. */

import { proxy } from "comlink";
import { useCallback, useEffect, useRef, useState } from "react";
import type { FrameScope } from "../analyzer/analyzer-api.ts";
import type { MonitorView } from "./monitor-model.ts";

/** Shortest time between two counts of frames that grow. */
const RECOUNT_MS = 1500;

/** Counts the frames of a scope; `null` if it was stopped. */
type Count<T> = (scope: FrameScope, onPart: (done: number, total: number) => void) => Promise<T | null>;

export interface Counted<T> {
  /** The latest result; `null` before the first. */
  readonly result: T | null;
  readonly progress: { readonly done: number; readonly total: number } | null;
  /** Whether the user stopped the latest count. */
  readonly isStopped: boolean;
  stop(): void;
  /** Counts once more after a stop. */
  again(): void;
}

/** `count` and `stopCount` stay the same functions while the analyzer is the same. */
export function useCounted<T>(view: MonitorView, scope: FrameScope, count: Count<T>, stopCount: () => Promise<void>): Counted<T> {
  const [result, setResult] = useState<T | null>(null);
  const [progress, setProgress] = useState<Counted<T>["progress"]>(null);
  const [stopped, setStopped] = useState(false);
  const [serial, setSerial] = useState(0);
  const countedAt = useRef(Number.NEGATIVE_INFINITY);

  const { generation, indexed } = view.state;
  const filterKey = scope === "shown" ? `${view.filter.text}/${view.count}` : "";
  useEffect(() => {
    setResult(null);
    setStopped(false);
  }, [generation]);
  // Counts again when generation, frame count or filter change. A count that the user stopped is not restarted automatically.
  useEffect(() => {
    if (stopped) return;
    let current = true;
    const timer = setTimeout(
      async () => {
        const counted = await count(
          scope,
          proxy((done, total) => {
            if (current) setProgress({ done, total });
          }),
        );
        countedAt.current = performance.now();
        if (!current) return;
        setProgress(null);
        if (counted) setResult(counted);
      },
      Math.max(0, countedAt.current + RECOUNT_MS - performance.now()),
    );
    return () => {
      current = false;
      setProgress(null);
      clearTimeout(timer);
      void stopCount();
    };
  }, [count, stopCount, scope, generation, indexed, filterKey, serial, stopped]);

  const stop = useCallback(() => setStopped(true), []);
  const again = useCallback(() => {
    setStopped(false);
    setSerial((n) => n + 1);
  }, []);
  return { result, progress, isStopped: stopped, stop, again };
}
