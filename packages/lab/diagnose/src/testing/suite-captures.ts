/** The built-in captures: how each is made, what it is, and what a person would conclude from it. */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { parseIpv4 } from "@pushback/bytes";
import { NetmonWriter, NetxrayWriter, SnifferWriter } from "@pushback/capture";
import { isIcmp, isTcp, isUdp, linuxCooked, linuxCooked2, relinked, reworded, tagged, translated } from "./capture-edits.ts";
import { icmpError, restartIdentifications, type TimedFrame, timeExceeded, udpFrame } from "./capture-mix.ts";
import { adversaries } from "./suite-adversaries.ts";
import { capture, type SuiteCapture } from "./suite-capture.ts";
import { pcap, pcapng, swapped, written } from "./suite-files.ts";
import { countUnreachables, type ExpectedFinding, type Story, story } from "./suite-recordings.ts";

const MINUTE = 60_000_000;
/** September 1996, the time of captures that are made without a recording. */
const EPOCH_US = 841_651_200_000_000;
const ip = (text: string): number => parseIpv4(text) as number;
const before = (frames: readonly TimedFrame[], us: number) => frames.filter((f) => f.timeUs < us);
const after = (frames: readonly TimedFrame[], us: number) => frames.filter((f) => f.timeUs >= us);

const STALE = { verdict: "stale-push", benign: true, confidence: "certain" } as const;
const staleIn = (s: Story, frames: readonly TimedFrame[], more: Partial<ExpectedFinding> = {}): ExpectedFinding => ({
  ...STALE,
  ...s.push,
  errors: countUnreachables(frames, s.push.port),
  ...more,
});

function* articleCaptures(): Generator<SuiteCapture> {
  const looks = [
    ["ms-dos", "network-client-3.0", "MS-DOS"],
    ["windows-3x", "wfw-3.11", "Windows for Workgroups 3.11"],
    ["windows-nt", "nt-4.0", "Windows NT 4.0"],
    ["windows-9x", "windows-95", "Windows 95"],
    ["macintosh", "open-transport", "Open Transport"],
  ] as const;
  for (const [platform, variant, looksLike] of looks) {
    const s = story("kb-q159302", variant);
    const frames = before(s.frames, 16 * MINUTE);
    const about = `The article's case on ${variant}, the first 16 minutes: a logon, a message that is read, a reboot without logging off, a message that is not fetched. The session goes on for two hours after the capture.`;
    yield capture(`article-${platform}`, about, frames, s.epochUs, [staleIn(s, frames, { endSeen: false, platform: looksLike })]);
  }
  const s = story("kb-q159302", "nt-4.0");
  const all = s.frames;
  yield capture("article-whole", "The article's case from the first logon to the end of the session and the next logon.", all, s.epochUs, [
    staleIn(s, all, { endSeen: true, platform: "Windows NT 4.0" }),
  ]);
  const middle = before(after(all, 7 * MINUTE - 5_000_000), 15 * MINUTE);
  yield capture(
    "cut-after-the-logon",
    "Begins after the reboot and ends before the session: eight bytes to a closed port, every minute, and nothing that shows the sender to be an Exchange server. An observer of this alone must not call it harmless.",
    middle,
    s.epochUs,
    [{ ...s.push, verdict: "stale-push", benign: false, confidence: "possible", errors: 8, clientPort: null, endsAtUs: null }],
  );
  const late = [...middle, ...after(all, 130 * MINUTE - 1_000_000)];
  yield capture(
    "cut-with-the-next-logon",
    "The registration is not in the capture, but the same client's next logon to the sender is: it is an Exchange server.",
    late,
    s.epochUs,
    [
      {
        verdict: "stale-push",
        benign: true,
        confidence: "likely",
        from: s.push.from,
        to: s.push.to,
        port: s.push.port,
        errors: countUnreachables(late, s.push.port),
        endSeen: false,
      },
    ],
  );
  const single = before(after(all, 7 * MINUTE - 5_000_000), 7 * MINUTE + 5_000_000);
  yield capture("cut-to-one-error", "One datagram and its error: too little to say what they are.", single, s.epochUs, [
    { ...s.push, verdict: "closed-port", benign: false, confidence: "possible", errors: 1, clientPort: null, endsAtUs: null },
  ]);
  const beforeError = before(all, 5 * MINUTE);
  yield capture(
    "cut-before-the-reboot",
    "Ends before the reboot: a logon and a message that was fetched. Nothing is wrong.",
    beforeError,
    s.epochUs,
    [],
  );
  const oneSided = before(all, 16 * MINUTE).filter((f) => f.bytes[29] !== (s.server & 255) || f.bytes[28] !== ((s.server >>> 8) & 255));
  yield capture(
    "one-sided",
    "Only what the client sends: errors that quote datagrams which the capture does not have.",
    oneSided,
    s.epochUs,
    [
      {
        ...s.push,
        verdict: "orphan-errors",
        benign: false,
        confidence: "possible",
        errors: countUnreachables(oneSided),
        clientPort: null,
        endsAtUs: null,
      },
    ],
  );
  const silent = before(all, 16 * MINUTE).filter((f) => !isIcmp(f));
  yield capture(
    "without-icmp",
    "The errors are dropped on the way: datagrams into silence. The machine may be off or something may drop its errors; the capture does not tell, so it is not called harmless.",
    silent,
    s.epochUs,
    [{ ...s.push, verdict: "stale-push-unanswered", benign: false, confidence: "possible", errors: 0, endSeen: false }],
  );
  const monitor = "/o=Pushback/ou=L/cn=Microsoft System Attendant";
  const reworded16 = reworded(before(all, 16 * MINUTE), "/o=Pushback/ou=Lab/cn=Recipients/cn=windows-nt", monitor);
  yield capture("link-monitor", "A link monitor's mailbox, which the System Attendant opens (Q273797).", reworded16, s.epochUs, [
    staleIn(s, reworded16, { verdict: "link-monitor", userDn: monitor, endSeen: false }),
  ]);
}

