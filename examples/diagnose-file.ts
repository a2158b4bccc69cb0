/** Explains the ICMP errors of a capture: `diagnose-file.ts CAPTURE`. */

import { readFileSync } from "node:fs";
import { readCapture } from "@pushback/capture";
import { answerOf, Diagnostician } from "@pushback/diagnose";

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("name a capture file");
const diagnostician = new Diagnostician();
const fault = readCapture(readFileSync(path), { packet: (p) => diagnostician.packet(p) });
if (fault !== null) console.error(`damaged: ${fault.kind}; the answer is about what came before`);

const diagnosis = diagnostician.finish();
const { short, more } = answerOf(diagnosis);
console.log(short, more);
for (const { verdict, benign, confidence, summary, evidence } of diagnosis.findings) {
  console.log(`- ${summary} (${verdict}, ${benign ? "benign" : "needs attention"}, ${confidence})`);
  for (const { frame, text } of evidence.slice(0, 3)) console.log(`    frame ${frame}: ${text}`);
}
for (const limit of diagnosis.limits) console.log(`not looked at: ${limit}`);
