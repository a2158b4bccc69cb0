/** Frames of each kind over time; a click on a bucket selects its first frame. */

import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type FrameScope, GRAPH_SERIES, type GraphSeries, type IoGraph } from "../analyzer/analyzer-api.ts";
import { formatSeconds } from "./columns.ts";
import { useKept } from "./kept.ts";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import { formatPause } from "./sequence-view.tsx";

const TITLES: Readonly<Record<GraphSeries, string>> = {
  push: "Push datagrams",
  "icmp-error": "ICMP errors",
  tcp: "TCP",
  arp: "ARP",
  other: "Other",
};
/** The token of each, and a dash that tells them apart without colour. */
const LOOKS: Readonly<Record<GraphSeries, { readonly token: string; readonly dash: readonly number[] }>> = {
  push: { token: "--push", dash: [] },
  "icmp-error": { token: "--icmp", dash: [] },
  tcp: { token: "--mail", dash: [6, 3] },
  arp: { token: "--probe", dash: [2, 3] },
  other: { token: "--ink-3", dash: [8, 3, 2, 3] },
};
const BUCKETS = 200;
/** From one drawing of a growing graph to the next. */
const REDRAW_MS = 500;

/** Seconds from one mark to the next. */
const X_STEPS: readonly number[] = [
  ...[0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 604800],
];

/** Counts to mark, from 0: 1, 2, 5 … each well above the one before. */
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

interface GraphViewProps {
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly selectedUs: number | null;
  readonly onSelect: (frame: number) => void;
}

/** Whether the page is dark now; changes with the theme. */
function useThemeSerial(): number {
  const [serial, setSerial] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setSerial((n) => n + 1));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class", "style"] });
    return () => observer.disconnect();
  }, []);
  return serial;
}

