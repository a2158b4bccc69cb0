/** Runs a scenario and reads its recording: `run-scenario.ts [SCENARIO.yaml]`. */

import { readFileSync, writeFileSync } from "node:fs";
import { describeEvent, encodeCapture, parseScenario, runScenario } from "@pushback/scenario";

const LUNCH = `
title: one mail, one reboot without logging off
duration: 15m
clients:
  - { name: pc, platform: windows-95 }
steps:
  - { at: 1m, logon: pc }
  - { at: 5m, reboot: pc }
  - { at: 6m, deliver: { to: pc, subject: Lunch } }
`;

const [path, out] = process.argv.slice(2);
const parsed = parseScenario("example", path === undefined ? LUNCH : readFileSync(path, "utf8"));
if (!parsed.ok) throw new Error(parsed.faults.map(({ line, column, message }) => `${line}:${column}: ${message}`).join("\n"));

const recording = runScenario(parsed.scenario, { variants: ["nt-4.0"], seed: "1" });
for (const recorded of recording.events) {
  const text = describeEvent(recorded);
  if (recorded.layer !== "machine" && text !== null) console.log((recorded.atUs / 1e6).toFixed(3).padStart(9), recorded.machine, text);
}
console.log(`${recording.frames.count} frames on the wire`);
if (out !== undefined) writeFileSync(out, encodeCapture(recording));
