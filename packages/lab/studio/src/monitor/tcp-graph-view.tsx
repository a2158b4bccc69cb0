/** Sequence numbers of the selected frame's TCP connection over time. */

import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import type { TcpGraph } from "../analyzer/analyzer-api.ts";
import { formatSeconds } from "./columns.ts";
import { counted } from "./counted.ts";
import { heightOf } from "./draw-graph.ts";
import { drawTcpGraph, TCP_SERIES } from "./draw-tcp-graph.ts";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import { useThemeSerial } from "./use-theme-serial.ts";

/** What happened in frame `i` of the graph, in words. */
function tcpGraphText(graph: TcpGraph, i: number, firstUs: number): string {
  const when = `${formatSeconds(graph.timesUs[i] - firstUs)} s, frame ${graph.frames[i].toLocaleString("en")}`;
  const number = (value: number) => value.toLocaleString("en");
  if (!Number.isNaN(graph.to[i])) {
    const bytes = graph.to[i] - graph.from[i];
    return `${when}: ${bytes === 0 ? `a segment without data at ${number(graph.from[i])}` : `${number(graph.from[i])} to ${number(graph.to[i])}, ${number(bytes)} bytes`}`;
  }
  if (!Number.isNaN(graph.acknowledged[i]))
    return `${when}: acknowledges up to ${number(graph.acknowledged[i])}, window ${number(graph.edges[i] - graph.acknowledged[i])}`;
  return `${when}: the connection is reset`;
}

function SeriesSample({ id, title, token, dash }: (typeof TCP_SERIES)[number]) {
  return (
    <>
      <svg width="22" height="8" aria-hidden="true">
        {id === "to" ? (
          <circle cx="11" cy="4" r="3.5" fill={`var(${token})`} />
        ) : (
          <line x1="1" x2="21" y1="4" y2="4" stroke={`var(${token})`} strokeWidth="2.5" strokeDasharray={dash.join(" ")} />
        )}
      </svg>
      {title}
    </>
  );
}

export function TcpGraphView(props: {
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
  /** The control that chooses another graph. */
  readonly choice: ReactNode;
}) {
  const { model, view, selected, onSelect, choice } = props;
  const { generation, firstUs, indexed } = view.state;
  const [reversed, setReversed] = useState(false);
  /** `key` names the frames and the direction that it is of. */
  const [graph, setGraph] = useState<(TcpGraph & { readonly key: string }) | null>(null);
  const [cursor, setCursor] = useState(-1);
  // A window of thousands of bytes leaves no room for the small segments of a mail client.
  const [showsEdges, setShowsEdges] = useState(false);
  const theme = useThemeSerial();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const select = useRef(onSelect);
  select.current = onSelect;
  const asked = selected !== null && selected <= indexed ? selected : null;
  const key = `${generation}/${indexed}/${reversed}`;
  // A frame of the connection that is drawn asks for nothing new, unless more of its frames have come.
  const isDrawn = graph !== null && asked !== null && graph.frames.includes(asked) && graph.key === key;
  useEffect(() => {
    let current = true;
    if (asked === null) setGraph(null);
    else if (!isDrawn)
      void model.analyzer.tcpGraph(asked, reversed).then((next) => {
        if (current) setGraph(next && { ...next, key });
      });
    return () => {
      current = false;
    };
  }, [model, asked, key]);
  useEffect(() => {
    const element = box.current;
    if (!element || !graph) return;
    const u = drawTcpGraph(element, graph, {
      originUs: firstUs,
      selectedFrame: selected,
      showsEdges,
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
  }, [graph, theme, selected, firstUs, showsEdges]);
  if (graph === null)
    return (
      <>
        <div className="panel-bar">{choice}</div>
        <p className="panel-hint">Select a frame of a TCP connection.</p>
      </>
    );
  const last = graph.frames.length - 1;
  const onKeyDown = (event: KeyboardEvent): void => {
    const u = plot.current;
    const to = { ArrowRight: cursor + 1, ArrowLeft: cursor - 1, Home: 0, End: last }[event.key];
    if (u && to !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      const next = Math.min(last, Math.max(0, to));
      u.setCursor({ left: u.valToPos(u.data[0][next], "x"), top: 10 });
      setCursor(next);
    } else if (event.key === "Enter" && cursor >= 0) {
      event.preventDefault();
      onSelect(graph.frames[cursor]);
    }
  };
  return (
    <>
      <div className="panel-bar">
        {choice}
        <b className="numbers">{`${graph.sender} → ${graph.receiver}`}</b>
        {TCP_SERIES.map((series) =>
          series.id === "edges" ? (
            <label key={series.id} className="graph-key">
              <input type="checkbox" checked={showsEdges} onChange={() => setShowsEdges(!showsEdges)} /> <SeriesSample {...series} />
            </label>
          ) : (
            <span key={series.id} className="graph-key">
              <SeriesSample {...series} />
            </span>
          ),
        )}
        <button type="button" className="button small" onClick={() => setReversed(!reversed)}>
          The other direction
        </button>
      </div>
      <div
        className="graph-box"
        ref={box}
        role="application"
        aria-label={`Sequence numbers of the TCP connection from ${graph.sender} to ${graph.receiver}; arrows walk along its frames, Enter goes to a frame`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      />
      <p className="graph-here numbers" role="status">
        {cursor >= 0 && cursor <= last
          ? tcpGraphText(graph, cursor, firstUs)
          : `${counted(graph.frames.length, "frame")}${graph.cut ? ", the first ones of the connection" : ""}. Numbers count from the first segment. Click a mark to go to its frame; drag to zoom, double click to zoom out.`}
      </p>
    </>
  );
}
