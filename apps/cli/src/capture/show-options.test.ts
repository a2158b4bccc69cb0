/** `show` with the options of tshark: tshark is the judge of what they print and write. */

import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { requireProgram } from "@pushback/judges";
import { describe, expect, it } from "vitest";
import { pushback as pushbackOf, startInBackground, workFolder } from "../testing/command.ts";

const CAPTURE = fileURLToPath(new URL("../../../../packages/lab/diagnose/captures/article-windows-nt/capture.pcapng", import.meta.url));
const captureOf = (path: string) => fileURLToPath(new URL(`../../../../packages/lab/diagnose/${path}`, import.meta.url));
const LONG_CAPTURE = captureOf("captures/article-whole/capture.pcapng");
const IPV6_CAPTURE = captureOf("field-captures/ipv6/capture.pcap");
const { path: folder, run: pushback } = workFolder("pushback-show-");

/** Where packet `number` of a little-endian pcapng file ends, in bytes. */
function endOfPacket(file: Buffer, number: number): number {
  let packets = 0;
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    if (file.readUInt32LE(at) === 6) packets++;
    if (packets === number) return at + file.readUInt32LE(at + 4);
  }
  throw new RangeError(`the file has ${packets} packets`);
}

/** `name=value` of every value in a part of the array's objects, however deep. */
function valuesOf(part: unknown, name = ""): string[] {
  if (typeof part !== "object" || part === null) return part === undefined ? [] : [`${name}=${part}`];
  return Object.entries(part).flatMap(([key, value]) => valuesOf(value, Array.isArray(part) ? name : key));
}

