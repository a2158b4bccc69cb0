/** Draws curves of a TCP connection with uPlot. */

import uPlot from "uplot";
import type { TcpGraph } from "../analyzer/analyzer-api.ts";
import { formatClockTick, heightOf } from "./draw-graph.ts";
import type { TcpCurve } from "./tcp-curves.ts";

interface TcpGraphOptions {
  readonly originUs: number;
  readonly selectedFrame: number | null;
  readonly axis: string;
  /** The curves to draw. */
  readonly curves: readonly TcpCurve[];
  /** Called with the index of the frame under the pointer, or -1. */
  readonly onCursor: (index: number) => void;
  readonly onSelect: (frame: number) => void;
}

/** Seconds with as many digits as tell two marks of the axis apart. */
function secondsText(seconds: number, step: number): string {
  return step >= 1 ? formatClockTick(seconds) : `${seconds.toFixed(Math.min(6, Math.ceil(-Math.log10(step))))} s`;
}

const known = (values: Float64Array): (number | null)[] => Array.from(values, (value) => (Number.isNaN(value) ? null : value));

export function drawTcpGraph(
  element: HTMLElement,
  graph: TcpGraph,
  { originUs, selectedFrame, axis: title, curves, onCursor, onSelect }: TcpGraphOptions,
): uPlot {
  const style = getComputedStyle(element);
  const colour = (token: string) => style.getPropertyValue(token).trim();
  const grid = { stroke: colour("--line-1"), width: 1 };
  const font = `11px ${style.fontFamily}`;
  const axis = { stroke: colour("--ink-2"), grid, ticks: grid, font, labelFont: font, labelSize: 16, labelGap: 2 };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const data: uPlot.AlignedData = [Array.from(graph.timesUs, (us) => (us - originUs) / 1e6), ...curves.map(({ values }) => known(values))];
  return new uPlot(
    {
      width: element.clientWidth,
      height: heightOf(element),
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: true } },
      scales: { x: { time: false }, y: { range: { min: { pad: 0.05, soft: 0, mode: 1 }, max: { pad: 0.05 } } } },
      axes: [
        {
          ...axis,
          label: "Time since the first frame",
          size: 30,
          space: 110,
          values: (_u, values, _axis, _space, step) => values.map((v) => secondsText(v, step)),
        },
        {
          ...axis,
          label: title,
          size: 62,
          values: (_u, values) => values.map((v) => v.toLocaleString("en", { maximumFractionDigits: 6 })),
        },
      ],
      series: [
        {},
        ...curves.map(({ title: label, token, dash, form }) => ({
          label,
          stroke: colour(token),
          width: 1.5,
          dash: [...dash],
          spanGaps: form === "steps",
          points: { show: form === "marks", size: 7, fill: colour(token) },
          ...(form === "marks" ? { paths: () => null } : stepped && { paths: stepped }),
        })),
      ],
      hooks: {
        setCursor: [(u) => onCursor(u.cursor.idx ?? -1)],
        ready: [
          (u) => {
            u.over.addEventListener("click", (event) => {
              const frame = graph.frames[u.posToIdx(event.clientX - u.over.getBoundingClientRect().left)];
              if (frame !== undefined) onSelect(frame);
            });
          },
        ],
        draw: [
          (u) => {
            const at = selectedFrame === null ? -1 : graph.frames.indexOf(selectedFrame);
            if (at < 0) return;
            const x = Math.round(u.valToPos((graph.timesUs[at] - originUs) / 1e6, "x", true));
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
    },
    data,
    element,
  );
}
