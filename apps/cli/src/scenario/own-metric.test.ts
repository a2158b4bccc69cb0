/** A custom metric, from outside the packages: one declaration and one line of registration, with the public API alone. */

import {
  compareScenario,
  comparisonJsonSchema,
  countEvents,
  createCatalogue,
  defineMetric,
  FleetTally,
  METRICS,
  parseScenario,
  reportHtml,
  runScenario,
} from "@pushback/scenario";
import { ndjsonLine, planSweep, runSweepJob } from "@pushback/sweep";
import { describe, expect, it } from "vitest";
import { comparisonTable } from "./comparison-table.ts";
import { fleetTable } from "./fleet-table.ts";

const datagramsHeard = defineMetric({
  key: "datagramsHeard",
  title: "… heard by the client",
  about: "Push datagrams that the mail client got for its own session",
  group: "datagrams",
  unit: "count",
  shared: true,
  expect: true,
  of: (view) => countEvents(view.events, "client", "datagram-received"),
  evidence: ({ datagrams }) => ({ filter: "udp", frames: datagrams.length, firstFrame: datagrams[0]?.frame ?? null }),
  fleet: { of: (counts) => counts.received, column: "… heard", sweep: "sum" },
});

const catalogue = createCatalogue({ metrics: [...METRICS, datagramsHeard] });

const file = (clients: string, expected: string) => `title: T
duration: 10m
clients:
  - { name: pc, ${clients} }
steps:
  - { at: 1m, logon: pc }
  - { at: 2m, deliver: { to: pc } }
  - { at: 3m, deliver: { to: pc } }
expect:
${expected}`;

function parse(text: string) {
  const parsed = parseScenario("own", text, catalogue);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.scenario;
}

/** A sweep of one run. */
const sweepOf = (text: string) => ({
  scenarioId: "own",
  text,
  variants: [],
  variations: [],
  points: null,
  replications: 1,
  seed: "1",
});

