/**
 * The lab knows what it did; the diagnosis sees only the frames. For the gallery and for random mixes of machines, moments and
 * background traffic it must find exactly what was injected: no miss, no false alarm, the right session, the right end.
 */

import { readdirSync, readFileSync } from "node:fs";
import { formatHex, formatIpv4, parseIpv4 } from "@pushback/bytes";
import { PLATFORMS, parseScenario, type Recording, runScenario, type Scenario } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import type { Diagnosis, Verdict } from "./finding.ts";
import { framesOf, icmpError, replay, type TimedFrame, timeExceeded, udpFrame } from "./testing/capture-mix.ts";
import { seededBelow } from "./testing/mutations.ts";

const GALLERY = new URL("../../../../scenarios/", import.meta.url);
const VARIANTS = PLATFORMS.map((p) => p.variants[0].id);

function load(name: string): Scenario {
  const result = parseScenario(name, readFileSync(new URL(`${name}.yaml`, GALLERY), "utf8"));
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.scenario;
}

function diagnose(frames: readonly TimedFrame[], epochMs: number): Diagnosis {
  const diagnostician = new Diagnostician();
  replay(frames, epochMs, (p) => diagnostician.packet(p));
  return diagnostician.finish();
}

/** What a run left behind, from the lab's own events. */
interface Truth {
  /** The address in the registration. Behind address translation, the server sees the client's connection at another address. */
  readonly target: number;
  readonly server: number;
  readonly port: number;
  readonly contextHex: string;
  readonly clientPort: number;
  readonly errors: number;
  /** Time at which the server's session ended, in microseconds; `null` if it was open at the end of the run. */
  readonly endUs: number | null;
  readonly answered: boolean;
  /** Whether a machine went down in the run. */
  readonly restarted: boolean;
  /** Push datagrams on the wire that no fetch followed. A datagram to a machine that is off is not sent once its ARP entry has expired. */
  readonly unheardOnWire: number;
}

/** Registrations of which at least one datagram was on the wire and not fetched, by the lab's events. */
function truthOf(recording: Recording): Truth[] {
  const server = recording.machines[0];
  const truths: Truth[] = [];
  const downs = new Set(recording.events.flatMap(({ machine, event }) => (event.type === "machine-going-down" ? [machine] : [])));
  const clientOf = new Map<number, { address: number; port: number }>();
  const sessionOf = new Map<number, { address: number; port: number }>();
  for (const e of recording.events) {
    if (e.layer !== "server") continue;
    if (e.event.type === "association-opened")
      clientOf.set(e.event.association, { address: e.event.remoteAddress, port: e.event.remotePort });
    if (e.event.type === "connect") {
      const client = clientOf.get(e.event.association);
      if (client) sessionOf.set(e.event.session, client);
    }
    if (e.event.type !== "registered") continue;
    const registered = e.event;
    const client = sessionOf.get(registered.session);
    if (!client) continue;
    const ofSession = recording.events.filter(
      (x) => x.layer === "server" && "session" in x.event && x.event.session === registered.session,
    );
    const end = ofSession.find((x) => x.layer === "server" && x.event.type === "session-ended");
    const sent = ofSession.filter((x) => x.layer === "server" && x.event.type === "datagram-sent").map((x) => x.atUs);
    const fetched = ofSession.filter((x) => x.layer === "server" && x.event.type === "notifications-retrieved").map((x) => x.atUs);
    const unheard = sent.filter((us) => !fetched.some((f) => f >= us && f - us < 2_000_000) && recording.durationUs - us > 2_000_000);
    // ICMP errors that quote the registration's address and port, which are at fixed offsets behind the Ethernet, IP and ICMP headers.
    const { address } = registered;
    const target = formatHex(Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address));
    const errors = framesOf(recording).filter(
      (f) =>
        formatHex(f.bytes, 23, 1) === "01" &&
        formatHex(f.bytes, 34, 2) === "0303" &&
        formatHex(f.bytes, 58, 4) === target &&
        f.bytes[64] * 256 + f.bytes[65] === registered.port &&
        f.timeUs > e.atUs &&
        (!end || f.timeUs <= end.atUs + 1_000_000),
    ).length;
    const onWire = framesOf(recording).filter(
      (f) => formatHex(f.bytes, 23, 1) === "11" && formatHex(f.bytes, 42, 8) === registered.contextHex,
    );
    const unheardOnWire = onWire.filter((f) => unheard.some((us) => f.timeUs >= us && f.timeUs - us < 5_000_000)).length;
    truths.push({
      target: address,
      server: server.address,
      port: registered.port,
      contextHex: registered.contextHex,
      clientPort: client.port,
      errors,
      endUs: end?.atUs ?? null,
      answered: errors > 0,
      restarted: downs.size > 0,
      unheardOnWire,
    });
  }
  return truths;
}