function* otherStories(): Generator<SuiteCapture> {
  const off = story("power-off", "nt-4.0");
  yield capture(
    "power-off",
    "Switched off and never back: the server's ARP requests go unanswered, so that after a while neither datagrams nor probes reach the wire, and the end is not seen.",
    off.frames,
    off.epochUs,
    [{ ...off.push, verdict: "stale-push-unanswered", benign: true, confidence: "likely", errors: 0, endSeen: false }],
  );
  const firewall = story("firewall-drops-udp", "nt-4.0");
  const blocked = before(firewall.frames, 12 * MINUTE);
  const unheard = { verdict: "push-not-heard", benign: false, confidence: "certain", errors: 0, endsAtUs: null } as const;
  yield capture(
    "firewall",
    "A firewall drops UDP towards the clients: they live, poll, and never hear a push.",
    blocked,
    firewall.epochUs,
    [{ ...firewall.push, ...unheard }],
  );
  const outside = ip("192.0.2.7");
  const nat = translated(blocked, firewall.client, outside).filter((f) => isTcp(f) || isUdp(f));
  yield capture(
    "nat",
    "The client sits behind a router that translates its TCP; its registration still names its inner address, to which no push finds its way.",
    nat,
    firewall.epochUs,
    [{ ...firewall.push, ...unheard }],
  );
  const heir = story("dhcp-new-address", "nt-4.0");
  const inherited = before(heir.frames, 32 * MINUTE);
  yield capture(
    "dhcp-new-owner",
    "Switched off without logging off; DHCP gives its address to another machine, which answers.",
    inherited,
    heir.epochUs,
    [staleIn(heir, inherited, { endSeen: false })],
  );
  const reuse = story("port-reuse", "nt-4.0");
  const reused = before(reuse.frames, 30 * MINUTE);
  yield capture("port-reuse", "The new mail client has the old port: the errors stop, the stale datagrams do not.", reused, reuse.epochUs, [
    staleIn(reuse, reused, { endSeen: false }),
  ]);
  const early = story("relogon-early", "windows-95");
  const halfOpen = before(early.frames, 30 * MINUTE);
  yield capture(
    "half-open",
    "The rebooted machine's new connection takes the TCP port of the old one, finds it half-open, and resets it.",
    halfOpen,
    early.epochUs,
    [staleIn(early, halfOpen, { endSeen: true })],
  );
  const short = story("keepalive-5-minutes", "nt-4.0");
  const shortened = before(short.frames, 15 * MINUTE);
  yield capture(
    "keepalive-5-minutes",
    "The setting that the article advises against: the session ends after five minutes.",
    shortened,
    short.epochUs,
    [staleIn(short, shortened, { endSeen: true })],
  );
  const router = story("behind-a-router", "nt-4.0");
  const routed = before(router.frames, 46 * MINUTE);
  yield capture(
    "behind-a-router",
    "While the machine is off its router reports host unreachable; back on, it answers for itself.",
    routed,
    router.epochUs,
    [staleIn(router, routed, { endSeen: false })],
  );
  const cable = story("cable-pulled", "nt-4.0");
  yield capture(
    "cable-pulled",
    "The cable was out for a while: some pushes are lost, and a later one is heard.",
    cable.frames,
    cable.epochUs,
    [
      {
        verdict: "push-interrupted",
        benign: true,
        confidence: "certain",
        from: cable.push.from,
        to: cable.push.to,
        port: cable.push.port,
        clientPort: cable.push.clientPort,
        errors: 0,
        endSeen: true,
      },
    ],
  );
  for (const [name, about] of [
    ["orderly-logoff", "The control: logged off in order. No error, nothing to explain."],
    ["read-in-time", "A message that is read: the pushes stop."],
  ] as const) {
    const s = story(name, "nt-4.0");
    yield capture(name, about, before(s.frames, 10 * MINUTE), s.epochUs, []);
  }
}

