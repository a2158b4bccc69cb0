/**
 * A client behind QEMU's cable: QEMU joins the cable to a network card, which stands in a network namespace as the guest's would in a guest.
 * Runs with PUSHBACK_QEMU=1 alone; needs root, /dev/net/tun, qemu-system-x86 and python3-impacket.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { requireProgram } from "@pushback/judges";
import { afterAll, describe, expect, it } from "vitest";
import { testFolder } from "../testing/serve.ts";

const MAIN = join(import.meta.dirname, "../main.ts");
const NODE = [process.execPath, "--conditions=pushback-source", "--disable-warning=ExperimentalWarning", MAIN];
const CLIENT = fileURLToPath(new URL("../../../../tests/impacket/push.py", import.meta.url));
const IN_NEW_NETWORK = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];

const folder = testFolder();
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running.reverse()) if (child.exitCode === null) child.kill("SIGKILL");
  folder.close();
});

/** Starts a program; resolves when it has printed this. */
function start(command: readonly string[], wanted: RegExp): Promise<ChildProcess> {
  const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
  running.push(child);
  return new Promise((done, fail) => {
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (piece) => {
        text += piece;
        if (wanted.test(text)) done(child);
      });
    child.once("exit", () => fail(new Error(`${command.join(" ")} ended: ${text}`)));
  });
}

function run(command: readonly string[], timeout = 60_000): string {
  const { status, stdout, stderr } = spawnSync(command[0], command.slice(1), { encoding: "utf8", timeout });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

const inNetworkOf = (child: ChildProcess) => ["nsenter", `--net=/proc/${child.pid}/ns/net`];

describe.runIf(process.env["PUSHBACK_QEMU"])("a client behind QEMU's cable", () => {
  it("logs on, registers its port and receives a push; the recording has all three", async (test) => {
    const tshark = requireProgram(test, "tshark");
    const record = join(folder.path, "guest.pcapng");
    const users = folder.file(
      "users.yaml",
      'users:\n  - { name: ada, password: "Größe 1", displayName: Ada Lovelace }\nmailboxes:\n  - { alias: bob }\n',
    );
    const lab = await start([...IN_NEW_NETWORK, ...NODE, "guest", "--server-name", "EXCHANGE1", "--record", record], /watch: .*\n/);
    const serve = ["serve", "--json", "--users", users, "--listen", "10.77.0.1", "--epm-port", "135", "--smtp", "10.77.0.1:2525"];
    await start([...inNetworkOf(lab), ...NODE, ...serve, "--interval", "1s", "--control", join(folder.path, "c.sock")], /"ready"/);
    const guest = await start([...IN_NEW_NETWORK, "sh", "-c", "echo up; exec sleep 600"], /up/);
    // A QEMU without a machine: its network code alone, the cable and a card on one hub.
    const cable = "socket,id=lab,udp=127.0.0.1:4477,localaddr=127.0.0.1:4478";
    const card = "tap,id=card,ifname=guest0,script=no,downscript=no";
    const hub = ["-netdev", "hubport,id=a,hubid=0,netdev=lab", "-netdev", "hubport,id=b,hubid=0,netdev=card"];
    const machine = ["-machine", "none", "-nodefaults", "-display", "none", "-monitor", "stdio"];
    const qemu = ["qemu-system-i386", ...machine, "-netdev", cable, "-netdev", card, ...hub];
    await start([...inNetworkOf(lab), ...qemu], /QEMU .* monitor/);
    run([...inNetworkOf(lab), "ip", "link", "set", "guest0", "netns", `${guest.pid}`]);
    run([...inNetworkOf(guest), "sh", "-c", "ip address add 10.77.0.2/24 dev guest0 && ip link set guest0 up"]);
    const program = [CLIENT, "10.77.0.1", "135", "2525", "1", "2", join(folder.path, "client.pcap"), "10.77.0.2"];
    expect(run([...inNetworkOf(guest), "/usr/bin/python3", ...program])).toMatch(/it is repeated every interval[\s\S]*\ndone\n$/);
    const ended = new Promise((done) => lab.once("close", done));
    lab.kill("SIGTERM");
    await ended;
    const pushes = tshark.run([
      "-n",
      "-r",
      record,
      "-Y",
      "udp && ip.src == 10.77.0.1 && ip.dst == 10.77.0.2",
      "-T",
      "fields",
      "-e",
      "data",
    ]);
    expect(new Set(pushes.trim().split("\n"))).toEqual(new Set(["d0273b0200e0fd7f"]));
  });
});
