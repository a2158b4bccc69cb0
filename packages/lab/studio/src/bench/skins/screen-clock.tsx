/** The time of day in the corner of a screen. */

import { useLab } from "../../state/lab-view.ts";
import { useStudio } from "../../state/studio-store.ts";
import { clockTime } from "./wall-time.ts";

export function ScreenClock() {
  const epochMs = useLab((s) => s.info?.epochMs ?? 0);
  return useStudio(({ readUs }) => clockTime(epochMs + readUs / 1000));
}
