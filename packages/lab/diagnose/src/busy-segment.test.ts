/** The article's case on a segment so busy that the tables fill many times over: what matters is kept, what does not makes room. */

import { readFileSync } from "node:fs";
import { parseIpv4 } from "@pushback/bytes";
import { parseScenario, runScenario } from "@pushback/scenario";
import { putIpv4Header, putTcpChecksum } from "@pushback/wire";
import { expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import { framesOf, icmpError, replay, type TimedFrame, udpFrame } from "./testing/capture-mix.ts";

const SECOND = 1_000_000;
const ip = (text: string): number => parseIpv4(text) as number;

/** A connection's SYN, from a port of its own. */
function syn(timeUs: number, n: number): TimedFrame {
  const { bytes } = udpFrame(timeUs, 0, 0, 0, 0, new Uint8Array(12));
  const [source, destination] = [ip("10.8.0.0") + (n >>> 14), ip("10.9.0.1")];
  putIpv4Header(bytes, 14, 40, n & 0xffff, 0, 64, 6, source, destination);
  bytes.fill(0, 34);
  const view = new DataView(bytes.buffer);
  view.setUint16(34, 1024 + (n & 0x3fff));
  view.setUint16(36, 80);
  view.setUint32(38, n);
  view.setUint16(46, 0x5002);
  putTcpChecksum(bytes, 34, 20, source, destination);
  return { timeUs, bytes };
}

it("finds the session, its errors and its end among 180,000 strangers", () => {
  const parsed = parseScenario("kb", readFileSync(new URL("../../../../scenarios/kb-q159302.yaml", import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error("kb-q159302");
  const recording = runScenario(parsed.scenario, { variants: ["nt-4.0"], seed: "1" });
  const alone = new Diagnostician();
  replay(framesOf(recording), recording.epochMs, (p) => alone.packet(p));
  const [wanted] = alone.finish().findings;

  const frames = framesOf(recording);
  const strangers = 60_000;
  // The times are spread over the two hours from the registration to the session's end.
  const at = (i: number) => 100 * SECOND + Math.floor((i * 7100 * SECOND) / strangers);
  for (let i = 0; i < strangers; i++) {
    const answer = udpFrame(at(i), ip("10.1.9.4"), ip("10.8.0.0") + (i >>> 14), 53, 1024 + (i & 0x3fff), new Uint8Array(40));
    frames.push(answer, syn(at(i) + 1, i));
    const probe = udpFrame(at(i) + 2, ip("10.6.6.6"), ip("10.7.0.0") + (i >>> 14), 5000, 1 + (i & 0x3fff), new Uint8Array(0));
    frames.push(probe);
    // A scanner tries every port of many machines, and some refuse.
    if (i % 4 === 0) frames.push(icmpError(at(i) + 3, ip("10.7.0.0") + (i >>> 14), probe));
  }
  const busy = new Diagnostician();
  replay(frames, recording.epochMs, (p) => busy.packet(p));
  const { findings, limits } = busy.finish();
  expect(limits).toEqual([]);
  expect(findings.map((f) => [f.verdict, f.errors])).toEqual([
    ["port-scan", strangers / 4],
    ["stale-push", wanted.errors],
  ]);
  expect(findings[1]).toMatchObject({
    benign: true,
    confidence: "certain",
    datagrams: wanted.datagrams,
    endsAtUs: wanted.endsAtUs,
    endSeen: true,
  });
});
