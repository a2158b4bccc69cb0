/** Marks of a curve's points, so that curves that coincide can be told apart without colour. */

import type uPlot from "uplot";

/** Signs of the marks in the legend, in the order of `SHAPES`. */
export const MARKER_SIGNS = ["●", "■", "▲", "◆", "✚", "▼"] as const;

type Point = readonly [number, number];

/** Corners in units of half the mark's size; none is a circle. */
const SHAPES: readonly (readonly Point[])[] = [
  [],
  [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  [
    [0, -1.1],
    [1.1, 0.9],
    [-1.1, 0.9],
  ],
  [
    [0, -1.25],
    [1.25, 0],
    [0, 1.25],
    [-1.25, 0],
  ],
  [
    [-0.4, -1.1],
    [0.4, -1.1],
    [0.4, -0.4],
    [1.1, -0.4],
    [1.1, 0.4],
    [0.4, 0.4],
    [0.4, 1.1],
    [-0.4, 1.1],
    [-0.4, 0.4],
    [-1.1, 0.4],
    [-1.1, -0.4],
    [-0.4, -0.4],
  ],
  [
    [0, 1.1],
    [1.1, -0.9],
    [-1.1, -0.9],
  ],
];

/** Path builder for uPlot that draws the marks of curve `i`, in pixels of the canvas. */
export function markerPaths(i: number): uPlot.Series.Points.PathBuilder {
  const corners = SHAPES[i % SHAPES.length];
  return (plot, seriesIndex, first, last) => {
    const path = new Path2D();
    const series = plot.series[seriesIndex];
    const half = ((series.points?.size ?? 6) * devicePixelRatio) / 2;
    for (let at = first; at <= last; at++) {
      const value = plot.data[seriesIndex][at];
      if (value === null || value === undefined) continue;
      const x = plot.valToPos(plot.data[0][at], "x", true);
      const y = plot.valToPos(value, series.scale ?? "y", true);
      if (corners.length === 0) {
        path.moveTo(x + half, y);
        path.arc(x, y, half, 0, 2 * Math.PI);
        continue;
      }
      corners.forEach(([dx, dy], k) => {
        if (k === 0) path.moveTo(x + dx * half, y + dy * half);
        else path.lineTo(x + dx * half, y + dy * half);
      });
      path.closePath();
    }
    return { stroke: path, fill: path, clip: null, flags: 3 };
  };
}
