/** The playhead's time for pictures that are expensive to draw. */

import { useEffect, useState } from "react";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";

/** Shortest time between two values while the clock runs. */
const REDRAW_MS = 90;

/** The playhead's time in microseconds; while the clock runs, up to `REDRAW_MS` old. */
export function useLaggingTime(): number {
  const [timeUs, setTimeUs] = useState(useStudio.getState().timeUs);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const take = () => {
      timer = null;
      setTimeUs(useStudio.getState().timeUs);
    };
    const end = useStudio.subscribe(({ timeUs: now }, before) => {
      if (now === before.timeUs) return;
      if (!useLab.getState().playing) take();
      else timer ??= setTimeout(take, REDRAW_MS);
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return timeUs;
}
