/** The bottom line: what the colours mean, the latest notice, and which capture is shown. */

import { FRAME_CLASS_INFO, FRAME_CLASSES } from "@pushback/dissect";
import type { CaptureState } from "../analyzer/analyzer-api.ts";

interface LegendProps {
  readonly coloured: boolean;
  readonly onColoured: (coloured: boolean) => void;
  readonly onFilter: (filter: string) => void;
  readonly notice: string;
  readonly state: CaptureState;
}

export function Legend({ coloured, onColoured, onFilter, notice, state }: LegendProps) {
  return (
    <footer className="legend">
      <label className="legend-switch">
        <input type="checkbox" checked={coloured} onChange={(event) => onColoured(event.target.checked)} /> Colours
      </label>
      <ul className="legend-list" aria-label="What the colours mean" data-coloured={coloured || undefined}>
        {FRAME_CLASSES.map((name) => {
          const { title, filter } = FRAME_CLASS_INFO[name];
          return (
            <li key={name} data-class={name}>
              {filter ? (
                <button type="button" className="legend-item" title={`Show them: ${filter}`} onClick={() => onFilter(filter)}>
                  {title}
                </button>
              ) : (
                <span className="legend-item">{title}</span>
              )}
            </li>
          );
        })}
      </ul>
      <p className="legend-notice" role="status">
        {notice}
      </p>
      <p className="legend-state numbers">
        {state.indexed < state.frames ? `Reading ${state.indexed.toLocaleString("en")} of ${state.frames.toLocaleString("en")} · ` : ""}
        {state.name}
        {state.format ? ` (${state.format})` : ""}
      </p>
    </footer>
  );
}