export function GraphView({ model, view, selectedUs, onSelect }: GraphViewProps) {
  const [scope, setScope] = useState<FrameScope>("all");
  const [even, setEven] = useKept("graph-even", (kept) => kept !== false);
  const [hidden, setHidden] = useKept<readonly GraphSeries[]>("graph-hidden", (kept) =>
    GRAPH_SERIES.filter((name) => Array.isArray(kept) && kept.includes(name)),
  );
  const [graph, setGraph] = useState<IoGraph | null>(null);
  const [cursor, setCursor] = useState(-1);
  const theme = useThemeSerial();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const drawnAt = useRef(Number.NEGATIVE_INFINITY);
  const select = useRef(onSelect);
  select.current = onSelect;

  // A lab that runs is drawn again at most twice a second.
  const { generation, indexed } = view.state;
  const filterKey = scope === "shown" ? `${view.filter.text}/${view.count}` : "";
  // They say that there is something new to draw.
  useEffect(() => {
    let current = true;
    const wait = Math.max(0, drawnAt.current + REDRAW_MS - performance.now());
    const timer = setTimeout(async () => {
      drawnAt.current = performance.now();
      const next = await model.analyzer.graph(scope, BUCKETS);
      if (current) setGraph(next);
    }, wait);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [model, scope, generation, indexed, filterKey, view.rowsVersion]);

  const bucketOfClick = useMemo(
    () => (g: IoGraph, index: number) => {
      // The nearest bucket that has a frame.
      for (let away = 0; away < g.buckets; away++) {
        for (const i of [index - away, index + away]) if (g.firstFrames[i]) return g.firstFrames[i];
      }
      return null;
    },
    [],
  );

  // The theme changes what the tokens are.
  useEffect(() => {
    const element = box.current;
    if (!element || !graph) return;
    const style = getComputedStyle(element);
    const colour = (token: string) => style.getPropertyValue(token).trim();
    const grid = { stroke: colour("--line-1"), width: 1 };
    const axis = { stroke: colour("--ink-2"), grid, ticks: grid, font: `11px ${style.fontFamily}` };
    const origin = view.state.firstUs;
    const data: uPlot.AlignedData = [
      Array.from({ length: graph.buckets }, (_, i) => (graph.startUs + i * graph.bucketUs - origin) / 1e6),
      ...GRAPH_SERIES.map((name) => (even ? Array.from(graph.counts[name], Math.sqrt) : [...graph.counts[name]])),
    ];
    const stepped = uPlot.paths.stepped?.({ align: 1 });
    const options: uPlot.Options = {
      width: element.clientWidth,
      height: Math.max(140, element.clientHeight),
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false } },
      scales: { x: { time: false }, y: { range: (_u, _min, max) => [0, Math.max(2, max * 1.06)] } },
      axes: [
        { ...axis, size: 34, space: 90, incrs: [...X_STEPS], values: (_u, values) => values.map((v) => formatClockTick(v)) },
        {
          ...axis,
          size: 52,
          // The square root lets one a minute be seen beside a logon's hundreds.
          splits: (_u, _axis, _min, max) => countTicks(even ? max * max : max).map((n) => (even ? Math.sqrt(n) : n)),
          values: (_u, values) => values.map((v) => Math.round(even ? v * v : v).toLocaleString("en")),
        },
      ],
      series: [
        {},
        ...GRAPH_SERIES.map((name) => ({
          label: TITLES[name],
          show: !hidden.includes(name),
          stroke: colour(LOOKS[name].token),
          // Each error answers a push: the wider line shows behind the narrower one.
          width: name === "push" ? 5 : name === "icmp-error" ? 2 : 1.25,
          dash: [...LOOKS[name].dash],
          points: { show: false },
          ...(stepped && { paths: stepped }),
        })),
      ],
      hooks: {
        setCursor: [(u) => setCursor(u.cursor.idx ?? -1)],
        ready: [
          (u) => {
            let downX = 0;
            u.over.addEventListener("pointerdown", (event) => {
              downX = event.clientX;
            });
            u.over.addEventListener("click", (event) => {
              if (Math.abs(event.clientX - downX) > 4) return;
              const frame = bucketOfClick(graph, u.posToIdx(event.clientX - u.over.getBoundingClientRect().left));
              if (frame !== null) select.current(frame);
            });
          },
        ],
        draw: [
          (u) => {
            if (selectedUs === null) return;
            const x = Math.round(u.valToPos((selectedUs - origin) / 1e6, "x", true));
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
    const u = new uPlot(options, data, element);
    plot.current = u;
    const observer = new ResizeObserver(() => u.setSize({ width: element.clientWidth, height: Math.max(140, element.clientHeight) }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      u.destroy();
      plot.current = null;
    };
  }, [graph, even, hidden, theme, selectedUs, view.state.firstUs, bucketOfClick]);

  const total = (name: GraphSeries): number => graph?.counts[name].reduce((a, b) => a + b, 0) ?? 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!graph || !plot.current) return;
    const u = plot.current;
    const to = { ArrowRight: cursor + 1, ArrowLeft: cursor - 1, Home: 0, End: graph.buckets - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      // The arrows are its own here, and nobody else's.
      event.stopPropagation();
      const next = Math.min(graph.buckets - 1, Math.max(0, to));
      u.setCursor({ left: u.valToPos(u.data[0][next], "x") + 0.5, top: 10 });
      setCursor(next);
    } else if (event.key === "Enter" && cursor >= 0) {
      event.preventDefault();
      const frame = bucketOfClick(graph, cursor);
      if (frame !== null) onSelect(frame);
    }
  };
  const here =
    graph && cursor >= 0 && cursor < graph.buckets
      ? `${formatSeconds(graph.startUs + cursor * graph.bucketUs - view.state.firstUs).replace(/\.0+$/, "")} s: ${
          GRAPH_SERIES.filter((name) => graph.counts[name][cursor] > 0)
            .map((name) => `${graph.counts[name][cursor]} ${TITLES[name]}`)
            .join(", ") || "nothing"
        }`
      : graph
        ? `Buckets of ${graph.bucketUs < 1e6 ? `${graph.bucketUs / 1000} ms` : formatPause(graph.bucketUs).replace(".0 s", " s")}. Click one to go to its first frame; drag to zoom, double click to zoom out.`
        : "";

  return (
    <div className="graph-view">
      <div className="panel-bar">
        <fieldset className="graph-series">
          <legend className="visually-hidden">Lines</legend>
          {GRAPH_SERIES.map((name) => (
            <label key={name} className="graph-key" data-series={name}>
              <input
                type="checkbox"
                checked={!hidden.includes(name)}
                onChange={() => setHidden(hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name])}
              />
              <svg width="22" height="8" aria-hidden="true">
                <line
                  x1="1"
                  x2="21"
                  y1="4"
                  y2="4"
                  stroke={`var(${LOOKS[name].token})`}
                  strokeWidth="2.5"
                  strokeDasharray={LOOKS[name].dash.join(" ")}
                />
              </svg>
              {TITLES[name]} <span className="numbers">{total(name).toLocaleString("en")}</span>
            </label>
          ))}
        </fieldset>
        <label>
          <input type="checkbox" checked={even} onChange={(event) => setEven(event.target.checked)} /> Low counts visible beside peaks
        </label>
        <label>
          <input type="checkbox" checked={scope === "shown"} onChange={(event) => setScope(event.target.checked ? "shown" : "all")} /> Shown
          frames only
        </label>
      </div>
      <div
        className="graph-box"
        ref={box}
        role="application"
        aria-label="Frames over time; arrows walk along it, Enter goes to a frame"
        tabIndex={0}
        onKeyDown={onKeyDown}
      />
      <p className="graph-here numbers" role="status">
        {here}
      </p>
    </div>
  );
}

/** "1:59:00", from seconds. */
function formatClockTick(seconds: number): string {
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.abs(seconds);
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = whole % 60;
  const secs = Number.isInteger(s) ? String(s).padStart(2, "0") : s.toFixed(3).padStart(6, "0");
  return `${sign}${h}:${String(m).padStart(2, "0")}:${secs}`;
}
