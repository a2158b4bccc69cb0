/** One machine on the desk: its screen, its lamps, its controls. */

import { memo, useMemo, useState } from "react";
import { MenuButton, type MenuItem } from "../controls/menu-button.tsx";
import type { LabMachine } from "../lab/lab-types.ts";
import type { MachineState } from "../lab/machine-state.ts";
import { shortTitle } from "../lab/machine-title.ts";
import { selectMachine } from "../state/lab-selection.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { DRAFT_TITLES } from "./compose-dialog.tsx";
import { lampsOf } from "./lamps.ts";
import { actionHint, actionLabel, deleteMail, doAction, isPossible, MACHINE_ACTIONS, markMail } from "./machine-actions.ts";
import { MachineLamps } from "./machine-lamps.tsx";
import { Presenter } from "./presenter.tsx";
import { describeScreen } from "./screen-text.ts";
import { chosenMessages, INITIAL_MAIL_WINDOW } from "./skins/mail-menus.ts";
import type { DraftKind } from "./skins/screen-props.ts";
import { wallTime } from "./skins/wall-time.ts";
import { useIsLookedAt } from "./use-is-looked-at.ts";
import { useMachineScreen } from "./use-machine-screen.tsx";
import { answeredMessage, whyNotWritten } from "./writing-rules.ts";

export const MachineCard = memo(function MachineCard({ lab }: { readonly lab: LabMachine }) {
  const machine = useLab((s) => s.state?.machines[lab.name]);
  const sessions = useLab((s) => s.state?.server.sessions);
  const isSelected = useStudio((s) => s.selectedMachine === lab.name);
  const isLookedAt = useIsLookedAt(lab.name);
  const set = useStudio((s) => s.set);
  const [presenting, setPresenting] = useState(false);
  const machines = useLab((s) => s.info?.machines);
  const label = labelOf(lab);
  const place = useMachineScreen(lab, label);
  if (!machine || !place) return <section className="machine card" aria-label={label} data-machine={lab.name} />;
  const { shown, screen, compose, write, closeMessage } = place;
  return (
    <section
      className={`machine card ${isSelected ? "is-selected" : ""} ${isLookedAt ? "is-looked-at" : ""}`}
      aria-label={label}
      data-machine={lab.name}
      onFocus={() => isSelected || set({ selectedMachine: lab.name })}
    >
      <div className="machine-head">
        <h2 className="machine-name" title={lab.title}>
          <button type="button" className="name-button" aria-pressed={isSelected} onClick={() => selectMachine(lab.name)}>
            {isOfFleet(lab) ? `${lab.name}, ${shortTitle(lab.title)}` : shortTitle(lab.title)}
          </button>
        </h2>
        <MachineLamps machine={machine} sessions={sessions ?? []} />
        <button
          type="button"
          className="button quiet small icon present"
          aria-label={`Full screen: ${label}`}
          title="Full screen, for an audience"
          onClick={() => setPresenting(true)}
        >
          <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
            <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" fill="none" stroke="currentColor" strokeWidth="1.6" />
          </svg>
        </button>
        {presenting && <Presenter name={lab.name} onClose={() => setPresenting(false)} />}
      </div>
      <div className="machine-body">
        <div className="screen-place">{screen}</div>
        <Controls machine={shown} title={label} machines={machines ?? []} onClose={closeMessage} write={write} />
      </div>
      {machine.problem !== null && (
        <p className="machine-problem" role="status" title={machine.problem}>
          {machine.problem}
        </p>
      )}
      {compose}
    </section>
  );
});

/** Compared machines have different platforms; other machines may share one. */
const isOfFleet = (lab: LabMachine) => lab.role !== "compared";

function labelOf(lab: LabMachine): string {
  return isOfFleet(lab) ? `${lab.name}, ${lab.title}` : lab.title;
}

/** Machines that take part and are not compared: a line each. */
export function OtherMachines({ machines }: { readonly machines: readonly LabMachine[] }) {
  return (
    <section className="others" aria-label="Other machines">
      {machines.map((lab) => (
        <OtherMachine key={lab.name} lab={lab} />
      ))}
    </section>
  );
}

/** Many machines in one line. */
export function FleetSummary({ machines }: { readonly machines: readonly LabMachine[] }) {
  const states = useLab((s) => s.state?.machines);
  const sessions = useLab((s) => s.state?.server.sessions);
  const text = useMemo(() => {
    const here = machines.flatMap(({ name }) => states?.[name] ?? []);
    const open = new Map((sessions ?? []).filter((s) => s.endUs === null).map((s) => [s.machine, s]));
    const count = (test: (m: MachineState) => boolean) => here.filter(test).length;
    const stale = count((m) => {
      const session = open.get(m.name);
      return session !== undefined && lampsOf(m, [session])[1].state === "stale";
    });
    const errors = here.reduce((sum, m) => sum + m.icmpSent, 0);
    const parts = [
      `${count((m) => m.power === "ready")} ready`,
      `${count((m) => m.power === "off")} off`,
      `${count((m) => m.mail === "logged-on")} logged on`,
      `${stale} with a port that the server still has registered`,
      `${errors.toLocaleString("en")} ICMP errors`,
    ];
    return `${machines.length} more: ${parts.join(", ")}`;
  }, [machines, states, sessions]);
  return (
    <section className="others" aria-label="Other machines">
      <div className="other card">{text}</div>
    </section>
  );
}

