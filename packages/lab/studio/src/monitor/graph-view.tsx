/** Frames of each kind over time; a click on a bucket selects its first frame. */

import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type FrameScope, GRAPH_SERIES, type GraphSeries, type IoGraph } from "../analyzer/analyzer-api.ts";
import { formatSeconds } from "./columns.ts";
import { drawGraph, frameNear, heightOf } from "./draw-graph.ts";
import { SERIES } from "./graph-series.ts";
import { useKept } from "./kept.ts";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import { formatPause } from "./sequence-view.tsx";
import { TCP_CURVES } from "./tcp-curves.ts";
import { TcpGraphView } from "./tcp-graph-view.tsx";
import { useThemeSerial } from "./use-theme-serial.ts";

const BUCKETS = 200;
/** Shortest time between two drawings of a growing graph. */
const REDRAW_MS = 500;

interface GraphViewProps {
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly selected: number | null;
  readonly selectedUs: number | null;
  readonly onSelect: (frame: number) => void;
}

const TIME = { id: "time", title: "Frames over time" } as const;
const GRAPHS = [TIME, ...TCP_CURVES];

/** The graph that the user has chosen: frames over time, or a curve of the selected frame's TCP connection. */
export function GraphPanel(props: GraphViewProps) {
  const [which, setWhich] = useKept("graph", (kept) => GRAPHS.find(({ id }) => id === kept)?.id ?? TIME.id);
  const curves = TCP_CURVES.find(({ id }) => id === which);
  const choice = (
    <select className="field" aria-label="Graph" value={which} onChange={(event) => setWhich(event.target.value)}>
      {GRAPHS.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  );
  return (
    <div className="graph-view">
      {curves ? <TcpGraphView {...props} curves={curves} choice={choice} /> : <GraphView {...props} choice={choice} />}
    </div>
  );
}

function GraphView({ model, view, selectedUs, onSelect, choice }: GraphViewProps & { readonly choice: ReactNode }) {
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

  // While a lab runs, the graph is redrawn at most twice a second.
  const { generation, indexed } = view.state;
  const filterKey = scope === "shown" ? `${view.filter.text}/${view.count}` : "";
  // Generation, count, filter and row version change when there is something new to draw.
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

  // The theme changes the colours.
  useEffect(() => {
    const element = box.current;
    if (!element || !graph) return;
    const u = drawGraph(element, graph, {
      isEven: even,
      hidden,
      originUs: view.state.firstUs,
      selectedUs,
      onCursor: setCursor,
      onSelect: (frame) => select.current(frame),
    });
    plot.current = u;
    const observer = new ResizeObserver(() => u.setSize({ width: element.clientWidth, height: heightOf(element) }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      u.destroy();
      plot.current = null;
    };
  }, [graph, even, hidden, theme, selectedUs, view.state.firstUs]);

  const total = (name: GraphSeries): number => graph?.counts[name].reduce((a, b) => a + b, 0) ?? 0;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!graph || !plot.current) return;
    const u = plot.current;
    const to = { ArrowRight: cursor + 1, ArrowLeft: cursor - 1, Home: 0, End: graph.buckets - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      // The page's own keys must not act on these arrows.
      event.stopPropagation();
      const next = Math.min(graph.buckets - 1, Math.max(0, to));
      u.setCursor({ left: u.valToPos(u.data[0][next], "x") + 0.5, top: 10 });
      setCursor(next);
    } else if (event.key === "Enter" && cursor >= 0) {
      event.preventDefault();
      const frame = frameNear(graph, cursor);
      if (frame !== null) onSelect(frame);
    }
  };
  const here =
    graph && cursor >= 0 && cursor < graph.buckets
      ? `${formatSeconds(graph.startUs + cursor * graph.bucketUs - view.state.firstUs).replace(/\.0+$/, "")} s: ${
          GRAPH_SERIES.filter((name) => graph.counts[name][cursor] > 0)
            .map((name) => `${graph.counts[name][cursor]} ${SERIES[name].title}`)
            .join(", ") || "nothing"
        }`
      : graph
        ? `Buckets of ${graph.bucketUs < 1e6 ? `${graph.bucketUs / 1000} ms` : formatPause(graph.bucketUs).replace(".0 s", " s")}. Click one to go to its first frame; drag to zoom, double click to zoom out.`
        : "";

  return (
    <>
      <div className="panel-bar">
        {choice}
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
                  stroke={`var(${SERIES[name].token})`}
                  strokeWidth="2.5"
                  strokeDasharray={SERIES[name].dash.join(" ")}
                />
              </svg>
              {SERIES[name].title} <span className="numbers">{total(name).toLocaleString("en")}</span>
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
    </>
  );
}
