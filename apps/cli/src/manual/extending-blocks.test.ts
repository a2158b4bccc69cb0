/** Runs each TypeScript block of docs/EXTENDING.md as it is written there, with the declarations and files that the text around the block presupposes. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ENVIRONMENT } from "../testing/command.ts";

const ROOT = join(import.meta.dirname, "../../../..");

const PACKAGES: Readonly<Record<string, string>> = {
  "@pushback/scenario": "packages/lab/scenario/src/index.ts",
  "@pushback/dissect": "packages/protocol/dissect/src/index.ts",
  "@pushback/mapi": "packages/protocol/mapi/src/index.ts",
  "@pushback/server": "packages/exchange/server/src/index.ts",
};

/** The page's TypeScript blocks in their order, without the indent of a list. */
const BLOCKS = [...readFileSync(join(ROOT, "docs/EXTENDING.md"), "utf8").matchAll(/^( *)```ts\n([\s\S]*?)^ *```$/gm)].map(
  ([, indent, text]) =>
    text
      .split("\n")
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
      .join("\n"),
);

/** A block as a module elsewhere: its imports name files of the repository. */
function placed(block: string, folder: string): string {
  return block
    .replaceAll(/from "(\.[^"]*)"/g, (_, path: string) => `from ${JSON.stringify(join(ROOT, folder, path))}`)
    .replaceAll(/from "(@pushback\/[^"]*)"/g, (_, name: string) => `from ${JSON.stringify(join(ROOT, PACKAGES[name]))}`)
    .replaceAll('from "zod"', `from ${JSON.stringify(join(ROOT, "packages/lab/scenario/node_modules/zod/index.js"))}`);
}

const SCENARIO = `title: A client\nduration: 10m\nclients: [{ name: client, platform: each }]\nsteps:\n  - { at: 1m, logon: client }`;

it("is run, and adds a step, a metric, a protocol and a ROP", (context) => {
  const [blink, useBlink, metric, syslog, sample, useSyslog, declareEcho, serveEcho, ...more] = BLOCKS;
  expect(more).toEqual([]);
  mkdirSync(join(ROOT, "out"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "out/extending-"));
  context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const text = JSON.stringify(`${SCENARIO}\n  - { at: 2m, blink: client, seconds: 3 }\n`);

  write("blink.ts", placed(blink, "packages/lab/scenario/src/steps"));
  write("received.ts", placed(metric, "packages/lab/scenario/src/metrics"));
  write("syslog.ts", placed(syslog, "packages/protocol/dissect/src/protocols"));
  write(
    "step.ts",
    placed(`import { blink } from "../blink.ts";\nconst text = ${text};\n`, "").replace(/from "[^"]*blink.ts"/, 'from "./blink.ts"') +
      placed(useBlink, "") +
      "if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));\n",
  );
  write(
    "metric.ts",
    placed(
      `import { createCatalogue, METRICS, parseScenario, rowsOfRun, runScenario } from "@pushback/scenario";
import { datagramsReceived } from "here";
const catalogue = createCatalogue({ metrics: [...METRICS, datagramsReceived] });
const parsed = parseScenario("mine", ${JSON.stringify(`${SCENARIO}\n  - { at: 2m, deliver: { to: client, subject: Lunch } }\n`)}, catalogue);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
for (const row of rowsOfRun(runScenario(parsed.scenario, { variants: ["nt-4.0"], seed: "1" })).rows ?? []) console.log(row.datagramsReceived);
`,
      "",
    ).replace('"here"', '"./received.ts"'),
  );
  write(
    "protocol.ts",
    placed(
      `import { compileFilter, completeFilter, createProtocols, FrameDissector, FrameHistory, PROTOCOLS, SummarySink, TreeSink } from "@pushback/dissect";
import { SYSLOG } from "here";
const sink = new TreeSink();
${useSyslog}
if (!compileFilter("syslog.level == error", protocols).ok) throw new Error("the filter does not compile");
`,
      "",
    ).replace('"here"', '"./syslog.ts"'),
  );
  const network = JSON.stringify(join(ROOT, "packages/exchange/client/src/testing/test-network.ts"));
  write(
    "rop.ts",
    `import { TestNetwork } from ${network};\nconst host = new TestNetwork().machine("EXCHANGE", 1).host();\n${placed(`${declareEcho}\n${serveEcho}`, "")}`,
  );
  // This block is not run: it is an entry for a list in the tests of packages/protocol/dissect and uses functions of that file.
  expect(sample).toMatch(/^\{ what: "a syslog message", bytes: /);
  const run = (file: string): string =>
    execFileSync(process.execPath, ["--conditions=pushback-source", join(folder, file)], { env: ENVIRONMENT, encoding: "utf8" });
  for (const file of ["step.ts", "protocol.ts", "rop.ts"]) run(file);
  // metric.ts prints its metric, which counts the datagram that the delivered message draws.
  expect(Number(run("metric.ts"))).toBeGreaterThan(0);
});
