/** Each fault of the catalogue is refuted by the claim that is meant for it; docs/FAULTS.md is the table of both. */

import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BEHAVIOUR_TEXT } from "./behaviour/behaviour-faults.ts";
import { CLAIM_IDS } from "./claim-texts.ts";
import { compareScenario, rowsOfRun } from "./compare.ts";
import { runScenario } from "./run.ts";
import { FAULTS, SIX_AT_ONCE } from "./testing/fault-catalogue.ts";
import { seamsOf } from "./testing/fault-seams.ts";
import { loadScenario } from "./testing/gallery.ts";

const TABLE = new URL("../../../../docs/FAULTS.md", import.meta.url);
const VARIANT = "nt-4.0";

/** What a run with a fault fails: claims by id, `expectation` if a number of the file is missed, `behaviour` if a machine does not keep to its platform. */
function failuresOf(scenario: string, seams: (typeof FAULTS)[number]["seams"]): Set<string> {
  const recording = runScenario(loadScenario(scenario), { variants: [VARIANT], seed: "1", seams });
  const { claims, expectations } = rowsOfRun(recording);
  const failed = new Set<string>(claims.filter(({ holds }) => holds === false).map(({ id }) => id));
  for (const { met, text } of expectations) {
    if (!met && !text.startsWith("claim ")) failed.add(text.startsWith(BEHAVIOUR_TEXT) ? "behaviour" : "expectation");
  }
  return failed;
}

const found = new Map(FAULTS.map((fault) => [fault, failuresOf(fault.scenario, fault.seams)]));

describe("the catalogue", () => {
  it("has at least 80 faults, and none twice", () => {
    expect(FAULTS.length).toBeGreaterThanOrEqual(80);
    expect(new Set(FAULTS.map(({ fault }) => fault)).size).toBe(FAULTS.length);
  });

  it.each(FAULTS.map((fault) => [fault.fault, fault.judge, fault] as const))("%s: refuted by %s", (_fault, judge, fault) => {
    expect([...(found.get(fault) ?? [])]).toContain(judge);
  });

  it("six faults at once fail at least five claims of the default comparison", () => {
    const { comparison } = compareScenario(loadScenario("kb-q159302"), {
      variants: [VARIANT],
      seed: "1",
      withCompanion: true,
      seams: SIX_AT_ONCE,
    });
    const failed = comparison.claims.filter(({ holds }) => holds === false).map(({ id }) => id);
    expect(failed).toEqual(expect.arrayContaining(["notify", "stop-on-retrieve", "continue-after-reboot", "next-logon", "tcp-ip-only"]));
    expect(comparison.expectations.every(({ met }) => met)).toBe(false);
  });

  it("no claim fails when the seams are there but put no fault", () => {
    for (const name of ["kb-q159302", "next-logon-beside-stale", "power-off"]) {
      expect(failuresOf(name, seamsOf({ server: {}, client: {}, serverCard: {}, clientCard: {} })).size).toBe(0);
    }
  });

  /** To write it anew: PUSHBACK_WRITE_DOCS=1 npx vitest run packages/lab/scenario/src/fault-catalogue.test.ts */
  it("is the table of docs/FAULTS.md", () => {
    const text = table();
    if (process.env["PUSHBACK_WRITE_DOCS"]) writeFileSync(TABLE, text);
    expect(readFileSync(TABLE, "utf8")).toBe(text);
  });
});

function table(): string {
  const rows = FAULTS.map((fault) => {
    const failed = found.get(fault) ?? new Set();
    const others = [...CLAIM_IDS, "expectation", "behaviour"].filter((id) => failed.has(id) && id !== fault.judge);
    return `| ${fault.where} | ${fault.fault} | \`${fault.scenario}\` | \`${fault.judge}\` | ${others.map((id) => `\`${id}\``).join(", ")} |`;
  });
  return `# Faults that the lab notices

${FAULTS.length} single faults, each put into the server, the client or a stack between the parts of a run
(\`fault-catalogue.ts\` in \`packages/lab/scenario/src/testing\`), on Windows NT 4.0, seed 1. The judge is the claim that is meant for the fault and
must be refuted. \`expectation\` means a number that the scenario's file expects; \`behaviour\` means that a machine is found to behave otherwise than the
facts of its platform and the scenario say (\`packages/lab/scenario/src/behaviour\`): each \`compare\` and \`run\` checks that too. The last column has what else
fails. A test makes this table.

| where | fault | scenario | judge | also |
|---|---|---|---|---|
${rows.join("\n")}
`;
}
