/** The lesson that is open. */

import { create } from "zustand";
import type { LabSettings } from "../lab/lab-types.ts";
import { LESSON_ENTRIES, type LessonEntry, type LessonQuestion } from "../lab/lessons.ts";
import { labRemote } from "../worker/client.ts";
import { isSameRun } from "./address.ts";
import { ARTICLE_SPEED, useLab } from "./lab-view.ts";
import { useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";
import { speedChoices, steerTour } from "./tour.ts";

export interface OpenLesson extends Pick<LessonEntry, "id" | "title"> {
  readonly questions: readonly LessonQuestion[];
  /** Index of the question; after the last one, their number. */
  readonly at: number;
}

export const useLesson = create<{ readonly open: OpenLesson | null }>()(() => ({ open: null }));

/** The settings of a lesson's run; `null` for a lesson that this build does not have. */
export function settingsOfLesson(id: string): LabSettings | null {
  return LESSON_ENTRIES.find((entry) => entry.id === id)?.settings ?? null;
}

/** Whether the questions of a lesson are about this run. A file may have the name of the lesson's scenario, and another text. */
export function isRunOfLesson(id: string, settings: LabSettings | undefined): boolean {
  const own = settingsOfLesson(id);
  return own !== null && settings !== undefined && settings.text === undefined && isSameRun(own, settings);
}

/** Opens the run of a lesson as a tour, and then its questions. */
export async function startLesson({ id, title, settings }: LessonEntry): Promise<void> {
  const since = speedChoices();
  if ((await theLab.open(settings)) !== "shown") return;
  useStudio.getState().set({ view: "bench" });
  // The lesson before is about another run.
  endLesson();
  await openQuestions({ id, title, at: 0 });
  await steerTour(ARTICLE_SPEED, since);
}

/** Asks the questions of a lesson from `at` on, unless another run is opened meanwhile. */
export async function openQuestions(lesson: Omit<OpenLesson, "questions">): Promise<void> {
  const { info } = useLab.getState();
  const questions = await (await labRemote()).lesson(lesson.id);
  if (useLab.getState().info === info) useLesson.setState({ open: { ...lesson, questions } });
}

export function nextQuestion(): void {
  const { open } = useLesson.getState();
  if (open) useLesson.setState({ open: { ...open, at: open.at + 1 } });
}

export function endLesson(): void {
  useLesson.setState({ open: null });
}
