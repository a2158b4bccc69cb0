/** Position of the window at start: the last one, if it is still on a screen. */

import type { Rectangle } from "electron";
import type { WindowPlace } from "./settings.ts";

export const FIRST_SIZE = { width: 1280, height: 800 } as const;
export const LEAST_SIZE = { width: 900, height: 600 } as const;

/** Width of the title bar in pixels that must be visible on a screen, so that a mouse can drag it. */
const GRIP = 80;

/** Returns `null` to let the system choose. `areas` are the work areas of the screens. */
export function placeOnScreens(place: WindowPlace | null, areas: readonly Rectangle[]): Rectangle | null {
  if (place === null) return null;
  const { x, y } = place;
  const width = Math.max(LEAST_SIZE.width, place.width);
  const height = Math.max(LEAST_SIZE.height, place.height);
  const isReachable = areas.some(
    (area) => x + width >= area.x + GRIP && x <= area.x + area.width - GRIP && y >= area.y && y <= area.y + area.height - GRIP,
  );
  return isReachable ? { x, y, width, height } : null;
}