/** Captures of traffic of other programs than Exchange, written as code. */
function* strangers(): Generator<SuiteCapture> {
  const none = { clientPort: null, endsAtUs: null } as const;
  const beats = Array.from({ length: 12 }, (_, i) => {
    const to = i % 2 === 0 ? ["10.1.9.61", "10.1.9.62"] : ["10.1.9.62", "10.1.9.61"];
    return udpFrame(i * 600_000, ip(to[0]), ip(to[1]), 3343, 3343, new Uint8Array(64).fill(i), 128);
  });
  yield capture(
    "cluster-heartbeats-answered",
    "Two nodes of a cluster exchange heartbeats: no error, nothing to explain.",
    beats,
    EPOCH_US,
    [],
  );
  const lone = Array.from({ length: 8 }, (_, i) => {
    const beat = udpFrame(i * 1_200_000, ip("10.1.9.61"), ip("10.1.9.62"), 3343, 3343, new Uint8Array(64).fill(i), 128);
    return [beat, icmpError(beat.timeUs + 220, ip("10.1.9.62"), beat, 3, 3, 128)];
  }).flat();
  yield capture(
    "cluster-heartbeat",
    "Heartbeats of a cluster (UDP 3343) to a node whose cluster service is down: not a push, and an administrator should look.",
    lone,
    EPOCH_US,
    [
      {
        ...none,
        verdict: "cluster-heartbeat",
        benign: false,
        confidence: "likely",
        from: "10.1.9.61",
        to: "10.1.9.62",
        port: 3343,
        errors: 8,
        platform: "Windows NT 4.0",
      },
    ],
  );
  const probes = Array.from({ length: 24 }, (_, i) => {
    const probe = udpFrame(i * 100_000, ip("10.1.9.66"), ip("10.1.9.51"), 40_000, 100 + i * 37, new Uint8Array(0));
    return [probe, icmpError(probe.timeUs + 200, ip("10.1.9.51"), probe)];
  }).flat();
  yield capture("port-scan", "A scanner tries 24 UDP ports of one machine.", probes, EPOCH_US, [
    { ...none, verdict: "port-scan", benign: false, confidence: "likely", from: "10.1.9.66", to: "10.1.9.51", port: null, errors: 24 },
  ]);
  const hop = (i: number) => udpFrame(i * 50_000, ip("10.1.9.52"), ip("10.77.0.9"), 36_000, 33_434 + i, new Uint8Array(12), 1 + i);
  const trace = [0, 1, 2, 3]
    .map(hop)
    .flatMap((p, i) => [
      p,
      i < 3 ? timeExceeded(p.timeUs + 900, ip(`10.1.${10 + i}.1`), p) : icmpError(p.timeUs + 1200, ip("10.77.0.9"), p),
    ]);
  yield capture(
    "traceroute",
    "Three routers report time exceeded, and the last machine port unreachable: how a traceroute ends.",
    trace,
    EPOCH_US,
    [{ ...none, verdict: "traceroute", benign: true, confidence: "likely", from: "10.1.9.52", to: "10.77.0.9", errors: 1 }],
  );
  const question = udpFrame(0, ip("10.1.9.50"), ip("10.1.9.1"), 2001, 53, new Uint8Array(31));
  const reply = udpFrame(6_000_000, ip("10.1.9.1"), ip("10.1.9.50"), 53, 2001, new Uint8Array(120));
  yield capture(
    "late-dns-reply",
    "A name server answers six seconds after the question, when the client waits no longer.",
    [question, reply, icmpError(6_000_300, ip("10.1.9.50"), reply)],
    EPOCH_US,
    [{ ...none, verdict: "late-reply", benign: true, confidence: "likely", from: "10.1.9.1", to: "10.1.9.50", port: 2001, errors: 1 }],
  );
  const never = udpFrame(0, ip("10.1.9.10"), ip("10.1.9.57"), 1026, 1066, new Uint8Array(8));
  const spoofed = Array.from({ length: 3 }, (_, i) => icmpError(i * 7_000_000, ip("10.1.9.57"), never));
  yield capture("orphan-errors", "Errors that quote a datagram that was not sent: spoofed, or half of a conversation.", spoofed, EPOCH_US, [
    { ...none, verdict: "orphan-errors", benign: false, confidence: "possible", from: "10.1.9.10", to: "10.1.9.57", port: 1066, errors: 3 },
  ]);
  const beacon = Array.from({ length: 6 }, (_, i) => {
    const sent = udpFrame(i * MINUTE, ip("10.1.9.99"), ip("10.1.9.55"), 5000, 6000, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    return [sent, icmpError(sent.timeUs + 300, ip("10.1.9.55"), sent)];
  }).flat();
  yield capture(
    "beacon",
    "Like a push in all but its sender, which nothing shows to be an Exchange server: never to be called harmless.",
    beacon,
    EPOCH_US,
    [{ ...none, verdict: "stale-push", benign: false, confidence: "possible", from: "10.1.9.99", to: "10.1.9.55", port: 6000, errors: 6 }],
  );
  const trap = udpFrame(0, ip("10.1.9.53"), ip("10.1.9.54"), 3100, 162, new Uint8Array(80));
  yield capture("snmp-trap", "A trap to a machine without a trap receiver.", [trap, icmpError(250, ip("10.1.9.54"), trap)], EPOCH_US, [
    { ...none, verdict: "closed-port", benign: false, confidence: "possible", from: "10.1.9.53", to: "10.1.9.54", port: 162, errors: 1 },
  ]);
}

/** One recording in many file formats: the diagnosis must not depend on the format. */
function* formats(): Generator<SuiteCapture> {
  const s = story("kb-q159302", "nt-4.0");
  const frames = before(s.frames, 11 * MINUTE);
  const finding = staleIn(s, frames, { endSeen: false, platform: "Windows NT 4.0" });
  const unreachables = countUnreachables(frames);
  const about = "The article's case on Windows NT 4.0, its first eleven minutes,";
  const make = (
    name: string,
    how: string,
    file: string,
    bytes: Uint8Array,
    packets = frames.length,
    damage?: string,
    found: ExpectedFinding = finding,
  ) =>
    capture(name, `${about} ${how}.`, frames, s.epochUs, [found], {
      file,
      bytes,
      packets,
      unreachables,
      ...(damage !== undefined && { damage }),
    });
  const { epochUs } = s;
  yield make("vlan-tags", "with 802.1Q tags", "capture.pcap", pcap(tagged(frames, 42), epochUs));
  yield make(
    "linux-cooked",
    "as Linux's `any` interface gives it (LINKTYPE_LINUX_SLL)",
    "capture.pcap",
    pcap(relinked(frames, linuxCooked), epochUs, 113),
  );
  yield make(
    "linux-cooked-2",
    "as Linux's `any` interface gives it today (LINKTYPE_LINUX_SLL2)",
    "capture.pcap",
    pcap(relinked(frames, linuxCooked2), epochUs, 276),
  );
  const raw = relinked(frames, () => new Uint8Array(0), true);
  // The capture has no ARP, so the announcement of the restarted stack is missing: only the port, open before, points to a restart.
  const unseen = { ...finding, confidence: "likely" };
  yield make(
    "raw-ip",
    "without link header, and so without ARP (LINKTYPE_RAW)",
    "capture.pcap",
    pcap(raw, epochUs, 101),
    raw.length,
    undefined,
    unseen,
  );
  yield make("nanosecond-pcap", "in pcap with nanoseconds", "capture.pcap", pcap(frames, epochUs, 1, true));
  yield make("big-endian-pcap", "in pcap as a big-endian machine writes it", "capture.pcap", swapped(pcap(frames, epochUs)));
  yield make(
    "netmon-1",
    "in Network Monitor 1.x's format: milliseconds",
    "capture.cap",
    written(frames, epochUs, (sink, patch) => new NetmonWriter(sink, patch, 1)),
  );
  yield make(
    "netmon-2",
    "in Network Monitor 2.x's format",
    "capture.cap",
    written(frames, epochUs, (sink, patch) => new NetmonWriter(sink, patch, 2)),
  );
  yield make(
    "sniffer-dos",
    "in the DOS Sniffer's format",
    "capture.enc",
    written(frames, epochUs, (sink) => new SnifferWriter(sink)),
  );
  yield make(
    "sniffer-windows-1",
    "in the Windows Sniffer's format 1.1",
    "capture.cap",
    written(frames, epochUs, (sink, patch) => new NetxrayWriter(sink, patch, "1.1")),
  );
  yield make(
    "sniffer-windows-2",
    "in the Windows Sniffer's format 2.0",
    "capture.cap",
    written(frames, epochUs, (sink, patch) => new NetxrayWriter(sink, patch, "2.0")),
  );
  yield make("gzipped", "packed with gzip", "capture.pcapng.gz", new Uint8Array(gzipSync(pcapng(frames, epochUs))));
  const whole = pcap(before(s.frames, 22 * MINUTE), epochUs);
  // The packet header after the last packet that is to be read gets a captured length of two billion.
  let at = 24;
  for (let i = 0; i < frames.length; i++) at += 16 + frames[i].bytes.length;
  const damaged = whole.slice();
  damaged.set([0xff, 0xff, 0xff, 0x7f], at + 8);
  yield make(
    "damaged",
    "damaged in the middle of the file, which goes on for eleven minutes more",
    "capture.pcap",
    damaged,
    frames.length,
    "longer than 16 MiB",
  );
}

/** Public captures of the Zeek project's test suite. */
function* zeek(): Generator<SuiteCapture> {
  const read = (name: string) =>
    new Uint8Array(readFileSync(new URL(`../../../../protocol/capture/test-captures/${name}`, import.meta.url)));
  const from = "From the test suite of Zeek (https://github.com/zeek/zeek, testing/btest/Traces; BSD licence, © The Zeek Project).";
  const none = { clientPort: null, endsAtUs: null } as const;
  yield capture(
    "zeek-icmp-unreachable",
    `${from} A Windows machine reports a name server's answer to a closed port, and the answer is not in the capture.`,
    [],
    0,
    [
      {
        ...none,
        verdict: "orphan-errors",
        benign: false,
        confidence: "possible",
        from: "192.168.1.1",
        to: "192.168.1.102",
        port: 59_207,
        errors: 1,
        platform: "",
      },
    ],
    { file: "capture.pcap", bytes: read("zeek-icmp-destunreach-udp.pcap"), packets: 1, unreachables: 1 },
  );
  yield capture(
    "zeek-conn-size",
    `${from} TCP and UDP conversations that are not Exchange's, and two errors that quote questions to a portmapper (port 111) which the capture does not have.`,
    [],
    0,
    [111].map((port) => ({
      ...none,
      verdict: "orphan-errors",
      benign: false,
      confidence: "possible",
      from: "192.150.186.15",
      to: "192.150.186.169",
      port,
      errors: 2,
    })),
    { file: "capture.pcap", bytes: read("zeek-conn-size.pcap"), packets: 21, unreachables: 2 },
  );
}

/** All built-in captures; each call yields the same. */
export function* suiteCaptures(): Generator<SuiteCapture> {
  restartIdentifications();
  yield* articleCaptures();
  yield* otherStories();
  yield* strangers();
  yield* adversaries();
  yield* formats();
  yield* zeek();
}
