/** What commands write: whole files or none, through pipes and links, and nothing left behind by a signal. */

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PUSHBACK } from "@pushback/judges";
import { describe, expect, it } from "vitest";
import { ENVIRONMENT, pushback, startInBackground, workFolder } from "../testing/command.ts";

const CAPTURE = fileURLToPath(new URL("../../../../packages/lab/diagnose/field-captures/ipv6/capture.pcap", import.meta.url));
const SCENARIO = fileURLToPath(new URL("../../../../scenarios/read-in-time.yaml", import.meta.url));
const FLEET = fileURLToPath(new URL("../../../../scenarios/morning-after-a-power-cut.yaml", import.meta.url));
const isPosix = process.platform !== "win32";

const { path: folder, run } = workFolder("pushback-output-");

function inFolder(name: string): string {
  mkdirSync(join(folder, name));
  return join(folder, name);
}

/** The capture as `convert` writes it into a regular file. */
function converted(): Buffer {
  const path = join(folder, "converted.pcap");
  if (!existsSync(path)) expect(run("convert", CAPTURE, path).code).toBe(0);
  return readFileSync(path);
}

/** Names in a folder that a command has left besides those given. */
function leftovers(at: string, ...known: string[]): string[] {
  return readdirSync(at).filter((name) => !known.includes(name));
}

describe("convert", () => {
  it("keeps an input that is named like a temporary file", () => {
    const at = inFolder("part");
    writeFileSync(join(at, "x.pcap.part"), readFileSync(CAPTURE));
    expect(pushback(["convert", "x.pcap.part", "x.pcap"], { cwd: at }).code).toBe(0);
    expect(readFileSync(join(at, "x.pcap.part"))).toEqual(readFileSync(CAPTURE));
    expect(leftovers(at, "x.pcap.part", "x.pcap")).toEqual([]);
  });

  it("refuses its input under another name", () => {
    const at = inFolder("same");
    writeFileSync(join(at, "a.pcap"), readFileSync(CAPTURE));
    linkSync(join(at, "a.pcap"), join(at, "b.pcap"));
    const { code, stderr } = pushback(["convert", "a.pcap", "b.pcap"], { cwd: at });
    expect([code, stderr]).toEqual([2, "pushback: b.pcap: is the input; name another file\n"]);
    expect(readFileSync(join(at, "a.pcap"))).toEqual(readFileSync(CAPTURE));
  });

  it.skipIf(!isPosix)("writes to the file that a symbolic link names, there or not, and keeps the link", () => {
    const at = inFolder("link");
    symlinkSync("real.pcapng", join(at, "l.pcapng"));
    for (let i = 0; i < 2; i++) expect(pushback(["convert", CAPTURE, "l.pcapng"], { cwd: at }).code).toBe(0);
    expect(lstatSync(join(at, "l.pcapng")).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(at, "real.pcapng")).size).toBeGreaterThan(24);
  });

  it.skipIf(!isPosix)("writes through a FIFO and does not replace it", async () => {
    const at = inFolder("fifo");
    execFileSync("mkfifo", [join(at, "f")]);
    const reader = spawn("cat", [join(at, "f")], { stdio: ["ignore", "pipe", "ignore"] });
    const pieces: Buffer[] = [];
    reader.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    const done = once(reader, "close");
    const convert = startInBackground(["convert", CAPTURE, "f", "--format", "pcap"], at);
    expect(await once(convert, "exit")).toEqual([0, null]);
    await done;
    expect(Buffer.concat(pieces)).toEqual(converted());
    expect(lstatSync(join(at, "f")).isFIFO()).toBe(true);
  });

  it("writes to standard output, and says so on standard error", () => {
    const args = [...PUSHBACK, "convert", CAPTURE, "-", "--format", "pcap"];
    const { stdout, stderr } = spawnSync(process.execPath, args, { env: ENVIRONMENT });
    expect(stdout).toEqual(converted());
    expect(stderr.toString()).toMatch(/^\d+ packets written to - \(pcap\)\n$/);
  });

  it("refuses a format that a pipe cannot take, before it writes", () => {
    const { code, stdout, stderr } = run("convert", CAPTURE, "-", "--format", "netmon2");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^pushback: -: Network Monitor 2\.x is written back and forth.*\n$/);
  });

  it.skipIf(!existsSync("/dev/full"))("says that the disk is full", () => {
    const { code, stderr } = run("convert", CAPTURE, "/dev/full", "--format", "pcap");
    expect([code, stderr]).toEqual([2, "pushback: /dev/full: cannot be written: no space left on device\n"]);
    expect(lstatSync("/dev/full").isCharacterDevice()).toBe(true);
  });

  it.skipIf(!isPosix)("leaves nothing behind when a signal ends it", async () => {
    const at = inFolder("signal");
    writeFileSync(join(at, "out.pcap"), "before");
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const began = new Promise<void>((done) => {
        const watcher = watch(at, () => {
          if (leftovers(at, "out.pcap").length === 0) return;
          watcher.close();
          done();
        });
      });
      // The command's input stays open, so it waits for more.
      const convert = startInBackground(["convert", "-", "out.pcap"], at, [], "pipe");
      const exit = once(convert, "exit");
      convert.stdin?.write(readFileSync(CAPTURE));
      await began;
      convert.kill(signal);
      expect(await exit).toEqual([null, signal]);
      expect(leftovers(at, "out.pcap")).toEqual([]);
    }
    expect(readFileSync(join(at, "out.pcap"), "utf8")).toBe("before");
  });
});

