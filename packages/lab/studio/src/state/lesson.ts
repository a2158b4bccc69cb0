/** The lesson that is open. */

import { create } from "zustand";
import type { LessonEntry, LessonQuestion } from "../lab/lessons.ts";
import { labRemote } from "../worker/client.ts";
import { ARTICLE_SPEED } from "./lab-view.ts";
import { useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";
import { steerTour, tourChoices } from "./tour.ts";

interface OpenLesson extends Pick<LessonEntry, "id" | "title"> {
  readonly questions: readonly LessonQuestion[];
}

export const useLesson = create<{ readonly open: OpenLesson | null }>()(() => ({ open: null }));

/** Opens the run of a lesson as a tour, and then its questions. */
export async function startLesson({ id, title, settings }: LessonEntry): Promise<void> {
  const since = tourChoices();
  if (!(await theLab.open(settings))) return;
  useStudio.getState().set({ view: "bench" });
  const questions = await (await labRemote()).lesson(id);
  useLesson.setState({ open: { id, title, questions } });
  await steerTour(ARTICLE_SPEED, since);
}

export function endLesson(): void {
  useLesson.setState({ open: null });
}
