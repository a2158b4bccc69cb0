/** `pushback guest` in a separate network namespace: a scripted guest on the cable, and what tshark makes of the recording. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { accessSync } from "node:fs";
import { join } from "node:path";
import { PUSHBACK, requireProgram, type SkippableTest, skipBecause } from "@pushback/judges";
import { afterAll, describe, expect, it } from "vitest";
import { pushback } from "../testing/command.ts";
import { testFolder } from "../testing/serve.ts";

const GUEST = join(import.meta.dirname, "../../../../packages/machine/guest-network/src/testing/scripted-guest-main.ts");
const NODE = [process.execPath, "--conditions=pushback-source", "--disable-warning=ExperimentalWarning"];

const folder = testFolder();
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) if (child.exitCode === null) child.kill("SIGKILL");
  folder.close();
});

function requireTap(test: SkippableTest): void {
  if (process.platform !== "linux" || process.getuid?.() !== 0) skipBecause(test, "TAP interfaces need Linux and root");
  try {
    accessSync("/dev/net/tun");
  } catch {
    skipBecause(test, "/dev/net/tun is missing: modprobe tun");
  }
}

/** Waits until the program has printed text that matches `wanted`. Resolves to all that it has printed. */
function printed(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((done, fail) => {
    let text = "";
    child.stdout?.on("data", (piece) => {
      text += piece;
      if (wanted.test(text)) done(text);
    });
    child.stderr?.on("data", (piece) => {
      text += piece;
    });
    child.once("exit", () => fail(new Error(`the program ended: ${text}`)));
  });
}

describe("pushback guest", () => {
  it("gives the guest its address and names, carries its frames to this computer, and records all", async (test) => {
    requireTap(test);
    const tshark = requireProgram(test, "tshark");
    const record = join(folder.path, "guest.pcapng");
    const args = ["guest", "--server-name", "EXCHANGE1", "--host", "PC2=10.77.0.3", "--record", record];
    const command = [
      "unshare",
      "--net",
      "sh",
      "-c",
      'ip link set lo up && exec "$@"',
      "sh",
      process.execPath,
      "--disable-warning=ExperimentalWarning",
      ...PUSHBACK,
      ...args,
    ];
    const lab = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
    running.push(lab);
    const head = await printed(lab, /watch: .*\n/);
    expect(head).toContain("-netdev socket,id=lab,udp=127.0.0.1:4477,localaddr=127.0.0.1:4478");
    expect(head).toContain("Microsoft Exchange Server EXCHANGE1");
    const all = printed(lab, /WINS: NOTHERE is not known/);
    const guest = spawnSync("nsenter", [`--net=/proc/${lab.pid}/ns/net`, ...NODE, GUEST], { encoding: "utf8", timeout: 60_000 });
    expect([guest.stderr, guest.stdout]).toEqual([
      "",
      "offer 10.77.0.2\nack 10.77.0.2\narp 10.77.0.1\necho reply\ndns 10.77.0.1\ndns 10.77.0.3\nwins 10.77.0.1\nwins not known\n",
    ]);
    expect(await all).toMatch(
      /the guest is plugged in\n52:54:00:12:34:56 gets 10\.77\.0\.2 \(DHCP\)\n[\s\S]*DNS: exchange1\.pushback\.example answered/,
    );
    const ended = new Promise((done) => lab.once("close", done));
    lab.kill("SIGTERM");
    await ended;
    const ask = (filter: string, ...fields: string[]) =>
      tshark.run(["-n", "-r", record, "-Y", filter, "-T", "fields", ...fields.flatMap((field) => ["-e", field])]).trim();
    expect(ask("dhcp.option.dhcp", "dhcp.option.dhcp").split("\n")).toEqual(["1", "2", "3", "5"]);
    expect(ask("dhcp.option.dhcp == 5", "dhcp.option.hostname", "dhcp.option.netbios_over_tcpip_name_server", "dhcp.option.router")).toBe(
      "GUEST\t10.77.0.1\t10.77.0.1",
    );
    expect(ask("dns.flags.response == 1", "dns.a").split("\n")).toEqual(["10.77.0.1", "10.77.0.3"]);
    expect(ask("nbns.flags.response == 1", "nbns.addr", "nbns.flags.rcode").split("\n")).toEqual(["10.77.0.1\t0", "\t3"]);
    expect(ask("icmp.type == 0", "ip.src")).toBe("10.77.0.1");
    expect(ask("_ws.malformed || _ws.expert.severity == error", "frame.number")).toBe("");
  });

  it.each<[string, string[], RegExp]>([
    [
      "a guest's address of another network",
      ["--address", "192.168.1.2"],
      /^pushback: --address 192\.168\.1\.2: not an address for a guest in/,
    ],
    ["the computer's own address for the guest", ["--address", "10.77.0.1"], /^pushback: --address 10\.77\.0\.1: /],
    ["no length of the network", ["--computer", "10.77.0.1"], /^pushback: --computer 10\.77\.0\.1: write an address and the length/],
    [
      "a name that NetBIOS does not know",
      ["--server-name", "exchange.example"],
      /^pushback: --server-name exchange\.example: takes a name/,
    ],
    ["a host without an address", ["--host", "PC2"], /^pushback: --host PC2: write a name and an address/],
    ["no port", ["--cable", "0"], /^pushback: --cable 0: takes a port/],
  ])("%s: exit code 2 and one line", (_what, args, line) => {
    const { code, stdout, stderr } = pushback(["guest", "--server-name", "EX", ...args]);
    expect(stderr).toMatch(line);
    expect([code, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
  });
});
