/** The Linux kernel's keep-alive against every variant while it is up, after a reboot, and switched off. */

import { PLATFORMS } from "@pushback/scenario";
import { describe, it, vi } from "vitest";
import { startBench } from "./testing/bench.ts";

const VARIANTS = PLATFORMS.flatMap((platform) => platform.variants.map((variant) => variant.id));

// These tests mostly wait for timers, so they can run at the same time.
vi.setConfig({ maxConcurrency: 6 });

describe.concurrent("the kernel's keep-alive", { timeout: 180_000 }, () => {
  for (const variant of VARIANTS) {
    it(`${variant}: answers keep-alive probes, and after a reboot resets the connection that it no longer has`, async (test) => {
      const { machine, computer } = await startBench(test, { variant });
      machine.tell({ do: "listen", port: 139 });
      await machine.wait("listening");
      computer.tell({ do: "connect", port: 139, keepAliveSeconds: 1 });
      await computer.wait("connected");
      // Idle for 1 s, then three probes a second apart. Without answers the connection would have ended after 4 s.
      await new Promise((resolve) => setTimeout(resolve, 5500));
      test.expect(computer.count("closed")).toBe(0);
      machine.tell({ do: "reboot" });
      await machine.wait("machine-ready", { number: 2 });
      machine.tell({ do: "listen", port: 140 });
      await machine.wait("listening", { number: 2 });
      test.expect(await computer.wait("closed")).toMatchObject({ cause: "reset" });
    });

    it(`${variant}: a machine that is off lets the kernel's probes time out`, async (test) => {
      const { machine, computer } = await startBench(test, { variant });
      machine.tell({ do: "listen", port: 139 });
      await machine.wait("listening");
      computer.tell({ do: "connect", port: 139, keepAliveSeconds: 1 });
      await computer.wait("connected");
      machine.tell({ do: "power-off" });
      await machine.wait("machine-off");
      test.expect(await computer.wait("closed")).toMatchObject({ cause: "retransmission-timeout" });
    });
  }
});
