/**
 * Keeps the page's address at what is shown. Another view, document or run is a new entry in the browser's history; another moment or frame
 * changes the present one. An entry also has the whole run, with the text of its scenario and its actions, which no address has room for, and the tour
 * or lesson beside it.
 */

import { type Address, formatAddress, isSameRun, parseAddress } from "./address.ts";
import { changeCapture, showDocument } from "./documents.ts";
import { currentGuide, type Guide, parseGuide, restoreGuide } from "./guide-keeper.ts";
import { useLab } from "./lab-view.ts";
import { useLesson } from "./lesson.ts";
import { parseRunDocument, type RunDocument, storedRun } from "./run-document.ts";
import { currentRun, reopenRun } from "./run-keeper.ts";
import { type CaptureDocument, type Notice, type NoticeAction, shownCapture, shownView, useStudio } from "./studio-store.ts";
import { recording, theLab } from "./the-lab.ts";
import { useTour } from "./tour.ts";

/** Browsers refuse more than a few changes of the address a second. */
const EVERY_MS = 400;

/** An entry of the history; its run is stored as `storedRun` has it. */
interface Entry {
  readonly run: RunDocument | null;
  readonly capture: CaptureOfEntry | null;
  readonly guide: Guide | null;
}

/** Says which capture an entry shows: the address has only its file's name, which other files may have. */
interface CaptureOfEntry {
  /** Its number in this page, which tells apart two tabs with the same file. After a reload another capture may have the number. */
  readonly id: number;
  readonly fileKey: string;
}

function entryOf(state: unknown): Entry {
  const { run, capture, guide } = (typeof state === "object" && state !== null ? state : {}) as Partial<Entry>;
  return {
    run: run ? parseRunDocument(JSON.stringify(run)) : null,
    capture: typeof capture?.id === "number" && typeof capture.fileKey === "string" ? { id: capture.id, fileKey: capture.fileKey } : null,
    guide: parseGuide(guide),
  };
}

/** The run that the present entry of the history has; `null` after the page was opened by an address. */
export const runOfEntry = (): RunDocument | null => entryOf(history.state).run;

/** The capture that an entry of the history shows; `null` if it shows none, or was made by an address alone. */
export const captureOfEntry = (state: unknown): CaptureOfEntry | null => entryOf(state).capture;

function capturesAt({ fileName, capture }: MissingCapture): readonly CaptureDocument[] {
  const { captures } = useStudio.getState();
  if (capture === null) return captures.filter((one) => one.fileName === fileName);
  const same = captures.filter(({ fileKey }) => fileKey === capture.fileKey);
  const own = same.find(({ id }) => id === capture.id) ?? same[0];
  return own === undefined ? [] : [own];
}

/** The present address of the page, without the actions of the run. */
function currentAddress(): Address {
  const state = useStudio.getState();
  const capture = shownCapture(state);
  return {
    settings: useLab.getState().info?.settings ?? null,
    actions: [],
    view: shownView(state),
    timeUs: state.timeUs,
    frame: capture ? capture.selectedFrame : state.selectedFrame,
    capture: capture?.fileName ?? null,
  };
}

/** A capture that is not open, whose frame is to be shown once it is. */
export interface MissingCapture {
  readonly fileName: string;
  readonly frame: number | null;
  /** Which file it is; `null` if only its name is known, as from a link. */
  readonly capture: CaptureOfEntry | null;
}

let awaited: MissingCapture | null = null;
/** The notice about the awaited capture. */
let awaitedNotice: Notice | null = null;

/** Whether this capture is still to be shown. */
export const isAwaited = (missing: MissingCapture): boolean => missing === awaited;

/** Tells that the awaited capture is not open here, with an action. */
export function tellMissing(action: NoticeAction): void {
  if (awaited === null) return;
  const { fileName, frame, capture } = awaited;
  const { captures, set } = useStudio.getState();
  const named = captures.filter((one) => one.fileName === fileName).length;
  const it = frame === null ? "it" : `its frame ${frame}`;
  const text =
    named === 0
      ? `${fileName} is not open here. Open the file to see ${it}.`
      : capture === null
        ? `${named} open captures are called ${fileName}. Choose one of their tabs to see ${it}.`
        : `This ${fileName} is not open here: what is open is another file of this name. Open the file to see ${it}.`;
  awaitedNotice = { text, kind: "info", action };
  set({ notice: awaitedNotice });
}

