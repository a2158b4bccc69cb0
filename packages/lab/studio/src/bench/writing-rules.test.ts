import { describe, expect, it } from "vitest";
import type { LabMachine } from "../lab/lab-types.ts";
import type { MachineState } from "../lab/machine-state.ts";
import { NO_DRAFT } from "./drafts.ts";
import type { DraftKind } from "./skins/screen-props.ts";
import { sendStep, whyNotWritten } from "./writing-rules.ts";

const MACHINES = [
  { name: "windows-9x", title: "Windows 95", role: "compared" },
  { name: "ms-dos", title: "MS-DOS", role: "compared" },
] as unknown as LabMachine[];
const row = (mid: number, from: string) => ({ mid, from, subject: `from ${from}`, read: false, deliveredMs: 0 });
const known = row(1, "MS-DOS");
const unknown = row(2, "Administrator");
const machine = (change: object): MachineState =>
  ({ name: "windows-9x", mail: "logged-on", message: null, inbox: [], ...change }) as unknown as MachineState;

const KINDS: readonly DraftKind[] = ["new", "reply", "reply-all", "forward"];
const whyNot = (change: object) => KINDS.map((kind) => whyNotWritten(kind, machine(change), MACHINES));

describe("a message can be written", () => {
  it("if a user is logged on; an answer only to a message in the Inbox", () => {
    expect(whyNot({ mail: "logging-off", inbox: [known] })).toEqual(KINDS.map(() => "no user is logged on"));
    expect(whyNot({})).toEqual([null, "the Inbox is empty", "the Inbox is empty", "the Inbox is empty"]);
    expect(whyNot({ inbox: [known] })).toEqual([null, null, null, null]);
  });

  it("as a reply only to a sender with a mailbox: that of the open message, else of the newest", () => {
    const reason = "Administrator has no mailbox here";
    expect(whyNot({ inbox: [known, unknown] })).toEqual([null, reason, reason, null]);
    expect(whyNot({ inbox: [known, unknown], message: known })).toEqual([null, null, null, null]);
  });
});

describe("the step that sends a draft", () => {
  const draft = { ...NO_DRAFT, to: ["ms-dos"], body: "Yes." };
  const step = (kind: DraftKind, mid: number | null, change: object) => sendStep(kind, draft, mid as never, machine(change), MACHINES);

  it("has the recipients of a new or forwarded message; a new one always has a subject", () => {
    expect(step("new", null, {})).toEqual({
      step: { send: { from: ["windows-9x"], to: ["ms-dos"], subject: "(no subject)", body: "Yes." } },
    });
    expect(step("forward", 2, { inbox: [unknown] })).toEqual({
      step: { send: { from: ["windows-9x"], to: ["ms-dos"], body: "Yes.", answers: "forward", message: 1 } },
    });
  });

  it("names the place that the answered message has now", () => {
    const answer = { from: ["windows-9x"], body: "Yes.", answers: "reply" };
    expect(step("reply", 1, { inbox: [known, unknown] })).toEqual({ step: { send: { ...answer, message: 1 } } });
    expect(step("reply", 1, { inbox: [unknown, known] })).toEqual({ step: { send: { ...answer, message: 2 } } });
  });

  it("is none, with the reason, for a message that cannot be sent", () => {
    const refusal = (...of: Parameters<typeof step>) => (step(...of) as { refusal?: string }).refusal;
    expect(refusal("reply", null, {})).toMatch(/no longer in the Inbox/);
    expect(refusal("forward", 1, { inbox: [unknown] })).toMatch(/no longer in the Inbox/);
    expect(refusal("reply-all", 2, { inbox: [unknown] })).toMatch(/^Administrator has no mailbox here/);
    expect(refusal("new", null, { mail: "disconnected" })).toMatch(/No user is logged on any more/);
  });
});
