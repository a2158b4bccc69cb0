import { expect, it } from "vitest";
import { answerFor } from "./answer-for.ts";

it("drops what was asked about other frames, in whichever order answers and documents come", async () => {
  for (let round = 0; round < 50; round++) {
    let generation = 1;
    const shown: string[] = [];
    const pending: (() => void)[] = [];
    const diagnose = (name: string) =>
      answerFor(
        () => generation,
        () => new Promise<string>((done) => pending.push(() => done(name))),
        (answer) => shown.push(`${answer} for ${generation}`),
      );
    const large = diagnose("large");
    if (round % 2 === 0) pending[0]();
    if (round % 3 === 0) await Promise.resolve();
    // The small capture is opened while the large one is diagnosed.
    generation = 2;
    const small = diagnose("small");
    for (const answer of round % 5 < 3 ? pending : pending.toReversed()) answer();
    await Promise.all([large, small]);
    expect(shown.filter((text) => text.endsWith("for 2"))).toEqual(["small for 2"]);
  }
});
