/** Keeps the open run in the browser's storage, so that a reload, a crash or the closed window does not lose it. */

import { hasUnsaved } from "./closing.ts";
import type { OpenOutcome } from "./lab-control.ts";
import { type LabView, useLab } from "./lab-view.ts";
import { parseRunDocument, type RunDocument } from "./run-document.ts";
import { useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";

const RUN_KEY = "pushback.run";

/** The run as it is now; `null` if no run is open. */
export function currentRun(): RunDocument | null {
  const { info, actions, bookmarks } = useLab.getState();
  const { timeUs, view } = useStudio.getState();
  return info && { settings: info.settings, actions, bookmarks, timeUs: Math.round(timeUs), view };
}

/** The run that was kept; `null` if there is none. */
export function readKeptRun(): RunDocument | null {
  try {
    return parseRunDocument(localStorage.getItem(RUN_KEY) ?? "");
  } catch {
    // Where the browser blocks storage for this page, reading `localStorage` itself throws.
    return null;
  }
}

export function countedActions(count: number): string {
  return count === 1 ? "1 action" : `${count} actions`;
}

/** Opens a run with everything that was done in it. `refuse` is told in a line why it can't be opened. */
export async function reopenRun({ settings, ...earlier }: RunDocument, refuse?: (message: string) => void): Promise<OpenOutcome> {
  try {
    return await theLab.open(settings, earlier, refuse);
  } catch {
    // A step that the scenario's machines can't take: the text was edited, or another build wrote it.
    refuse?.("its actions do not fit its scenario");
    return "refused";
  }
}

/** Offers the run that another one has replaced. */
function offerRun({ info, actions, bookmarks }: LabView): void {
  if (info === null || actions.length === 0) return;
  const run: RunDocument = { settings: info.settings, actions, bookmarks, timeUs: actions[actions.length - 1].atUs, view: "bench" };
  useStudio.getState().set({
    notice: {
      text: `The run before had ${countedActions(actions.length)}.`,
      kind: "info",
      action: { label: "Bring it back", run: () => void reopenRun(run) },
    },
  });
}

/** Stores the run if anything was done in it. Returns whether nothing would be lost now. */
function store(): boolean {
  const run = currentRun();
  if (run === null) return true;
  const isUntouched = run.actions.length === 0 && run.bookmarks.length === 0;
  try {
    if (isUntouched) localStorage.removeItem(RUN_KEY);
    else localStorage.setItem(RUN_KEY, JSON.stringify(run));
    return true;
  } catch {
    return isUntouched;
  }
}

/** Stores the run at each action and bookmark, and when the page is left. Where it can't be stored, or frames or comments would be lost, the browser asks before. */
export function keepRun(): () => void {
  const unsubscribe = useLab.subscribe((lab, before) => {
    if (lab.actions !== before.actions || lab.bookmarks !== before.bookmarks || lab.info !== before.info) store();
    // Other frames have none of the comments.
    if (lab.restarts !== before.restarts) useStudio.getState().set({ labComments: 0 });
    // A run that is brought back has the same list of actions.
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
