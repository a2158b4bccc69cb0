/** Paths of straight segments, and points on them. */

export type Point = readonly [number, number];

/** The point `along` pixels from the start of the path; the end of the path if it is shorter. */
export function pointAlong(path: readonly Point[], along: number): Point {
  let left = along;
  for (let i = 1; i < path.length; i++) {
    const [x0, y0] = path[i - 1];
    const [x1, y1] = path[i];
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (left <= length && length > 0) return [x0 + ((x1 - x0) * left) / length, y0 + ((y1 - y0) * left) / length];
    left -= length;
  }
  return path[path.length - 1];
}

export function lengthOfPath(path: readonly Point[]): number {
  return path.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - path[i][0], y - path[i][1]), 0);
}
