/** What the catalogue of faults (`../fault-catalogue.test.ts`) does not show: which machine a finding names, and how findings are counted. */

import { expect, test } from "vitest";
import { indexed } from "../recording-index.ts";
import { runScenario } from "../run.ts";
import { FAULTS } from "../testing/fault-catalogue.ts";
import { loadScenario } from "../testing/gallery.ts";
import { judgeBehaviour } from "./judge-behaviour.ts";

function found(fault: string): string[] {
  const { scenario, seams } = FAULTS.find((f) => f.fault === fault) ?? FAULTS[0];
  const recording = runScenario(loadScenario(scenario), { variants: ["nt-4.0"], seed: "1", seams });
  return judgeBehaviour(indexed(recording)).map(({ text }) => text);
}

test("names the machine, the rule, the first time and the number of faults", () => {
  expect(found("the stack is up after the first phase")).toEqual([
    'behaviour of windows-nt boots as its platform, but at 11s618ms26us the stack came up in phase "post", and 1 more',
  ]);
});

test("names the neighbour whose mail client is at fault, and not the compared machine", () => {
  expect(found("a client without push polls twice as often")).toEqual([
    expect.stringMatching(/^behaviour of poller polls as its platform/),
  ]);
});

test("names the router for errors that are its own", () => {
  expect(found("the router asks for an address once")).toEqual([
    expect.stringMatching(/^behaviour of router sends errors when they are due/),
  ]);
});

test("names steps that are taken at another time than the file says", () => {
  const recording = runScenario(loadScenario("read-in-time"), { variants: ["nt-4.0"], seed: "1" });
  const { scenario } = recording;
  const steps = scenario.steps.map((step, i) => (i === 0 ? { ...step, at: step.at + 5_000_000 } : step));
  expect(judgeBehaviour(indexed(recording))).toEqual([]);
  const [{ text }, ...more] = judgeBehaviour(indexed({ ...recording, scenario: { ...scenario, steps } }));
  expect(text).toMatch(/^behaviour of the scenario takes its steps in time, but at 50s `logon` of 50s was not taken/);
  expect(more).toEqual([]);
});
