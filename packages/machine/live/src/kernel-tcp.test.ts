/** The Linux kernel's TCP against the stack of every variant, over a TAP interface. */

import { PLATFORMS } from "@pushback/scenario";
import { describe, it, vi } from "vitest";
import { startBench } from "./testing/bench.ts";
import { COMPUTER_TEXT, TAP } from "./testing/bench-addresses.ts";

const VARIANTS = PLATFORMS.flatMap((platform) => platform.variants.map((variant) => variant.id));

const TOTAL = 10_000_000;

/** The emulated clock runs fast, so that retransmission timers of half a second and more don't last minutes; the kernel's own are set by its route. */
const SPEED = 25;
const ROUTE = ["route", "replace", "10.77.0.0/24", "dev", TAP, "src", COMPUTER_TEXT, "rto_min", "10ms", "quickack", "1"];

/** Two percent lost in each direction, some repeated, some overtaken by later ones. */
const BAD_CABLE = { loss: 0.02, duplicate: 0.01, reorder: 0.02, heldUs: 2000 * SPEED, jitterUs: 0, seed: 7 };

// A machine and a kernel's side are two processes; the computers that run this may have two cores.
vi.setConfig({ maxConcurrency: 2 });

describe.concurrent("a stack and the Linux kernel, ten megabytes each way over a bad cable", { timeout: 150_000 }, () => {
  for (const variant of VARIANTS) {
    it(`${variant}: every byte arrives, once and in order`, async (test) => {
      const { machine, computer, run } = await startBench(test, { variant, speed: SPEED, impairment: BAD_CABLE });
      await run("ip", ROUTE);
      machine.tell({ do: "listen-stream", port: 5000, total: TOTAL });
      await machine.wait("listening");
      computer.tell({ do: "connect-stream", port: 5000, total: TOTAL });
      const [near, far] = await Promise.all([
        computer.wait("stream", { timeoutMs: 140_000 }),
        machine.wait("stream", { timeoutMs: 140_000 }),
      ]);
      test.expect([near, far]).toMatchObject([
        { sent: TOTAL, received: TOTAL, wrongAt: -1, cause: "closed" },
        { sent: TOTAL, received: TOTAL, wrongAt: -1, cause: "closed" },
      ]);
      test.expect(far["lost"]).toBeGreaterThan(100);
      test.expect(far["heldBack"]).toBeGreaterThan(100);
    });
  }
});

describe.concurrent("a stack and the Linux kernel", { timeout: 60_000 }, () => {
  for (const variant of VARIANTS) {
    it(`${variant}: opens a connection to the kernel, closes it, is refused, and its closed UDP port too`, async (test) => {
      const { machine, computer } = await startBench(test, { variant });
      computer.tell({ do: "listen-stream", port: 5001, total: 100_000 });
      await computer.wait("listening");
      machine.tell({ do: "connect-stream", port: 5001, total: 100_000 });
      const results = await Promise.all([computer.wait("stream"), machine.wait("stream")]);
      for (const result of results) test.expect(result).toMatchObject({ received: 100_000, wrongAt: -1, cause: "closed" });
      machine.tell({ do: "connect-stream", port: 5002, total: 1 });
      test.expect(await machine.wait("stream", { number: 2 })).toMatchObject({ received: 0, cause: "refused" });

      // A stack that is there only while it is needed must be needed now.
      machine.tell({ do: "listen", port: 139 });
      await machine.wait("listening");
      computer.tell({ do: "connected-udp", port: 4000 });
      test.expect(await computer.wait("udp-error")).toMatchObject({ code: "ECONNREFUSED" });
    });
  }

  // After a boot these count their ports from the bottom, so the new connection has the old one's numbers.
  for (const variant of ["nt-4.0", "wfw-3.11", "windows-95"]) {
    it(`${variant}: a SYN into the kernel's half-open connection ends that and then opens its own (RFC 793 section 3.4)`, async (test) => {
      const { machine, computer } = await startBench(test, { variant, speed: 4 });
      computer.tell({ do: "listen", port: 5003 });
      await computer.wait("listening");
      machine.tell({ do: "connect", port: 5003 });
      const before = await machine.wait("connected");
      machine.tell({ do: "reboot" });
      await machine.wait("machine-ready", { number: 2 });
      machine.tell({ do: "connect", port: 5003 });
      const after = await machine.wait("connected", { number: 2 });
      test.expect(after["localPort"]).toBe(before["localPort"]);
      test.expect(await computer.wait("closed")).toMatchObject({ cause: "reset" });
      await computer.wait("accepted", { number: 2 });
    });
  }
});
