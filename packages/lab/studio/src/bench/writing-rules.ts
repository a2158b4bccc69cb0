/** Which messages a user can write now, and the step that sends a draft. The card, the menus and toolbars on the glass and the window with the text all ask here. */

import type { LabMachine } from "../lab/lab-types.ts";
import type { MachineState } from "../lab/machine-state.ts";
import type { ScenarioStepWithoutTime } from "../state/lab-control.ts";
import { hasMailbox } from "./address-book.ts";
import type { Draft } from "./drafts.ts";
import type { DraftKind } from "./skins/screen-props.ts";

interface AnsweredMessage {
  readonly row: MachineState["inbox"][number];
  /** Its place in the Inbox; 1 is the oldest. */
  readonly place: number;
}

/** The message that a draft answers: the one that is open, else the newest. */
export function answeredMessage({ inbox, message }: Pick<MachineState, "inbox" | "message">): AnsweredMessage | null {
  return message === null ? messageAt(inbox, inbox.length - 1) : messageWith(inbox, message.mid);
}

function messageWith(inbox: MachineState["inbox"], wanted: AnsweredMessage["row"]["mid"]): AnsweredMessage | null {
  return messageAt(
    inbox,
    inbox.findIndex(({ mid }) => mid === wanted),
  );
}

function messageAt(inbox: MachineState["inbox"], at: number): AnsweredMessage | null {
  return at < 0 ? null : { row: inbox[at], place: at + 1 };
}

/** Reason why a message of this kind cannot be written now; `null` if it can. */
export function whyNotWritten(kind: DraftKind, machine: MachineState, machines: readonly LabMachine[]): string | null {
  if (machine.mail !== "logged-on") return "no user is logged on";
  if (kind === "new") return null;
  const answered = answeredMessage(machine);
  if (answered === null) return "the Inbox is empty";
  return whyNotAnswered(kind, answered, machines);
}

/** The client finds no address in a message whose sender has no mailbox, so it refuses the reply. Such a message can be forwarded. */
function whyNotAnswered(kind: DraftKind, { row }: AnsweredMessage, machines: readonly LabMachine[]): string | null {
  return kind === "forward" || hasMailbox(machines, row.from) ? null : `${row.from} has no mailbox here`;
}

export type SendStep = ScenarioStepWithoutTime & { readonly send: object };

/** The step that sends a draft, or the sentence that says why it cannot be sent. `mid`: the message that it answers or forwards; `null` for a new one. */
export function sendStep(
  kind: DraftKind,
  { to, subject, body }: Draft,
  mid: AnsweredMessage["row"]["mid"] | null,
  machine: MachineState,
  machines: readonly LabMachine[],
): { readonly step: SendStep } | { readonly refusal: string } {
  if (machine.mail !== "logged-on") return { refusal: "No user is logged on any more: the message can’t be sent." };
  const from = [machine.name];
  if (kind === "new") return { step: asStep({ from, to: [...to], subject: subject.trim() || "(no subject)", body }) };
  // Other messages may have come or gone since the window opened, so its place may be another one.
  const answered = mid === null ? null : messageWith(machine.inbox, mid);
  if (answered === null) return { refusal: "The message that this one refers to is no longer in the Inbox: it can’t be sent." };
  const unanswerable = whyNotAnswered(kind, answered, machines);
  if (unanswerable !== null) return { refusal: `${unanswerable}: the message can’t be sent.` };
  const recipients = kind === "forward" ? { to: [...to] } : {};
  return { step: asStep({ from, ...recipients, body, answers: kind, message: answered.place }) };
}

const asStep = (send: object): SendStep => ({ send }) as unknown as SendStep;
