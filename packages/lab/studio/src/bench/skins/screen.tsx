/** The contents of a machine's screen (off, boot, desktop, mail client), and a description of it for screen readers. */

import { memo, useRef } from "react";
import type { LabMachine } from "../../lab/lab-types.ts";
import type { MachineState } from "../../lab/machine-state.ts";
import { describeScreen } from "../screen-text.ts";
import { Boot, GoingDown, SAFE_TO_TURN_OFF, SwitchedOff } from "./boot.tsx";
import { Desktop } from "./desktop.tsx";
import { lookOf } from "./looks.ts";
import type { ScreenProps } from "./screen-props.ts";
import "./skins.css";
import { type KeyTaker, TextScreen } from "./text-screen.tsx";

type GlassProps = ScreenProps & { readonly lab: LabMachine; readonly label: string };

/** Whether the system has an hourglass or a watch for pointer. */
function isBusy({ power, mail }: MachineState): boolean {
  return power === "booting" || power === "going-down" || ["waiting", "connecting", "logging-off"].includes(mail);
}

/** Counters change with every datagram, and are not on the screen. */
function showsTheSame(before: GlassProps, after: GlassProps): boolean {
  const { icmpSent: _, datagramsHeard: __, foreignDatagrams: ___, ...shown } = after.machine;
  const old = before.machine;
  return (
    before.lab === after.lab &&
    before.act === after.act &&
    before.draft === after.draft &&
    (Object.keys(shown) as (keyof typeof shown)[]).every((key) => shown[key] === old[key])
  );
}

export const Screen = memo(function Screen(props: GlassProps) {
  const { machine, lab, label } = props;
  const { family } = lookOf(lab.skin);
  const summary = describeScreen(machine, SAFE_TO_TURN_OFF[lab.platform]);
  const keys = useRef<KeyTaker>(null);
  const hasKeys = family === "text-80x25";
  return (
    <section
      className={`screen skin-${family}`}
      data-look={lab.skin}
      aria-label={`Screen of ${label}`}
      // Only the screens of systems without a mouse can be focused and take key presses.
      tabIndex={hasKeys ? 0 : undefined}
      onKeyDown={(event) => keys.current?.(event)}
    >
      <p className="visually-hidden">{summary}</p>
      <div className={isBusy(machine) ? "glass is-busy" : "glass"} aria-hidden="true">
        {machine.power === "off" ? (
          <SwitchedOff machine={machine} lab={lab} act={props.act} />
        ) : family === "text-80x25" ? (
          <TextScreen {...props} keys={keys} />
        ) : machine.power === "booting" ? (
          <Boot machine={machine} lab={lab} />
        ) : machine.power === "going-down" ? (
          <GoingDown machine={machine} lab={lab} />
        ) : (
          <Desktop {...props} />
        )}
      </div>
    </section>
  );
}, showsTheSame);
