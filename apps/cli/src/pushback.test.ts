/** The command line as its users see it: exit codes, streams, files. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { requireProgram } from "@pushback/judges";
import { describe, expect, it } from "vitest";
import { workFolder } from "./testing/command.ts";

const { path: folder, run: pushback } = workFolder("pushback-cli-");

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("pushback compare", () => {
  it("prints a column per platform, the claims, and commands to try next", () => {
    const { code, stdout, stderr } = pushback("compare");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("The article, Q159302");
    for (const title of ["MS-DOS", "Windows 3.x", "Windows NT", "Windows 95/98", "Macintosh"]) expect(stdout).toContain(title);
    expect(stdout).toMatch(/ICMP port unreachable +116 +116 +116 +116 +116/);
    expect(stdout.match(/✓/g)).toHaveLength(10);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(160);
  });

  it("prints what the README shows", () => {
    const readme = readFileSync(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8");
    const from = readme.indexOf("```\n", readme.indexOf("This is what it prints:")) + 4;
    const shown = readme.slice(from, readme.indexOf("```", from));
    expect(shown.split("\n").length).toBeGreaterThan(30);
    // The README shows the output of the program as started by the repository's script.
    expect(pushback("compare").stdout).toContain(shown.replaceAll("npx pnpm@10.34.9 pushback", "pushback"));
  });

  it("prints only JSON with --json, with the documented field names", () => {
    const { code, stdout, stderr } = pushback("compare", "--json", "--platforms", "nt-4.0,macintosh");
    expect([code, stderr]).toEqual([0, ""]);
    const json = JSON.parse(stdout);
    expect(json).toMatchObject({ scenario: "kb-q159302", seed: "1", engine: expect.any(String), claims: expect.any(Array) });
    expect(json.platforms.map((p: { variant: string }) => p.variant)).toEqual(["nt-4.0", "open-transport"]);
    expect(Object.keys(json.platforms[0])).toEqual([
      "platform",
      "variant",
      "rebootedAtUs",
      "stackUpAtUs",
      "firstIcmpAtUs",
      "datagramsSent",
      "datagramsOnWire",
      "datagramsToClosedPort",
      "icmpPortUnreachable",
      "icmpQuotedBytes",
      "icmpFromRouter",
      "datagramsUnanswered",
      "datagramsIntoNewSession",
      "relogonAtUs",
      "relogonReusedUdpPort",
      "relogonReusedTcpPort",
      "sessionEndedAtUs",
      "sessionEndCause",
      "newMailNotifiedAfterRelogon",
      "capture",
    ]);
    for (const claim of json.claims)
      expect(claim).toMatchObject({
        id: expect.any(String),
        holds: ["not-recommended", "inbox-changes"].includes(claim.id) ? null : true,
        evidence: expect.any(Object),
      });
  });

  it("writes only captures, recordings and a report with --out", (context) => {
    const capinfos = requireProgram(context, "capinfos");
    const out = join(folder, "deep", "out");
    const { code, stdout } = pushback("compare", "--out", out, "--platforms", "ms-dos");
    expect(code).toBe(0);
    const named = /wireshark -Y "[^"]*" (\S+)/.exec(stdout)?.[1] ?? "";
    expect(existsSync(named)).toBe(true);
    expect(readdirSync(out).sort()).toEqual([
      "comparison.json",
      "ms-dos.json",
      "ms-dos.pcapng",
      "next-logon-beside-stale.ms-dos.pcapng",
      "report.html",
      "together.json",
      "together.pcapng",
    ]);
    const comparison = JSON.parse(readFileSync(join(out, "comparison.json"), "utf8"));
    expect(comparison.platforms[0].capture).toBe(join(out, "ms-dos.pcapng"));
    const { recording, events } = JSON.parse(readFileSync(join(out, "ms-dos.json"), "utf8"));
    expect(events.length).toBeGreaterThan(100);
    expect(capinfos.run(["-c", "-M", join(out, "ms-dos.pcapng")])).toMatch(new RegExp(`Number of packets: +${recording.frames}\n`));
    expect(readFileSync(join(out, "report.html"), "utf8")).toMatch(/<h1>The article, Q159302<\/h1>[\s\S]*<svg[\s\S]*<\/html>/);
  });

  it("applies --keepalive and --interval", () => {
    const { stdout } = pushback("compare", "--json", "--platforms", "ms-dos", "--keepalive", "30m", "--interval", "30s");
    expect(JSON.parse(stdout).platforms[0].icmpPortUnreachable).toBe(51);
  });

  it("exits 1 when an expectation is not met", () => {
    const path = file(
      "hopeless.yaml",
      readFileSync(fileURLToPath(new URL("../../../scenarios/read-in-time.yaml", import.meta.url)), "utf8").replace(
        "icmpPortUnreachable: 0",
        "icmpPortUnreachable: 7",
      ),
    );
    const { code, stdout } = pushback("compare", path, "--platforms", "ms-dos");
    expect(code).toBe(1);
    expect(stdout).toContain("✗ network-client-3.0: icmpPortUnreachable is 7, but it was 0");
    // Options that repeat the file's own values do not switch the judgement off.
    expect(pushback("compare", path, "--platforms", "ms-dos", "--keepalive", "2h", "--interval", "60s").code).toBe(1);
    const other = pushback("compare", path, "--platforms", "ms-dos", "--keepalive", "1h");
    expect([other.code, other.stdout]).toEqual([0, expect.stringContaining("? not judged: expected numbers")]);
  });

  it("does not fail with some platforms only because an expectation needs another one", () => {
    const { code, stdout } = pushback("compare", "relogon-early", "--platforms", "nt-4.0");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\? not judged: some platform: /m)]);
  });
});

describe("pushback run", () => {
  it("prints the events in order and whether expectations were met", () => {
    const { code, stdout } = pushback("run", "read-in-time", "--platforms", "windows-95,ms-dos");
    expect(code).toBe(0);
    const times = [...stdout.matchAll(/^(\d+:\d\d:\d\d\.\d{3}) {2}/gm)].map((m) => m[1]);
    expect(times.length).toBeGreaterThan(30);
    expect([...times].sort()).toEqual(times);
    expect(stdout).toContain("hears its push datagram");
    expect(stdout).toMatch(/\d+ of \d+ expectations met/);
  });

  it("prints one JSON object per line with --json", () => {
    const { stdout } = pushback("run", "orderly-logoff", "--platforms", "nt-4.0", "--json");
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.length).toBeGreaterThan(50);
    for (const event of events)
      expect(event).toMatchObject({ atUs: expect.any(Number), machine: expect.any(String), layer: expect.any(String) });
  });
});

describe("pushback scenarios and platforms", () => {
  it("list the gallery, the default first", () => {
    const { stdout } = pushback("scenarios", "--json");
    const ids = JSON.parse(stdout).map((s: { id: string }) => s.id);
    expect(ids[0]).toBe("kb-q159302");
    expect(ids).toEqual(
      expect.arrayContaining(["relogon-early", "power-off", "orderly-logoff", "read-in-time", "keepalive-5-minutes", "port-reuse"]),
    );
    expect(pushback("scenarios").stdout).toContain("kb-q159302");
  });

  it("print the schema that the repository publishes", () => {
    const published = readFileSync(fileURLToPath(new URL("../../../docs/scenario.schema.json", import.meta.url)), "utf8");
    expect(JSON.parse(pushback("scenarios", "--schema").stdout)).toEqual(JSON.parse(published));
  });

  it("show every fact of a platform with its source", () => {
    const { code, stdout } = pushback("platforms", "windows-nt");
    expect(code).toBe(0);
    expect(stdout).toMatch(/icmpQuoteBytes +8\n +high: .*nmap-os-db/);
    expect(stdout).toContain("assumption");
    for (const fact of Object.values(JSON.parse(pushback("platforms", "nt-4.0", "--json").stdout).personality)) {
      expect(fact).toMatchObject({ source: expect.stringMatching(/.{6}/), confidence: expect.any(String) });
    }
  });
});

describe("wrong use", () => {
  const notAFolder = file("a-file", "");
  it.each<[string, string[], RegExp]>([
    [
      "an unknown platform",
      ["compare", "--platforms", "os-2"],
      /^pushback: --platforms: unknown platform "os-2"; there are [a-z0-9.-]+, .*\n$/,
    ],
    ["an unknown scenario", ["compare", "nonsense"], /^pushback: unknown scenario "nonsense"; there are kb-q159302, .*\n$/],
    ["a file that is not there", ["run", "./nowhere.yaml"], /^pushback: \.\/nowhere\.yaml: no such file\n$/],
    ["a malformed file", ["compare", file("bad.yaml", "title: [\n")], /^pushback: .*bad\.yaml:\d+:\d+: .*\n$/],
    [
      "an unknown step",
      ["run", file("step.yaml", "title: T\nduration: 1m\nclients:\n  - { name: a, platform: each }\nsteps:\n  - { at: 1s, login: a }\n")],
      /^pushback: .*step\.yaml:6:15: unknown step "login" \(did you mean "logon"\?\); there are logon, .*\n$/,
    ],
    [
      "an unknown setting, and others that are missing",
      ["compare", file("setting.yaml", "title: T\nspeed: 3\n")],
      /^(pushback: .*setting\.yaml:\d+:\d+: .*\n){2,}$/,
    ],
    ["a bad duration", ["compare", "--keepalive", "5 minutes"], /^pushback: --keepalive 5 minutes: not a duration; write it as .*\n$/],
    ["a duration of nothing", ["compare", "--interval", "0"], /^pushback: --interval 0: takes a length of time from 1s to 1d\n$/],
    ["a bad seed", ["compare", "--seed", "a b"], /^pushback: --seed a b: takes .*\n$/],
    ["a folder that cannot be written", ["compare", "--out", join(notAFolder, "x")], /^pushback: --out .*: cannot write there: .*\n$/],
    ["a file for a folder", ["compare", "--out", notAFolder], /^pushback: --out .*: cannot write there: .*\n$/],
    ["an unknown option", ["compare", "--fast"], /^error: unknown option '--fast'\n/],
    ["an unknown command", ["conquer"], /^error: unknown command 'conquer'/],
    ["an unknown platform to show", ["platforms", "beos"], /^pushback: unknown platform "beos"; there are .*\n$/],
    [
      "a scenario that compares nothing",
      [
        "compare",
        file("alone.yaml", "title: T\nduration: 1m\nclients:\n  - { name: a, platform: ms-dos }\nsteps:\n  - { at: 1s, logon: a }\n"),
      ],
      /^pushback: alone: no client has platform: each or a count, so there is nothing to compare; .*\n$/,
    ],
  ])("%s: exit code 2 and one line a fault", (_what, args, line) => {
    const before = readdirSync(folder);
    const { code, stdout, stderr } = pushback(...args);
    expect(stderr).toMatch(line);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(readdirSync(folder)).toEqual(before);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});