describe("a custom metric", () => {
  const scenario = parse(file("platform: each", "  every: { datagramsHeard: 2 }\n  some: [{ datagramsHeard: { min: 3 } }]\n"));
  const { comparison, recordings } = compareScenario(scenario, { variants: ["nt-4.0", "windows-95"], seed: "1" });

  it("is counted, follows the built-in metrics in JSON, and is in the schemas", () => {
    for (const row of comparison.platforms) {
      expect(row).toMatchObject({ datagramsHeard: 2 });
      expect(Object.keys(row)).toEqual(["platform", "variant", ...METRICS.map(({ key }) => key), "datagramsHeard", "capture"]);
    }
    expect(JSON.stringify(comparisonJsonSchema(catalogue))).toContain(datagramsHeard.about);
    expect(JSON.stringify(catalogue.scenarioJsonSchema()).split('"datagramsHeard"')).toHaveLength(8);
  });

  it("is in the tables of the command line and the report, in its group", () => {
    const printed = comparisonTable(comparison, catalogue).split("\n");
    const at = printed.findIndex((line) => line.includes(datagramsHeard.title));
    expect(printed[at].trim().split(/ {2,}/)).toEqual([datagramsHeard.title, "2", "2"]);
    const before = METRICS.filter(({ group }) => group === datagramsHeard.group).at(-1);
    expect(printed[at - 1].trim().split(/ {2,}/)[0]).toBe(before?.title);
    expect(reportHtml(scenario, comparison, recordings)).toContain(`>${datagramsHeard.title}</th><td>2</td><td>2</td>`);
  });

  it("can be used in expectations, and is compared with the run of all machines together", () => {
    expect(comparison.expectations.map(({ met, text }) => `${met ? "+" : "-"} ${text}`)).toEqual([
      "+ nt-4.0: datagramsHeard is 2",
      "+ windows-95: datagramsHeard is 2",
    ]);
    expect(comparison.notJudged).toEqual(["some platform: datagramsHeard is 3 or more: ms-dos, windows-3x, macintosh did not run"]);
    expect(comparison.together.differences).toEqual([]);
    const builtIn = parseScenario("own", file("platform: each", "  every: { datagramsHeard: 2 }\n"));
    expect(builtIn.ok, "the built-in catalogue does not know it").toBe(false);
  });

  it("is summed over fleets, and is a column of sweeps", () => {
    const text = file("platform: nt-4.0, count: 3", "  fleet: { datagramsHeard: 2 }\n");
    const fleet = compareScenario(parse(text), { variants: [], seed: "1" }).comparison;
    expect(fleet.fleet?.all).toMatchObject({ datagramsHeard: { sum: 6, min: 2, max: 2 } });
    expect(fleet.expectations).toEqual([{ met: true, text: "every machine of the fleet: datagramsHeard is 2" }]);
    if (fleet.fleet) expect(fleetTable(fleet.fleet, catalogue)).toContain("… heard");
    const [row] = runSweepJob({ scenarioId: "own", text, seed: "1", variants: [], judgesNumbers: true }, catalogue);
    expect(row).toMatchObject({ machines: 3, datagramsHeard: 6 });
  });

  it("has frames as evidence", () => {
    const [metric] = catalogue.metrics.slice(-1);
    expect(metric).toBe(datagramsHeard);
    expect(runScenario(scenario, { variants: ["nt-4.0"], seed: "1" }).scenario.catalogue).toBe(catalogue);
  });

  it("cannot have a name that rows of machines, fleets and sweeps have already", () => {
    const text = file("platform: nt-4.0, count: 3", "  fleet: { datagramsHeard: 2 }\n");
    const tallies: FleetTally[] = [];
    runScenario(parse(text), {
      variants: [],
      seed: "1",
      watch: (machines, serverAddress) => {
        tallies.push(new FleetTally(machines, serverAddress, catalogue));
        return tallies[0];
      },
    });
    const fleet = compareScenario(parse(text), { variants: [], seed: "1" }).comparison.fleet;
    const [run] = planSweep(sweepOf(text), catalogue).runs;
    const line = JSON.parse(ndjsonLine({ run, row: runSweepJob(run.job, catalogue)[0] }));
    const keys = [...comparison.platforms, ...tallies[0].rows(), fleet?.all ?? {}, line].flatMap((row) => Object.keys(row));
    for (const name of ["capture", "name", "peakIcmp", "unmet", "icmpP50", "seed"]) expect(keys).toContain(name);
    for (const key of new Set(keys))
      expect(() => createCatalogue({ metrics: [...METRICS, datagramsHeard, { ...datagramsHeard, key }] }), key).toThrow(`"${key}"`);
  });

  it("has its column in a sweep of compared machines too", () => {
    const text = file("platform: each", "  every: { datagramsHeard: 2 }\n");
    const [row] = runSweepJob({ scenarioId: "own", text, seed: "1", variants: ["nt-4.0"], judgesNumbers: true }, catalogue);
    expect(row).toMatchObject({ machines: 1, datagramsHeard: 2, unmet: "", sessionEndCauses: "open:1" });
  });

  it("is planned in a sweep with its catalogue, and may not have the name of a varied setting", () => {
    const text = file("platform: nt-4.0, count: 3", "  fleet: { datagramsHeard: 2 }\n");
    const variations = [{ name: "loss", values: [0, 0.01] }];
    const plan = planSweep({ ...sweepOf(text), variations }, catalogue);
    expect(runSweepJob(plan.runs[0].job, catalogue)[0]).toMatchObject({ datagramsHeard: 6, unmet: "" });
    expect(() => planSweep({ ...sweepOf(text), variations })).toThrow(/loss=0: .*datagramsHeard/);
    const loss = createCatalogue({
      metrics: [...catalogue.metrics, { ...datagramsHeard, key: "loss", fleet: { of: () => 0, sweep: "sum" } }],
    });
    expect(() => planSweep({ ...sweepOf(text), variations }, loss)).toThrow(
      'metric "loss": its column "loss" has the name of the varied setting "loss"; rename the metric',
    );
    expect(planSweep(sweepOf(text), loss).runs).toHaveLength(1);
  });
});