/** The capture is no longer awaited: removes its notice. */
function stopAwaiting(): void {
  const { notice, set } = useStudio.getState();
  if (awaitedNotice !== null && notice === awaitedNotice) set({ notice: null });
  awaited = null;
  awaitedNotice = null;
}

const tell = (text: string): void => useStudio.getState().set({ notice: { text, kind: "error" } });

function showFrameOfCapture(id: number, name: string, frames: number, frame: number | null): void {
  showDocument(id);
  if (frame === null) return;
  if (frame <= frames) changeCapture(id, { selectedFrame: frame });
  else tell(`${name} has no frame ${frame.toLocaleString("en")}: it has ${frames.toLocaleString("en")}.`);
}

/**
 * Shows view, moment and frame of an address in the run and the captures that are open. `of` says which capture the address names, where that is known.
 * `missing` is called for a capture that is not open.
 */
export async function followInRun(
  { view, timeUs, frame, capture }: Address,
  of: CaptureOfEntry | null,
  missing: (capture: MissingCapture) => void,
): Promise<void> {
  const { set } = useStudio.getState();
  const durationUs = useLab.getState().info?.durationUs ?? 0;
  if (timeUs !== null && timeUs > durationUs) tell("The moment of the address lies after the end of the run: its end is shown.");
  if (timeUs !== null && timeUs !== Math.round(useStudio.getState().timeUs)) {
    theLab.pause();
    await theLab.stepTime(timeUs - useStudio.getState().timeUs, 1);
  }
  stopAwaiting();
  if (capture !== null) {
    const wanted: MissingCapture = { fileName: capture, frame, capture: of };
    const found = capturesAt(wanted);
    const open = found.length === 1 ? found[0] : null;
    if (open && open.frames !== null) showFrameOfCapture(open.id, open.name, open.frames, frame);
    else {
      awaited = wanted;
      // A capture that is still being read is shown when it has been.
      if (open === null) missing(wanted);
    }
    return;
  }
  set({ view: view ?? useStudio.getState().view });
  if (frame === null) set({ selectedFrame: null });
  else if (frame <= recording.frameCount) set({ selectedFrame: frame });
  else if (timeUs === null || timeUs <= durationUs)
    tell(`The run has no frame ${frame.toLocaleString("en")} at this moment: it has ${recording.frameCount.toLocaleString("en")}.`);
}