/** Compares the push findings with the truth; returns what is wrong. */
function compare(recording: Recording, diagnosis: Diagnosis, all: readonly Truth[]): string[] {
  const wrong: string[] = [];
  const pushes = diagnosis.findings.filter(
    (f) => f.verdict === "stale-push" || f.verdict === "stale-push-unanswered" || f.verdict.startsWith("push-"),
  );
  const truths = all.filter((t) => t.unheardOnWire > 0);
  for (const truth of truths) {
    const finding = pushes.find((f) => f.contextHex === truth.contextHex && f.to === formatIpv4(truth.target));
    if (!finding) {
      wrong.push(`missed ${truth.contextHex}`);
      continue;
    }
    if (finding.from !== formatIpv4(truth.server) || finding.port !== truth.port || finding.session?.clientPort !== truth.clientPort)
      wrong.push(`wrong session for ${truth.contextHex}`);
    if (finding.errors !== truth.errors) wrong.push(`${truth.contextHex}: ${finding.errors} errors, ${truth.errors} were sent`);
    // If no machine restarted, the client's RST is the only sign that its session is over, so "likely" is enough.
    const confidences = truth.restarted ? ["certain"] : ["certain", "likely"];
    if (truth.answered && !(finding.verdict === "stale-push" && finding.benign && confidences.includes(finding.confidence)))
      wrong.push(`${truth.contextHex}: ${finding.verdict}, ${finding.confidence}`);
    if (truth.endUs !== null && !finding.verdict.startsWith("push-")) {
      // The end was either observed or predicted; a prediction may be up to six seconds early, the time of the keep-alive probes.
      const off = (finding.endsAtUs ?? 0) - recording.epochMs * 1000 - truth.endUs;
      if (Math.abs(off) > 7_000_000) wrong.push(`${truth.contextHex}: ends ${off / 1e6} s off`);
    }
  }
  for (const f of pushes) if (!truths.some((t) => t.contextHex === f.contextHex)) wrong.push(`false alarm ${f.contextHex}`);
  return wrong;
}

describe.each(
  readdirSync(GALLERY)
    .filter((f) => f.endsWith(".yaml"))
    .map((f) => f.slice(0, -5)),
)("%s", (name) => {
  it("is explained without a miss or a false alarm", () => {
    const scenario = load(name);
    const recording = runScenario(scenario, { variants: VARIANTS, seed: "1" });
    const diagnosis = diagnose(framesOf(recording), recording.epochMs);
    const truths = truthOf(recording);
    expect(compare(recording, diagnosis, truths)).toEqual([]);
    const errors = recording.events.filter(
      (e) => e.layer === "machine" && e.event.type === "icmp-error-sent" && e.event.icmpType === 3 && e.event.code === 3,
    ).length;
    // A segment that loses frames keeps some errors from the wire that is recorded.
    const onWire = framesOf(recording).filter((f) => formatHex(f.bytes, 23, 1) === "01" && formatHex(f.bytes, 34, 2) === "0303").length;
    expect(diagnosis.portUnreachables).toBe(onWire);
    const loses = (scenario.network.segments ?? []).some(({ loss }) => loss > 0) || scenario.network.loss > 0;
    if (!loses) expect(onWire).toBe(errors);
  });
});

const ip = (text: string): number => parseIpv4(text) as number;

