/** What a sweep varies: values and points as users write them, and settings that are given twice. */

import { describe, expect, it } from "vitest";
import { parsePoints, parseVariation, planSweep, type SweepInput } from "./plan.ts";

const TEXT = `
title: one mail after a reboot
duration: 20m
server: { KeepAliveTime: 2h }
clients:
  - { name: pc, platform: each }
steps:
  - { at: 1m, logon: pc }
  - { at: 5m, reboot: pc }
`;

function plan(change: Partial<SweepInput>) {
  return planSweep({
    scenarioId: "example",
    text: TEXT,
    variants: ["nt-4.0"],
    variations: [],
    points: null,
    replications: 1,
    seed: "1",
    ...change,
  });
}

const varied = (...texts: readonly string[]) => plan({ variations: texts.map(parseVariation) });

describe("values of a setting", () => {
  it("are YAML, separated by commas outside brackets", () => {
    expect(parseVariation("keepalive=5m,2h")).toEqual({ name: "keepalive", values: ["5m", "2h"] });
    expect(parseVariation("server={ KeepAliveTime: 5m }, ~")).toEqual({ name: "server", values: [{ KeepAliveTime: "5m" }, null] });
  });

  it.each(["keepalive", "=5m", "keepalive=", "keepalive= ", "keepalive=] #"])("are missing in %j", (text) => {
    expect(() => parseVariation(text)).toThrow(`--vary ${text}: takes a setting and its values, as in keepalive=5m,30m,2h`);
  });

  it.each(["keepalive=,", "keepalive=[5m", "keepalive=a]: [b", "keepalive=!!js/function x", "keepalive=*x"])(
    "can't be read in %j",
    (text) => {
      expect(() => parseVariation(text)).toThrow(`--vary ${text}: the values can't be read`);
    },
  );
});

it("a fault in a list of points has its place", () => {
  expect(() => parsePoints("- { loss: 0 }\n- { loss: 0, loss: 1 }\n", "points.yaml")).toThrow("points.yaml:2:14: the same key");
  expect(() => parsePoints("[]", "points.yaml")).toThrow("points.yaml: takes a list of records");
});

describe("a sweep", () => {
  it("has every combination; a run has other settings than the scenario", () => {
    expect(varied("keepalive=5m,2h", "steps.1.at=5m,6m").runs.map(({ settings }) => settings)).toEqual([
      { keepalive: "5m", "steps.1.at": "5m" },
      { keepalive: "5m", "steps.1.at": "6m" },
      { keepalive: "2h", "steps.1.at": "5m" },
      { keepalive: "2h", "steps.1.at": "6m" },
    ]);
  });

  it.each([
    ["no value", { variations: [{ name: "keepalive", values: [] }] }],
    ["no point", { points: [] }],
    ["no run at a point", { replications: 0 }],
  ])("needs a run: %s", (_, change) => {
    expect(() => plan(change)).toThrow("the sweep has no runs");
  });

  it.each([
    ["--vary loss: is given twice", ["loss=0,0.5", "loss=0"]],
    ["loss: is the same setting as network.loss; give one of them", ["loss=1", "network.loss=0"]],
    ["clients.0.platform: is the same setting as clients.pc.platform", ["clients.0.platform=each", "clients.pc.platform=each"]],
    ["keepalive: is a part of server; give one of them", ["keepalive=10m", "server={ KeepAliveTime: 5m }"]],
    ["keepalive: is a part of server; give one of them", ["server={ KeepAliveTime: 5m }", "keepalive=10m"]],
    ["steps.1.at: is a part of steps.1; give one of them", ["steps.1={ at: 5m, reboot: pc }", "steps.1.at=6m"]],
  ])("varies a setting once: %s", (message, texts) => {
    expect(() => varied(...texts)).toThrow(message);
  });

  it("has a setting once in each point of a list", () => {
    const points = parsePoints("- { loss: 0 }\n- { loss: 0, network.loss: 0.5 }\n", "points.yaml");
    expect(() => plan({ points })).toThrow("loss: is the same setting as network.loss; give one of them");
    const separate = parsePoints("- { loss: 0 }\n- { network.loss: 0.5, network.latency: 1ms }\n", "points.yaml");
    expect(plan({ points: separate }).runs).toHaveLength(2);
  });
});
