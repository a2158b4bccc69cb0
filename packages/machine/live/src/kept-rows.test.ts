/**
 * Compares the machines with rows of databases that Debian does not ship: xprobe2.conf, nmap's first database and p0f 2. The rows are in
 * testing/kept-quotations.ts; what a row says is asserted field by field, and each mismatch is listed with the entry that contradicts it.
 */

import type { DocumentId } from "@pushback/host";
import { describe, expect, it } from "vitest";
import { be16, be32, flagsOf, hex, isDontFragment, optionsOf, textOf } from "./testing/answer-looks.ts";
import { KEPT_QUOTATIONS } from "./testing/kept-quotations.ts";
import { icmpProbe, LabProbe, PROBE_ACK, PROBE_SEQ, synProbe, tcpProbe, udpProbe } from "./testing/lab-probe.ts";

const OPEN_PORT = 139;
const CLOSED_PORT = 7;
const FIN = 1;
const SYN = 2;
const PSH = 8;
const ACK = 16;
const URG = 32;

/** The initial TTL from which an answer over one hop was sent, as xprobe2 writes it. */
const ttl = (frame: Uint8Array) => `<${frame[22]}`;
const yes = (frame: Uint8Array | undefined, type: number) => (frame !== undefined && frame[34] === type ? "y" : "n");
/** Whether 16-bit fields of a datagram are quoted as sent. */
const echoed = (probe: Uint8Array, error: Uint8Array, at: number) => (be16(error, 42 + at) === be16(probe, 14 + at) ? "OK" : "BAD");

/** Values of xprobe2's keys for a machine. */
function xprobeOf(variant: string): Record<string, string> {
  // Each probe gets a new machine: a retransmitted SYN/ACK must not be taken for the answer to the next probe.
  const ask = (frame: Uint8Array) => new LabProbe(variant).ask(frame);
  const askFor = (frame: Uint8Array) => new LabProbe(variant).askFor(frame);
  const probe = udpProbe(CLOSED_PORT);
  const error = ask(probe);
  const synAck = ask(synProbe(OPEN_PORT));
  const echo = ask(icmpProbe(8, 9, new Array<number>(32).fill(0x41), 6, true));
  const names: Record<string, string> = { M: "MSS", N: "NOP", S: "SACK", W: "WSCALE", T: "TIMESTAMP", E: "EOL" };
  return {
    icmp_unreach_reply_ttl: ttl(error),
    icmp_unreach_df_bit: isDontFragment(error) ? "1" : "0",
    icmp_unreach_precedence_bits: String(error[15] >>> 5),
    icmp_unreach_echoed_dtsize: String(be16(error, 16) - 48),
    icmp_unreach_echoed_ip_cksum: echoed(probe, error, 10),
    icmp_unreach_echoed_ip_id: echoed(probe, error, 4),
    icmp_unreach_echoed_total_len: echoed(probe, error, 2),
    icmp_unreach_echoed_3bit_flags: echoed(probe, error, 6),
    icmp_unreach_echoed_udp_cksum: echoed(probe, error, 26),
    icmp_timestamp_reply: yes(askFor(icmpProbe(13, 0, new Array<number>(12).fill(0))), 14),
    icmp_addrmask_reply: yes(askFor(icmpProbe(17, 0, [0, 0, 0, 0])), 18),
    icmp_info_reply: yes(askFor(icmpProbe(15, 0, [])), 16),
    icmp_echo_code: echo[35] === 0 ? "0" : "!0",
    icmp_echo_tos_bits: echo[15] === 0 ? "0" : "!0",
    icmp_echo_df_bit: isDontFragment(echo) ? "1" : "0",
    tcp_syn_ack_ttl: ttl(synAck),
    tcp_syn_ack_df: isDontFragment(synAck) ? "1" : "0",
    tcp_syn_ack_window_size: String(be16(synAck, 48)),
    tcp_syn_ack_options_order: optionsOf(synAck)
      .map((option) => names[option[0]])
      .join(" "),
    tcp_rst_df: isDontFragment(ask(tcpProbe(CLOSED_PORT, SYN, 512))) ? "1" : "0",
  };
}

describe("xprobe2.conf", () => {
  const ROWS: readonly (readonly [variant: string, document: DocumentId, except: Readonly<Record<string, string>>])[] = [
    ["windows-95", "xprobe95", {}],
    ["windows-98", "xprobe98", {}],
    ["nt-4.0", "xprobeNt4", {}],
    // From Service Pack 4 on, NT does not answer address mask requests (Q186463); rows for later service packs have "n" too.
    ["nt-4.0-sp6a", "xprobeNt4", { icmp_addrmask_reply: "n" }],
    ["open-transport-9", "xprobeMac9", {}],
  ];

  it.each(ROWS)("%s is as row %s says", (variant, document, except) => {
    const row = { ...KEPT_QUOTATIONS[document], ...except };
    const values = xprobeOf(variant);
    expect(Object.fromEntries(Object.keys(row).map((key) => [key, values[key]]))).toEqual(row);
  });
});

/** Options of nmap's first generation of probes: window scale 10, NOP, MSS 265, timestamps, EOL. */
const OPTIONS = [3, 3, 10, 1, 2, 4, 1, 9, 8, 10, 0x3f, 0x3f, 0x3f, 0x3f, 0, 0, 0, 0, 0];
/** Base of the probes' windows, which are 1024 times 1 to 4. */
const WINDOW = 0x400;

