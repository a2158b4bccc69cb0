import { expect, it } from "vitest";
import { draftKey, keepDraft, keptDraft, lostCharacters, NO_DRAFT } from "./drafts.ts";

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