/** Follows the document that is shown, and Back and Forward. The returned function ends it. */
export function keepAddress(missing: (capture: MissingCapture) => void): () => void {
  /** Run, document and view: if one of them changes, the history gets an entry. */
  const placeNow = (): string => {
    const { settings, view } = currentAddress();
    const { text: _, ...run } = settings ?? {};
    return JSON.stringify([run, view, useStudio.getState().current]);
  };
  let place = placeNow();
  let written = "";
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** Number of history entries that are being opened. State changes meanwhile come from opening them, so they make no new entries. */
  let following = 0;
  /** The place from which a capture is awaited: if it is still that one, the capture belongs to the present entry, and Forward stays. */
  let awaitedFrom = awaited === null ? null : place;

  const write = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (following > 0 || useLab.getState().info === null) return;
    const now = placeNow();
    const run = currentRun();
    const shown = shownCapture(useStudio.getState());
    const here = currentAddress();
    // The entry of a capture that is not open still names it, so that the next reload asks for it again.
    const kept = now === awaitedFrom ? awaited : null;
    const named: Address = kept === null ? here : { ...here, capture: kept.fileName, frame: kept.frame, view: "monitor" };
    const file: CaptureOfEntry | null = shown && shown.fileKey !== null ? { id: shown.id, fileKey: shown.fileKey } : null;
    const entry = { run: run && storedRun(run), capture: kept === null ? file : kept.capture, guide: currentGuide() };
    const address = location.pathname + location.search + formatAddress(named);
    const text = JSON.stringify([entry, address]);
    if (text === written) return;
    written = text;
    try {
      if (now === place) history.replaceState(entry, "", address);
      else history.pushState(entry, "", address);
      place = now;
    } catch {
      // The browser refuses too many history changes within a short time, and too large an entry. The next change tries again.
    }
  };
  const later = (ms: number): void => {
    if (timer !== null && ms > 0) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(write, ms);
  };
  const change = (): void => later(placeNow() === place ? EVERY_MS : 0);

  const follow = async (state: unknown): Promise<void> => {
    const parsed = parseAddress(location.hash);
    if (!parsed.ok) {
      tell(parsed.message);
      return;
    }
    if (parsed.address === null) return;
    const { address } = parsed;
    const entry = entryOf(state);
    const open = useLab.getState().info?.settings ?? null;
    following++;
    try {
      if (address.settings !== null && (open === null || !isSameRun(open, address.settings))) {
        theLab.pause();
        const own = entry.run && isSameRun(entry.run.settings, address.settings) ? entry.run : null;
        const run = own ?? {
          settings: address.settings,
          actions: address.actions,
          bookmarks: [],
          timeUs: address.timeUs ?? 0,
          view: "bench",
        };
        if ((await reopenRun(run)) !== "shown") return;
        // Finding the moments of a tour takes longer than opening its run.
        void restoreGuide(own === null ? null : entry.guide);
      }
      await followInRun(address, entry.capture, missing);
    } finally {
      following--;
      place = placeNow();
      if (awaited !== null) awaitedFrom = place;
      later(EVERY_MS);
    }
  };
  const onPopState = (event: PopStateEvent): void => void follow(event.state);

  write();
  const ends = [
    useStudio.subscribe((state, before) => {
      if (awaited && state.captures !== before.captures) {
        const { frame } = awaited;
        const found = capturesAt(awaited);
        const open = found.length === 1 ? found[0] : null;
        if (open && open.frames !== null) {
          stopAwaiting();
          showFrameOfCapture(open.id, open.name, open.frames, frame);
          if (place === awaitedFrom) place = placeNow();
          awaitedFrom = null;
        }
      }
      if (
        state.view !== before.view ||
        state.current !== before.current ||
        state.timeUs !== before.timeUs ||
        state.selectedFrame !== before.selectedFrame ||
        state.captures !== before.captures
      )
        change();
    }),
    useLab.subscribe((lab, before) => {
      if (lab.info !== before.info) change();
      // Actions and bookmarks are written at once, because the page may be closed at any moment.
      else if (lab.actions !== before.actions || lab.bookmarks !== before.bookmarks) write();
    }),
    useTour.subscribe((tour, before) => tour.moments !== before.moments && later(0)),
    // At once: Back may follow the answer before a timer does.
    useLesson.subscribe(() => (placeNow() === place ? write() : later(0))),
  ];
  addEventListener("popstate", onPopState);
  addEventListener("pagehide", write);
  return () => {
    for (const end of ends) end();
    removeEventListener("popstate", onPopState);
    removeEventListener("pagehide", write);
    if (timer !== null) clearTimeout(timer);
  };
}

/** Longest link that mail and chat programs leave whole. */
const MOST_LINK_CHARACTERS = 2000;

/** The link to what is shown now, and one line about what it does not carry; or a line that says why there is none. */
export function linkToHere(): { readonly link: string | null; readonly remark: string | null } {
  const address = currentAddress();
  const { actions } = useLab.getState();
  const base = location.origin + location.pathname;
  if (address.capture !== null) {
    const { capture, frame, view } = address;
    const link = base + formatAddress({ ...address, settings: null, view, timeUs: null });
    return { link, remark: `It shows ${frame === null ? capture : `frame ${frame} of ${capture}`} where that file is opened.` };
  }
  if (address.settings?.text !== undefined)
    return { link: null, remark: "This run is of a file of yours, which a link can’t carry: export the recording, and pass that on." };
  const whole = base + formatAddress({ ...address, actions });
  if (whole.length <= MOST_LINK_CHARACTERS) return { link: whole, remark: null };
  return {
    link: base + formatAddress(address),
    remark: `It is too long with your ${actions.length} actions: export the recording for those.`,
  };
}
