/**
 * The article over a real network: a mail server on the kernel's sockets, a client on an emulated machine behind a TAP interface, somebody pulls the
 * plug, and the machine that comes up again pushes back until the server's keep-alive finds out.
 */

import { compareScenario, PLATFORMS, parseScenario } from "@pushback/scenario";
import { describe, it, vi } from "vitest";
import { startBench } from "./testing/bench.ts";

const VARIANTS = PLATFORMS.flatMap((platform) => platform.variants.map((variant) => variant.id));

/** How long the boot and the session last does not matter to what an error quotes. */
const SCENARIO = `
title: Pushed at in the lab
about: A reboot without logging off, then mail.
duration: 10m
clients: [{ name: client, platform: each }]
steps:
  - { at: 2m, logon: client }
  - { at: 3m, reboot: client }
  - { at: 5m, deliver: { to: client, subject: Lunch } }
`;

/** Bytes behind the quoted IP header, as the comparison counts them; `null` where the lab's machine has no stack by then. */
function quotedInLab(variant: string): number | null {
  const parsed = parseScenario("pushed-at", SCENARIO);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return compareScenario(parsed.scenario, { variants: [variant], seed: "1" }).comparison.platforms[0].icmpQuotedBytes;
}

vi.setConfig({ maxConcurrency: 6 });

describe.concurrent("pushed at over a TAP interface", { timeout: 60_000 }, () => {
  for (const variant of VARIANTS) {
    it(`${variant} answers each datagram with its own ICMP error until the session ends`, async (test) => {
      const { machine, computer } = await startBench(test, { variant });
      computer.tell({ do: "serve", intervalUs: 1_000_000, keepAliveSeconds: 6 });
      await computer.wait("server listening");
      const { userDn } = await computer.wait("mailbox");
      machine.tell({ do: "log-on", userDn: String(userDn) });
      await machine.wait("client logged-on");
      // Whoever reboots before the last answer is acknowledged makes the server send it again, and that ends the session.
      await new Promise((resolve) => setTimeout(resolve, 700));
      machine.tell({ do: "reboot" });
      await machine.wait("machine-ready", { number: 2 });
      // A stack that is loaded on demand must be in use, as the article's client is when somebody works on.
      machine.tell({ do: "listen", port: 139 });
      await machine.wait("listening");
      computer.tell({ do: "deliver" });
      await computer.wait("server session-ended", { timeoutMs: 20_000 });
      const datagrams = computer.count("server datagram-sent");
      test.expect(datagrams).toBeGreaterThanOrEqual(4);
      // One error for each datagram, and none after the last.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      test.expect(machine.count("icmp")).toBe(datagrams);
      test.expect(computer.count("server datagram-sent")).toBe(datagrams);
      const quoted = new Set(machine.reports.filter((report) => report.type === "icmp").map((report) => report["quotedBytes"]));
      // MacTCP is not loaded in the lab, where nothing uses it; its entry in nmap's first database says 8.
      test.expect([...quoted]).toEqual([quotedInLab(variant) ?? 8]);
    });
  }
});
