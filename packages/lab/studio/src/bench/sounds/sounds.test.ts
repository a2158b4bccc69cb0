/** Which events make a machine sound, and that each sound has notes within the limits of loudness and length. */

import { PLATFORMS } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { LabApi } from "../../lab/lab-api.ts";
import { StateHistory } from "../../lab/machine-state.ts";
import { lookOf } from "../skins/looks.ts";
import { SCORES, SOUND_KINDS } from "./scores.ts";
import { soundsBetween } from "./sounds-between.ts";

describe("the article", () => {
  const lab = new LabApi();
  const result = lab.open({ scenario: "kb-q159302", play: "scenario", seed: "1" });
  if (!result.ok) throw new Error(result.message);
  const { events } = lab.advance(10 * 60_000_000);
  const history = new StateHistory(result.info.machines);
  const heard = (name: string): string[] => {
    const machine = result.info.machines.find((m) => m.name === name);
    if (!machine) throw new Error(name);
    const sounds: string[] = [];
    for (let count = 1; count <= events.length; count++) {
      const [before, after] = [history.after(events, count - 1), history.after(events, count)].map(({ machines }) => machines[name]);
      sounds.push(...soundsBetween(before, after, lookOf(machine.skin).family));
    }
    return sounds;
  };

  it("sounds at each start, and at the mail that comes to a client that is there", () => {
    for (const { id } of PLATFORMS) expect(heard(id), id).toEqual(["startup", "mail", "startup"]);
  });

  it("sounds at a failure once", () => {
    const machine = Object.values(history.after(events, events.length).machines)[0];
    const failed = { ...machine, problem: "no answer" };
    expect(soundsBetween(machine, failed, "platinum")).toEqual(["error"]);
    expect(soundsBetween(failed, failed, "platinum")).toEqual([]);
  });
});

it("every system has each sound, not loud and not long", () => {
  for (const [family, scores] of Object.entries(SCORES)) {
    for (const kind of SOUND_KINDS) {
      const score = scores[kind];
      expect(score.length, `${family} ${kind}`).toBeGreaterThan(0);
      expect(
        score.reduce((sum, { gain }) => sum + gain, 0),
        `${family} ${kind}`,
      ).toBeLessThanOrEqual(1.2);
      for (const { atS, lengthS, hz } of score) {
        expect(atS + lengthS).toBeLessThan(4);
        expect(hz).toBeGreaterThan(60);
      }
    }
  }
});