/** Answer to a TCP test in the notation of nmap's first database. */
function answerFields(frame: Uint8Array | undefined): Record<string, string> {
  if (frame === undefined) return { Resp: "N" };
  const ack = be32(frame, 42);
  return {
    Resp: "Y",
    DF: isDontFragment(frame) ? "Y" : "N",
    W: hex(be16(frame, 48)),
    ACK: ack === PROBE_SEQ ? "S" : ack === PROBE_SEQ + 1 ? "S++" : "O",
    Flags: flagsOf(frame),
    Ops: optionsOf(frame)
      .map((option) => option[0])
      .join("")
      .replace("E", "L"),
  };
}

/** The tests of nmap's first generation, by name. */
function nmap1Of(variant: string): Record<string, Record<string, string>> {
  const ask = (port: number, flags: number) => answerFields(new LabProbe(variant).askFor(tcpProbe(port, flags, WINDOW, OPTIONS)));
  const probe = udpProbe(CLOSED_PORT);
  const error = new LabProbe(variant).ask(probe);
  const same = (at: number) => (be16(error, 42 + at) === be16(probe, 14 + at) ? "E" : "F");
  return {
    T1: ask(OPEN_PORT, SYN),
    T2: ask(OPEN_PORT, 0),
    T3: ask(OPEN_PORT, SYN | FIN | URG | PSH),
    T4: ask(OPEN_PORT, ACK),
    T5: ask(CLOSED_PORT, SYN),
    T6: ask(CLOSED_PORT, ACK),
    T7: ask(CLOSED_PORT, FIN | PSH | URG),
    PU: {
      DF: isDontFragment(error) ? "Y" : "N",
      TOS: hex(error[15]),
      IPLEN: hex(be16(error, 16)),
      RIPTL: hex(be16(error, 44)),
      RID: same(4),
      RIPCK: same(10),
      UCK: same(26),
      ULEN: hex(be16(error, 66)),
      DAT: "E",
    },
  };
}

describe("nmap's first database", () => {
  const ROWS: readonly (readonly [variant: string, document: DocumentId])[] = [
    ["mactcp", "nmap1MacTcp"],
    ["wfw-3.11", "nmap1Wfw"],
    ["nt-4.0", "nmap1Family"],
    ["nt-4.0-sp6a", "nmap1Family"],
    ["nt-3.51", "nmap1Family"],
    ["windows-95", "nmap1Family"],
    ["windows-98", "nmap1Family"],
    ["open-transport", "nmap1Mac"],
    ["open-transport-9", "nmap1Mac"],
  ];
  /** Fields that another entry contradicts, with that entry. */
  const CONTRADICTED: Readonly<Record<string, string>> = {
    "wfw-3.11 T4 ACK": 'the entry has S, "Microsoft Windows 3.11 for Workgroups, …" of nmap-os-db A=S+',
  };

  it.each(ROWS)("%s is as entry %s says", (variant, document) => {
    const answers = nmap1Of(variant);
    for (const [test, row] of Object.entries(KEPT_QUOTATIONS[document] ?? {})) {
      for (const field of row.split("%")) {
        const [name, values] = field.split("=");
        const actual = answers[test][name] ?? "";
        const isIn = values.split("|").includes(actual);
        const where = `${variant} ${test} ${name}`;
        expect([where, actual, values, isIn]).toEqual([where, actual, values, CONTRADICTED[where] === undefined]);
      }
    }
  });
});

describe("p0f 2", () => {
  it("NT 4.0 accepts with S6:128:1:44:M*", () => {
    for (const variant of ["nt-4.0", "nt-4.0-sp6a"]) {
      const synAck = new LabProbe(variant).ask(synProbe(OPEN_PORT));
      expect(`${be16(synAck, 48) / 1460}:${synAck[22]}:${Number(isDontFragment(synAck))}:${be16(synAck, 16)}:${optionsOf(synAck)}`).toBe(
        "6:128:1:44:M1460",
      );
    }
  });

  it("resets of Open Transport are 0:255:1:53 with text on Mac OS 8.5, and 0:255:1:58 on Mac OS 9", () => {
    const looks = (variant: string) => {
      const reset = new LabProbe(variant).ask(tcpProbe(CLOSED_PORT, ACK, WINDOW));
      return [be32(reset, 38) === PROBE_ACK, `${be16(reset, 48)}:${Number(isDontFragment(reset))}:${be16(reset, 16)}`, textOf(reset)];
    };
    expect(looks("open-transport")).toEqual([true, "0:1:53", "no tcp, reset"]);
    expect(looks("open-transport-9")).toEqual([true, "0:1:58", "No TCP/No listener"]);
  });

  it("a reset of Open Transport 1.x keeps the TTL of the segment (45 in a row for Mac OS 7.x, 255 in that for 8.5), one of 2.x has 255", () => {
    const ttlOf = (variant: string) => new LabProbe(variant).ask(tcpProbe(CLOSED_PORT, ACK, WINDOW))[22];
    // The probe's own TTL is 61.
    expect([ttlOf("open-transport"), ttlOf("open-transport-9")]).toEqual([61, 255]);
  });
});
