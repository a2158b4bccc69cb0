/** Keeps the open run in the browser's storage, so that a reload, a crash or the closed window does not lose it. */

import { isSameRun } from "./address.ts";
import { hasUnsaved } from "./closing.ts";
import type { OpenOutcome } from "./lab-control.ts";
import { type LabView, useLab } from "./lab-view.ts";
import { parseRunDocument, type RunDocument, storedRun } from "./run-document.ts";
import { type Notice, type NoticeAction, useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";

/**
 * Each run has an entry of the storage, whose key is this one with a number behind it. A tab that stores its run changes no other tab's entry. Earlier
 * builds had one entry with this key alone, and one for the run that was put aside.
 */
const RUN_KEY = "pushback.run";
const EARLIER_ASIDE_KEY = `${RUN_KEY}.aside`;

/** Key in `sessionStorage` under which a tab keeps the key of its run's entry, for a reload. A duplicated tab copies it, so each load writes to a new entry. */
const TAB_KEY = "pushback.tab-run";

/** Most runs that are kept beside the one of this tab; the oldest are dropped. */
const MOST_OTHERS = 8;

const newKey = (): string => `${RUN_KEY}.${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;

/** Key of the open run's entry. */
let ownKey = newKey();
/** Key of the tab's entry when the page was last left; `null` in a new tab. */
const formerKey = ((): string | null => {
  try {
    return sessionStorage.getItem(TAB_KEY);
  } catch {
    return null;
  }
})();

/** An entry of the storage. */
interface KeptEntry {
  readonly key: string;
  readonly run: RunDocument;
  /** When it was stored: milliseconds since 1970. */
  readonly storedMs: number;
  /** Whether another run has replaced it in its tab, or a tab has offered it. It is offered, and does not come back by itself. */
  readonly isAside: boolean;
}

/** The run as it is now; `null` if no run is open. */
export function currentRun(): RunDocument | null {
  const { info, actions, bookmarks, undos, redos } = useLab.getState();
  const { timeUs, view } = useStudio.getState();
  return info && { settings: info.settings, actions, bookmarks, undos, redos, timeUs: Math.round(timeUs), view };
}

/** The run of this tab when it was left, else the latest run of another tab that is not put aside; `null` if there is none. */
export const readKeptRun = (): RunDocument | null => keptOf(readEntries())?.run ?? null;

/** The other runs that are kept, the latest first: put aside, or of other tabs. */
export function readOtherRuns(): readonly Pick<KeptEntry, "run" | "isAside">[] {
  const entries = readEntries();
  const kept = keptOf(entries);
  const others: KeptEntry[] = [];
  for (const entry of entries) if (![kept, ...others].some((one) => one && isSameWork(one.run, entry.run))) others.push(entry);
  return others;
}

function keptOf(entries: readonly KeptEntry[]): KeptEntry | undefined {
  const keyed = (key: string | null) => entries.find((entry) => entry.key === key);
  return keyed(ownKey) ?? keyed(formerKey) ?? entries.find(({ isAside }) => !isAside);
}

/** All entries that can be read, the latest first. */
function readEntries(): readonly KeptEntry[] {
  const entries: KeptEntry[] = [];
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      const entry = key === RUN_KEY || key?.startsWith(`${RUN_KEY}.`) ? readEntry(key) : null;
      if (entry !== null) entries.push(entry);
    }
  } catch {
    // Where the browser blocks storage for this page, reading `localStorage` itself throws.
  }
  return entries.sort((a, b) => b.storedMs - a.storedMs);
}

function readEntry(key: string): KeptEntry | null {
  const text = localStorage.getItem(key) ?? "";
  const run = parseRunDocument(text);
  if (run === null) return null;
  const { storedMs, isAside } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return { key, run, storedMs: typeof storedMs === "number" ? storedMs : 0, isAside: isAside === true || key === EARLIER_ASIDE_KEY };
}

/** Stores an entry. If the storage is full, runs that were put aside are dropped for it, the oldest first. Throws if it still takes nothing. */
function writeEntry({ key, run, ...more }: KeptEntry): void {
  const text = JSON.stringify({ ...storedRun(run), ...more });
  const others = readEntries()
    .filter((entry) => entry.key !== key)
    .sort((a, b) => Number(a.isAside) - Number(b.isAside));
  for (const entry of others.slice(MOST_OTHERS)) localStorage.removeItem(entry.key);
  for (;;) {
    try {
      localStorage.setItem(key, text);
      return;
    } catch (error) {
      const at = others.findLastIndex(({ isAside }) => isAside);
      if (at < 0 || !(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      for (const dropped of others.splice(at, 1)) localStorage.removeItem(dropped.key);
    }
  }
}

/** The user was told of the runs of other tabs: at later starts they do not come back by themselves, and are only offered. */
export function putOthersAside(): void {
  const entries = readEntries();
  const kept = keptOf(entries);
  try {
    for (const entry of entries) if (entry !== kept && !entry.isAside) writeEntry({ ...entry, isAside: true });
  } catch {
    // Without room they stay as they are.
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

/** Another run was opened: the run before stays in its entry, put aside until it is opened again, and the opened one gets a new entry. */
function putAside(): void {
  const opened = currentRun();
  if (opened === null) return;
  try {
    for (const entry of readEntries()) {
      const isSame = isSameWork(entry.run, opened);
      if (entry.key !== ownKey) {
        if (isSame) localStorage.removeItem(entry.key);
      } else if (!isSame) {
        ownKey = newKey();
        writeEntry({ ...entry, isAside: true });
      }
    }
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
    if (isUntouched) localStorage.removeItem(ownKey);
    else writeEntry({ key: ownKey, run, storedMs: Date.now(), isAside: false });
    sessionStorage.setItem(TAB_KEY, ownKey);
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
