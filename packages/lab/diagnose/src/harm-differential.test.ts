/**
 * Diagnoses random mixes of harmless traffic and of attacks that look like it, among answered queries. The mixes are written as captures of every
 * kind: on all links, in tunnels, complete and damaged. An attack must not be called benign, harmless traffic must not be called an attack, and a
 * finding that has another explanation must not be called certain.
 * `PUSHBACK_SEEDS=400` runs more mixes.
 */

import { expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";
import { LINKS, MANNERS } from "./testing/capture-forms.ts";
import { replay, type TimedFrame, udpFrame } from "./testing/capture-mix.ts";
import { HARM_KINDS } from "./testing/harm-kinds.ts";
import { seededBelow } from "./testing/mutations.ts";

const SEEDS = Number(process.env["PUSHBACK_SEEDS"] ?? 60);
const S = 1_000_000;

/** DNS queries with their answers, which the clients accept. */
function background(pick: (below: number) => number): TimedFrame[] {
  return Array.from({ length: 100 + pick(300) }, (_, i) => {
    const client = 0x0afa0000 + pick(40);
    const query = udpFrame(i * S + pick(S), client, 0x0afa00fe, 1024 + pick(60_000), 53, new Uint8Array(20 + pick(40)));
    const port = query.bytes[34] * 256 + query.bytes[35];
    return [query, udpFrame(query.timeUs + 300 + pick(30_000), 0x0afa00fe, client, 53, port, new Uint8Array(50 + pick(300)))];
  }).flat();
}

/** Findings about addresses of the network 10.`network`.0.0/16, or of its translation to IPv6. */
function findingsOf(findings: readonly Finding[], network: number): Finding[] {
  const prefixes = [`10.${network}.`, `2001:db8:0:${(0x0a00 + network).toString(16)}:`];
  return findings.filter((f) => prefixes.some((prefix) => f.from.startsWith(prefix) || f.to?.startsWith(prefix)));
}

it(`${SEEDS} mixes are told apart`, { timeout: 120_000 + SEEDS * 1000 }, () => {
  const drawn = new Map<string, number>();
  const forms = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const pick = seededBelow(seed * 7919);
    const kinds = HARM_KINDS.map((kind, i) => ({ kind, network: i + 1 })).filter(() => pick(4) === 0);
    const frames = kinds.flatMap(({ kind, network }) => kind.make(pick, pick(300) * S, network)).concat(background(pick));
    // The numbers of links and of manners have no common divisor, so consecutive seeds go through all pairs.
    const link = LINKS[seed % LINKS.length];
    const manner = MANNERS.filter((m) => !m.onlyIpv4 || !link.isIpv6)[seed % MANNERS.length] ?? MANNERS[0];
    forms.add(manner.name).add(link.name);
    const { linkType } = link;
    const snapLen = manner.snapLen?.(pick);
    const captured = link.make(manner.make(frames, pick), pick);
    const diagnostician = new Diagnostician();
    replay(captured, 836_000_000_000, (p) => diagnostician.packet(p), { linkType, snapLen });
    const { findings, benign, answer, unread } = diagnostician.finish();
    // A short snap length may cut off too much of a quote. Then there need not be a finding; `unread` counts the packet.
    const isCut = snapLen !== undefined;
    if (!isCut) expect([seed, unread]).toEqual([seed, []]);
    for (const { kind, network } of kinds) {
      drawn.set(kind.name, (drawn.get(kind.name) ?? 0) + 1);
      const found = findingsOf(findings, network);
      const where = `seed ${seed}, ${manner.name} in ${link.name}, ${kind.name}`;
      if (!isCut) expect(found.length, where).toBeGreaterThan(0);
      for (const f of found) {
        const what = `${where}: ${f.verdict}, ${f.summary}`;
        if (!isCut || kind.harmless) expect(kind.verdicts, what).toContain(f.verdict);
        if (!isCut || f.benign) expect(f.benign, what).toBe(kind.harmless);
        expect(f.confidence, where).not.toBe("certain");
      }
    }
    const isHarmless = kinds.every(({ kind }) => kind.harmless);
    expect([seed, benign]).toEqual([seed, isHarmless && unread.length === 0 && findings.every((f) => f.benign)]);
    expect([seed, answer === "harmless"]).toEqual([seed, benign]);
    if (!isCut) expect([seed, answer]).toEqual([seed, isHarmless ? "harmless" : "not-harmless"]);
    const told = kinds.reduce((sum, { network }) => sum + findingsOf(findings, network).length, 0);
    expect([seed, findings.length]).toEqual([seed, told]);
  }
  if (SEEDS < 60) return;
  expect(drawn.size).toBe(HARM_KINDS.length);
  expect(forms.size).toBe(MANNERS.length + LINKS.length);
});

it("does not say that something is broken if the queried server answers too", () => {
  const summaryOf = (name: string): string => {
    const kind = HARM_KINDS.find((k) => k.name === name);
    const diagnostician = new Diagnostician();
    replay(kind?.make(seededBelow(5), S, 1) ?? [], 836_000_000_000, (p) => diagnostician.packet(p));
    return diagnostician.finish().findings[0].summary;
  };
  expect(summaryOf("answers from another address")).toContain("name resolution is broken");
  expect(summaryOf("answers of a load balancer's server beside its own")).not.toContain("broken");
});
