/**
 * The command lines of README.md and of pages in docs run as they are written there, in a network namespace of their own. `npx pnpm … pushback` is the
 * command line from its source, the sweep has two runs instead of twenty. Needs Linux and the right to make namespaces.
 */

import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PcapWriter, readCapture } from "@pushback/capture";
import { PUSHBACK, requireProgram, type SkippableTest, skipBecause } from "@pushback/judges";
import { afterAll, expect, it } from "vitest";
import { ENVIRONMENT } from "../testing/command.ts";
import { NAMESPACE } from "../testing/namespace.ts";
import { replay } from "../testing/replay.ts";
import { testFolder } from "../testing/serve.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const CAPTURES = join(ROOT, "packages/lab/diagnose/captures");
const CAPTURE = join(CAPTURES, "article-windows-nt/capture.pcapng");

/** Command lines that this test does not run; the comments say what runs them. */
const SEEN_ELSEWHERE = [
  /^npm (start|test|run desktop)\b/, // CI runs them in a clean clone, and the desktop app has tests
  /^ssh /, // a tunnel to another machine
];

const folder = testFolder();
afterAll(() => folder.close());

/** The command lines of a page's blocks without their comments; lines that begin with neither a program nor `pushback` are no commands. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/^```(?:sh)?\n([\s\S]*?)^```$/gm)]
    .flatMap(([, block]) => block.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => /^(npx|npm|pnpm|pushback|tshark|redis-server|ssh|node) /.test(line));
}

function install(name: string, script: string): void {
  const path = join(folder.path, "bin", name);
  writeFileSync(path, `#!/bin/bash\n${script}\n`);
  chmodSync(path, 0o755);
}

/** The capture converted to pcap, the format of which the namespace's interface replays the frames. */
function pcapOf(capture: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk.slice()));
  readCapture(new Uint8Array(readFileSync(capture)), { packet: (p) => writer.writePacket(p.timeUs, p.bytes, p.at, p.len, p.origLen) });
  writer.end();
  return Buffer.concat(chunks);
}

// No trap ends the jobs: a child of bash that gets a signal before its program begins runs the trap, too. What is left ends with the namespace.
const PRELUDE = `
ip link set lo up && ip link add eth0 type veth peer name far && ip link set eth0 up && ip link set far up || exit 99
mkdir -p "$HOME"
until_there() { for i in $(seq 600); do if eval "$1" > /dev/null 2>&1; then return; fi; sleep 0.1; done; echo "never came true: $1" >&2; exit 97; }
# Runs a command line that ends by itself: it prints something, or writes the file of -w, and exits with 0, or 1 as a verdict.
ends() { out="$(sed -n 's/.* -w //p' <<< "$1")"; bash -c "$1" > out.txt 2> err.txt; code=$?; if [ $code -gt 1 ] || ! [ -s "\${out:-out.txt}" ]; then echo "$1: exit code $code"; cat err.txt; exit 96; fi; }
`;

/** A card sends the capture's frames once the command listens on the other one. */
const REPLAY = `
until_there '[ "$(wc -l < /proc/net/packet)" -gt 1 ]'
${replay("far", "frames.pcap")}
wait $!
`;

/** The line of the test's shell script for a line of the README. */
function scriptOf(line: string, sweep: string): string {
  const words = JSON.stringify(line);
  if (/ diagnose -i /.test(line)) return `${line} > live.txt &${REPLAY}grep -q stale-push live.txt || exit 95`;
  if (/ studio\b/.test(line)) return `rm -f opened; ${line} > studio.txt 2>&1 &\nuntil_there 'test -s opened'; kill $!; wait $!`;
  if (line.startsWith("redis-server")) return `${line} --save "" > redis.txt &\nuntil_there 'redis-cli ping'`;
  if (/ worker /.test(line)) return `${line} > worker.txt 2>&1 &`;
  if (line.includes("sweep …"))
    return `ends ${JSON.stringify(line.replace("sweep …", `sweep ${sweep}`).replace("--out sweep", "--out queued"))}`;
  // A fleet of twenty instead of five thousand; the page's commands begin in the root of the repository.
  if (line.startsWith("node ")) return `ends ${words.replace("bench/", `${ROOT}/bench/`).replace(" 5000", " 20")}`;
  // At its own speed the article takes 140 seconds.
  const quick = words.replace("--runs 20", "--runs 2").replace("-i pushback-kb-q159302", "$& -o extcap.pushback_kb_q159302.speed:0");
  return `ends ${quick}`;
}

function requirePrograms(context: SkippableTest): void {
  const canMake = process.platform === "linux" && spawnSync("unshare", ["--net", "ip", "link"], { stdio: "ignore" }).status === 0;
  if (!canMake) skipBecause(context, "network namespaces need Linux and root");
  for (const program of ["dumpcap", "tshark", "redis-server"] as const) requireProgram(context, program);
}

it.for(["README.md", "docs/STUDIO.md", "docs/q159302.md", "docs/WIRESHARK.md", "docs/FLEET-PROFILE.md"])(
  "%s",
  { timeout: 300_000 },
  (page, context) => {
    requirePrograms(context);
    mkdirSync(join(folder.path, "bin"), { recursive: true });
    const program = [process.execPath, ...PUSHBACK].map((word) => `'${word}'`).join(" ");
    install("pushback", `exec ${program} "$@"`);
    install("npx", `while [ "$1" != pushback ]; do shift; done; exec "$@"`);
    install("pnpm", `shift; exec pushback "$@"`);
    install("node", `exec '${process.execPath}' "$@"`);
    install("xdg-open", `echo "$1" > opened`);
    copyFileSync(CAPTURE, join(folder.path, "CAPTURE"));
    // This one has errors that are not harmless.
    copyFileSync(join(CAPTURES, "refused-by-a-live-client/capture.pcapng"), join(folder.path, "capture.pcapng"));
    writeFileSync(join(folder.path, "frames.pcap"), pcapOf(CAPTURE));

    const lines = commandsOf(page);
    expect(lines.length).toBeGreaterThan(1);
    const run = lines.filter((line) => !SEEN_ELSEWHERE.some((known) => known.test(line)));
    const sweep = run.flatMap((line) => /sweep (\w.*) --runs/.exec(line)?.[1] ?? [])[0] ?? "";
    // Wireshark's plugin is there before a page's commands use it.
    const script = [
      PRELUDE,
      "pushback wireshark > wireshark.txt",
      ...run.map((line) => scriptOf(line, `${sweep} --runs 1`)),
      "exit 0",
    ].join("\n");
    writeFileSync(join(folder.path, "commands.sh"), script);
    const { stdout, stderr, status } = spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), "bash", "commands.sh"], {
      cwd: folder.path,
      encoding: "utf8",
      env: { ...ENVIRONMENT, HOME: join(folder.path, "home"), DISPLAY: ":0", PATH: `${join(folder.path, "bin")}:${process.env["PATH"]}` },
      timeout: 280_000,
      killSignal: "SIGKILL",
    });
    expect({ status, said: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, said: "" });
  },
);
