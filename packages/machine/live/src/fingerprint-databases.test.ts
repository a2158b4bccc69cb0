/** Compares the packets of the machines with fingerprint databases of other projects, read from where Debian installs them when the test runs. */

import { requireFile, type SkippableTest } from "@pushback/judges";
import { describe, expect, it } from "vitest";
import { be16, be32, hex, isDontFragment, optionsOf } from "./testing/answer-looks.ts";
import { LabProbe, synProbe, tcpProbe, udpProbe } from "./testing/lab-probe.ts";

describe("ICMP port unreachable matches nmap-os-db (test U1)", () => {
  const ENTRIES = {
    "network-client-3.0": "Microsoft Network Client 3.0 for MS-DOS",
    "windows-3.1": "Microsoft Network Client 3.0 for MS-DOS",
    "wfw-3.11": "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95",
    "nt-3.51": "Microsoft Windows NT 3.51 SP5",
    "nt-4.0": "Microsoft Windows NT 4.0 SP3",
    "nt-4.0-sp6a": "Microsoft Windows NT 4.0 SP5 - SP6a",
    "windows-95": "Microsoft Windows 3.11 for Workgroups, Windows NT 3.51 SP0 - SP5, or Windows 95",
    "windows-98": "Microsoft Windows 98",
    "open-transport": "Apple Mac OS 8.1 - 8.6",
    "open-transport-9": "Apple Mac OS 9.0.4 - 9.2",
  };

  it.for(Object.entries(ENTRIES))("%s quotes as %s does", ([variant, name], test) => {
    const database = requireFile(test, "/usr/share/nmap/nmap-os-db", "nmap-common");
    const entry = database.split(/\n\n/).find((text) => text.includes(`Fingerprint ${name}\n`)) ?? "";
    const u1 = new Map(
      /^U1\((.*)\)$/m
        .exec(entry)?.[1]
        .split("%")
        .map((field) => field.split("=") as [string, string]),
    );
    const probe = udpProbe(9);
    const error = new LabProbe(variant).ask(probe);
    expect([error[23], error[34], error[35]]).toEqual([1, 3, 3]);
    const quoted = 42;
    const same = (at: number) => (be16(error, quoted + at) === be16(probe, 14 + at) ? "G" : hex(be16(error, quoted + at), 1));
    const ipChecksum = be16(error, quoted + 10);
    expect({
      DF: error[20] & 0x40 ? "Y" : "N",
      TG: hex(error[22], 1),
      IPL: hex(be16(error, 16), 1),
      UN: hex(be16(error, 38) * 65536 + be16(error, 40), 1),
      RIPL: same(2),
      RID: same(4),
      RIPCK: ipChecksum === 0 ? "Z" : same(10),
      RUCK: same(26),
      RUD: "G",
    }).toEqual(Object.fromEntries([...u1].filter(([field]) => field !== "R" && field !== "T")));
  });
});

interface SynLooks {
  readonly window: number;
  readonly ttl: number;
  readonly df: boolean;
  readonly ipLen: number;
  /** Options in order: M with its value, W with its value, S, T, N, E. */
  readonly options: readonly string[];
}

function looksOf(frame: Uint8Array): SynLooks {
  return { window: be16(frame, 48), ttl: frame[22], df: isDontFragment(frame), ipLen: be16(frame, 16), options: optionsOf(frame) };
}

/** A fingerprint as the head of etter.finger.os lays it out: window, MSS, TTL, scale, SACK, NOP, DF, timestamp, flags, length. */
function ettercapLine(looks: SynLooks, flags: "S" | "A"): string {
  const { window, ttl, df, ipLen, options } = looks;
  const value = (letter: string) => options.find((option) => option[0] === letter)?.slice(1);
  const scale = value("W");
  const mss = value("M");
  return [
    hex(window, 4),
    mss === undefined ? "_MSS" : hex(Number(mss), 4),
    hex(ttl, 2),
    scale === undefined ? "WS" : hex(Number(scale), 2),
    Number(options.includes("S")),
    Number(options.includes("N")),
    Number(df),
    Number(options.includes("T")),
    flags,
    hex(ipLen, 2),
  ].join(":");
}

