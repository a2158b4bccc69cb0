/** The sequence diagram of the shown frames, a page of them at a time, beginning around the selected one. */

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { FrameRow } from "../analyzer/analyzer-api.ts";
import { formatSeconds } from "./columns.ts";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import { layOutSequence } from "./sequence-layout.ts";

const PAGE = 120;
const STEP = 30;
const TIME = 120;
const PAUSE = 22;

interface SequenceViewProps {
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
}

export function SequenceView({ model, view, selected, onSelect }: SequenceViewProps) {
  const { count } = view;
  const [from, setFrom] = useState(0);
  const [rows, setRows] = useState<readonly FrameRow[]>([]);
  const [width, setWidth] = useState(900);
  const box = useRef<HTMLDivElement>(null);
  const at = selected !== null && model.isShown(selected) ? model.rowOf(selected) : -1;
  const start = Math.min(from, Math.max(0, count - 1));

  // When another view selects a frame, this view goes to the page with that frame.
  useEffect(() => {
    if (at >= 0) setFrom((old) => (at >= old && at < old + PAGE ? old : Math.max(0, at - 10)));
  }, [at]);

  // New frames behind the last row of the page do not change the page.
  const end = Math.min(count, start + PAGE);
  const { text } = view.filter;
  // Fetches the rows again when the filter or the frames change.
  useEffect(() => {
    let current = true;
    const frames = Array.from({ length: Math.max(0, end - start) }, (_, i) => model.frameAt(start + i));
    void model.analyzer.rows(frames).then((found) => {
      if (current) setRows(found);
    });
    return () => {
      current = false;
    };
  }, [model, start, end, text, view.state.generation]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (selected !== null) document.getElementById(`step-${selected}`)?.scrollIntoView({ block: "nearest" });
  });

  const { hosts, steps } = layOutSequence(rows);
  const column = Math.max(120, (width - TIME - 30) / Math.max(1, hosts.length));
  const x = (i: number): number => TIME + column * (i + 0.5);
  let y = 0;
  const placed = steps.map((step) => {
    if (step.pauseUs !== null) y += PAUSE;
    y += STEP;
    return { ...step, y };
  });
  const height = y + 20;
  const fullWidth = Math.max(width - 4, TIME + column * hosts.length);
  const origin = view.state.firstUs;
  const onKeyDown = (event: KeyboardEvent): void => {
    const i = steps.findIndex((step) => step.frame === selected);
    const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: steps.length - 1 }[event.key];
    if (to === undefined || !steps[to]) return;
    event.preventDefault();
    onSelect(steps[to].frame);
  };

  if (count === 0) return <p className="panel-none">No frames to draw.</p>;
  return (
    <div className="sequence-view">
      <div className="panel-bar">
        <button type="button" className="button small" disabled={start === 0} onClick={() => setFrom(Math.max(0, start - PAGE))}>
          Earlier
        </button>
        <button type="button" className="button small" disabled={start + PAGE >= count} onClick={() => setFrom(start + PAGE)}>
          Later
        </button>
        <span className="numbers">
          Rows {(start + 1).toLocaleString("en")} to {end.toLocaleString("en")} of {count.toLocaleString("en")} shown frames
        </span>
        <span className="panel-hint">A display filter or “Sequence of this conversation” makes it a diagram of what matters.</span>
      </div>
      <div
        className="sequence-box"
        role="listbox"
        aria-label="Frames in sequence"
        aria-activedescendant={selected !== null && steps.some((step) => step.frame === selected) ? `step-${selected}` : undefined}
        tabIndex={0}
        ref={box}
        onKeyDown={onKeyDown}
      >
        <div className="sequence-heads" role="presentation" style={{ width: fullWidth }}>
          {hosts.map((name, i) => (
            <span key={name} style={{ left: x(i) }}>
              {name}
            </span>
          ))}
        </div>
        <svg width={fullWidth} height={height} role="presentation">
          <defs>
            <marker id="sequence-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">
              <path d="M0 0.5 8 4 0 7.5z" fill="context-stroke" />
            </marker>
          </defs>
          {hosts.map((name, i) => (
            <line key={name} className="sequence-life" x1={x(i)} x2={x(i)} y1={0} y2={height - 6} />
          ))}
          {placed.map((step) => {
            const self = step.from === step.to;
            const [left, right] = step.from < step.to ? [x(step.from), x(step.to)] : [x(step.to), x(step.from)];
            const middle = self ? x(step.from) + 46 : (left + right) / 2;
            return (
              // The box has the focus and names its active option.
              <g
                key={step.frame}
                id={`step-${step.frame}`}
                role="option"
                aria-selected={step.frame === selected}
                className="sequence-step"
                data-class={step.frameClass}
                onClick={() => onSelect(step.frame)}
              >
                {step.pauseUs !== null && (
                  <text className="sequence-pause" x={TIME + 8} y={step.y - STEP - 2}>
                    {formatPause(step.pauseUs)} later
                  </text>
                )}
                <text className="sequence-more" x={0} y={step.y}>
                  {`Frame ${step.frame}, ${hosts[step.from]} to ${hosts[step.to]}, `}
                </text>
                <rect className="sequence-hit" x={0} y={step.y - STEP + 6} width={fullWidth} height={STEP} />
                <text className="sequence-time" x={TIME - 14} y={step.y + 4}>
                  {formatSeconds(step.timeUs - origin)}
                </text>
                {self ? (
                  <path className="sequence-line" d={`M${left} ${step.y - 6} h38 v8 h-34`} fill="none" markerEnd="url(#sequence-arrow)" />
                ) : (
                  <line
                    className="sequence-line"
                    x1={x(step.from)}
                    x2={x(step.to)}
                    y1={step.y}
                    y2={step.y}
                    markerEnd="url(#sequence-arrow)"
                  />
                )}
                <SequenceLabel
                  text={step.label}
                  x={middle}
                  y={step.y - 5}
                  room={self ? column : Math.max(column, right - left) - 16}
                  anchor={self ? "start" : "middle"}
                />
              </g>
            );
          })}
        </svg>
      </div>
    </div>
  );
}

/** About as many characters as there is room for. */
function SequenceLabel({
  text,
  x,
  y,
  room,
  anchor,
}: {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly room: number;
  readonly anchor: "start" | "middle";
}) {
  const chars = Math.max(8, Math.floor(room / 6.1));
  return (
    <text className="sequence-label" x={x} y={y} textAnchor={anchor}>
      {text.length > chars ? `${text.slice(0, chars - 1)}…` : text}
    </text>
  );
}

/** A duration for people: tenths of a second below 10 s ("9.9 s"), then seconds, "12 min 5 s" below an hour, then "1 h 58 min". */
export function formatPause(us: number): string {
  if (us < 9_950_000) return `${(us / 1e6).toFixed(1)} s`;
  const seconds = Math.round(us / 1e6);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${seconds % 60 > 0 ? ` ${seconds % 60} s` : ""}`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 > 0 ? ` ${minutes % 60} min` : ""}`;
}
