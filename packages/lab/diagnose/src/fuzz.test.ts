/**
 * Mutated frames through the diagnosis: no exception, no hang, no byte read outside the frame (the same frames between zeros and
 * between ones must give the same findings), bounded memory. `npm run fuzz` runs longer.
 */

import { readdirSync, readFileSync } from "node:fs";
import { type CapturedPacket, describeCaptureFault, readCapture } from "@pushback/capture";
import { PLATFORMS, parseScenario, runScenario } from "@pushback/scenario";
import { expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import { framesOf, type TimedFrame } from "./testing/capture-mix.ts";
import { LINK_TYPES, mutate, Surroundings, seededBelow } from "./testing/mutations.ts";

/** Frames of other links and versions: mutations of them reach every header that is stepped over. */
function tunnelled(): TimedFrame[] {
  const folder = new URL("../field-captures/", import.meta.url);
  const frames: TimedFrame[] = [];
  for (const name of readdirSync(folder).filter((n) => /^(link-|ipv6|frag|icmp)/.test(n))) {
    const keep = (p: CapturedPacket) => void frames.push({ timeUs: 0, bytes: p.bytes.slice(p.at, p.at + p.len) });
    readCapture(new Uint8Array(readFileSync(new URL(`${name}/capture.pcap`, folder))), { packet: keep });
  }
  return frames;
}

/** Small captures of several formats whose answer is "harmless" or "not harmless" as they are. */
const FILES = [
  "../field-captures/ssdp-late-answers/capture.pcap",
  "../field-captures/ipv6/capture.pcap",
  "../captures/article-windows-nt/capture.pcapng",
].map((path) => new Uint8Array(readFileSync(new URL(path, import.meta.url))));

const COUNT = Number(process.env["PUSHBACK_FUZZ"] ?? 300_000);
/** Each is some hundred packets. */
const FILE_COUNT = COUNT / 2000;

it(`${COUNT} mutated frames`, { timeout: 120_000 + COUNT / 10 }, () => {
  const parsed = parseScenario("kb", readFileSync(new URL("../../../../scenarios/kb-q159302.yaml", import.meta.url), "utf8"));
  if (!parsed.ok) throw new Error("kb-q159302");
  const recording = runScenario(parsed.scenario, { variants: PLATFORMS.map((p) => p.variants[0].id), seed: "1" });
  const frames = [...framesOf(recording), ...tunnelled()];
  const zeros = new Surroundings(0);
  const ones = new Surroundings(0xff);
  const one = new Diagnostician();
  const other = new Diagnostician();
  const below = seededBelow(159_302);
  for (let i = 1; i <= COUNT; i++) {
    const frame = mutate(frames, below);
    const linkType = LINK_TYPES[below(LINK_TYPES.length)];
    one.packet(zeros.packet(frame, i * 1000, i, linkType));
    other.packet(ones.packet(frame, i * 1000, i, linkType));
  }
  const findings = one.finish();
  expect(findings.packets).toBe(COUNT);
  expect(findings.findings.length).toBeGreaterThan(0);
  expect(other.finish()).toEqual(findings);
});

it("no damaged file is called harmless", { timeout: 120_000 + COUNT / 10 }, () => {
  const below = seededBelow(26);
  let damaged = 0;
  for (let i = 0; i < FILE_COUNT; i++) {
    const whole = FILES[i % FILES.length];
    const file = whole.slice(0, below(2) === 0 ? whole.length : 1 + below(whole.length));
    for (let n = below(4); n > 0; n--) file[below(file.length)] = [0, 0xff, below(256)][below(3)];
    const diagnostician = new Diagnostician();
    const fault = readCapture(file, { packet: (p) => diagnostician.packet(p), leftOut: (what) => diagnostician.notRead("record", what) });
    if (fault === null) continue;
    damaged++;
    diagnostician.notRead("damaged", describeCaptureFault(fault));
    expect(diagnostician.finish().answer).not.toBe("harmless");
  }
  expect(damaged).toBeGreaterThan(FILE_COUNT / 3);
});
