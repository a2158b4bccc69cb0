/**
 * The article over a real network. A mail server runs on the kernel's sockets, its client on an emulated machine behind a TAP interface. The machine
 * loses power and boots again; from then on it answers each push datagram with an ICMP error, until the server's keep-alive ends the session.
 */

import { compareScenario, PLATFORMS, parseScenario } from "@pushback/scenario";
import { describe, it, vi } from "vitest";
import { type LiveBench, startBench } from "./testing/bench.ts";

const VARIANTS = PLATFORMS.flatMap((platform) => platform.variants.map((variant) => variant.id));

/** The shortest run that draws an ICMP error; its times have no influence on what the error quotes. */
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

/** Waits until the kernel's established connections have no byte that is unsent or unacknowledged (column Send-Q of `ss`). */
async function allAcknowledged(run: LiveBench["run"]): Promise<void> {
  await vi.waitFor(
    async () => {
      const lines = (await run("ss", ["-Htn", "state", "established"])).trim().split("\n");
      const queued = lines.map((line) => line.trim().split(/\s+/)[1]);
      if (queued.length === 0 || queued.some((bytes) => bytes !== "0")) throw new Error(`not acknowledged yet: ${lines.join("; ")}`);
    },
    { timeout: 60_000, interval: 50 },
  );
}

// These tests mostly wait for timers, so they can run at the same time.
vi.setConfig({ maxConcurrency: 6 });

describe.concurrent("pushed at over a TAP interface", { timeout: 180_000 }, () => {
  for (const variant of VARIANTS) {
    it(`${variant} answers each datagram with its own ICMP error until the session ends`, async (test) => {
      const { machine, computer, run } = await startBench(test, { variant });
      computer.tell({ do: "serve", intervalUs: 1_000_000, keepAliveSeconds: 6 });
      await computer.wait("server listening");
      const { userDn } = await computer.wait("mailbox");
      machine.tell({ do: "log-on", userDn: String(userDn) });
      await machine.wait("client logged-on");
      // Without this, the server could retransmit a response that the reboot left unacknowledged, and the client's RST would end the session early.
      await allAcknowledged(run);
      machine.tell({ do: "reboot" });
      await machine.wait("machine-ready", { number: 2 });
      // An on-demand stack is loaded only while a program has an endpoint open, as it is when the user goes on working.
      machine.tell({ do: "listen", port: 139 });
      await machine.wait("listening");
      computer.tell({ do: "deliver" });
      await computer.wait("server session-ended", { timeoutMs: 110_000 });
      const datagrams = computer.count("server datagram-sent");
      test.expect(datagrams).toBeGreaterThanOrEqual(4);
      // One error for each datagram, and none after the last.
      if (datagrams > 0) await machine.wait("icmp", { number: datagrams });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      test.expect(machine.count("icmp")).toBe(datagrams);
      test.expect(computer.count("server datagram-sent")).toBe(datagrams);
      const quoted = new Set(machine.reports.filter((report) => report.type === "icmp").map((report) => report["quotedBytes"]));
      // In the lab no program uses MacTCP, so it isn't loaded and quotes nothing; according to its entry in nmap's first database it quotes 8 bytes.
      test.expect([...quoted]).toEqual([quotedInLab(variant) ?? 8]);
    });
  }
});
