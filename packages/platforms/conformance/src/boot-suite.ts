/** Tests how a machine comes up and goes down: its phases, and what its network card answers during each. */

import type { PlatformVariant, WayDown } from "@pushback/host";
import { ARP_REQUEST, MAC_BROADCAST, TCP_ACK, TCP_FIN, TCP_SYN } from "@pushback/wire";
import { describe, expect, test } from "vitest";
import { bootedBench, PlatformBench, SECOND } from "./bench.ts";
import { arpFrame, icmpFrame, MACHINE_ADDRESS, PEER_ADDRESS, PEER_MAC, tcpFrame, udpFrame } from "./frames.ts";

/** Literal values from the platform's own test. */
export interface BootExpectations {
  /** Ids of the phases, in order. */
  readonly phases: readonly string[];
  /** Last phase in which the machine answers nothing; `null`: an on-demand stack. */
  readonly stackAfter: string | null;
  /** Usual way to reboot without logging off. */
  readonly uncleanReboot: WayDown;
}

const WAYS_DOWN: readonly WayDown[] = ["shutdown", "warm-boot", "reset", "power-cut"];

/** One frame of each kind that a running stack answers. */
function questions(): Uint8Array[] {
  const arp = { operation: ARP_REQUEST, senderMac: PEER_MAC, senderAddress: PEER_ADDRESS, targetMac: 0, targetAddress: MACHINE_ADDRESS };
  return [
    arpFrame(arp, MAC_BROADCAST),
    icmpFrame({ kind: "echo-request", code: 0, id: 1, seq: 1, data: new Uint8Array(8) }),
    udpFrame(1026, 4999, new Uint8Array(8)),
    tcpFrame({ srcPort: 1026, dstPort: 4999, flags: TCP_SYN }),
  ];
}

function countAnswers(bench: PlatformBench): number {
  bench.take();
  for (const question of questions()) bench.send(question, 1000);
  return bench.take().length;
}

export function testBoot(variant: PlatformVariant, expected: BootExpectations): void {
  const onDemand = expected.stackAfter === null;

  describe("boot", () => {
    test("goes through its phases in order, each for its declared time", () => {
      const bench = new PlatformBench(variant);
      bench.machine.powerOn();
      bench.runFor(600 * SECOND);
      const begun = bench.events.flatMap(({ atUs, event }) => (event.type === "boot-phase" ? [{ atUs, phase: event.phase }] : []));
      expect(begun.map((b) => b.phase.id)).toEqual(expected.phases);
      let atUs = 0;
      for (const b of begun) {
        expect(b.atUs).toBe(atUs);
        atUs += b.phase.durationUs;
      }
      expect(bench.firstUs("machine-ready")).toBe(atUs);
    });

    test(
      onDemand
        ? "answers nothing until a program opens an endpoint"
        : "answers nothing before its stack is up, and everything from then on",
      () => {
        const bench = new PlatformBench(variant);
        expect(countAnswers(bench)).toBe(0);
        bench.machine.powerOn();
        const stackUpUs = variant.boot.phases.value
          .slice(0, expected.phases.indexOf(expected.stackAfter ?? "") + 1)
          .reduce((sum, phase) => sum + phase.durationUs, bench.nowUs);
        const lastUs = onDemand ? bench.nowUs + 600 * SECOND : stackUpUs;
        while (bench.nowUs < lastUs - SECOND) {
          expect(countAnswers(bench)).toBe(0);
          bench.runFor(SECOND / 2);
        }
        if (onDemand) bench.host().openUdp(9, { onDatagram: () => {} });
        else bench.simulation.runUntil(stackUpUs - 200);
        expect(bench.machine.stackIsUp).toBe(onDemand);
        bench.runFor(1000);
        expect(bench.machine.stackIsUp).toBe(true);
        expect(countAnswers(bench)).toBe(4);
      },
    );

    test("the same seed gives the same boot, another seed another boot", () => {
      const times = ["a", "a", "b"].map((seed) => {
        const bench = new PlatformBench(variant, { seed, jitter: 0.05 });
        bench.machine.powerOn();
        bench.runFor(600 * SECOND);
        return bench.firstUs("machine-ready");
      });
      expect(times[1]).toBe(times[0]);
      expect(times[2]).not.toBe(times[0]);
    });
  });

  describe("going down", () => {
    for (const way of WAYS_DOWN) {
      test(`${way}: nothing answers once the stack is gone`, () => {
        const bench = bootedBench(variant);
        expect(countAnswers(bench)).toBe(4);
        const behaviour = variant.goingDown[way].value;
        bench.machine.goDown(way);
        bench.runFor(behaviour.takesUs);
        expect(bench.machine.state).toBe("off");
        bench.take();
        for (let i = 0; i < 100; i++) {
          expect(countAnswers(bench)).toBe(0);
          bench.runFor(SECOND);
        }
      });

      test(`${way}: ${way === "shutdown" ? "closes connections with FIN" : "leaves connections without a packet"}`, () => {
        const bench = bootedBench(variant);
        bench.listen(7000);
        const [synAck] = bench.ask(tcpFrame({ srcPort: 3000, dstPort: 7000, flags: TCP_SYN, seq: 1 }));
        bench.ask(tcpFrame({ srcPort: 3000, dstPort: 7000, flags: TCP_ACK, seq: 2, ack: ((synAck.tcp?.seq ?? 0) + 1) >>> 0 }));
        bench.machine.goDown(way);
        bench.runFor(60 * SECOND);
        const sent = bench.take();
        if (way === "shutdown") expect(sent.some((f) => f.tcp !== null && (f.tcp.flags & TCP_FIN) !== 0)).toBe(true);
        else expect(sent).toEqual([]);
      });

      test(`${way} during the boot, and a new boot from the start`, () => {
        const bench = new PlatformBench(variant);
        bench.machine.powerOn();
        bench.runFor(3 * SECOND);
        bench.machine.goDown(way, { thenBoot: true });
        bench.runFor(variant.goingDown[way].value.takesUs);
        const restartedUs = bench.nowUs;
        bench.events.length = 0;
        bench.runFor(600 * SECOND);
        expect(bench.machine.state).toBe("ready");
        const bootUs = variant.boot.phases.value.reduce((sum, phase) => sum + phase.durationUs, 0);
        expect(bench.firstUs("machine-ready")).toBe(restartedUs + bootUs);
      });
    }

    test("has the expected usual way to reboot without logging off", () => {
      expect(variant.goingDown.uncleanReboot.value).toBe(expected.uncleanReboot);
    });
  });
}
