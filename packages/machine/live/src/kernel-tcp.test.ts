/** The Linux kernel's TCP against the stack of every variant, over a TAP interface. */

import { PLATFORMS } from "@pushback/scenario";
import { describe, it, vi } from "vitest";
import { startBench } from "./testing/bench.ts";
import { COMPUTER_TEXT, TAP } from "./testing/bench-addresses.ts";

const VARIANTS = PLATFORMS.flatMap((platform) => platform.variants.map((variant) => variant.id));

const TOTAL = 10_000_000;

/** The emulated clock runs fast, so that retransmission timers of half a second and more don't last minutes. The route below sets the kernel's timers. */
const SPEED = 25;
const ROUTE = ["route", "replace", "10.77.0.0/24", "dev", TAP, "src", COMPUTER_TEXT, "rto_min", "10ms", "quickack", "1"];

/** In each direction the cable loses two percent of the frames, repeats one percent and holds two percent back behind later ones. */
const BAD_CABLE = { loss: 0.02, duplicate: 0.01, reorder: 0.02, heldUs: 2000 * SPEED, jitterUs: 0, seed: 7 };

// Each test starts two processes, the emulated machine and the program on the kernel's sockets; a CI machine may have two cores.
vi.setConfig({ maxConcurrency: 2 });

describe.concurrent("an emulated stack and the Linux kernel, ten megabytes each way over a bad cable", { timeout: 240_000 }, () => {
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

describe.concurrent("an emulated stack and the Linux kernel", { timeout: 180_000 }, () => {
  for (const variant of VARIANTS) {
    it(`${variant}: connects to the kernel and closes; is refused by a closed TCP port; refuses a datagram to a closed UDP port`, async (test) => {
      const { machine, computer } = await startBench(test, { variant });
      computer.tell({ do: "listen-stream", port: 5001, total: 100_000 });
      await computer.wait("listening");
      machine.tell({ do: "connect-stream", port: 5001, total: 100_000 });
      const results = await Promise.all([computer.wait("stream"), machine.wait("stream")]);
      for (const result of results) test.expect(result).toMatchObject({ received: 100_000, wrongAt: -1, cause: "closed" });
      machine.tell({ do: "connect-stream", port: 5002, total: 1 });
      test.expect(await machine.wait("stream", { number: 2 })).toMatchObject({ received: 0, cause: "refused" });

      // An on-demand stack is loaded only while a program has an endpoint open.
      machine.tell({ do: "listen", port: 139 });
      await machine.wait("listening");
      computer.tell({ do: "connected-udp", port: 4000 });
      test.expect(await computer.wait("udp-error")).toMatchObject({ code: "ECONNREFUSED" });
    });
  }

  // These variants allocate ports from the bottom after every boot, so the new connection has the address and port pair of the old one.
  for (const variant of ["nt-4.0", "wfw-3.11", "windows-95"]) {
    it(`${variant}: a SYN into the kernel's half-open connection resets it, and the SYN's next retry connects (RFC 793 section 3.4)`, async (test) => {
      const { machine, computer } = await startBench(test, { variant, speed: 4 });
      computer.tell({ do: "listen", port: 5003 });
      await computer.wait("listening");
      machine.tell({ do: "connect", port: 5003 });
      const before = await machine.wait("connected");
      // The kernel completes a handshake before the program accepts. If the reset came before `accept`, the listener would drop the connection unreported.
      await computer.wait("accepted");
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
