/** Which frames are counted, how far the count is, and its stop. */

import type { FrameScope } from "../analyzer/analyzer-api.ts";
import type { Counted } from "./use-counted.ts";

interface CountBarProps {
  readonly scope: FrameScope;
  readonly onScope: (scope: FrameScope) => void;
  readonly counted: Counted<unknown>;
  /** Text of the progress line, such as "Counting"; `again` is the button's label after a stop. */
  readonly verb: string;
  readonly again: string;
  /** Class of the line that tells the progress or the sum. */
  readonly className: string;
  readonly sum: string;
}

export function CountBar({ scope, onScope, counted, verb, again, className, sum }: CountBarProps) {
  const { progress, isStopped } = counted;
  return (
    <>
      <label>
        <input type="checkbox" checked={scope === "shown"} onChange={(event) => onScope(event.target.checked ? "shown" : "all")} /> Shown
        frames only
      </label>
      <span className={`${className} numbers`} role="status">
        {progress ? `${verb} ${Math.round((100 * progress.done) / Math.max(1, progress.total))} %` : isStopped ? "Stopped" : sum}
      </span>
      {progress && (
        <button type="button" className="button small" onClick={counted.stop}>
          Stop
        </button>
      )}
      {isStopped && (
        <button type="button" className="button small" onClick={counted.again}>
          {again}
        </button>
      )}
    </>
  );
}
