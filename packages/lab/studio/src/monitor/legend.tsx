/** The line at the bottom: what the colours mean, what has just happened, and what is looked at. */

import { FRAME_CLASSES, type FrameClass } from "@pushback/dissect";
import type { CaptureState } from "../analyzer/analyzer-api.ts";
import { CLASS_TITLES } from "./frame-classes.ts";

const ORDER: readonly FrameClass[] = (Object.keys(CLASS_TITLES) as FrameClass[]).filter((name) => FRAME_CLASSES.includes(name));

/** Kinds that a display filter can name. */
const FILTERS: Partial<Readonly<Record<FrameClass, string>>> = {
  "icmp-error": "icmp.type in {3, 4, 5, 11, 12}",
  mail: "dcerpc",
  "tcp-mark":
    "tcp.flags.reset == 1 || tcp.analysis.keep_alive || tcp.analysis.keep_alive_ack || tcp.analysis.retransmission || tcp.analysis.lost_segment",
  tcp: "tcp",
  udp: "udp && !icmp",
  icmp: "icmp",
  arp: "arp",
};

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
        {ORDER.map((name) => (
          <li key={name} data-class={name}>
            {FILTERS[name] ? (
              <button
                type="button"
                className="legend-item"
                title={`Show them: ${FILTERS[name]}`}
                onClick={() => onFilter(FILTERS[name] ?? "")}
              >
                {CLASS_TITLES[name]}
              </button>
            ) : (
              <span className="legend-item">{CLASS_TITLES[name]}</span>
            )}
          </li>
        ))}
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
