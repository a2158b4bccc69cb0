/** Draws the graph with uPlot. */

import uPlot from "uplot";
import { GRAPH_SERIES, type GraphSeries, type IoGraph } from "../analyzer/analyzer-api.ts";
import { SERIES } from "./graph-series.ts";

/** A pointer that moves more pixels than this between press and release drags, and does not click. */
const CLICK_PX = 4;
const MIN_HEIGHT = 140;

/** Distances between marks of the time axis, in seconds. */
const X_STEPS: readonly number[] = [
  ...[0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 604800],
];

/** Marks of the count axis: 0, then 1, 2, 5, 10 … up to `most`, without those that would stand too close together at the bottom. */
function countTicks(most: number): number[] {
  const ticks = [0];
  for (let scale = 1; scale <= most; scale *= 10) {
    for (const factor of [1, 2, 5]) {
      const n = factor * scale;
      if (n <= most && (n >= most / 60 || n === 1)) ticks.push(n);
    }
  }
  return ticks;
}

/** The first frame of the bucket at `index`, or of the nearest bucket that has one; `null` if none has. */
export function frameNear(graph: IoGraph, index: number): number | null {
  for (let away = 0; away < graph.buckets; away++) {
    for (const i of [index - away, index + away]) if (graph.firstFrames[i]) return graph.firstFrames[i];
  }
  return null;
}

interface GraphOptions {
  /** Whether the count axis has a square-root scale, so that single frames are visible beside hundreds. */
  readonly isEven: boolean;
  readonly hidden: readonly GraphSeries[];
  /** Time of the capture's first frame, in microseconds. */
  readonly originUs: number;
  readonly selectedUs: number | null;
  /** Called with the bucket under the pointer, or -1. */
  readonly onCursor: (bucket: number) => void;
  readonly onSelect: (frame: number) => void;
}

export const heightOf = (element: HTMLElement): number => Math.max(MIN_HEIGHT, element.clientHeight);

export function drawGraph(
  element: HTMLElement,
  graph: IoGraph,
  { isEven, hidden, originUs, selectedUs, onCursor, onSelect }: GraphOptions,
): uPlot {
  const style = getComputedStyle(element);
  const colour = (token: string) => style.getPropertyValue(token).trim();
  const grid = { stroke: colour("--line-1"), width: 1 };
  const axis = { stroke: colour("--ink-2"), grid, ticks: grid, font: `11px ${style.fontFamily}` };

  const data: uPlot.AlignedData = [
    Array.from({ length: graph.buckets }, (_, i) => (graph.startUs + i * graph.bucketUs - originUs) / 1e6),
    ...GRAPH_SERIES.map((name) => (isEven ? Array.from(graph.counts[name], Math.sqrt) : [...graph.counts[name]])),
  ];
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const options: uPlot.Options = {
    width: element.clientWidth,
    height: heightOf(element),
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false } },
    scales: { x: { time: false }, y: { range: (_u, _min, max) => [0, Math.max(2, max * 1.06)] } },
    axes: [
      { ...axis, size: 34, space: 90, incrs: [...X_STEPS], values: (_u, values) => values.map((v) => formatClockTick(v)) },
      {
        ...axis,
        size: 52,
        // The square root keeps one datagram per minute visible beside the hundreds of packets of a logon.
        splits: (_u, _axis, _min, max) => countTicks(isEven ? max * max : max).map((n) => (isEven ? Math.sqrt(n) : n)),
        values: (_u, values) => values.map((v) => Math.round(isEven ? v * v : v).toLocaleString("en")),
      },
    ],
    series: [
      {},
      ...GRAPH_SERIES.map((name) => ({
        label: SERIES[name].title,
        show: !hidden.includes(name),
        stroke: colour(SERIES[name].token),
        // Each error answers a push: the wider line shows behind the narrower one.
        width: name === "push" ? 5 : name === "icmp-error" ? 2 : 1.25,
        dash: [...SERIES[name].dash],
        points: { show: false },
        ...(stepped && { paths: stepped }),
      })),
    ],
    hooks: {
      setCursor: [(u) => onCursor(u.cursor.idx ?? -1)],
      ready: [
        (u) => {
          let downX = 0;
          u.over.addEventListener("pointerdown", (event) => {
            downX = event.clientX;
          });
          u.over.addEventListener("click", (event) => {
            if (Math.abs(event.clientX - downX) > CLICK_PX) return;
            const frame = frameNear(graph, u.posToIdx(event.clientX - u.over.getBoundingClientRect().left));
            if (frame !== null) onSelect(frame);
          });
        },
      ],
      draw: [
        (u) => {
          if (selectedUs === null) return;
          const x = Math.round(u.valToPos((selectedUs - originUs) / 1e6, "x", true));
          u.ctx.save();
          u.ctx.strokeStyle = colour("--ink-1");
          u.ctx.setLineDash([4, 3]);
          u.ctx.beginPath();
          u.ctx.moveTo(x, u.bbox.top);
          u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
          u.ctx.stroke();
          u.ctx.restore();
        },
      ],
    },
  };
  return new uPlot(options, data, element);
}

/** Seconds as hours, minutes and seconds: `1:59:00`. */
export function formatClockTick(seconds: number): string {
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.abs(seconds);
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = whole % 60;
  const secs = Number.isInteger(s) ? String(s).padStart(2, "0") : s.toFixed(3).padStart(6, "0");
  return `${sign}${h}:${String(m).padStart(2, "0")}:${secs}`;
}
