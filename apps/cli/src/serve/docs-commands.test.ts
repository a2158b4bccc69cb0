/**
 * The commands of docs/SERVE.md, docs/LIVE.md and docs/GUESTS.md run as they are written there, in a network namespace of their own, so that their ports
 * are free. Only times are shortened, the emulator is left out, and `sudo` is what runs them already. Needs Linux and the right to make namespaces; those
 * of LIVE.md and GUESTS.md need root, for TAP.
 */

import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PUSHBACK } from "@pushback/judges";
import { afterAll, describe, expect, it } from "vitest";
import { ENVIRONMENT } from "../testing/command.ts";
import { NAMESPACE } from "../testing/namespace.ts";
import { testFolder } from "../testing/serve.ts";

const folder = testFolder();
afterAll(() => folder.close());

const isRoot = process.getuid?.() === 0;

const hasNamespaces =
  process.platform === "linux" && spawnSync(NAMESPACE[0], [...NAMESPACE.slice(1), "ip", "link"], { stdio: "ignore" }).status === 0;

function hasTap(): boolean {
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return isRoot;
  } catch {
    return false;
  }
}

/** The indented or fenced blocks of a page in a language, in order. */
function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(fileURLToPath(new URL(`../../../../docs/${page}`, import.meta.url)), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(([, block]) => block);
}

/** Text that the mail client prints when it has logged on. */
const LOGGED_ON = "logged on";

// No trap ends the jobs: a child of bash that gets a signal before its program begins runs the trap, too. What is left ends with the namespace.
const PRELUDE = `set -eu
ip link set lo up
ready() { for i in $(seq 300); do if pushback status "$@" > status.txt 2> waiting.txt; then return; fi; sleep 0.1; done; cat waiting.txt >&2; exit 1; }
drive() { echo log on; for i in $(seq 300); do if grep -q "$2" "$1"; then break; fi; sleep 0.1; done; echo status; echo quit; }
`;

/** Programs of these names come first: the command line from its source, and `sudo` for a user who has the right already. */
function program(name: string, line: string): void {
  mkdirSync(join(folder.path, "bin"), { recursive: true });
  writeFileSync(join(folder.path, "bin", name), `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
}

function run(script: string): SpawnSyncReturns<string> {
  program("pushback", [process.execPath, ...PUSHBACK].map((word) => `'${word}'`).join(" "));
  program("sudo", "");
  writeFileSync(join(folder.path, "commands.sh"), `${PRELUDE}${script}`);
  const [command, ...args] = [...NAMESPACE, "bash", "commands.sh"];
  return spawnSync(command, args, {
    cwd: folder.path,
    encoding: "utf8",
    // Another server of the machine has its control socket where XDG_RUNTIME_DIR says, or in a folder of the user.
    env: { ...ENVIRONMENT, USER: "root", XDG_RUNTIME_DIR: folder.path, PATH: `${join(folder.path, "bin")}:${process.env["PATH"]}` },
    timeout: 150_000,
    killSignal: "SIGKILL",
  });
}

/** In place of 60 s. The suite takes twenty-three intervals, and a busy machine may be late by 0.4 s with a datagram of such an interval. */
const INTERVAL = "2s";

describe.skipIf(!hasNamespaces)("the commands", () => {
  it("of SERVE.md", { timeout: 180_000 }, () => {
    const [users] = blocksOf("SERVE.md", "yaml");
    const [serve, mail, conform, ...more] = blocksOf("SERVE.md", "sh");
    expect([serve, mail, conform].map((block) => block.split(" ")[1])).toEqual(["serve", "deliver", "secret"]);
    expect(more).toEqual([]);
    writeFileSync(join(folder.path, "users.yaml"), users);
    const { stdout, stderr, status } = run(`
${serve.trim()} --interval ${INTERVAL} > serve.log &
ready --data ./store
${mail}
${conform.replace("--interval 60s", `--interval ${INTERVAL}`)}
kill %1
wait %1
`);
    expect({ status, stderr: status === 0 ? "" : stderr + stdout }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("Delivered to ada");
    expect(stdout).toContain("Mailbox grace: /o=Pushback/ou=Lab/cn=Recipients/cn=grace");
    const planned = Number(/^1\.\.(\d+)$/m.exec(stdout)?.[1]);
    expect(planned).toBeGreaterThan(0);
    expect(stdout.match(/^ok \d/gm)).toHaveLength(planned);
    expect(readFileSync(join(folder.path, "results.xml"), "utf8")).toContain("<testsuite");
  });

  it.skipIf(!hasTap())("of LIVE.md", { timeout: 180_000 }, () => {
    const blocks = blocksOf("LIVE.md", "");
    expect(blocks).toHaveLength(4);
    // Boots take no time, and the client logs off once it has logged on.
    const client = (block: string, log: string) =>
      `touch ${log}; drive ${log} '${LOGGED_ON}' | ${block.trim().replace(" --fast-boot", "")} --fast-boot > ${log} 2>&1; grep -q '${LOGGED_ON}' ${log}`;
    const { status, stderr } = run(`
printf 'users: [{ name: anna, password: x }]\\n' > anna.yaml
ip addr add 192.0.2.10/32 dev lo
pushback serve --users anna.yaml --listen 0.0.0.0 --allow-anonymous --control ./anna.sock > anna.log &
ready --control ./anna.sock
${client(blocks[0], "1.log")}
${client(blocks[1], "2.log")}
test -s anna.pcapng
${blocks[2].split("\n").slice(0, 2).join("\n")}
${client(blocks[2].split("\n")[2], "3.log")}
ip link del pb0
${client(blocks[3], "4.log")}
kill %1
wait %1
`);
    const logs = ["1.log", "2.log", "3.log", "4.log"].map((name) =>
      readFileSync(join(folder.path, name), { encoding: "utf8", flag: "a+" }),
    );
    expect({ status, logs: status === 0 ? "" : stderr + logs.join("\n--\n") }).toEqual({ status: 0, logs: "" });
  });

  it.skipIf(!hasTap())("of GUESTS.md", { timeout: 180_000 }, () => {
    const [start, diagnose, deliver, ...more] = blocksOf("GUESTS.md", "sh");
    const [guest, serve, emulator] = start.trim().split("\n");
    expect([emulator.split(" ")[0], more]).toEqual(["qemu-system-i386", []]);
    writeFileSync(join(folder.path, "users.yaml"), blocksOf("SERVE.md", "yaml")[0]);
    const { stdout, stderr, status } = run(`
export HOME=$PWD
${guest} > guest.log &
for i in $(seq 300); do ip link show pushback1 > link.txt 2>&1 && break; sleep 0.1; done
${serve} > serve.log &
ready
${diagnose.trim()} > diagnosis.log 2>&1 &
${deliver}
kill %3
kill %2
wait %2
kill %1
wait %1
test -s guest.pcapng
`);
    expect({ status, said: status === 0 ? "" : stderr + stdout }).toEqual({ status: 0, said: "" });
    expect(stdout).toContain("Delivered to ada");
  });
});
