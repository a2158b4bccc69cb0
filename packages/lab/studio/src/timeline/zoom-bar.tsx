/** Buttons that change the span of time that the lanes show. */

import { spanText } from "../lab/clock-text.ts";

/** Spans with a button of their own, in microseconds. */
const ZOOMS = [
  ["2 h", 7_200_000_000],
  ["5 min", 300_000_000],
  ["1 s", 1_000_000],
  ["1 ms", 1000],
  ["20 µs", 20],
] as const;

interface ZoomBarProps {
  readonly spanUs: number;
  /** Shows a span `factor` times shorter. */
  readonly onZoom: (factor: number) => void;
  /** Shows this many microseconds around the playhead. */
  readonly onSpan: (lengthUs: number) => void;
}

export function ZoomBar({ spanUs, onZoom, onSpan }: ZoomBarProps) {
  return (
    <fieldset className="zoom">
      <legend className="visually-hidden">Zoom</legend>
      <button type="button" className="button small" aria-label="Zoom out" title="Zoom out" onClick={() => onZoom(0.5)}>
        −
      </button>
      <span className="zoom-text numbers">{spanText(spanUs)}</span>
      <button type="button" className="button small" aria-label="Zoom in" title="Zoom in" onClick={() => onZoom(2)}>
        +
      </button>
      {ZOOMS.map(([text, lengthUs]) => (
        <button key={text} type="button" className="button quiet small" onClick={() => onSpan(lengthUs)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
