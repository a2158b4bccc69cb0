/**
 * Plays every TCP dialogue with every variant, in virtual time. The answers of Windows NT 4.0 are compared with the Linux kernel's in
 * kernel-differential.test.ts; each other variant must give the same ones, but for the habits that its documents show.
 */

import { PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { playWithStack } from "./testing/stack-dialogues.ts";
import { TCP_DIALOGUES } from "./testing/tcp-dialogues.ts";
import { TIMED_DIALOGUES } from "./testing/timed-dialogues.ts";
import { HABITS, HABITUAL_ANSWERS, type HabitualAnswer, TIMED_HABITUAL_ANSWERS } from "./testing/variant-habits.ts";

const REFERENCE = "nt-4.0";
const VARIANTS = PLATFORMS.flatMap(({ variants }) => variants.map(({ id }) => id));

/** Answer of a variant to a step where it has a habit, by variant, dialogue and step. */
function byStep(answers: readonly HabitualAnswer[]): ReadonlyMap<string, string> {
  return new Map(
    answers.flatMap(([dialogue, step, answer, variants]) =>
      variants.split(" ").map((variant) => [`${variant} ${dialogue} ${step}`, answer] as const),
    ),
  );
}

const habitual = byStep(HABITUAL_ANSWERS);
const timedHabitual = byStep(TIMED_HABITUAL_ANSWERS);

describe("every variant answers the dialogues as Windows NT 4.0 does, but for its habits", () => {
  it.each(VARIANTS.filter((id) => id !== REFERENCE))("%s", async (variant) => {
    for (const dialogue of TCP_DIALOGUES) {
      const reference = await playWithStack(REFERENCE, dialogue);
      const expected = reference.map((answer, i) => habitual.get(`${variant} ${dialogue.name} ${i + 1}`) ?? answer);
      expect([dialogue.name, dialogue.source, await playWithStack(variant, dialogue)]).toEqual([dialogue.name, dialogue.source, expected]);
    }
  });
});

describe("every variant answers the timed dialogues as the documents ask, but for its habits", () => {
  it.each(VARIANTS)("%s", async (variant) => {
    for (const dialogue of TIMED_DIALOGUES) {
      const steps = dialogue.steps.map(([step]) => step);
      const expected = dialogue.steps.map(([, answer], i) => timedHabitual.get(`${variant} ${dialogue.name} ${i + 1}`) ?? answer);
      expect([dialogue.name, dialogue.source, await playWithStack(variant, { ...dialogue, steps })]).toEqual([
        dialogue.name,
        dialogue.source,
        expected,
      ]);
    }
  });
});

describe("the list of habits", () => {
  it("names dialogues, variants and habits that exist, each answer once", () => {
    const all = [...HABITUAL_ANSWERS, ...TIMED_HABITUAL_ANSWERS];
    const names = new Set([...TCP_DIALOGUES, ...TIMED_DIALOGUES].map(({ name }) => name));
    expect(names.size).toBe(TCP_DIALOGUES.length + TIMED_DIALOGUES.length);
    expect(all.filter(([dialogue]) => !names.has(dialogue))).toEqual([]);
    const named = all.flatMap(([, , , variants]) => variants.split(" "));
    expect(named.filter((id) => !VARIANTS.includes(id))).toEqual([]);
    expect(habitual.size + timedHabitual.size).toBe(named.length);
    expect(new Set(all.map(([, , , , habit]) => habit))).toEqual(new Set(Object.keys(HABITS)));
  });

  it("has no answer that equals the reference's", async () => {
    for (const [name, step, answer] of HABITUAL_ANSWERS) {
      const dialogue = TCP_DIALOGUES.find((d) => d.name === name);
      if (dialogue === undefined) continue;
      expect([name, step, (await playWithStack(REFERENCE, dialogue))[step - 1]]).not.toEqual([name, step, answer]);
    }
  });

  it("has no timed answer that equals the expected one", () => {
    const asked = (name: string, step: number) => TIMED_DIALOGUES.find((d) => d.name === name)?.steps[step - 1]?.[1];
    expect(TIMED_HABITUAL_ANSWERS.filter(([name, step, answer]) => [answer, undefined].includes(asked(name, step)))).toEqual([]);
  });
});
