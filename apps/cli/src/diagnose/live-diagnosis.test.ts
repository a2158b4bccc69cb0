/** `diagnose -i` on a named pipe, which dumpcap takes for an interface: the test decides when each frame comes. */

import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PcapWriter, readCapture } from "@pushback/capture";
import { PUSHBACK, requireProgram } from "@pushback/judges";
import { expect, it } from "vitest";
import { ENVIRONMENT, startInBackground, workFolder } from "../testing/command.ts";
import { NAMESPACE } from "../testing/namespace.ts";
import { replay } from "../testing/replay.ts";

const CAPTURE = fileURLToPath(new URL("../../../../packages/lab/diagnose/captures/article-windows-nt/capture.pcapng", import.meta.url));
const { path: folder, run: pushback } = workFolder("pushback-live-");

/** The capture as a pcap to the end of the ICMP error with the ordinal `errors`, from 1. */
function untilError(errors: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk.slice()));
  let seen = 0;
  readCapture(new Uint8Array(readFileSync(CAPTURE)), {
    packet: (p) => {
      if (seen === errors) return;
      writer.writePacket(p.timeUs, p.bytes, p.at, p.len, p.origLen);
      // Ethernet, IPv4 without options, protocol ICMP.
      if (p.bytes[p.at + 12] === 8 && p.bytes[p.at + 13] === 0 && p.bytes[p.at + 23] === 1) seen++;
    },
  });
  writer.end();
  return Buffer.concat(chunks);
}

/** Command lines of the machine's processes. */
function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        // The process has ended.
        return "";
      }
    });
}

/** Starts `diagnose -i` on a new pipe; what is written to the stream is what dumpcap hears. */
function listen(name: string, ...options: string[]) {
  const pipe = join(folder, name);
  execFileSync("mkfifo", [pipe]);
  const child = startInBackground(["diagnose", "-i", pipe, ...options], folder, [], "pipe");
  const out = { text: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out.text += text;
  });
  return { child, out, wire: createWriteStream(pipe) };
}

it("names the stale push at its second datagram and stops there", async (context) => {
  requireProgram(context, "dumpcap");
  const { child, out, wire } = listen("wire", "--until", "stale-push");
  wire.on("error", () => {});
  wire.write(untilError(2));
  // The pipe stays open: only the verdict ends the command.
  const [code] = await once(child, "close");
  wire.destroy();
  expect(out.text).toMatch(/^\S+ {2}frame \d+ {2}. stale-push \(\w+\): 10\.1\.9\.103 was restarted/m);
  expect(out.text).toContain("2 ICMP port unreachables");
  expect(code).toBe(out.text.includes("✓ Harmless") ? 0 : 1);
});

/** In a separate namespace: a pair of cards, the command on one of them and, once its capture has begun, the frames of a pcap on the other. */
const NAMESPACE_SCRIPT = `
ip link set lo up && ip link add near type veth peer name far && ip link set near up && ip link set far up || exit 99
"$@" &
until [ "$(wc -l < /proc/net/packet)" -gt 1 ]; do kill -0 $! || exit 98; sleep 0.05; done
${replay("near", "$FRAMES")}
wait $!`;

it("names the stale push on a network card of a namespace", (context) => {
  requireProgram(context, "dumpcap");
  requireProgram(context, "ip");
  requireProgram(context, "python3");
  if (process.getuid?.() !== 0) context.skip("a card of a namespace takes root");
  writeFileSync(join(folder, "frames.pcap"), untilError(2));
  const command = [process.execPath, ...PUSHBACK, "diagnose", "-i", "far", "--until", "stale-push"];
  const { stdout, stderr } = spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), "bash", "-c", NAMESPACE_SCRIPT, "bash", ...command], {
    encoding: "utf8",
    timeout: 60_000,
    killSignal: "SIGKILL",
    env: { ...ENVIRONMENT, FRAMES: join(folder, "frames.pcap") },
  });
  expect(`${stdout}${stderr}`).toContain("stale-push (");
  expect(stdout).toMatch(/[12] ICMP port unreachables/);
});

it("ends dumpcap and reports what it has at Ctrl-C", async (context) => {
  requireProgram(context, "dumpcap");
  const { child, out, wire } = listen("interrupted");
  wire.on("error", () => {});
  wire.write(untilError(3));
  while (!out.text.includes("stale-push")) await once(child.stdout as NodeJS.ReadableStream, "data");
  child.kill("SIGINT");
  const [code, signal] = await once(child, "close");
  wire.destroy();
  expect([signal, code]).toEqual([null, expect.any(Number)]);
  expect(out.text).toContain("1 mail session");
  expect(commandLines().filter((line) => line.includes(join(folder, "interrupted")))).toEqual([]);
});

it("refuses what it can't do in one line", (context) => {
  requireProgram(context, "dumpcap");
  const refused = (...args: string[]) => {
    const { code, stdout, stderr } = pushback("diagnose", ...args);
    expect([code, stdout, stderr.trim().split("\n").length]).toEqual([2, "", 1]);
    return stderr;
  };
  expect(refused("-i", "no-such-card")).toContain("-i no-such-card: dumpcap can't capture: ");
  expect(refused("-i", "lo", "--until", "never")).toContain("--until never: takes a duration");
  expect(refused(CAPTURE, "--until", "5m")).toContain("goes with -i");
  expect(refused(CAPTURE, "-i", "lo")).toContain("leave out one");
  expect(refused()).toContain("name a capture");
});
