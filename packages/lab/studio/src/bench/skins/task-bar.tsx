/** Start button and its menu, the tasks, the tray. */

import { useState } from "react";
import type { MachineState } from "../../lab/machine-state.ts";
import { Flag } from "./boot.tsx";
import type { TaskBarLook } from "./looks.ts";
import { ScreenClock } from "./screen-clock.tsx";
import type { ScreenProps } from "./screen-props.ts";

interface TaskBarProps {
  readonly machine: MachineState;
  readonly act: ScreenProps["act"];
  readonly look: TaskBarLook;
  /** Asks whether and how the system shall go down. */
  readonly onShutDown: () => void;
  /** Title of the mail client's window, if it is open. */
  readonly task: string | null;
}

export function TaskBar({ machine, act, look, onShutDown, task }: TaskBarProps) {
  const [open, setOpen] = useState(false);
  const choose = (run: () => void) => {
    setOpen(false);
    run();
  };
  return (
    // The screen is hidden from assistive technology, which uses the controls beside it.
    <div className="task-bar" onPointerLeave={() => setOpen(false)}>
      {open && (
        <div className="start-menu">
          <div className="start-banner">
            <span>
              {look.banner[0]} <small>{look.banner[1]}</small>
            </span>
          </div>
          <div className="start-items">
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the controls beside it */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the screen is hidden from assistive technology, which uses the controls beside it */}
            <div onClick={() => choose(() => act("logon"))}>
              <i className="inbox-icon" />
              Microsoft Exchange
            </div>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the controls beside it */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the screen is hidden from assistive technology, which uses the controls beside it */}
            <div onClick={() => choose(onShutDown)}>
              <i className="power-icon" />
              Shut Down…
            </div>
          </div>
        </div>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the controls beside it */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the screen is hidden from assistive technology, which uses the controls beside it */}
      <b className={open ? "start is-open" : "start"} onClick={() => setOpen(!open)}>
        <Flag />
        Start
      </b>
      {look.hasQuickLaunch && (
        <span className="quick-launch">
          <i className="letter" />
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 3h12v8H2zM5 14h6M8 11v3" fill="#cfe3ff" stroke="#000" />
          </svg>
        </span>
      )}
      {task !== null && <span className="task">{task}</span>}
      <span className="tray">
        {machine.newMail && <i className="letter" />}
        <ScreenClock />
      </span>
    </div>
  );
}
