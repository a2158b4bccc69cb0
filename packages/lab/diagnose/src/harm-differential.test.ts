/**
 * Random mixes of harmless traffic and of harm that looks like it, among answered queries: no harm may be called benign, nothing harmless an
 * attack, and nothing certain that could be otherwise. `PUSHBACK_SEEDS=400` runs more mixes.
 */

import { expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";
import { replay, type TimedFrame, udpFrame } from "./testing/capture-mix.ts";
import { HARM_KINDS } from "./testing/harm-kinds.ts";
import { seededBelow } from "./testing/mutations.ts";

const SEEDS = Number(process.env["PUSHBACK_SEEDS"] ?? 60);
const S = 1_000_000;

/** Queries that are answered and taken. */
function background(pick: (below: number) => number): TimedFrame[] {
  return Array.from({ length: 100 + pick(300) }, (_, i) => {
    const client = 0x0afa0000 + pick(40);
    const query = udpFrame(i * S + pick(S), client, 0x0afa00fe, 1024 + pick(60_000), 53, new Uint8Array(20 + pick(40)));
    const port = query.bytes[34] * 256 + query.bytes[35];
    return [query, udpFrame(query.timeUs + 300 + pick(30_000), 0x0afa00fe, client, 53, port, new Uint8Array(50 + pick(300)))];
  }).flat();
}

/** Findings about addresses of the network 10.`network`.0.0/16. */
function findingsOf(findings: readonly Finding[], network: number): Finding[] {
  return findings.filter((f) => f.from.startsWith(`10.${network}.`) || f.to?.startsWith(`10.${network}.`));
}

it(`${SEEDS} mixes are told apart`, { timeout: 60_000 + SEEDS * 1000 }, () => {
  const drawn = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const pick = seededBelow(seed * 7919);
    const kinds = HARM_KINDS.map((kind, i) => ({ kind, network: i + 1 })).filter(() => pick(4) === 0);
    const frames = kinds.flatMap(({ kind, network }) => kind.make(pick, pick(300) * S, network)).concat(background(pick));
    const diagnostician = new Diagnostician();
    replay(frames, 836_000_000_000, (p) => diagnostician.packet(p));
    const { findings, benign, answer, unread } = diagnostician.finish();
    expect([seed, unread]).toEqual([seed, []]);
    for (const { kind, network } of kinds) {
      drawn.set(kind.name, (drawn.get(kind.name) ?? 0) + 1);
      const found = findingsOf(findings, network);
      const where = `seed ${seed}, ${kind.name}`;
      expect(found.length, where).toBeGreaterThan(0);
      for (const f of found) {
        expect(kind.verdicts, `${where}: ${f.verdict}, ${f.summary}`).toContain(f.verdict);
        expect(f.benign, `${where}: ${f.verdict}, ${f.summary}`).toBe(kind.harmless);
        expect(f.confidence, where).not.toBe("certain");
      }
    }
    expect([seed, benign]).toEqual([seed, kinds.every(({ kind }) => kind.harmless)]);
    expect([seed, answer]).toEqual([seed, benign ? "harmless" : "not-harmless"]);
    const told = kinds.reduce((sum, { network }) => sum + findingsOf(findings, network).length, 0);
    expect([seed, findings.length]).toEqual([seed, told]);
  }
  if (SEEDS >= 60) expect(drawn.size).toBe(HARM_KINDS.length);
});
