/** Draws the graph of a TCP connection with uPlot. */

import uPlot from "uplot";
import type { TcpGraph } from "../analyzer/analyzer-api.ts";
import { formatClockTick, heightOf } from "./draw-graph.ts";

/** The lines: what was sent as marks, what was acknowledged and the window's edge as steps; told apart by form too. */
export const TCP_SERIES = [
  { id: "to", title: "Sent up to", token: "--mail", dash: [] },
  { id: "acknowledged", title: "Acknowledged", token: "--push", dash: [6, 3] },
  { id: "edges", title: "Edge of the window", token: "--ink-3", dash: [2, 3] },
] as const;

interface TcpGraphOptions {
  readonly originUs: number;
  readonly selectedFrame: number | null;
  readonly showsEdges: boolean;
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
  { originUs, selectedFrame, showsEdges, onCursor, onSelect }: TcpGraphOptions,
): uPlot {
  const style = getComputedStyle(element);
  const colour = (token: string) => style.getPropertyValue(token).trim();
  const grid = { stroke: colour("--line-1"), width: 1 };
  const axis = { stroke: colour("--ink-2"), grid, ticks: grid, font: `11px ${style.fontFamily}` };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const data: uPlot.AlignedData = [
    Array.from(graph.timesUs, (us) => (us - originUs) / 1e6),
    ...TCP_SERIES.map(({ id }) => known(graph[id])),
  ];
  return new uPlot(
    {
      width: element.clientWidth,
      height: heightOf(element),
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: true } },
      scales: { x: { time: false } },
      axes: [
        { ...axis, size: 34, space: 110, values: (_u, values, _axis, _space, step) => values.map((v) => secondsText(v, step)) },
        { ...axis, size: 70, values: (_u, values) => values.map((v) => v.toLocaleString("en")) },
      ],
      series: [
        {},
        ...TCP_SERIES.map(({ id, title, token, dash }) => ({
          label: title,
          show: id !== "edges" || showsEdges,
          stroke: colour(token),
          width: 1.5,
          dash: [...dash],
          spanGaps: id !== "to",
          points: { show: id === "to", size: 7, fill: colour(token) },
          ...(id === "to" ? { paths: () => null } : stepped && { paths: stepped }),
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
