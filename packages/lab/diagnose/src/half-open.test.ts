/** Half-open TCP sessions, and traffic that looks similar. */

import type { CapturedPacket } from "@pushback/capture";
import { IP_PROTOCOL_TCP, putIpv4Header, putTcpHeader, TCP_ACK, TCP_PSH, TCP_RST, TCP_SYN } from "@pushback/wire";
import { describe, expect, it } from "vitest";
import { Diagnostician } from "./diagnosis.ts";
import type { Diagnosis } from "./finding.ts";

const CLIENT = 0x0a000005;
const SERVER = 0x0a000001;
const LINKTYPE_RAW = 101;
const S = 1_000_000;
const HOUR = 3600 * S;

/** [time, from the client, flags, sequence number after the side's first one, bytes of data, client's port (2000), sequence numbers restart]. */
type Segment = readonly [us: number, fromClient: boolean, flags: number, seq: number, len: number, port?: number, isn?: number];

function diagnose(segments: readonly Segment[]): Diagnosis {
  const diagnostician = new Diagnostician();
  for (const [i, [timeUs, fromClient, flags, seq, len, port = 2000, isn = 1000]] of segments.entries()) {
    const bytes = new Uint8Array(40 + len);
    const [source, destination] = fromClient ? [CLIENT, SERVER] : [SERVER, CLIENT];
    putIpv4Header(bytes, 0, bytes.length, i + 1, 0, 64, IP_PROTOCOL_TCP, source, destination);
    const [srcPort, dstPort] = fromClient ? [port, 445] : [445, port];
    putTcpHeader(bytes, 20, srcPort, dstPort, isn + seq, 0, 20, flags, 8192, 0);
    const packet: CapturedPacket = {
      bytes,
      at: 0,
      len: bytes.length,
      origLen: bytes.length,
      timeUs: timeUs + 1,
      timeNs: 0,
      timed: true,
      interfaceIndex: 0,
      capturedOn: null,
      linkType: LINKTYPE_RAW,
      comment: null,
      number: i + 1,
      offset: 0,
    };
    diagnostician.packet(packet);
  }
  return diagnostician.finish();
}

const opened = (port = 2000): Segment[] => [
  [0, true, TCP_SYN, 0, 0, port],
  [1000, false, TCP_SYN | TCP_ACK, 0, 0, port],
  [2000, true, TCP_ACK, 1, 0, port],
  [3000, true, TCP_PSH | TCP_ACK, 1, 50, port],
  [4000, false, TCP_PSH | TCP_ACK, 1, 80, port],
  [5000, true, TCP_ACK, 51, 0, port],
];

const probes = (count: number, intervalUs: number, fromUs = 2 * HOUR): Segment[] =>
  Array.from({ length: count }, (_, i) => [fromUs + i * intervalUs, false, TCP_ACK, 80, 1]);

const repetitions = (port = 2000): Segment[] =>
  [0, 1, 3, 7, 15].map((seconds) => [10 * S + seconds * S, false, TCP_PSH | TCP_ACK, 81, 100, port] as Segment);

describe("half-open sessions", () => {
  it.each([
    ["Windows", 1, 6, "Windows (6 probes)"],
    ["Linux or macOS", 75, 9, "Linux (9 probes) or macOS (8 probes)"],
  ])("unanswered keep-alive probes, spaced as those of %s", (_, seconds, count, names) => {
    const { answer, findings } = diagnose([...opened(), ...probes(4, seconds * S)]);
    expect(answer).toBe("not-harmless");
    expect(findings).toMatchObject([
      {
        verdict: "half-open",
        confidence: "possible",
        from: "10.0.0.1",
        to: "10.0.0.5",
        endsAtUs: 2 * HOUR + seconds * count * S + 1,
        ends: expect.stringContaining(names),
      },
    ]);
    expect(findings[0].evidence.map(({ frame }) => frame)).toEqual([6, 7, 10]);
  });

  it("data that are sent again and again: no keep-alive before they are given up", () => {
    const { findings } = diagnose([...opened(), ...repetitions()]);
    expect(findings).toMatchObject([{ verdict: "half-open", endsAtUs: null, ends: expect.stringContaining("fifteen times") }]);
    expect(findings[0].summary).toContain("10.0.0.5 answers none of 4 repetitions in 14.0 s");
  });

  it("many sessions with one machine that is gone are one finding", () => {
    const ports = [2000, 2001, 2002, 2003, 2004, 2005];
    const segments = [...ports.flatMap(opened), ...ports.flatMap(repetitions)].sort((a, b) => a[0] - b[0]);
    const { findings } = diagnose(segments);
    expect(findings).toHaveLength(1);
    expect(findings[0].summary).toMatch(/^6 TCP sessions with 10\.0\.0\.5 are half open/);
  });

  it("a SYN into the session that nothing ends: two hours and the probes of three systems", () => {
    const { findings } = diagnose([...opened(), [60 * S, true, TCP_SYN, 0, 0, 2000, 900_000], [60 * S + 1000, false, TCP_ACK, 81, 0]]);
    expect(findings).toMatchObject([{ verdict: "half-open", confidence: "likely", endsAtUs: 5000 + 1 + 2 * HOUR + 6 * S }]);
    expect(findings[0].ends).toContain("Windows 2 h 6 s, Linux 2 h 11 min 15 s, macOS 2 h 10 min");
  });
});

describe("no half-open session", () => {
  it.each<[string, readonly Segment[]]>([
    ["one repetition that is acknowledged", [...opened(), ...repetitions(), [26 * S, true, TCP_ACK, 51, 0]]],
    ["probes that are answered", [...opened(), ...probes(3, S).flatMap((p) => [p, [p[0] + 500, true, TCP_ACK, 51, 0] as Segment])]],
    ["a reset that answers the probes", [...opened(), ...probes(3, S), [2 * HOUR + 4 * S, true, TCP_RST, 51, 0]]],
    [
      "each frame twice, as a span port copies them",
      [...opened(), ...repetitions().slice(0, 1), ...repetitions().slice(0, 1), ...opened()],
    ],
    ["a capture of one direction", [...opened(), ...repetitions()].filter(([, fromClient]) => !fromClient)],
    [
      "a SYN into the session, and the reset that follows",
      [
        ...opened(),
        [60 * S, true, TCP_SYN, 0, 0, 2000, 900_000],
        [60 * S + 1000, false, TCP_ACK, 81, 0],
        [60 * S + 2000, true, TCP_RST, 51, 0],
      ],
    ],
    ["an idle session", opened()],
  ])("%s", (_, segments) => {
    expect(diagnose(segments).findings).toEqual([]);
  });
});
