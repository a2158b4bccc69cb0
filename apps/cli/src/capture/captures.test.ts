/** `show`, `convert` and `diagnose` as their users see them, on captures that the lab wrote. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { requireProgram } from "@pushback/judges";
import { beforeAll, describe, expect, it } from "vitest";
import { workFolder } from "../testing/command.ts";

const { path: folder, run: pushback } = workFolder("pushback-captures-");
const capture = join(folder, "windows-nt.pcapng");

beforeAll(() => {
  expect(pushback("compare", "--platforms", "nt-4.0", "--out", folder).code).toBe(0);
});

describe("pushback diagnose", () => {
  it("answers first, then shows its evidence, and exits 0 when all is harmless", () => {
    const { code, stdout, stderr } = pushback("diagnose", capture);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")[2]).toBe("✓ Harmless. There is one explanation:");
    expect(stdout).toContain("10.1.9.103 was restarted without logging off");
    expect(stdout).toMatch(/Ended +2:01:02\.\d+ after the capture's start/);
    expect(stdout).toMatch(/frame \d+ +0:00:45\.\d+ +10\.1\.9\.103 registers UDP port/);
    expect(stdout).toContain("Looks like  Windows NT 4.0 or Windows 98");
    expect(stdout).toContain("Do not shorten KeepAliveTime");
  });

  it("prints JSON, reads gzip'd and damaged files as far as they go", () => {
    const whole = readFileSync(capture);
    const gz = join(folder, "cut.pcapng.gz");
    writeFileSync(gz, gzipSync(whole.subarray(0, whole.length >> 1)));
    const { stdout } = pushback("diagnose", gz, "--json");
    const json = JSON.parse(stdout);
    expect(json.findings[0]).toMatchObject({ verdict: "stale-push", benign: true, to: "10.1.9.103", endSeen: false });
    expect(json.problem).toMatch(/offset/);
  });

  it("writes a report that stands alone", () => {
    expect(pushback("diagnose", capture, "--report", "diagnosis.html").code).toBe(0);
    const html = readFileSync(join(folder, "diagnosis.html"), "utf8");
    expect(html).toContain("<h1>Harmless. There is one explanation:</h1>");
    expect(html).toContain("10.1.9.103 registers UDP port");
    expect(html).not.toMatch(/src=|href=|url\(h/);
    expect(pushback("diagnose", capture, "--report", "no/such/folder.html")).toMatchObject({ code: 2, stdout: "" });
  });

  it("exits 1 for what it cannot call harmless", () => {
    const zeek = fileURLToPath(new URL("../../../../packages/protocol/capture/test-captures/zeek-conn-size.pcap", import.meta.url));
    const { code, stdout } = pushback("diagnose", zeek);
    expect(code).toBe(1);
    expect(stdout).toContain("orphan-errors");
  });
});

describe("pushback show", () => {
  it("lists, counts, prints fields, and shows one frame with its bytes", (context) => {
    const tshark = requireProgram(context, "tshark");
    const expected = tshark.run(["-r", capture, "-Y", "icmp.type == 3", "-T", "fields", "-e", "frame.number", "-e", "udp.dstport"]);
    expect(pushback("show", capture, "-Y", "icmp.type == 3", "--fields", "frame.number,udp.dstport").stdout).toBe(expected);
    expect(pushback("show", capture, "-Y", "icmp.type == 3", "--count").stdout).toBe(`${expected.trim().split("\n").length}\n`);
    expect(pushback("show", capture, "--count").stdout).toBe(`${pushback("show", capture).stdout.trimEnd().split("\n").length}\n`);
    const frame = Number(expected.split("\t")[0]);
    const { stdout } = pushback("show", capture, "--frame", String(frame));
    expect(stdout).toContain("Internet Control Message Protocol  icmp");
    expect(stdout).toMatch(/^0000 {2}02 00 0a 01 09 0a 02 00 0a 01 09 67 08 00 45 00 {2}/m);
  });

  it("exits 1 when nothing is selected", () => {
    expect(pushback("show", capture, "-Y", "ip.ttl == 3", "--count")).toMatchObject({ code: 1, stdout: "0\n" });
  });

  it.each<[string, string[], RegExp]>([
    [
      "a bad filter, with a caret under the column",
      ["show", capture, "-Y", "ip and (udp"],
      /^pushback: -Y: is not understood from here on\n {2}ip and \(udp\n {2} {11}\^ column 12\n$/,
    ],
    [
      "an unknown field",
      ["show", capture, "--fields", "tcp.colour"],
      /^pushback: --fields: unknown field "tcp\.colour"; there are tcp, .*\n$/,
    ],
    ["a file that is not there", ["show", "nowhere.pcap"], /^pushback: nowhere\.pcap: cannot be read: no such file or directory\n$/],
    [
      "a file that is no capture",
      ["diagnose", join(folder, "report.html")],
      /^pushback: .*report\.html: no capture file of a known format: pcapng, pcap, Network Monitor and Sniffer files are read\n$/,
    ],
    ["an ending that names no format", ["convert", capture, "x.txt"], /^pushback: x\.txt: its ending names no format; .*\n$/],
    ["a file onto itself", ["convert", capture, capture], /^pushback: .*: is the input; name another file\n$/],
    ["a folder that is not there", ["convert", capture, "no/such/x.pcap"], /^pushback: no\/such\/x\.pcap: cannot be written: .*\n$/],
  ])("says what is wrong with %s", (_what, args, line) => {
    const { code, stdout, stderr } = pushback(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(line);
  });
});

describe("pushback convert", () => {
  it("writes pcap with the same packets and times, and back", (context) => {
    const tshark = requireProgram(context, "tshark");
    const fieldsOf = (path: string) =>
      tshark.run(["-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "ip.checksum"]);
    expect(pushback("convert", capture, "a.pcap").code).toBe(0);
    expect(pushback("convert", "a.pcap", "b.pcapng").code).toBe(0);
    expect(fieldsOf(join(folder, "a.pcap"))).toBe(fieldsOf(capture));
    expect(fieldsOf(join(folder, "b.pcapng"))).toBe(fieldsOf(capture));
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});