describe("input", () => {
  it.skipIf(!isPosix)("is read from a FIFO from its first byte on, gzip'd or not", async () => {
    const at = inFolder("fifo-in");
    const fifo = join(at, "f");
    execFileSync("mkfifo", [fifo]);
    const expected = run("show", CAPTURE, "--count").stdout;
    for (const filter of ["cat", "gzip -c"]) {
      const writer = spawn("sh", ["-c", `${filter} < "$0" > "$1"`, CAPTURE, fifo]);
      expect(run("show", fifo, "--count").stdout).toBe(expected);
      await once(writer, "exit");
    }
  });

  it("is a scenario on standard input where - stands for it", () => {
    expect(pushback(["run", "-"], { input: readFileSync(SCENARIO) }).stdout).toMatch(/expectations met/);
    const { code, stderr } = pushback(["run", "-"], { input: "title: x\n" });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^(pushback: standard input:\d+:\d+: .*\n){3}$/)]);
  });
});

describe("other outputs", () => {
  it("are checked before the work", () => {
    const { code, stdout, stderr } = run("diagnose", CAPTURE, "--report", join(folder, "none", "r.html"));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^pushback: --report .*r\.html: cannot be written: no such file or directory\n$/);
  });

  it("go to standard output alone, with the text beside them", () => {
    const { code, stdout, stderr } = run("diagnose", CAPTURE, "--report", "-");
    expect([code, stdout.slice(0, 15)]).toEqual([1, "<!doctype html>"]);
    expect(stderr).toContain("ICMP port unreachables");
  });

  it("are streamed to standard output", () => {
    const args = [...PUSHBACK, "run", "morning-after-a-power-cut", "--count", "5", "--stream", "--out", "-"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env: ENVIRONMENT, maxBuffer: 1 << 26 });
    expect(status).toBe(0);
    expect([...stdout.subarray(0, 4)]).toEqual([0x0a, 0x0d, 0x0d, 0x0a]);
    expect(stderr.toString()).toContain("expectations met");
  });

  it("are not written if a folder has the name of one of them", () => {
    const at = inFolder("names");
    mkdirSync(join(at, "read-in-time.pcapng"));
    writeFileSync(join(at, "read-in-time.json"), "before");
    const { code, stderr } = pushback(["run", "read-in-time", "--out", at]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("read-in-time.pcapng is there and is no file")]);
    expect(readFileSync(join(at, "read-in-time.json"), "utf8")).toBe("before");
    expect(leftovers(at, "read-in-time.pcapng", "read-in-time.json")).toEqual([]);
  });

  it.skipIf(!isPosix)("keep the exit code when their reader is gone", () => {
    const failing = join(folder, "failing.yaml");
    writeFileSync(failing, readFileSync(FLEET, "utf8").replace(/icmpPortUnreachable: \{[^}]*\}/, "icmpPortUnreachable: 1"));
    const codes = [
      ["diagnose", CAPTURE],
      ["diagnose", CAPTURE, "--report", "-"],
      ["run", failing, "--count", "3", "--stream", "--out", "-"],
      ["run", FLEET, "--count", "3", "--stream", "--out", "-"],
    ].map((args) => {
      const command = [process.execPath, ...PUSHBACK, ...args].map((word) => `'${word}'`).join(" ");
      // The reader of the pipe exits before the command writes its first line.
      const { stdout, stderr } = spawnSync("bash", ["-c", `(sleep 0.2; ${command} 2>&-; echo code $? >&2) | true`], {
        env: ENVIRONMENT,
        encoding: "utf8",
      });
      return `${stdout}${stderr}`;
    });
    expect(codes).toEqual(["code 1\n", "code 1\n", "code 1\n", "code 0\n"]);
  });

  it("of several files need a folder", () => {
    for (const command of ["compare", "run"]) {
      const { code, stdout, stderr } = run(command, "read-in-time", "--out", "-");
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^pushback: --out -: takes a folder, .*\n$/);
    }
  });
});

it.skipIf(!existsSync("/proc/self"))("a data folder that cannot be made is one line", () => {
  const { code, stderr } = pushback(["serve", "--data", "/proc/x"], { timeoutMs: 110_000 });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^pushback: --data \/proc\/x: cannot be created: .*\n$/)]);
});
