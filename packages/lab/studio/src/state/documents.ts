/** The open captures: each has a worker, which ends when the capture is closed and gives back its memory. The lab has a separate worker. */

import type { OpenedFile } from "../host/studio-host.ts";
import { type AnalyzerRemote, labAnalyzer, WorkerEnd } from "../worker/client.ts";
import { fileKeyOf } from "./file-key.ts";
import { askForDocument, type CaptureDocument, shownCapture, tellFileProblem, useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";

const ends = new Map<number, WorkerEnd>();
let lastId = 0;
/** A worker that is started while a file is being chosen or read, so that the next capture need not wait for it. */
let spare: WorkerEnd | null = null;

/** Starts a spare worker, because the user may open a file soon. */
export function expectCapture(): void {
  // If the spare worker fails before it is needed, `endSpare` drops it.
  spare ??= new WorkerEnd(endSpare);
}

/** Starts a worker as soon as a file is dragged over the page or dropped on it. The returned function ends it. */
export function expectDroppedCaptures(): () => void {
  const listen = ({ dataTransfer }: DragEvent): void => {
    if (dataTransfer?.types.includes("Files")) expectCapture();
  };
  const kinds = ["dragenter", "drop"] as const;
  for (const kind of kinds) document.addEventListener(kind, listen);
  return () => {
    for (const kind of kinds) document.removeEventListener(kind, listen);
    endSpare();
  };
}

/** Ends the worker that waits for a capture: another kind of file came. */
export function endSpare(): void {
  spare?.terminate();
  spare = null;
}

/** Changes what is known of a capture, unless it has been closed. */
export function changeCapture(id: number, change: Partial<Omit<CaptureDocument, "id">>): void {
  const { captures, set } = useStudio.getState();
  set({ captures: captures.map((capture) => (capture.id === id ? { ...capture, ...change } : capture)) });
}

/** The name of one more capture: with a number behind it where another one has that name. */
function captureName(name: string, taken: readonly string[]): string {
  let numbered = name;
  for (let i = 2; taken.includes(numbered); i++) numbered = `${name} (${i})`;
  return numbered;
}

/** Adds a capture behind the others, with a separate worker. */
export function addCapture(fileName: string, isLive: boolean): { readonly id: number; readonly name: string; readonly end: WorkerEnd } {
  const id = ++lastId;
  const end = spare ?? new WorkerEnd();
  spare = null;
  end.onTrouble = (trouble) => changeCapture(id, { trouble });
  ends.set(id, end);
  const { captures, set } = useStudio.getState();
  const name = captureName(
    fileName,
    captures.map((capture) => capture.name),
  );
  set({
    captures: [
      ...captures,
      {
        id,
        name,
        fileName,
        // Unlike `id`, the time at which the page was loaded makes this key differ from those of the page's earlier loads.
        fileKey: isLive ? `live-${performance.timeOrigin}-${id}` : null,
        frames: isLive ? 0 : null,
        readShare: 0,
        isLive,
        selectedFrame: null,
        comments: 0,
        trouble: null,
      },
    ],
  });
  return { id, name, end };
}

/** Removes a capture and ends its worker. The one beside it is shown if it was shown itself. */
export function removeCapture(id: number): void {
  const { captures, current, set } = useStudio.getState();
  const at = captures.findIndex((capture) => capture.id === id);
  if (at < 0) return;
  const others = captures.filter((capture) => capture.id !== id);
  set({ captures: others, current: current === id ? (others[Math.min(at, others.length - 1)]?.id ?? null) : current });
  ends.get(id)?.terminate();
  ends.delete(id);
}

/** Shows a capture, or with `null` the lab. */
export function showDocument(id: number | null): void {
  askForDocument();
  useStudio.getState().set({ current: id });
}

/** Stops the lab's clock whenever a capture comes to the front: its transport is then not on the screen. The returned function ends it. */
export function pauseBehindCaptures(): () => void {
  return useStudio.subscribe((state, before) => {
    if (state.current !== before.current && shownCapture(state) !== null) theLab.pause();
  });
}

/** Shows the document that many tabs further on, round the end. */
export function stepDocument(step: 1 | -1): void {
  const { captures, current } = useStudio.getState();
  const ids = [null, ...captures.map(({ id }) => id)];
  showDocument(ids[(ids.indexOf(current) + step + ids.length) % ids.length]);
}

/** The analyzer of a capture, or of the lab if `id` is `null`. For a closed capture the promise never settles, as its worker has ended. */
export function analyzerOf(id: number | null): Promise<AnalyzerRemote> {
  if (id === null) return labAnalyzer();
  return ends.get(id)?.analyzer ?? new Promise(() => {});
}

/** A comment was written in the monitor of a capture, or with `null` of the lab. */
export function noteComment(id: number | null): void {
  const { captures, labComments, set } = useStudio.getState();
  if (id === null) set({ labComments: labComments + 1 });
  else changeCapture(id, { comments: (captures.find((capture) => capture.id === id)?.comments ?? 0) + 1 });
}

/** Opens a file as a capture, and shows it unless another document is asked for meanwhile. */
export async function openCapture(file: OpenedFile): Promise<void> {
  const isWanted = askForDocument();
  const { id, name, end } = addCapture(file.name, false);
  // Bytes are hashed before the worker takes them, a file beside the worker. A file that can't be read has no key, and the worker's answer says why.
  const keyed = fileKeyOf(file)
    .catch(() => null)
    .then((fileKey) => changeCapture(id, { fileKey }));
  const result = await end.openCapture(name, file.content, (done, total) => changeCapture(id, { readShare: done / total }));
  await keyed;
  if (!result.ok) {
    removeCapture(id);
    tellFileProblem(`${file.name}: ${result.message}`);
    return;
  }
  changeCapture(id, { frames: result.state.frames });
  if (isWanted()) useStudio.getState().set({ current: id });
}
