/** The buttons above the packet list. */

import { TIME_FORMAT_TITLES, TIME_FORMATS, type TimeFormat } from "./columns.ts";
import type { KeyName } from "./frame-menus.ts";

interface MonitorToolsProps {
  readonly keyName: KeyName;
  readonly canFollow: boolean;
  readonly canComment: boolean;
  readonly timeFormat: TimeFormat;
  readonly onTimeFormat: (format: TimeFormat) => void;
  /** Whether the list stays at its newest frame. */
  readonly tail: boolean;
  readonly onTail: (tail: boolean) => void;
  readonly onFind: () => void;
  readonly onGoTo: () => void;
  readonly onFollow: () => void;
  readonly onComment: () => void;
  /** Whether a frame waits to be compared. */
  readonly isWaiting: boolean;
  readonly onCompare: () => void;
  readonly onColumns: () => void;
  /** Name of the profile in use. */
  readonly profile: string;
  readonly onProfile: (button: HTMLElement) => void;
  /** The menu opens at the button. */
  readonly onExport: (button: HTMLElement) => void;
}

export function MonitorTools(props: MonitorToolsProps) {
  const {
    keyName,
    canFollow,
    canComment,
    timeFormat,
    onTimeFormat,
    tail,
    onTail,
    onFind,
    onGoTo,
    onFollow,
    onComment,
    onColumns,
    onExport,
  } = props;
  const keyHint = (command: string): string => (keyName(command) === "" ? "" : ` (${keyName(command)})`);
  return (
    <div className="monitor-tools" role="toolbar" aria-label="Frames">
      <button type="button" className="button small" onClick={onFind} title="Find (Ctrl+F)">
        Find
      </button>
      <button type="button" className="button small" onClick={onGoTo} title="Go to a frame (Ctrl+G)">
        Go to
      </button>
      <button type="button" className="button small" disabled={!canFollow} onClick={onFollow} title={`Follow conversation${keyHint("f")}`}>
        Follow
      </button>
      <button
        type="button"
        className="button small"
        disabled={!canComment}
        onClick={onComment}
        title={`Comment on the frame${keyHint("c")}`}
      >
        Comment
      </button>
      <button
        type="button"
        className="button small"
        disabled={!canFollow}
        aria-pressed={props.isWaiting}
        onClick={props.onCompare}
        title={`${props.isWaiting ? "Compare with the frame that waits" : "Compare with another frame"}${keyHint("d")}`}
      >
        Compare
      </button>
      <label className="monitor-time">
        Time
        <select className="field" value={timeFormat} onChange={(event) => onTimeFormat(event.target.value as TimeFormat)}>
          {TIME_FORMATS.map((format) => (
            <option key={format} value={format}>
              {TIME_FORMAT_TITLES[format]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="button small"
        aria-pressed={tail}
        title="Stay at the newest frame while more come"
        onClick={() => onTail(!tail)}
      >
        Newest
      </button>
      <button type="button" className="button small" onClick={onColumns}>
        Columns
      </button>
      <button
        type="button"
        className="button small monitor-profile"
        aria-haspopup="menu"
        title={`Profile in use: ${props.profile}`}
        onClick={(event) => props.onProfile(event.currentTarget)}
      >
        <span>Profile: {props.profile}</span>
      </button>
      <button type="button" className="button small" aria-haspopup="menu" onClick={(event) => onExport(event.currentTarget)}>
        Export
      </button>
    </div>
  );
}
