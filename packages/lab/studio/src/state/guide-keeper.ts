/** Keeps a tour or a lesson over a reload of the page, and over Back and Forward: which it is, for which run. */

import type { LabSettings } from "../lab/lab-types.ts";
import { isSameRun } from "./address.ts";
import { showDocument } from "./documents.ts";
import { useLab } from "./lab-view.ts";
import { endLesson, isRunOfLesson, type OpenLesson, openQuestions, settingsOfLesson, useLesson } from "./lesson.ts";
import { isSettings, type RunDocument } from "./run-document.ts";
import { reopenRun } from "./run-keeper.ts";
import { useStudio } from "./studio-store.ts";
import { isTourBeginning, offerTour, useTour } from "./tour.ts";

/** The tab's storage has the guide of the run that is open. */
const GUIDE_KEY = "pushback.guide";

/** The tour and the lesson beside a run. */
export interface Guide {
  readonly hasTour: boolean;
  readonly lesson: Omit<OpenLesson, "questions"> | null;
}

interface KeptGuide extends Guide {
  readonly settings: LabSettings;
}

/** The parts of a guide that are still being restored: they count as open. */
let awaited: Guide | null = null;

type Members = Readonly<Record<string, unknown>>;

function parseLesson(value: unknown): Guide["lesson"] {
  if (typeof value !== "object" || value === null) return null;
  const { id, title, at } = value as Members;
  return typeof id === "string" && typeof title === "string" && Number.isSafeInteger(at) ? { id, title, at: at as number } : null;
}

/** A guide that was stored as JSON; `null` for anything else. */
export function parseGuide(value: unknown): Guide | null {
  if (typeof value !== "object" || value === null) return null;
  const { hasTour, lesson } = value as Members;
  return { hasTour: hasTour === true, lesson: parseLesson(lesson) };
}

/** The tour and the lesson that are open; `null` if there are none. */
export function currentGuide(): Guide | null {
  const { open } = useLesson.getState();
  const lesson = open ? { id: open.id, title: open.title, at: open.at } : (awaited?.lesson ?? null);
  const hasTour = useTour.getState().moments.length > 0 || isTourBeginning() || (awaited?.hasTour ?? false);
  return lesson !== null || hasTour ? { hasTour, lesson } : null;
}

/** The guide that was open when the page was left; `null` if there was none. Call this before opening a run: opening a run ends a tour. */
export function readGuide(): KeptGuide | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(GUIDE_KEY) ?? "null");
    const guide = parseGuide(value);
    if (guide === null) return null;
    const { settings } = value as Members;
    return isSettings(settings) ? { ...guide, settings } : null;
  } catch {
    // Text that another build wrote, or a browser that blocks storage for this page.
    return null;
  }
}

/** Restores a tour or lesson that was kept, if it belongs to the open run. */
export async function bringGuideBack({ settings, ...guide }: KeptGuide): Promise<void> {
  const { info } = useLab.getState();
  if (info !== null && isSameRun(info.settings, settings)) await restoreGuide(guide);
}

/**
 * Shows the tour and the lesson of the run that has just been opened. An open tour or lesson ends if that run does not have it. The clock is stopped;
 * the tour's bar has a button to continue.
 */
export async function restoreGuide(guide: Guide | null): Promise<void> {
  awaited = guide;
  if (guide === null || guide.lesson === null) endLesson();
  if (guide === null) return;
  let rest: Guide | null = guide;
  const restored = (next: Guide | null): void => {
    // If another run was opened meanwhile, `awaited` is that run's guide and must stay.
    if (awaited === rest) awaited = next;
    rest = next;
  };
  try {
    if (guide.lesson !== null) await openQuestions(guide.lesson);
    restored({ ...guide, lesson: null });
    if (guide.hasTour) await offerTour();
    restored(null);
  } catch {
    // A lesson that this build does not have.
    restored(null);
    endLesson();
  }
}

/** The run of the open lesson as it was when another run replaced it. */
let left: RunDocument | null = null;

/** Shows the run of the open lesson: opens it again, with its tour, if another run has replaced it. */
export async function returnToLesson(): Promise<void> {
  const { open } = useLesson.getState();
  const settings = open && settingsOfLesson(open.id);
  if (open === null || settings === null) return;
  if (isRunOfLesson(open.id, useLab.getState().info?.settings)) {
    showDocument(null);
    return;
  }
  const run: RunDocument = left ?? { settings, actions: [], bookmarks: [], timeUs: 0, view: "bench" };
  if ((await reopenRun(run)) !== "shown") return;
  useStudio.getState().set({ view: run.view });
  await offerTour();
}

/** Stores the tour and the lesson at each change, and keeps the run of a lesson that another run replaces. The returned function ends it. */
export function keepGuide(): () => void {
  const store = (): void => {
    const guide = currentGuide();
    const settings = useLab.getState().info?.settings;
    try {
      if (settings === undefined || guide === null) sessionStorage.removeItem(GUIDE_KEY);
      else sessionStorage.setItem(GUIDE_KEY, JSON.stringify({ settings, ...guide } satisfies KeptGuide));
    } catch {
      // If the browser blocks storage, a reload ends the tour and the lesson.
    }
  };
  const ends = [
    useTour.subscribe((tour, before) => tour.moments !== before.moments && store()),
    useLesson.subscribe((lesson, before) => {
      if (lesson.open?.id !== before.open?.id) left = null;
      store();
    }),
    useLab.subscribe((lab, before) => {
      const { open } = useLesson.getState();
      if (lab.info === before.info || open === null || before.info === null) return;
      const { settings } = before.info;
      if (!isRunOfLesson(open.id, settings) || isRunOfLesson(open.id, lab.info?.settings)) return;
      // The playhead still is the one of the run before.
      const { timeUs, view } = useStudio.getState();
      const { actions, bookmarks, undos, redos } = before;
      left = { settings, actions, bookmarks, undos, redos, timeUs: Math.round(timeUs), view };
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
