/** The published schema and the program accept and refuse the same files, tried on random changes of good ones: PUSHBACK_SCHEMA_CHANGES of them, 600 if it is not set. */

import { globSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { CATALOGUE } from "./catalogue.ts";
import { parseScenario } from "./scenario-file.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const GALLERY = new URL("../../../../scenarios/", import.meta.url);
const FILES: readonly Json[] = globSync("*.yaml", { cwd: GALLERY })
  .sort()
  .map((name) => parse(readFileSync(new URL(name, GALLERY), "utf8")));

const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
const accepts = ajv.compile(CATALOGUE.scenarioJsonSchema());

/** Every place in a value, as the keys that lead there. */
function places(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (value === null || typeof value !== "object") return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))];
}

/** The names of settings, for keys that are added. */
const NAMES = [...CATALOGUE.settingNames()].sort();

const VALUES: readonly Json[] = [
  "0",
  "0s",
  "1us",
  "90s",
  "2h30m",
  "400d",
  "5",
  "s",
  "",
  "client",
  "server",
  "each",
  "same",
  "nt-4.0",
  "branch",
  "10.1.9.77",
  "notify",
  "reset",
  0,
  1,
  2,
  -1,
  0.5,
  65535,
  65536,
  1e9,
  2 ** 40,
  true,
  false,
  null,
  [],
  {},
  ["client"],
  ["client", "client"],
  [1, 2],
  { min: 1 },
  { max: -1 },
  { min: 2, max: 1 },
  { to: "client" },
  { machine: "client" },
  { machine: "client", KeepAliveTime: "5m" },
  { machine: "client", ahead: "1h" },
  { machine: "client", new: true },
  { "nt-4.0": 1 },
  { "nt-4.0": 0 },
  { personality: { ttlUdp: 5 } },
  { tcp: "5m" },
  { name: "x" },
  [{ name: "x", mtu: 100 }],
  [{ action: "drop" }],
];

const change = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom("replace", "replace", "delete", "add", "add", "copy"),
  value: fc.constantFrom(...VALUES),
  name: fc.constantFrom(...NAMES),
  from: fc.nat(),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(root: Json, { place, kind, value, name, from }: Change): void {
  const all = places(root);
  const path = all[place % all.length];
  const at = (keys: readonly string[]) => keys.reduce((inner: Json, key) => (inner as { [key: string]: Json })[key], root);
  if (kind === "add") {
    const parent = at(path);
    if (Array.isArray(parent)) parent.push(structuredClone(value));
    else if (parent !== null && typeof parent === "object") parent[name] = structuredClone(value);
    return;
  }
  if (path.length === 0) return;
  const parent = at(path.slice(0, -1)) as { [key: string]: Json };
  const key = path[path.length - 1];
  if (kind === "delete") {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  } else parent[key] = structuredClone(kind === "copy" ? at(all[from % all.length]) : value);
}

/** Faults that a JSON Schema cannot express: references to names defined in the file, comparisons of several lengths of time, and too long ones. */
const BEYOND_SCHEMA: readonly RegExp[] = [
  /^unknown (machine|segment|client) /,
  /names no client above|is there already|would have a machine and a mailbox|may stand for several|has no mailbox of its own|is a mail program on|both programs of a machine/,
  /after the scenario's duration|before it begins|takes a length of time from/,
  /the server does not take this step|is a fleet|is not on segment|both machines must be on one|on another segment|the lease of/,
  /more than one client has platform: each|more than \d+|is above `max`/,
  // Which settings exist depends on the platform variant; for some values on their `kind`, or on what the variant has there.
  /^(personality|boot|goingDown|mail)\..*(lacks `|is unknown; there are | needs )/,
];

it("accept and refuse the same", () => {
  let refused = 0;
  const whole = Number(process.env["PUSHBACK_SCHEMA_CHANGES"] ?? 600);
  fc.assert(
    fc.property(fc.constantFrom(...FILES), fc.array(change, { minLength: 1, maxLength: 3 }), (file, changes) => {
      const changed = structuredClone(file);
      for (const one of changes) apply(changed, one);
      const parsed = parseScenario("t", JSON.stringify(changed));
      const isAccepted = accepts(changed);
      if (!isAccepted) refused++;
      if (parsed.ok) expect(isAccepted, JSON.stringify(accepts.errors)).toBe(true);
      else if (isAccepted) expect(parsed.faults.filter(({ message }) => !BEYOND_SCHEMA.some((known) => known.test(message)))).toEqual([]);
    }),
    { numRuns: whole, ...(process.env["PUSHBACK_SCHEMA_CHANGES"] === undefined && { seed: 1996 }) },
  );
  // Files that are all good, or all bad, would prove nothing.
  expect(refused).toBeGreaterThan(whole / 4);
  expect(refused).toBeLessThan(whole * 0.9);
}, 600_000);