/** Traffic of others, with the verdict that it calls for. */
const BACKGROUND: readonly {
  readonly verdict: Verdict | null;
  readonly make: (pick: (below: number) => number, startUs: number) => TimedFrame[];
}[] = [
  {
    verdict: "late-reply",
    make: (pick, start) => {
      const port = 2000 + pick(20000);
      const query = udpFrame(start, ip("10.1.9.50"), ip("10.1.9.1"), port, 53, new Uint8Array(30 + pick(20)));
      const reply = udpFrame(start + 6_000_000, ip("10.1.9.1"), ip("10.1.9.50"), 53, port, new Uint8Array(90 + pick(200)));
      return [query, reply, icmpError(start + 6_000_300, ip("10.1.9.50"), reply)];
    },
  },
  {
    verdict: "port-scan",
    make: (pick, start) =>
      Array.from({ length: 12 + pick(30) }, (_, i) => {
        const probe = udpFrame(start + i * 100_000, ip("10.1.9.66"), ip("10.1.9.51"), 40_000, 1 + i * 37 + pick(30), new Uint8Array(0));
        return [probe, icmpError(start + i * 100_000 + 200, ip("10.1.9.51"), probe)];
      }).flat(),
  },
  {
    verdict: "traceroute",
    make: (pick, start) => {
      const hops = 2 + pick(4);
      const probe = (i: number) =>
        udpFrame(start + i * 50_000, ip("10.1.9.52"), ip("10.77.0.9"), 36_000, 33_434 + i, new Uint8Array(12), 1 + i);
      return Array.from({ length: hops }, (_, i) => {
        const p = probe(i);
        return [p, timeExceeded(p.timeUs + 900, ip(`10.1.${10 + i}.1`), p)];
      })
        .flat()
        .concat(
          (() => {
            const last = probe(hops);
            return [last, icmpError(last.timeUs + 1200, ip("10.77.0.9"), last)];
          })(),
        );
    },
  },
  {
    verdict: "closed-port",
    make: (pick, start) => {
      const trap = udpFrame(start, ip("10.1.9.53"), ip("10.1.9.54"), 3000 + pick(1000), 162, new Uint8Array(60 + pick(60)));
      return [trap, icmpError(start + 250, ip("10.1.9.54"), trap)];
    },
  },
  {
    // A beacon that differs from push datagrams only in its sender. It must never be called harmless.
    verdict: "stale-push",
    make: (pick, start) => {
      const payload = Uint8Array.from({ length: 8 }, () => pick(256));
      return Array.from({ length: 6 }, (_, i) => {
        const beacon = udpFrame(start + i * 60_000_000, ip("10.1.9.99"), ip("10.1.9.55"), 5000, 6000, payload);
        return [beacon, icmpError(beacon.timeUs + 300, ip("10.1.9.55"), beacon)];
      }).flat();
    },
  },
  {
    verdict: "orphan-errors",
    make: (pick, start) => [
      icmpError(start, ip("10.1.9.57"), udpFrame(start, ip("10.1.9.56"), ip("10.1.9.57"), 1500, 1600 + pick(99), new Uint8Array(8))),
    ],
  },
  {
    // Ordinary answered queries: nothing to say.
    verdict: null,
    make: (pick, start) =>
      Array.from({ length: 5 + pick(20) }, (_, i) => {
        const port = 1100 + pick(3000);
        const query = udpFrame(start + i * 700_000, ip("10.1.9.58"), ip("10.1.9.1"), port, 53, new Uint8Array(28 + pick(30)));
        return [query, udpFrame(query.timeUs + 900, ip("10.1.9.1"), ip("10.1.9.58"), 53, port, new Uint8Array(100))];
      }).flat(),
  },
];

describe("what is not the article's case", () => {
  const verdictsOf = (name: string) => {
    const recording = runScenario(load(name), { variants: ["nt-4.0"], seed: "1" });
    return diagnose(framesOf(recording), recording.epochMs).findings;
  };

  it("is told apart: a cable that was out, a firewall, an address with a new owner, a machine that is off", () => {
    expect(verdictsOf("cable-pulled").map((f) => [f.verdict, f.benign])).toEqual([["push-interrupted", true]]);
    for (const f of verdictsOf("firewall-drops-udp")) expect([f.verdict, f.benign]).toEqual(["push-not-heard", false]);
    expect(verdictsOf("dhcp-new-address")[0].summary).toContain("another machine has its address");
    expect(verdictsOf("power-off").map((f) => [f.verdict, f.benign, f.confidence])).toEqual([["stale-push-unanswered", true, "likely"]]);
  });
});