function OtherMachine({ lab }: { readonly lab: LabMachine }) {
  const machine = useLab((s) => s.state?.machines[lab.name]);
  const sessions = useLab((s) => s.state?.server.sessions);
  if (!machine) return null;
  return (
    <div className="other card" data-machine={lab.name}>
      <b title={lab.title}>{lab.name}</b>
      <span className="other-screen">{describeScreen(machine)}</span>
      <MachineLamps machine={machine} sessions={sessions ?? []} />
      <MenuButton
        label="Controls"
        accessibleName={`Controls of ${lab.name}`}
        className="button quiet small"
        opens="up"
        items={MACHINE_ACTIONS.map((action) => ({
          label: actionLabel(action, machine),
          detail: actionHint(action, machine),
          disabled: !isPossible(action, machine),
          run: () => doAction(action.id, machine),
        }))}
      />
    </div>
  );
}

/** Any message of the Inbox, the newest first. */
function messageItems(machine: MachineState): MenuItem[] {
  return machine.inbox
    .map(({ subject, from, read, deliveredMs }, i) => ({
      label: subject,
      detail: `${from}, ${wallTime(deliveredMs)}${read ? "" : ", unread"}`,
      run: () => doAction("read", machine, i + 1),
    }))
    .reverse();
}

/** The menu entry that marks the open message, otherwise the newest one, as read or unread: the mail client's menu Edit has both. */
function markItem(machine: MachineState): MenuItem {
  const { hasUnread, hasRead } = chosenMessages(machine, INITIAL_MAIL_WINDOW);
  const answered = answeredMessage(machine);
  return {
    label: hasRead ? "Mark as unread" : "Mark as read",
    detail: answered?.row.subject ?? "the Inbox is empty",
    disabled: answered === null,
    run: () => markMail(machine, hasUnread, answered?.place),
  };
}

/** The menu entry that deletes the open message, otherwise the newest one, as the mail client's menu Edit does. */
function deleteItem(machine: MachineState): MenuItem {
  const answered = answeredMessage(machine);
  return {
    label: "Delete",
    detail: answered?.row.subject ?? "the Inbox is empty",
    disabled: answered === null,
    run: () => answered && deleteMail(machine, answered.place),
  };
}

/** Menu entries for new messages, replies and forwards. */
function draftItems(machine: MachineState, machines: readonly LabMachine[], write: (kind: DraftKind) => void): MenuItem[] {
  const answered = answeredMessage(machine);
  return (Object.keys(DRAFT_TITLES) as DraftKind[]).map((kind) => {
    const reason = whyNotWritten(kind, machine, machines);
    return {
      label: `${DRAFT_TITLES[kind]}…`,
      detail: reason ?? (kind === "new" || answered === null ? "to any mailbox" : answered.row.subject),
      disabled: reason !== null,
      run: () => write(kind),
    };
  });
}

function Controls(props: {
  readonly machine: MachineState;
  readonly title: string;
  readonly machines: readonly LabMachine[];
  readonly onClose: () => void;
  readonly write: (kind: DraftKind) => void;
}) {
  const { machine, title, machines, onClose, write } = props;
  return (
    <fieldset className="controls">
      <legend className="visually-hidden">{`Controls of ${title}`}</legend>
      {MACHINE_ACTIONS.map((action) => {
        const closes = action.id === "read" && machine.message !== null && machine.mail === "logged-on";
        const label = closes ? "Close mail" : actionLabel(action, machine);
        const control = (
          <button
            key={action.id}
            type="button"
            className={`button small control control-${action.id}`}
            disabled={!isPossible(action, machine)}
            title={closes ? "Back to the Inbox" : actionHint(action, machine)}
            aria-label={`${label}: ${title}`}
            onClick={() => (closes ? onClose() : doAction(action.id, machine))}
          >
            {label}
          </button>
        );
        return action.id === "read" && machine.mail === "logged-on" && machine.inbox.length > 1 ? (
          <div key={action.id} className="control-pair">
            {control}
            <MenuButton
              label=""
              accessibleName={`Read one of ${machine.inbox.length} messages: ${title}`}
              className="button small control"
              items={messageItems(machine)}
            />
          </div>
        ) : (
          control
        );
      })}
      {machine.mail === "logged-on" && (
        <MenuButton
          label="Write"
          accessibleName={`Write mail: ${title}`}
          className="button small control"
          opens="up"
          items={[...draftItems(machine, machines, write), deleteItem(machine), markItem(machine)]}
        />
      )}
    </fieldset>
  );
}
