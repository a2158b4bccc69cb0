/** Where the window opens: where it was, as long as that is still on a screen. */

import type { Rectangle } from "electron";
import type { WindowPlace } from "./settings.ts";

export const FIRST_SIZE = { width: 1280, height: 800 } as const;
export const LEAST_SIZE = { width: 900, height: 600 } as const;

/** So much of the title bar must be on a screen for a mouse to get hold of it. */
const GRIP = 80;

/** `null`: let the system choose. `areas` are the screens' work areas. */
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
