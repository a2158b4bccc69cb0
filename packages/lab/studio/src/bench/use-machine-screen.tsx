/** A machine's screen with the state of one place where it is shown: which message was closed there, and which draft is open there. */

import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { LabMachine } from "../lab/lab-types.ts";
import type { MachineState } from "../lab/machine-state.ts";
import { useLab } from "../state/lab-view.ts";
import { ComposeDialog } from "./compose-dialog.tsx";
import { deleteMail, doAction, markMail } from "./machine-actions.ts";
import { Screen } from "./skins/screen.tsx";
import type { DraftKind, ScreenAction } from "./skins/screen-props.ts";
import { whyNotWritten } from "./writing-rules.ts";

interface MachineScreen {
  /** The machine as it is shown here. */
  readonly shown: MachineState;
  readonly screen: ReactNode;
  /** The window in which a message is written; `null` if none is open. */
  readonly compose: ReactNode;
  write(kind: DraftKind): void;
  closeMessage(): void;
}

/** State and element of a machine's screen; `null` while the run has no such machine. */
export function useMachineScreen(lab: LabMachine, label: string): MachineScreen | null {
  const machine = useLab((s) => s.state?.machines[lab.name]);
  const machines = useLab((s) => s.info?.machines) ?? [];
  const act = useCallback(
    (action: ScreenAction, message?: number) => {
      const now = useLab.getState().state?.machines[lab.name];
      if (now) doAction(action, now, message);
    },
    [lab.name],
  );
  const mark = useCallback(
    (read: boolean, message?: number | "all") => {
      const now = useLab.getState().state?.machines[lab.name];
      if (now) markMail(now, read, message);
    },
    [lab.name],
  );
  const remove = useCallback(
    (message: number | "all") => {
      const now = useLab.getState().state?.machines[lab.name];
      if (now) deleteMail(now, message);
    },
    [lab.name],
  );
  // Closing a message changes only this view, not the machine.
  const [putAway, setPutAway] = useState<MachineState["message"]>(null);
  const shown = useMemo(
    () => (machine?.message && machine.message === putAway ? { ...machine, message: null } : machine),
    [machine, putAway],
  );
  const [draft, setDraft] = useState<DraftKind | null>(null);
  const write = useCallback((kind: DraftKind) => setDraft(kind), []);
  const message = machine?.message ?? null;
  const closeMessage = useCallback(() => setPutAway(message), [message]);
  if (shown === undefined) return null;
  return {
    shown,
    screen: (
      <Screen
        machine={shown}
        lab={lab}
        label={label}
        mailTitle={lab.mailTitle}
        draft={draft}
        act={act}
        mark={mark}
        remove={remove}
        canWrite={(kind) => whyNotWritten(kind, shown, machines) === null}
        write={write}
        closeMessage={closeMessage}
      />
    ),
    compose: draft !== null && <ComposeDialog kind={draft} machine={shown} lab={lab} machines={machines} onClose={() => setDraft(null)} />,
    write,
    closeMessage,
  };
}
