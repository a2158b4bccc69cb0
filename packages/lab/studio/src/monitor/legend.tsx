/** The bottom line: what the colours mean, the latest notice, and which capture is shown. */

import type { CaptureState } from "../analyzer/analyzer-api.ts";
import { type ColourRule, filterOfRule, titleOfRule } from "./colour-rules.ts";

interface LegendProps {
  readonly coloured: boolean;
  readonly onColoured: (coloured: boolean) => void;
  readonly rules: readonly ColourRule[];
  readonly onRules: () => void;
  readonly onFilter: (filter: string) => void;
  readonly notice: string;
  readonly state: CaptureState;
}

export function Legend({ coloured, onColoured, rules, onRules, onFilter, notice, state }: LegendProps) {
  return (
    <footer className="legend">
      <label className="legend-switch">
        <input type="checkbox" checked={coloured} onChange={(event) => onColoured(event.target.checked)} /> Colours
      </label>
      <button type="button" className="button small" aria-haspopup="dialog" onClick={onRules}>
        Rules…
      </button>
      <ul className="legend-list" aria-label="What the colours mean" data-coloured={coloured || undefined}>
        {rules
          .filter(({ isOn }) => isOn)
          .map((rule) => {
            const filter = filterOfRule(rule);
            return (
              <li key={rule.id} data-colour={rule.colour}>
                {filter !== null ? (
                  <button type="button" className="legend-item" title={`Show them: ${filter}`} onClick={() => onFilter(filter)}>
                    {titleOfRule(rule)}
                  </button>
                ) : (
                  <span className="legend-item">{titleOfRule(rule)}</span>
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
