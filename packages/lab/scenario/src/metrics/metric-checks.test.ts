import { describe, expect, expectTypeOf, it } from "vitest";
import { createCatalogue } from "../catalogue.ts";
import { compareScenario } from "../compare.ts";
import { checkComparison } from "../comparison-schema.ts";
import { FLEET_HEADINGS } from "../fleet-columns.ts";
import { parseScenario } from "../scenario-file.ts";
import { columnsOfMetric, RESERVED_KEYS } from "./columns.ts";
import { METRICS } from "./index.ts";
import { defineMetric, type FleetMetric, type MachineCounts, type Metric, type MetricView } from "./metric.ts";

const mine = defineMetric({
  key: "mine",
  title: "Mine",
  about: "A count for these tests",
  group: "datagrams",
  unit: "count",
  shared: true,
  expect: true,
  of: () => 1,
  fleet: { of: (counts) => counts.foreign, column: "Mine", sweep: { percentiles: "mine" } },
});

/** Makes a catalogue with the metric `mine`, changed by `fields`, even where the types forbid the change. */
const withMetric = (fields: object) => createCatalogue({ metrics: [...METRICS, { ...mine, ...fields } as unknown as Metric] });

describe("the metrics of a catalogue", () => {
  it("may follow the built-in ones, if no name is taken twice", () => {
    expect(withMetric({}).metrics).toHaveLength(METRICS.length + 1);
  });

  it.each(["time", "bytes", "yes-no", "cause"])("have sums in tables and sweeps only if they are counts: not %s", (unit) => {
    const fields = { unit, expect: false };
    const of = () => null;
    expect(() => withMetric({ ...fields, fleet: { of, column: "Disturbed" } })).toThrow(
      /^metric "mine": `column` shows sums, and values of unit/,
    );
    expect(() => withMetric({ ...fields, fleet: { of, sweep: "sum" } })).toThrow(/^metric "mine": `sweep` shows sums/);
    expect(withMetric({ ...fields, fleet: { of } }).metrics.at(-1)?.unit).toBe(unit);
  });

  it("have these rules in their types", () => {
    expectTypeOf<NonNullable<FleetMetric<"count">["column"]>>().toEqualTypeOf<string>();
    const disturbed = { key: "disturbed", title: "D", about: "D", group: "datagrams", shared: true, of: () => null } as const;
    const [ofFleet, fleet] = [() => null, null];
    // @ts-expect-error A yes-no has no sum for a column.
    defineMetric({ ...disturbed, unit: "yes-no", expect: true, fleet: { of: ofFleet, column: "Disturbed" } });
    // @ts-expect-error A time has no sum for a sweep.
    defineMetric({ ...disturbed, unit: "time", expect: false, fleet: { of: ofFleet, sweep: "sum" } });
    // @ts-expect-error Nothing can be expected of a time.
    defineMetric({ ...disturbed, unit: "time", expect: true, fleet });
    defineMetric({ ...disturbed, unit: "time", expect: false, fleet });
  });

  it.each([...RESERVED_KEYS])("do not have the key %s of a row", (key) => {
    expect(() => withMetric({ key })).toThrow(`metric "${key}": its column "${key}" is reserved`);
  });

  it("do not have the key of another metric", () => {
    expect(() => withMetric({ key: "datagramsSent" })).toThrow('the catalogue has two metrics called "datagramsSent"');
  });

  it("do not have a column of another metric, nor a reserved one", () => {
    const sweep = (percentiles: string) => ({ fleet: { of: () => 1, sweep: { percentiles } } });
    expect(() => withMetric(sweep("icmp"))).toThrow('metric "mine": its column "icmpP50" is also of metric "icmpPortUnreachable"');
    expect(() => withMetric(sweep("staleForUs"))).toThrow('metric "mine": its column "staleForUsP50" is reserved');
    const icmp = METRICS.find((metric) => metric.key === "icmpPortUnreachable") as Metric;
    for (const key of columnsOfMetric(icmp).filter((name) => name !== icmp.key))
      expect(() => withMetric({ key })).toThrow(`its column "${key}" is also of metric "icmpPortUnreachable"`);
    const column = (heading: string) => ({ fleet: { of: () => 1, column: heading } });
    expect(() => withMetric(column("ICMP errors"))).toThrow(/column heading "ICMP errors" is also of metric "icmpPortUnreachable"/);
    for (const heading of FLEET_HEADINGS) expect(() => withMetric(column(heading))).toThrow(`"${heading}" is reserved`);
  });

  it.each(["__proto__", "constructor", "toString"])("are not called %s, as every object has such a member", (key) => {
    expect(() => withMetric({ key })).toThrow(`metric "${key}": every object has a member of this name`);
  });

  it("have a known group and unit, and expect nothing of a time", () => {
    expect(() => withMetric({ group: "misc" })).toThrow('metric "mine": there is no group "misc"; there are reboot,');
    expect(() => withMetric({ unit: "parsecs" })).toThrow('metric "mine": there is no unit "parsecs"; there are time,');
    expect(() => withMetric({ unit: "time", fleet: null })).toThrow('metric "mine": nothing can be expected of a time');
  });

  it("are named in the errors of their functions", () => {
    const fail = () => {
      throw new TypeError("no such session");
    };
    const failing: Metric = defineMetric({ ...mine, of: fail, evidence: fail, fleet: { of: fail, sweep: "sum" } });
    const message = 'metric "mine": no such session';
    expect(() => failing.of({} as MetricView)).toThrow(message);
    expect(() => failing.evidence({} as MetricView)).toThrow(message);
    expect(() => failing.fleet?.of({} as MachineCounts)).toThrow(message);
    expect(failing.fleet?.sweep).toBe("sum");
  });

  it("include the built-in ones, which tables and sweeps read by name", () => {
    expect(() => createCatalogue({ metrics: [mine] })).toThrow('the catalogue lacks the metric "rebootedAtUs"');
    const [reboot, ...others] = METRICS;
    expect(createCatalogue({ metrics: [...others, { ...reboot, title: "Down" }] }).metrics.at(-1)?.title).toBe("Down");
    expect(() => createCatalogue({ metrics: [...others, { ...reboot, fleet: null }] })).toThrow(
      'metric "rebootedAtUs" replaces a built-in',
    );
  });
});