describe("pushback show", () => {
  it.for([
    ["-T", "fields", "-e", "frame.number", "-e", "ip.src", "-e", "tcp.flags"],
    ["-Y", "icmp", "-T", "fields", "-e", "frame.time_relative", "-e", "ip.addr", "-E", "header=y", "-E", "separator=/s"],
    ["-c", "7", "-T", "fields", "-e", "frame.time", "-e", "udp.port", "-E", "separator=;"],
    ["-Y", "icmp || frame.time_delta_displayed > 50", "-T", "fields", "-e", "frame.number", "-e", "frame.time_delta_displayed"],
    ["-Y", "tcp", "-c", "9", "-T", "fields", "-e", "tcp.len"],
    ["-Y", "icmp || tcp.flags.syn", "-T", "fields", "-e", "tcp.options", "-e", "udp.payload", "-e", "eth.src"],
    ["-Y", "tcp.analysis.flags", "-T", "fields", "-e", "frame.number", "-e", "tcp.analysis.duplicate_ack_num"],
  ])("prints what tshark prints for %s", (options, context) => {
    const tshark = requireProgram(context, "tshark");
    expect(pushback("show", "-n", "-r", CAPTURE, ...options).stdout).toBe(tshark.run(["-n", "-r", CAPTURE, ...options]));
  });

  it.for([
    ["-z", "conv,eth", "-z", "conv,ip", "-z", "conv,tcp", "-z", "conv,udp"],
    ["-z", "endpoints,eth", "-z", "endpoints,ip", "-z", "endpoints,udp", "-z", "endpoints,tcp", "-Y", "icmp"],
  ])("counts as tshark counts: %s", (options, context) => {
    const tshark = requireProgram(context, "tshark");
    for (const capture of [CAPTURE, LONG_CAPTURE])
      expect(pushback("show", "-q", "-r", capture, ...options).stdout).toBe(tshark.run(["-n", "-q", "-r", capture, ...options]));
    const six = ["-q", "-z", "conv,ipv6", "-z", "endpoints,ipv6", "-z", "conv,udp"];
    expect(pushback("show", "-r", IPV6_CAPTURE, ...six).stdout).toBe(tshark.run(["-n", "-r", IPV6_CAPTURE, ...six]));
  });

  it("counts protocols as tshark counts them, but for two that it names otherwise", (context) => {
    const tshark = requireProgram(context, "tshark");
    // The endpoint mapper's calls are DCE/RPC here, and a comment is no protocol.
    const shared = (text: string) => text.split("\n").filter((line) => !/^ *(epm|text) /.test(line));
    for (const capture of [CAPTURE, LONG_CAPTURE]) {
      const options = ["-q", "-r", capture, "-z", "io,phs"];
      expect(shared(pushback("show", ...options).stdout)).toEqual(shared(tshark.run(["-n", ...options])));
    }
  });

  it("lists the experts' remarks as tshark lists them, but for those that only its dissectors make", (context) => {
    const tshark = requireProgram(context, "tshark");
    // Headings are not compared either, because their counts include the remarks that only tshark's dissectors make.
    const onlyTheirs = /MAPI {2}Long frame|DNS {2}Extraneous data|^\w+ \(\d+\)$/;
    const shared = (text: string) => text.split("\n").filter((line) => line !== "" && !onlyTheirs.test(line));
    const halfOpen = captureOf("captures/half-open/capture.pcapng");
    // A filter may have commas of its own.
    for (const statistics of ["expert", "expert,note", "expert,tcp.port in {135, 1027}", "expert,warn,tcp.flags.reset == 1"]) {
      const options = ["-q", "-r", halfOpen, "-z", statistics];
      const ours = shared(pushback("show", ...options).stdout);
      expect(ours.length).toBeGreaterThan(2);
      expect(ours).toEqual(shared(tshark.run(["-n", ...options])));
    }
    expect(pushback("show", "-q", "-z", "expert,error", halfOpen).stdout).toBe("");
    expect(pushback("show", "-z", "expert,loud", halfOpen)).toMatchObject({ code: 2, stderr: expect.stringContaining("-z expert,loud: ") });
    const { stdout } = pushback("show", "-q", "-z", "expert", halfOpen);
    expect(stdout).toMatch(/\nWarns \(\d+\)\n=============\n {3}Frequency {6}Group {11}Protocol {2}Summary\n/);
    for (const [heading, total] of stdout.matchAll(/^\w+ \((\d+)\)$/gm)) {
      const rows =
        stdout
          .slice(stdout.indexOf(heading))
          .split("\n\n")[0]
          .match(/^ +\d+/gm) ?? [];
      expect(rows.reduce((sum, count) => sum + Number(count), 0)).toBe(Number(total));
    }
  });

  it("counts frames and bytes of intervals as tshark counts them", (context) => {
    const tshark = requireProgram(context, "tshark");
    const rowsOf = (text: string) => [...text.matchAll(/^\|.*<>.*$/gm)].map(([row]) => row.match(/\d+|Dur/g));
    for (const statistics of ["io,stat,60", "io,stat,600,icmp,udp.port == 1026"]) {
      const options = ["-q", "-r", CAPTURE, "-z", statistics];
      const rows = rowsOf(pushback("show", ...options).stdout);
      expect(rows.length).toBeGreaterThan(0);
      const counts = (list: typeof rows) => list.map((row) => row?.slice(2));
      expect(counts(rows)).toEqual(counts(rowsOf(tshark.run(["-n", ...options]))));
    }
  });

  it("prints the bytes behind each line", () => {
    const { stdout } = pushback("show", "-x", "-c", "2", CAPTURE);
    expect(stdout.match(/^0000 {2}ff ff ff ff ff ff /gm)).toHaveLength(2);
    expect(stdout.split("\n")[0]).toContain("ARP");
  });

  it("writes the selected packets with their interface, as tshark reads them", (context) => {
    const tshark = requireProgram(context, "tshark");
    expect(pushback("show", CAPTURE, "-Y", "icmp", "-w", "icmp.pcapng")).toMatchObject({ code: 0, stdout: "" });
    const columns = ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.interface_name", "-e", "frame.len", "-e", "icmp.code"];
    const written = tshark.run(["-n", "-r", join(folder, "icmp.pcapng"), ...columns]);
    expect(written).toBe(tshark.run(["-n", "-r", CAPTURE, "-Y", "icmp", ...columns]));
    expect(written.split("\n").length).toBeGreaterThan(3);
    expect(pushback("show", CAPTURE, "-Y", "frame.number > 99999", "-w", "none.pcapng").code).toBe(1);
    expect(tshark.run(["-r", join(folder, "none.pcapng")])).toBe("");
  });

  it("prints an object a line", () => {
    const lines = (...options: string[]) =>
      pushback("show", CAPTURE, ...options)
        .stdout.trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    const [first] = lines("--json", "-Y", "icmp");
    expect(first).toMatchObject({ protocol: "ICMP", fields: { "icmp.type": ["3"], "ip.ttl": [expect.any(String), expect.any(String)] } });
    expect(lines("--json", "-c", "2", "-e", "frame.number", "-e", "icmp.type")).toEqual([
      { number: 1, fields: { "frame.number": ["1"], "icmp.type": [] } },
      { number: 2, fields: { "frame.number": ["2"], "icmp.type": [] } },
    ]);
  });

  it.for([
    ["-c", "9", "-e", "frame.number", "-e", "eth.addr", "-e", "ip.host", "-e", "udp.payload"],
    ["-Y", "icmp", "-e", "frame.time", "-e", "icmp.code", "-e", "arp.opcode"],
    ["-Y", "frame.number > 99999"],
  ])("prints tshark's array of objects for %s", (options, context) => {
    const tshark = requireProgram(context, "tshark");
    const all = ["-n", "-r", CAPTURE, "-T", "json", ...options];
    expect(pushback("show", ...all).stdout.trimEnd()).toBe(tshark.run(all).trimEnd());
  });

  it("prints each layer's fields where tshark's array has them", (context) => {
    const tshark = requireProgram(context, "tshark");
    const all = ["-n", "-r", CAPTURE, "-T", "json"];
    const theirs = JSON.parse(tshark.run([...all, "--no-duplicate-keys"]));
    const ours = JSON.parse(pushback("show", ...all).stdout);
    expect(ours).toHaveLength(theirs.length);
    for (const [i, { _source, ...rest }] of ours.entries()) {
      expect({ ...theirs[i], ...rest }).toEqual(theirs[i]);
      expect(Object.keys(theirs[i]._source.layers)).toEqual(expect.arrayContaining(Object.keys(_source.layers)));
      for (const name of ["frame", "ip", "udp", "icmp"]) {
        const [mine, judged] = [valuesOf(_source.layers[name]), valuesOf(theirs[i]._source.layers[name])];
        expect(mine.filter((value) => !judged.includes(value) && !/[.]checksum[.]status=/.test(value))).toEqual([]);
      }
    }
  });

  it("stops reading after -c packets, so that it never meets a damaged rest", () => {
    const file = readFileSync(CAPTURE);
    writeFileSync(join(folder, "cut.pcapng"), file.subarray(0, file.length - 5));
    expect(pushback("show", "cut.pcapng", "-c", "3").stderr).toBe("");
    expect(pushback("show", "cut.pcapng").stderr).toContain("is damaged");
  });

  it("stops at the last of -c packets, on a pipe that stays open and on one that is compressed", async () => {
    const file = readFileSync(CAPTURE);
    const child = startInBackground(["show", "-c", "3", "-"], folder, [], "pipe");
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (more) => {
      text += more;
    });
    // Three packets and a bit of the fourth; the pipe is not closed.
    child.stdin?.on("error", () => {});
    child.stdin?.write(file.subarray(0, endOfPacket(file, 3)));
    await once(child, "close");
    expect(text.trimEnd().split("\n")).toHaveLength(3);
    const zipped = pushbackOf(["show", "-c", "3", "-"], { input: gzipSync(file) });
    expect([zipped.code, zipped.stdout, zipped.stderr]).toEqual([0, text, ""]);
  });

  it.each([
    [["-E", "separator=toString", "-e", "ip.src"], "-E separator=toString: there are"],
    [["-z", "conv,ipx"], "-z conv,ipx: there are conv,TYPE"],
    [["-z", "io,stat"], "-z io,stat: there are conv,TYPE"],
    [["-z", "io,stat,1e9"], "the interval is a number of seconds"],
    [["-x", "--count"], "-x: goes with a summary"],
    [["-w", "x.pcapng", "-z", "conv,ip"], "leave out -x and -z"],
    [["-T", "pdml"], "-T pdml: there are fields, json, text"],
    [["-T", "fields"], "-T fields: name at least one field with -e"],
    [["-e", "ip.sorc"], "-e: unknown field"],
    [["-E", "header=y"], "-E: goes with -T fields"],
    [["-e", "ip.src", "-E", "separator=ab"], "-E separator=ab: there are"],
    [["-c", "0"], "-c 0: takes a number of packets"],
    [["-w", CAPTURE], "is the input"],
    [[CAPTURE, "-c", "0"], "-c 0: takes a number of packets, from 1"],
    [[CAPTURE, "-z", "conv,ipx"], "-z conv,ipx: "],
    [["-w", "x.pcapng", "--count"], "-w: writes packets"],
    [["-r", CAPTURE], "leave out one"],
  ])("refuses %s in one line", (options, message) => {
    const { code, stdout, stderr } = pushback("show", CAPTURE, ...options);
    expect([code, stdout, stderr.trim().split("\n").length]).toEqual([2, "", 1]);
    expect(stderr).toContain(message);
  });

  it("asks for a capture", () => {
    expect(pushback("show").stderr).toContain("name a capture");
  });
});
