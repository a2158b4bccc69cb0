/** The selected frame's TCP connection over time: one of the curves of tcp-curves.ts. */

import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import type { TcpGraph } from "../analyzer/analyzer-api.ts";
import { formatSeconds } from "./columns.ts";
import { counted } from "./counted.ts";
import { heightOf } from "./draw-graph.ts";
import { drawTcpGraph } from "./draw-tcp-graph.ts";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import { nextValue, type TcpCurve, type TcpCurves } from "./tcp-curves.ts";
import { useThemeSerial } from "./use-theme-serial.ts";

function CurveSample({ form, title, token, dash }: TcpCurve) {
  return (
    <>
      <svg width="22" height="8" aria-hidden="true">
        {form === "marks" ? (
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
  readonly curves: TcpCurves;
  /** The control that chooses another graph. */
  readonly choice: ReactNode;
}) {
  const { model, view, selected, onSelect, curves: kind, choice } = props;
  const { generation, firstUs, indexed } = view.state;
  const [reversed, setReversed] = useState(false);
  /** `key` identifies the capture, the number of indexed frames and the direction from which the graph was computed. */
  const [graph, setGraph] = useState<(TcpGraph & { readonly key: string }) | null>(null);
  const [cursor, setCursor] = useState(-1);
  /** Curves that the person switched on or off, by id. */
  const [switched, setSwitched] = useState<Readonly<Record<string, boolean>>>({});
  const theme = useThemeSerial();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const select = useRef(onSelect);
  select.current = onSelect;
  const asked = selected !== null && selected <= indexed ? selected : null;
  const key = `${generation}/${indexed}/${reversed}`;
  // Selecting another frame of the connection that is shown needs no new graph, unless further frames were indexed since.
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
  const plotted = useMemo(() => graph && kind.plotOf(graph), [graph, kind]);
  const drawn = useMemo(
    () => plotted?.curves.filter(({ id, isFirst }) => switched[`${kind.id} ${id}`] ?? isFirst) ?? [],
    [plotted, kind, switched],
  );
  useEffect(() => {
    const element = box.current;
    if (!element || !graph || !plotted) return;
    const u = drawTcpGraph(element, graph, {
      originUs: firstUs,
      selectedFrame: selected,
      axis: plotted.axis,
      curves: drawn,
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
  }, [graph, plotted, drawn, theme, selected, firstUs]);
  if (graph === null || plotted === null)
    return (
      <>
        <div className="panel-bar">{choice}</div>
        <p className="panel-hint">Select a frame of a TCP connection.</p>
      </>
    );
  const last = graph.frames.length - 1;
  const onKeyDown = (event: KeyboardEvent): void => {
    const u = plot.current;
    const to = {
      ArrowRight: nextValue(drawn, cursor, 1),
      ArrowLeft: nextValue(drawn, cursor, -1),
      Home: nextValue(drawn, -1, 1),
      End: nextValue(drawn, last + 1, -1),
    }[event.key];
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
        {plotted.curves.map((curve) => (
          <label key={curve.id} className="graph-key">
            <input
              type="checkbox"
              checked={drawn.includes(curve)}
              onChange={() => setSwitched({ ...switched, [`${kind.id} ${curve.id}`]: !drawn.includes(curve) })}
            />{" "}
            <CurveSample {...curve} />
          </label>
        ))}
        <button type="button" className="button small" onClick={() => setReversed(!reversed)}>
          The other direction
        </button>
      </div>
      <div
        className="graph-box"
        data-axis={plotted.axis}
        ref={box}
        role="application"
        aria-label={`${kind.title} from ${graph.sender} to ${graph.receiver}; arrows walk along its frames, Enter goes to a frame`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      />
      <p className="graph-here numbers" role="status">
        {cursor >= 0 && cursor <= last
          ? `${formatSeconds(graph.timesUs[cursor] - firstUs)} s, frame ${graph.frames[cursor].toLocaleString("en")}: ${plotted.textOf(cursor)}`
          : drawn.length === 0
            ? "No curve is switched on."
            : drawn.every(({ values }) => values.every(Number.isNaN))
              ? "No frame of this direction has a value: the other direction may have some."
              : `${counted(graph.frames.length, "frame")}${graph.cut ? ", the first ones of the connection" : ""}${kind.id === "tcp" ? ". Numbers count from the first segment" : ""}. Click a mark to go to its frame; drag to zoom, double click to zoom out.`}
      </p>
    </>
  );
}
