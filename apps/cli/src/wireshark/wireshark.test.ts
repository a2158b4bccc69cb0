/** Wireshark's own programs list the lab's interfaces, capture there, and load the plugin. */

import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireProgram, skipBecause } from "@pushback/judges";
import { expect, it, type TestContext } from "vitest";
import { pushback, startInBackground, workFolder } from "../testing/command.ts";

const { path: home, run } = workFolder("pushback-wireshark-");
const ENV = { HOME: home, XDG_CONFIG_HOME: "" };

function install(): string[] {
  const { code, stdout, stderr } = pushback(["wireshark"], { env: ENV });
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.split("\n").filter((line) => line.startsWith(home));
}

function tshark(context: TestContext, ...args: readonly string[]): string {
  requireProgram(context, "dumpcap");
  const program: string = requireProgram(context, "tshark").name;
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, ...ENV }, timeout: 120_000 });
  if (status !== 0) throw new Error(`tshark ${args.join(" ")}: ${stderr}`);
  return stdout;
}

it("installs into the user's own folders, again too, and replaces no file of another program", () => {
  const written = install();
  expect(written).toEqual([
    join(home, ".local/lib/wireshark/plugins/pushback.lua"),
    join(home, ".local/lib/wireshark/extcap/pushback"),
    join(home, ".config/wireshark/extcap/pushback"),
  ]);
  expect(statSync(written[1]).mode & 0o777).toBe(0o755);
  expect(install()).toEqual(written);
  const own = join(home, "own");
  mkdirSync(own);
  writeFileSync(join(own, "pushback"), "mine\n");
  const refused = run("wireshark", "--plugins", own, "--extcap", own);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/^pushback: .*own\/pushback: a file that this command did not write; move it away first\n$/);
  expect(readFileSync(join(own, "pushback"), "utf8")).toBe("mine\n");
});

it("is listed by tshark, and its frames carry the plugin's verdicts", (context) => {
  install();
  expect(tshark(context, "-D")).toMatch(/pushback \(Pushback lab.*\n.*pushback-kb-q159302 \(Pushback: the article/);
  const capture = join(home, "article.pcapng");
  tshark(context, "-i", "pushback-kb-q159302", "-o", "extcap.pushback_kb_q159302.speed:0", "-a", "packets:700", "-w", capture);
  const named = tshark(
    context,
    "-r",
    capture,
    "-Y",
    'pushback.verdict == "stale-push" && pushback.harmless == 1',
    "-T",
    "fields",
    "-e",
    "ip.src",
  );
  expect(
    new Set(
      named
        .trim()
        .split("\n")
        .map((line) => line.split(",")[0]),
    ).size,
  ).toBe(5);
});

it("runs the scenario, platforms and seed that were chosen", (context) => {
  install();
  const captureOf = (seed: string) => {
    const settings = { scenario: "read-in-time", platforms: "nt-4.0", seed, speed: "0" };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `extcap.pushback.${name}:${value}`]);
    return tshark(context, "-i", "pushback", ...options, "-c", "60", "-T", "fields", "-e", "frame.time_epoch", "-e", "ip.src");
  };
  const first = captureOf("1");
  expect(first).toBe(captureOf("1"));
  expect(first).not.toBe(captureOf("2"));
  expect(new Set(first.match(/10\.1\.9\.\d+/g))).toEqual(new Set(["10.1.9.10", "10.1.9.103"]));
});

it("goes at the chosen pace, and ends when Wireshark stops reading", async (context) => {
  const fifo = join(home, "fifo");
  if (spawnSync("mkfifo", [fifo]).status !== 0) skipBecause(context, "no mkfifo here");
  // Two hours at the default pace take two minutes; the reader leaves after the first bytes.
  const child = startInBackground(["extcap", "--capture", "--extcap-interface", "pushback", "--fifo", fifo], home);
  const exit = once(child, "exit");
  const head = spawnSync("head", ["-c", "4000", fifo], { timeout: 60_000 });
  expect(head.stdout.length).toBe(4000);
  expect(await exit).toEqual([0, null]);
  expect(existsSync(fifo)).toBe(true);
});

it.each([
  [["extcap"], /extcap: Wireshark starts this command; `pushback wireshark` installs it/],
  [["extcap", "--extcap-interface", "eth9", "--extcap-dlts"], /eth9: no such interface; there are pushback, pushback-kb-q159302/],
  [["extcap", "--extcap-interface", "pushback"], /takes one of --extcap-dlts, --extcap-config and --capture/],
  [["extcap", "--extcap-interface", "pushback", "--capture"], /--capture needs --fifo/],
  [["extcap", "--extcap-interface", "pushback", "--capture", "--fifo", "-", "--speed", "fast"], /--speed fast: takes a number from 0/],
  [["extcap", "--extcap-interface", "pushback", "--capture", "--fifo", "-", "--scenario", "kb"], /unknown scenario "kb"/],
  [["extcap", "--extcap-interface", "pushback", "--extcap-capture-filter", "icmp"], /capture filters are not supported/],
] as const)("refuses %s in one line", (args, message) => {
  const { code, stdout, stderr } = pushback(args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});
