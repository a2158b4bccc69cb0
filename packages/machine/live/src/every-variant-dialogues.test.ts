/**
 * Plays every TCP dialogue with every variant, in virtual time. The answers of Windows NT 4.0 are compared with the Linux kernel's in
 * kernel-differential.test.ts; each other variant must give the same ones, but for the habits that its documents show.
 */

import { PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { playWithStack } from "./testing/stack-dialogues.ts";
import { TCP_DIALOGUES } from "./testing/tcp-dialogues.ts";
import { HABITS, HABITUAL_ANSWERS } from "./testing/variant-habits.ts";

const REFERENCE = "nt-4.0";
const VARIANTS = PLATFORMS.flatMap(({ variants }) => variants.map(({ id }) => id));

/** Answer of a variant to a step where it has a habit, by variant, dialogue and step. */
const habitual = new Map(
  HABITUAL_ANSWERS.flatMap(([dialogue, step, answer, variants]) =>
    variants.split(" ").map((variant) => [`${variant} ${dialogue} ${step}`, answer] as const),
  ),
);

describe("every variant answers the dialogues as Windows NT 4.0 does, but for its habits", () => {
  it.each(VARIANTS.filter((id) => id !== REFERENCE))("%s", async (variant) => {
    for (const dialogue of TCP_DIALOGUES) {
      const reference = await playWithStack(REFERENCE, dialogue);
      const expected = reference.map((answer, i) => habitual.get(`${variant} ${dialogue.name} ${i + 1}`) ?? answer);
      expect([dialogue.name, dialogue.source, await playWithStack(variant, dialogue)]).toEqual([dialogue.name, dialogue.source, expected]);
    }
  });
});

describe("the list of habits", () => {
  it("names dialogues, variants and habits that exist, each answer once", () => {
    const names = new Set(TCP_DIALOGUES.map(({ name }) => name));
    expect(HABITUAL_ANSWERS.filter(([dialogue]) => !names.has(dialogue))).toEqual([]);
    const named = HABITUAL_ANSWERS.flatMap(([, , , variants]) => variants.split(" "));
    expect(named.filter((id) => !VARIANTS.includes(id) || id === REFERENCE)).toEqual([]);
    expect(habitual.size).toBe(named.length);
    expect(new Set(HABITUAL_ANSWERS.map(([, , , , habit]) => habit))).toEqual(new Set(Object.keys(HABITS)));
  });

  it("has no answer that the reference gives too", async () => {
    for (const [name, step, answer] of HABITUAL_ANSWERS) {
      const dialogue = TCP_DIALOGUES.find((d) => d.name === name);
      if (dialogue === undefined) continue;
      expect([name, step, (await playWithStack(REFERENCE, dialogue))[step - 1]]).not.toEqual([name, step, answer]);
    }
  });
});