describe("random mixes", () => {
  it("are told apart: 200 seeds", { timeout: 180_000 }, () => {
    const scenario = load("kb-q159302");
    const minute = 60_000_000;
    for (let seed = 1; seed <= 200; seed++) {
      const pick = seededBelow(seed);
      const variants = VARIANTS.filter(() => pick(3) > 0);
      if (variants.length === 0) variants.push(VARIANTS[pick(VARIANTS.length)]);
      const downAt = (2 + pick(5)) * minute;
      const how = (["unclean", "shutdown", "reset", "power-cut"] as const)[pick(4)];
      const back = downAt + (6 + pick(130)) * minute;
      const steps: Scenario["steps"] = [
        { at: 45_000_000, logon: ["client", "poller"] },
        { at: minute, deliver: { to: ["client", "poller"] } },
        { at: downAt, reboot: ["client"], how },
        { at: downAt + minute + pick(3) * minute, deliver: { to: ["client"] } },
        { at: back, logon: ["client"] },
        { at: back + 2 * minute, deliver: { to: ["client"] } },
      ];
      const mixed: Scenario = { ...scenario, duration: 160 * minute, steps };
      const recording = runScenario(mixed, { variants, seed: String(seed) });
      const background = BACKGROUND.filter(() => pick(3) === 0);
      const frames = framesOf(recording).concat(background.flatMap(({ make }) => make(pick, (3 + pick(100)) * minute)));
      const diagnosis = diagnose(frames, recording.epochMs);
      const truths = truthOf(recording);
      const beacons = diagnosis.findings.filter((f) => f.from === "10.1.9.99");
      const own = { ...diagnosis, findings: diagnosis.findings.filter((f) => f.from !== "10.1.9.99") };
      expect([seed, compare(recording, own, truths)]).toEqual([seed, []]);
      for (const { verdict } of background) {
        if (verdict === null) continue;
        const found = verdict === "stale-push" ? beacons : own.findings.filter((f) => f.verdict === verdict);
        expect([seed, verdict, found.length]).toEqual([seed, verdict, 1]);
      }
      for (const beacon of beacons) expect([seed, beacon.benign, beacon.confidence]).toEqual([seed, false, "possible"]);
      const expected = background.filter((b) => b.verdict !== null && b.verdict !== "stale-push").map((b) => b.verdict);
      const strangers = own.findings.filter((f) => !f.verdict.startsWith("stale-push") && !f.verdict.startsWith("push-"));
      expect([seed, strangers.map((f) => f.verdict).sort()]).toEqual([seed, expected.sort()]);
    }
  });
});

describe("cut captures", () => {
  const recording = runScenario(load("kb-q159302"), { variants: ["nt-4.0"], seed: "1" });
  const frames = framesOf(recording);

  it("that end in the middle reckon the end from the session's last segment", () => {
    const cut = frames.filter((f) => f.timeUs < 1_800_000_000);
    const [finding] = diagnose(cut, recording.epochMs).findings;
    expect(finding).toMatchObject({ verdict: "stale-push", benign: true, confidence: "certain", endSeen: false });
    expect(Math.abs((finding.endsAtUs ?? 0) - recording.epochMs * 1000 - 7_262_200_000)).toBeLessThan(1_000_000);
  });

  it("that begin after the logon are not called benign unless the sender is seen to be an Exchange server", () => {
    const late = frames.filter((f) => f.timeUs > 400_000_000 && f.timeUs < 1_800_000_000);
    const [finding] = diagnose(late, recording.epochMs).findings;
    expect(finding).toMatchObject({ verdict: "stale-push", benign: false, confidence: "possible" });
    const withNextLogon = frames.filter((f) => f.timeUs > 400_000_000);
    expect(diagnose(withNextLogon, recording.epochMs).findings[0]).toMatchObject({
      verdict: "stale-push",
      benign: true,
      confidence: "likely",
    });
  });

  it("of the client's answers alone are orphans", () => {
    const oneSided = frames.filter((f) => formatHex(f.bytes, 26, 4) !== formatHex(Uint8Array.of(10, 1, 9, 10)));
    const diagnosis = diagnose(oneSided, recording.epochMs);
    expect(diagnosis.benign).toBe(false);
    expect(diagnosis.findings.map((f) => f.verdict)).toEqual(["orphan-errors"]);
    expect(diagnosis.findings[0].errors).toBe(116);
  });
});