describe("values of a metric", () => {
  const file = (client: string) => `title: T\nduration: 3m\nclients:\n  - { name: pc, ${client} }\nsteps:\n  - { at: 1m, logon: pc }\n`;
  const [machines, fleets] = [file("platform: each"), file("platform: nt-4.0, count: 2")];

  /** Compares a scenario with the metric `mine`, changed by `fields`. */
  function compare(text: string, fields: object) {
    const parsed = parseScenario("t", text, createCatalogue({ metrics: [...METRICS, defineMetric({ ...mine, ...fields } as Metric)] }));
    if (!parsed.ok) throw new Error(parsed.faults[0].message);
    return compareScenario(parsed.scenario, { variants: ["nt-4.0"], seed: "1" }).comparison;
  }

  const late = async () => {
    throw new Error("too late");
  };

  it.each<[string, unknown, string]>([
    ["count", Number.NaN, "NaN"],
    ["count", undefined, "undefined"],
    ["count", null, "null"],
    ["count", "5", '"5"'],
    ["count", 0.5, "0.5"],
    ["count", 5n, "5"],
    ["time", 1e300, "1e+300"],
    ["bytes", {}, "an object"],
    ["yes-no", 1, "1"],
    ["cause", "rain", '"rain"'],
    ["cause", null, "null"],
  ])("of unit %s are not %s", (unit, value, shown) => {
    const message = new RegExp(`^metric "mine": its value is ${shown.replace("+", "\\+")}; values of unit ${unit} are `);
    const fields = { unit, expect: false };
    expect(() => compare(machines, { ...fields, fleet: null, of: () => value })).toThrow(message);
    expect(() => compare(fleets, { ...fields, fleet: { of: () => value } })).toThrow(message);
  });

  it.each<[string, unknown]>([
    ["count", -3],
    ["time", null],
    ["time", 7],
    ["bytes", null],
    ["yes-no", false],
    ["yes-no", null],
    ["cause", "logoff"],
  ])("of unit %s may be %s", (unit, value) => {
    const fields = { unit, expect: false, fleet: { of: () => value }, of: () => value };
    const comparison = compare(machines, fields);
    expect(comparison.platforms[0]).toMatchObject({ mine: value });
    expect(checkComparison(comparison, createCatalogue({ metrics: [...METRICS, { ...mine, ...fields } as Metric] }))).toBe(null);
    expect(compare(fleets, fields).fleet?.all.machines).toBe(2);
  });

  it("are not promises", () => {
    expect(() => compare(machines, { of: late })).toThrow(
      new TypeError('metric "mine": its `of` returned a promise: metrics are counted at once'),
    );
    expect(() => compare(fleets, { fleet: { of: late } })).toThrow('metric "mine": its `fleet.of` returned a promise');
  });
});

it.each<[object, string]>([
  [{ key: undefined }, "metric undefined: its `key` must be a text of one line"],
  [{ key: "" }, 'metric "": its `key` must be a text of one line'],
  [{ title: undefined }, 'metric "mine": its `title` must be a text'],
  [{ of: undefined }, 'metric "mine": its `of` must be a function'],
  [{ evidence: "x" }, 'metric "mine": its `evidence` must be a function'],
  [{ fleet: {} }, 'metric "mine": its `fleet` must be null, or an object with a function `of`'],
  [{ fleet: undefined }, 'metric "mine": its `fleet` must be null'],
])("a declaration with %j is refused by name", (fields, message) => {
  expect(() => defineMetric({ ...mine, ...fields } as Metric)).toThrow(message);
  expect(() => withMetric(fields)).toThrow(message);
});
