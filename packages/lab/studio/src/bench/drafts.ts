/** Messages that were begun and not sent: closing the window keeps them as long as the page is open. */

import type { RecordedEvent } from "@pushback/scenario";
import type { PersonAction } from "../lab/lab-types.ts";
import type { DraftKind } from "./skins/screen-props.ts";

export interface Draft {
  readonly to: readonly string[];
  readonly subject: string;
  readonly body: string;
}

export const NO_DRAFT: Draft = { to: [], subject: "", body: "" };

/** Result of sending a draft, as far as the run has got. */
export type SendResult = "pending" | "sent" | "failed";

const kept = new Map<string, Draft>();

/** Drafts on their way, the oldest first. Their text is needed again if the client fails to send it. */
let onTheWay: { readonly key: string; readonly draft: Draft; readonly result: () => SendResult }[] = [];

/** Storage key of a draft. `answered` is the message that it replies to or forwards; `null` for a new message. */
export function draftKey(machine: string, kind: DraftKind, answered: string | null): string {
  return JSON.stringify([machine, kind, answered]);
}

/** The draft to go on with. A draft whose sending failed is here again, unless another one was begun in its place. */
export function keptDraft(key: string): Draft {
  onTheWay = onTheWay.filter(({ result }) => result() !== "sent");
  if (!kept.has(key)) {
    const failed = onTheWay.find((one) => one.key === key && one.result() === "failed");
    if (failed !== undefined) {
      onTheWay = onTheWay.filter((one) => one !== failed);
      kept.set(key, failed.draft);
    }
  }
  return kept.get(key) ?? NO_DRAFT;
}

/** An empty draft is not kept. */
export function keepDraft(key: string, draft: Draft): void {
  if (draft.to.length === 0 && draft.subject === "" && draft.body === "") kept.delete(key);
  else kept.set(key, draft);
}

/** Takes a draft from those that are kept, because it is being sent. `result` is asked each time a draft is opened. */
export function handOver(key: string, draft: Draft, result: () => SendResult): void {
  kept.delete(key);
  onTheWay.push({ key, draft, result });
}

/** Start of the subject of a reply or a forwarded message. */
const ANSWER = /^(RE|FW): /;

/** Events with which a client stops before it has sent what it was given. */
const STOPS: ReadonlySet<string> = new Set(["logged-off", "disconnected", "machine-going-down", "machine-off", "stack-down"]);

/** What became of a `send` step of one machine. It failed, too, if the user has taken the action back, or the run did not accept it. */
export function sendResult(
  events: readonly RecordedEvent[],
  actions: readonly PersonAction[],
  { send }: { readonly send: object },
  machine: string,
): SendResult {
  const action = actions.find(({ step }) => "send" in step && step.send === send);
  const isAnswer = "answers" in send;
  if (action === undefined) return "failed";
  for (let i = events.findIndex(({ atUs }) => atUs >= action.atUs); i >= 0 && i < events.length; i++) {
    const e = events[i];
    if (e.machine !== machine) continue;
    // Another message of the machine may be on its way.
    if (
      e.event.type === "message-sent" &&
      (isAnswer ? ANSWER.test(e.event.subject) : "subject" in send && e.event.subject === send.subject)
    )
      return "sent";
    if (STOPS.has(e.event.type) || isFailure(e, isAnswer)) return "failed";
  }
  return "pending";
}

/** Whether a step or a call of the client failed that sends mail. Before an answer is sent, its message is read. */
function isFailure({ event }: RecordedEvent, isAnswer: boolean): boolean {
  if (event.type === "step-failed") return event.action === "send";
  return event.type === "error" && (event.what === "send" || (isAnswer && event.what === "read"));
}

/** The characters of code page 1252, in which the clients send their text. */
const SENT = new Set(new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)));

/** Characters of the text that Windows-1252 lacks, so that they arrive as question marks; each is listed once. */
export function lostCharacters(text: string): string[] {
  return [...new Set(text)].filter((character) => !SENT.has(character));
}
