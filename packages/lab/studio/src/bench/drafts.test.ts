import type { RecordedEvent } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import type { PersonAction } from "../lab/lab-types.ts";
import { draftKey, handOver, keepDraft, keptDraft, lostCharacters, NO_DRAFT, type SendResult, sendResult } from "./drafts.ts";

it("keeps a draft for its machine, its kind and the message that it answers, until it is empty", () => {
  const [key, other] = [draftKey("a", "reply", "1"), draftKey("a", "reply", "2")];
  const draft = { to: [], subject: "", body: "half a sen" };
  keepDraft(key, draft);
  expect(keptDraft(key)).toEqual(draft);
  expect(keptDraft(other)).toBe(NO_DRAFT);
  expect(keptDraft(draftKey("b", "reply", "1"))).toBe(NO_DRAFT);
  keepDraft(key, NO_DRAFT);
  expect(keptDraft(key)).toBe(NO_DRAFT);
});

it("names each character that code page 1252 lacks, once", () => {
  expect(lostCharacters("Grüße, 5 € – “naïve”\n")).toEqual([]);
  expect(lostCharacters("日本 日 Łódź 😀")).toEqual(["日", "本", "Ł", "ź", "😀"]);
});

it("has a draft again whose sending failed, unless another was begun; one that was sent is gone", () => {
  const key = draftKey("c", "new", null);
  const [first, second] = ["one", "two"].map((body) => ({ to: ["d"], subject: "", body }));
  let result: SendResult = "pending";
  keepDraft(key, first);
  handOver(key, first, () => result);
  expect(keptDraft(key)).toBe(NO_DRAFT);
  keepDraft(key, second);
  result = "failed";
  expect(keptDraft(key)).toEqual(second);
  keepDraft(key, NO_DRAFT);
  expect(keptDraft(key)).toEqual(first);
  handOver(key, first, () => "sent");
  expect(keptDraft(key)).toBe(NO_DRAFT);
});

describe("the result of sending", () => {
  const reply = { send: { from: ["a"], body: "", answers: "reply", message: 1 } };
  const lunch = { send: { from: ["a"], to: ["b"], subject: "Lunch", body: "" } };
  const taken = (step: object) => [{ atUs: 10, step: { ...step, at: 10 } }] as unknown as PersonAction[];
  const event = (atUs: number, type: string, more: object = {}, machine = "a") =>
    ({ atUs, machine, layer: "client", event: { type, ...more } }) as unknown as RecordedEvent;
  const sent = (atUs: number, subject: string, machine?: string) => event(atUs, "message-sent", { to: "b", subject }, machine);
  const of = (step: { readonly send: object }, ...events: RecordedEvent[]) => sendResult(events, taken(step), step, "a");

  it("is open until the machine's client has sent this message", () => {
    expect(of(lunch, sent(9, "Lunch"), sent(11, "Lunch", "b"), sent(11, "RE: Budget"))).toBe("pending");
    expect(of(lunch, sent(11, "RE: Budget"), sent(12, "Lunch"), event(13, "logged-off"))).toBe("sent");
    expect(of(reply, sent(11, "Lunch"))).toBe("pending");
    expect(of(reply, sent(11, "RE: Budget"))).toBe("sent");
  });

  it("is a failure if the client, the step or the machine fails first, or the action is taken back", () => {
    expect(of(reply, event(11, "error", { what: "send", code: 0x80040607 }))).toBe("failed");
    expect(of(reply, event(11, "error", { what: "read", code: null }))).toBe("failed");
    expect(of(lunch, event(11, "error", { what: "read", code: null }))).toBe("pending");
    expect(of(lunch, event(10, "step-failed", { action: "send", reason: "" }))).toBe("failed");
    expect(of(lunch, event(11, "machine-off"), sent(12, "Lunch"))).toBe("failed");
    expect(sendResult([sent(11, "Lunch")], taken(reply), lunch, "a")).toBe("failed");
  });
});
