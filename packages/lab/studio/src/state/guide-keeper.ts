/** Keeps a tour or a lesson over a reload of the page: the tab's storage has which, and for which run. */

import type { LabSettings } from "../lab/lab-types.ts";
import { isSameRun } from "./address.ts";
import { useLab } from "./lab-view.ts";
import { endLesson, type OpenLesson, openQuestions, useLesson } from "./lesson.ts";
import { isSettings } from "./run-document.ts";
import { offerTour, useTour } from "./tour.ts";

const GUIDE_KEY = "pushback.guide";

interface Guide {
  readonly settings: LabSettings;
  readonly hasTour: boolean;
  readonly lesson: Omit<OpenLesson, "questions"> | null;
}

function parseLesson(value: unknown): Guide["lesson"] {
  if (typeof value !== "object" || value === null) return null;
  const { id, title, at } = value as Readonly<Record<string, unknown>>;
  return typeof id === "string" && typeof title === "string" && Number.isSafeInteger(at) ? { id, title, at: at as number } : null;
}

/** The guide that was open when the page was left; `null` if there was none. Call this before opening a run: opening a run ends a tour. */
export function readGuide(): Guide | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(GUIDE_KEY) ?? "null");
    if (typeof value !== "object" || value === null) return null;
    const { settings, hasTour, lesson } = value as Readonly<Record<string, unknown>>;
    return isSettings(settings) ? { settings, hasTour: hasTour === true, lesson: parseLesson(lesson) } : null;
  } catch {
    // Text that another build wrote, or a browser that blocks storage for this page.
    return null;
  }
}

/** Restores a tour or lesson if it belongs to the open run. The clock is stopped; the tour's bar has a button to continue. */
export async function bringGuideBack(guide: Guide): Promise<void> {
  const { info } = useLab.getState();
  if (info === null || !isSameRun(info.settings, guide.settings)) return;
  try {
    if (guide.lesson !== null) await openQuestions(guide.lesson);
    if (guide.hasTour) await offerTour();
  } catch {
    // A lesson that this build does not have.
    endLesson();
  }
}

/** Stores the tour and the lesson at each change. The returned function ends it. */
export function keepGuide(): () => void {
  const store = (): void => {
    const { open } = useLesson.getState();
    const hasTour = useTour.getState().moments.length > 0;
    const settings = useLab.getState().info?.settings;
    try {
      if (settings === undefined || (open === null && !hasTour)) sessionStorage.removeItem(GUIDE_KEY);
      else {
        const lesson = open && { id: open.id, title: open.title, at: open.at };
        sessionStorage.setItem(GUIDE_KEY, JSON.stringify({ settings, hasTour, lesson } satisfies Guide));
      }
    } catch {
      // Without storage a reload ends them.
    }
  };
  const ends = [useTour.subscribe((tour, before) => tour.moments !== before.moments && store()), useLesson.subscribe(store)];
  return () => {
    for (const end of ends) end();
  };
}
