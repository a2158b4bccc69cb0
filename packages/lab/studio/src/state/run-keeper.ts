/** Keeps the open run in the browser's storage, so that a reload, a crash or the closed window does not lose it. */

import { isSameRun } from "./address.ts";
import { hasUnsaved } from "./closing.ts";
import type { OpenOutcome } from "./lab-control.ts";
import { type LabView, useLab } from "./lab-view.ts";
import { parseRunDocument, type RunDocument, storedRun } from "./run-document.ts";
import { type Notice, type NoticeAction, useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";

const RUN_KEY = "pushback.run";
/** The run that another one has replaced. */
const ASIDE_KEY = "pushback.run.aside";

/** The run as it is now; `null` if no run is open. */
export function currentRun(): RunDocument | null {
  const { info, actions, bookmarks, undos, redos } = useLab.getState();
  const { timeUs, view } = useStudio.getState();
  return info && { settings: info.settings, actions, bookmarks, undos, redos, timeUs: Math.round(timeUs), view };
}

/** The run that was kept; `null` if there is none. */
export const readKeptRun = (): RunDocument | null => readRun(RUN_KEY);

/** The run that was put aside when another one replaced it; `null` if there is none. */
export const readRunAside = (): RunDocument | null => readRun(ASIDE_KEY);

function readRun(key: string): RunDocument | null {
  try {
    return parseRunDocument(localStorage.getItem(key) ?? "");
  } catch {
    // Where the browser blocks storage for this page, reading `localStorage` itself throws.
    return null;
  }
}

type Work = Pick<RunDocument, "actions" | "bookmarks">;

/** Whether a person did anything in the run. Bookmarks count: they are kept too. */
export function hasWork({ actions, bookmarks }: Work): boolean {
  return actions.length + bookmarks.length > 0;
}

const counted = (count: number, name: string): string => (count === 1 ? `1 ${name}` : `${count} ${name}s`);

/** How much a person did in a run, such as "2 actions, 1 bookmark". */
export function workText({ actions, bookmarks }: Work): string {
  const texts = [
    actions.length > 0 || bookmarks.length === 0 ? counted(actions.length, "action") : "",
    bookmarks.length > 0 ? counted(bookmarks.length, "bookmark") : "",
  ];
  return texts.filter((text) => text !== "").join(", ");
}

/** Opens a stored run with its actions. If it can't be opened, `refuse` is called with one line that says why. */
export async function reopenRun({ settings, ...earlier }: RunDocument, refuse?: (message: string) => void): Promise<OpenOutcome> {
  try {
    return await theLab.open(settings, earlier, refuse);
  } catch {
    // A step that the scenario's machines can't take: the text was edited, or another build wrote it.
    refuse?.("its actions do not fit its scenario");
    return "refused";
  }
}

/** The latest notice about a run, and whether it is out of date once another run is open. */
let told: { readonly notice: Notice; isPast(opened: RunDocument): boolean } | null = null;

/** Offers a run that is not open. The notice goes when that run is opened in another way. */
export function offerBack(run: RunDocument, text: string): void {
  const action = { label: "Bring it back", run: () => void reopenRun(run) };
  tellOfRun({ text, kind: "info", action }, (opened) => isSameWork(run, opened));
}

/** Shows a notice about the open run, with an action. The notice goes when another run is opened. */
export function tellOfOpenRun(text: string, action: NoticeAction): void {
  tellOfRun({ text, kind: "info", action }, () => true);
}

function tellOfRun(notice: Notice, isPast: (opened: RunDocument) => boolean): void {
  told = { notice, isPast };
  useStudio.getState().set({ notice });
}

/** A run was opened: removes the notice about a run if it is out of date. */
function withdrawPastNotice(): void {
  const { notice, set } = useStudio.getState();
  const opened = currentRun();
  if (opened !== null && told !== null && told.notice === notice && told.isPast(opened)) set({ notice: null });
}

/** Offers, in a notice, to reopen the given run after another run has replaced it. Does nothing for a run without actions and bookmarks. */
function offerRun({ info, actions, bookmarks, undos, redos }: LabView): void {
  if (info === null || !hasWork({ actions, bookmarks })) return;
  const timeUs = actions.at(-1)?.atUs ?? bookmarks[0]?.atUs ?? 0;
  const run: RunDocument = { settings: info.settings, actions, bookmarks, undos, redos, timeUs, view: "bench" };
  offerBack(run, `The run before had ${workText(run)}.`);
}

function isSameWork(a: RunDocument, b: RunDocument): boolean {
  return isSameRun(a.settings, b.settings) && JSON.stringify([a.actions, a.bookmarks]) === JSON.stringify([b.actions, b.bookmarks]);
}

/** Another run was opened: the kept one is put aside, until it is opened again or the next one is put aside. */
function putAside(): void {
  const [kept, aside, opened] = [readKeptRun(), readRunAside(), currentRun()];
  if (opened === null) return;
  try {
    if (aside !== null && isSameWork(aside, opened)) localStorage.removeItem(ASIDE_KEY);
    if (kept !== null && !isSameWork(kept, opened)) localStorage.setItem(ASIDE_KEY, JSON.stringify(storedRun(kept)));
  } catch {
    // Without storage nothing was kept.
  }
}

/** Stores the run if anything was done in it. Returns whether nothing would be lost now. */
function store(): boolean {
  const run = currentRun();
  if (run === null) return true;
  const isUntouched = !hasWork(run);
  try {
    if (isUntouched) localStorage.removeItem(RUN_KEY);
    else localStorage.setItem(RUN_KEY, JSON.stringify(storedRun(run)));
    return true;
  } catch {
    return isUntouched;
  }
}

/**
 * Stores the run at each action and bookmark, and when the page is left. If storing fails, or if frames or comments would be lost, the browser asks
 * whether to leave. Returns a function that ends this.
 */
export function keepRun(): () => void {
  const unsubscribe = useLab.subscribe((lab, before) => {
    if (lab.info !== before.info) {
      putAside();
      withdrawPastNotice();
    }
    if (lab.actions !== before.actions || lab.bookmarks !== before.bookmarks || lab.info !== before.info) store();
    // The replayed run has new frames, without comments.
    if (lab.restarts !== before.restarts) useStudio.getState().set({ labComments: 0 });
    // A restored run has the same `actions` object: then there is no other run to offer.
    if (lab.info !== before.info && lab.actions !== before.actions) offerRun(before);
  });
  const onHide = () => void store();
  const onLeave = (event: BeforeUnloadEvent) => {
    if (!store() || hasUnsaved()) event.preventDefault();
  };
  addEventListener("pagehide", onHide);
  addEventListener("beforeunload", onLeave);
  return () => {
    unsubscribe();
    removeEventListener("pagehide", onHide);
    removeEventListener("beforeunload", onLeave);
  };
}