describe("SYN segments match ettercap's etter.finger.os", () => {
  /** The name that ettercap gives each variant, in the words of its database. */
  const SYNS = {
    "windows-95": /Windows 95/,
    "wfw-3.11": /Windows 95/,
    "nt-3.51": /Windows 95/,
    "nt-4.0": /Windows NT 4\.0/,
    "nt-4.0-sp6a": /Windows NT 4\.0 SP6a/,
    "windows-98": /Windows 98/,
    "open-transport": /Mac OS 7\.x-9\.x/,
    "open-transport-9": /Mac OS 9/,
  };
  const SYN_ACKS = { "windows-95": /Windows 95/, "nt-4.0": /Windows NT 4\.x/ };

  function lookUp(test: SkippableTest, line: string): string {
    const database = requireFile(test, "/usr/share/ettercap/etter.finger.os", "ettercap-common");
    return (
      database
        .split("\n")
        .filter((entry) => entry.startsWith(`${line}:`))
        .join("\n") || `no entry matches ${line}`
    );
  }

  it.for(Object.entries(SYNS))("%s opens like %s", ([variant, name], test) => {
    expect(lookUp(test, ettercapLine(looksOf(new LabProbe(variant).syn()), "S"))).toMatch(name);
  });

  it.for(Object.entries(SYN_ACKS))("%s accepts like %s", ([variant, name], test) => {
    expect(lookUp(test, ettercapLine(looksOf(new LabProbe(variant).ask(synProbe(139))), "A"))).toMatch(name);
  });

  // ettercap made this entry from an older database, which recorded neither MSS, TTL nor length.
  it("the SYN/ACK of mactcp has no window scale, SACK, NOP, DF or timestamp, like that of MacTCP", (test) => {
    const database = requireFile(test, "/usr/share/ettercap/etter.finger.os", "ettercap-common");
    const entry = database.split("\n").find((line) => line.includes("MacTCP") && line.includes(":WS:")) ?? "";
    const line = ettercapLine(looksOf(new LabProbe("mactcp").ask(synProbe(139))), "A");
    expect(line.split(":").slice(3, 9)).toEqual(entry.split(":").slice(3, 9));
  });
});

/** Path in Debian's nftables package, among its documentation. */
const PF_OS = "/usr/share/doc/nftables/examples/pf.os";

/** Whether a SYN matches a pf.os entry: window, initial TTL, DF, length, options. */
function matchesPfOs(entry: string, looks: SynLooks): boolean {
  const [window, ttl, df, length, options] = entry.split(":");
  const mss = Number(looks.options.find((option) => option[0] === "M")?.slice(1) ?? 0);
  const windowFits =
    window === "*" ||
    Number(window) === looks.window ||
    (window[0] === "S" && Number(window.slice(1)) * mss === looks.window) ||
    (window[0] === "%" && looks.window % Number(window.slice(1)) === 0);
  const wanted = options.split(",");
  // pf.os does not record the EOL at the end of an option list.
  const listed = looks.options.filter((option) => option !== "E");
  const optionsFit =
    wanted.length === listed.length &&
    wanted.every((want, i) => {
      const have = listed[i];
      return want === have || (want.endsWith("*") && have[0] === want[0]) || (want[0] === "T" && have === "T");
    });
  return windowFits && Number(ttl) === looks.ttl && (df === "1") === looks.df && Number(length) === looks.ipLen && optionsFit;
}

describe("SYN segments match the pf.os of nftables", () => {
  it.for<[string, RegExp]>([
    ["wfw-3.11", /Windows:3\.11/],
    ["nt-4.0", /Windows:NT:4\.0/],
    ["open-transport", /MacOS:7\.3-8\.6/],
    ["open-transport-9", /MacOS:9\.0-9\.2/],
  ])("%s opens like %s", ([variant, name], test) => {
    const looks = looksOf(new LabProbe(variant).syn());
    const entries = requireFile(test, PF_OS, "nftables")
      .split("\n")
      .filter((line) => /^[^#\s]/.test(line) && line.split(":").length >= 6);
    const names = entries.filter((entry) => matchesPfOs(entry.trim(), looks)).join("\n");
    expect(names || JSON.stringify(looks)).toMatch(name);
  });
});

describe("ISNs of Windows NT 4.0 as nmap computes their GCD", () => {
  /** GCD, in hex, of the differences between the ISNs of six connects; `gapsMs` are the five times between them. */
  function gcdOf(gapsMs: readonly number[]): string {
    const probe = new LabProbe("nt-4.0");
    const isns = [...gapsMs, 100].map((ms, i) => be32(probe.ask(tcpProbe(139, 2, 1024, [], 40100 + i), ms * 1000), 38));
    const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
    return hex(
      isns.slice(1).reduce((sum, isn, i) => gcd((isn - isns[i]) >>> 0, sum), 0),
      1,
    );
  }

  it("is in its entry if a network delays one of six probes by a clock tick, and not if they come exactly 100 ms apart", (test) => {
    const database = requireFile(test, "/usr/share/nmap/nmap-os-db", "nmap-common");
    const entry = database.split("\n\n").find((text) => text.includes("Fingerprint Microsoft Windows NT 4.0 SP3\n")) ?? "";
    const allowed = /GCD=([^%]*)/.exec(entry)?.[1].split("|");
    expect(gcdOf([100, 100, 100, 100, 100])).toBe("64");
    expect(allowed).not.toContain("64");
    expect(allowed).toContain(gcdOf([100, 100, 110, 90, 100]));
  });
});
