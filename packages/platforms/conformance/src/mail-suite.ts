/** Tests what article Q159302 says of every client platform, with one machine and one server. */

import { formatHex } from "@pushback/bytes";
import type { PlatformVariant } from "@pushback/host";
import { TCP_ACK, TCP_FIN, TCP_RST } from "@pushback/wire";
import { describe, expect, test } from "vitest";
import { SECOND } from "./bench.ts";
import { MACHINE_ADDRESS } from "./frames.ts";
import { MailBench } from "./mail-bench.ts";

/** Literal values from the platform's own test. */
export interface MailExpectations {
  /** Size of the registered context in bytes. */
  readonly contextBytes: number;
  /** First UDP port that a program gets after a boot; `null` if it depends on the clock. */
  readonly firstUdpPort: number | null;
  /** Local port of the mail client's second connection after a boot, which goes to the store; `null` if it depends on the clock. */
  readonly storeTcpPort: number | null;
}

const MINUTE = 60 * SECOND;

function loggedOn(variant: PlatformVariant): MailBench {
  return new MailBench(variant).logOn();
}

/** Reboots without logging off, delivers mail during the boot, and lets `waitUs` pass from the reboot. */
function staleSession(variant: PlatformVariant, waitUs: number): { bench: MailBench; rebootUs: number } {
  const bench = loggedOn(variant);
  const rebootUs = bench.nowUs;
  bench.rebootUncleanly(variant.goingDown.uncleanReboot.value);
  bench.runFor(SECOND);
  bench.deliver("the machine is down");
  bench.runFor(waitUs - SECOND);
  return { bench, rebootUs };
}

export function testMail(variant: PlatformVariant, expected: MailExpectations): void {
  const onDemand = variant.boot.stack.value.kind === "on-demand";

  describe("mail", () => {
    test("logs on, and registers its address, an open port and its context", () => {
      const bench = loggedOn(variant);
      const registration = bench.registrationOnWire();
      const [loggedOnEvent] = bench.clientEventsOf("logged-on");
      expect(registration).toMatchObject({ address: MACHINE_ADDRESS, port: loggedOnEvent.callbackPort });
      expect(registration?.rgbContext).toHaveLength(expected.contextBytes);
      expect(bench.clientEventsOf("error")).toEqual([]);
      const opened = bench.events.flatMap(({ event }) => (event.type === "port-opened" && event.protocol === "udp" ? [event.port] : []));
      expect(opened).toContain(registration?.port);
    });

    test("new mail: one datagram of exactly the context, a poll, the subject, and no more datagrams", () => {
      const bench = loggedOn(variant);
      const sinceUs = bench.nowUs;
      bench.deliver("Lunch");
      bench.runFor(10 * MINUTE);
      const datagrams = bench.datagramsSince(sinceUs);
      expect(datagrams).toHaveLength(1);
      expect(datagrams[0].atUs - sinceUs).toBeLessThan(SECOND);
      expect(formatHex(datagrams[0].payload)).toBe(formatHex(bench.registrationOnWire()?.rgbContext ?? new Uint8Array(0)));
      const [polled] = bench.clientEventsOf("polled");
      expect(polled).toMatchObject({ why: "datagram" });
      expect(polled.notifications).toBeGreaterThan(0);
      expect(bench.clientEventsOf("new-mail").map((e) => e.subject)).toEqual(["Lunch"]);
      expect(bench.portUnreachablesSince(0)).toEqual([]);
    });

    test("after an orderly logoff there is no session, open port, datagram or error", () => {
      const bench = loggedOn(variant);
      bench.client?.logOff();
      bench.runFor(10 * SECOND);
      expect(bench.clientEventsOf("logged-off")).toHaveLength(1);
      expect(bench.serverEventsOf("session-ended").map((e) => e.how)).toEqual(["disconnect"]);
      const sinceUs = bench.nowUs;
      bench.deliver("too late");
      bench.runFor(5 * MINUTE);
      expect(bench.datagramsSince(sinceUs)).toEqual([]);
      expect(bench.portUnreachablesSince(0)).toEqual([]);
    });

    test("an orderly shutdown logs off, ends the connection with FIN, and leaves nothing behind", () => {
      const bench = loggedOn(variant);
      const sinceUs = bench.nowUs;
      bench.machine.goDown("shutdown", { thenBoot: true });
      bench.runFor(5 * MINUTE);
      expect(bench.serverEventsOf("session-ended").map((e) => e.how)).toEqual(["disconnect"]);
      const flags = bench.wireSince(sinceUs).flatMap((f) => (f.from === "machine" && f.tcp ? [f.tcp.flags] : []));
      expect(flags.some((f) => f & TCP_FIN)).toBe(true);
      bench.deliver("no client is registered");
      bench.runFor(5 * MINUTE);
      expect(bench.datagramsSince(sinceUs)).toEqual([]);
      expect(bench.portUnreachablesSince(sinceUs)).toEqual([]);
    });

    for (const way of ["warm-boot", "reset", "power-cut"] as const) {
      test(`${way}: no packet tells the server, and it keeps sending every minute`, () => {
        const bench = loggedOn(variant);
        const downUs = bench.nowUs;
        bench.machine.goDown(way);
        bench.runFor(2 * SECOND);
        bench.deliver("the machine is down");
        bench.runFor(9.5 * MINUTE);
        expect(bench.wireSince(downUs).filter((f) => f.from === "machine")).toEqual([]);
        const sent = bench.serverEventsOf("datagram-sent").filter((e) => e.atUs > downUs);
        expect(sent).toHaveLength(10);
        for (let i = 1; i < sent.length; i++) expect(sent[i].atUs - sent[i - 1].atUs).toBe(MINUTE);
        expect(bench.serverEventsOf("session-ended")).toEqual([]);
      });
    }

    test(`unclean reboot: ${onDemand ? "silence while nothing is open" : "one ICMP error for each stale datagram, quoting it"}`, () => {
      const { bench, rebootUs } = staleSession(variant, 30 * MINUTE);
      const stackUpUs = bench.events.findLast((e) => e.event.type === "stack-up")?.atUs ?? 0;
      const datagrams = bench.datagramsSince(onDemand ? rebootUs : stackUpUs);
      // A machine without a stack does not answer ARP either: after ten minutes none of the server's datagrams reaches the wire.
      expect(datagrams.length).toBeGreaterThanOrEqual(onDemand ? 9 : 28);
      if (onDemand) expect(datagrams.length).toBeLessThanOrEqual(11);
      const errors = bench.portUnreachablesSince(rebootUs);
      expect(errors).toHaveLength(onDemand ? 0 : datagrams.length);
      errors.forEach((error, i) => {
        // The first error waits until the machine has resolved the server's hardware address.
        expect(error.atUs - datagrams[i].atUs).toBeLessThan(1000);
        const quote = error.icmp?.kind === "unreachable" ? error.icmp.quote : new Uint8Array(0);
        // Identification, addresses and ports. A rule of the suite covers the checksum.
        for (const [at, len] of [
          [4, 2],
          [12, 16],
        ])
          expect(formatHex(quote, at, len)).toBe(formatHex(datagrams[i].bytes, 14 + at, len));
      });
      const told = [...bench.clientEvents, ...bench.serverEvents].filter((e) => /icmp|unreachable/i.test(JSON.stringify(e.event)));
      expect(told).toEqual([]);
    });

    test("unclean reboot: the session ends at KeepAliveTime, and with it the datagrams", () => {
      const { bench, rebootUs } = staleSession(variant, 119 * MINUTE);
      expect(bench.serverEventsOf("session-ended")).toEqual([]);
      bench.runFor(2 * MINUTE);
      const [ended, ...more] = bench.serverEventsOf("session-ended");
      expect(more).toEqual([]);
      expect(ended).toMatchObject({ how: "rundown", cause: onDemand ? "keepalive-timeout" : "keepalive-reset" });
      const segments = bench.wireSince(rebootUs).flatMap((f) => (f.tcp ? [{ from: f.from, atUs: f.atUs, ...f.tcp }] : []));
      expect(segments.map((s) => s.from)).toEqual(onDemand ? [] : ["server", "machine"]);
      if (!onDemand) {
        const [probe, reset] = segments;
        expect(probe.flags & (TCP_ACK | TCP_RST)).toBe(TCP_ACK);
        const lastBefore = bench.wireSince(0).findLast((f) => f.tcp !== null && f.from === "machine" && f.atUs < rebootUs)?.atUs ?? 0;
        expect(Math.abs(probe.atUs - lastBefore - 7200 * SECOND)).toBeLessThan(SECOND);
        expect(reset.flags & TCP_RST).toBe(TCP_RST);
      }
      expect(bench.datagramsSince(ended.atUs + SECOND)).toEqual([]);
    });

    test("the session of a machine that stays off ends after six unanswered probes a second apart", () => {
      const bench = loggedOn(variant);
      bench.machine.goDown("power-cut");
      bench.runFor(121 * MINUTE);
      const probes = bench.serverStackEvents.filter((e) => e.event.type === "keepalive-probe-sent");
      expect(probes).toHaveLength(6);
      for (let i = 1; i < probes.length; i++) expect(probes[i].atUs - probes[i - 1].atUs).toBe(SECOND);
      const [ended] = bench.serverEventsOf("session-ended");
      expect(ended).toMatchObject({ how: "rundown", cause: "keepalive-timeout" });
    });

    test("the next logon has its own session and context, and is notified as usual", () => {
      const { bench } = staleSession(variant, 10 * MINUTE);
      const before = bench.registrationOnWire();
      bench.logOn();
      const after = bench.registrationOnWire();
      expect(formatHex(after?.rgbContext ?? new Uint8Array(0))).not.toBe(formatHex(before?.rgbContext ?? new Uint8Array(0)));
      bench.runFor(3 * MINUTE);
      const polls = bench.clientEventsOf("polled").length;
      bench.deliver("Are you there?");
      bench.runFor(2 * SECOND);
      expect(bench.clientEventsOf("polled").slice(polls)[0]).toMatchObject({ why: "datagram" });
      expect(bench.clientEventsOf("new-mail").at(-1)?.subject).toBe("Are you there?");
    });

    test("a datagram with another context is ignored: no poll, no error", () => {
      const bench = loggedOn(variant);
      const registration = bench.registrationOnWire();
      const context = registration?.rgbContext ?? new Uint8Array(0);
      const polls = bench.clientEventsOf("polled").length;
      const sinceUs = bench.nowUs;
      const foreign = [context.map((octet, i) => (i === 0 ? octet ^ 1 : octet)), context.slice(1), new Uint8Array([...context, 0])];
      for (const payload of foreign) {
        const socket = bench.serverMachine.host()?.openUdp(0, { onDatagram: () => {} });
        socket?.send(payload, MACHINE_ADDRESS, registration?.port ?? 0);
        bench.runFor(SECOND);
      }
      expect(bench.clientEventsOf("foreign-datagram")).toHaveLength(3);
      expect(bench.clientEventsOf("polled")).toHaveLength(polls);
      expect(bench.wireSince(sinceUs).filter((f) => f.from === "machine" && f.arp === null)).toEqual([]);
    });

    test("ports start over with every boot", () => {
      const bench = loggedOn(variant);
      bench.rebootUncleanly(variant.goingDown.uncleanReboot.value);
      bench.runFor(5 * MINUTE);
      bench.logOn();
      const logons = bench.clientEventsOf("logged-on");
      if (expected.firstUdpPort !== null) {
        expect(logons.map((e) => e.callbackPort)).toEqual([expected.firstUdpPort, expected.firstUdpPort]);
      }
      if (expected.storeTcpPort !== null) {
        expect(logons[0].localTcpPort).toBe(expected.storeTcpPort);
        expect(logons[1].localTcpPort).toBe(expected.storeTcpPort);
      }
      for (const { callbackPort } of logons) {
        expect(callbackPort).toBeGreaterThanOrEqual(1024);
        expect(callbackPort).toBeLessThanOrEqual(65535);
      }
    });

    test("the same seed gives the same frames, byte for byte; another seed does not", () => {
      const captures = ["one", "one", "two"].map((seed) => {
        const bench = new MailBench(variant, { seed, jitter: 0.04 }).logOn();
        bench.deliver("Lunch");
        bench.rebootUncleanly(variant.goingDown.uncleanReboot.value);
        bench.runFor(5 * MINUTE);
        return bench.frames.map((f) => `${f.atUs} ${f.from} ${formatHex(f.bytes)}`).join("\n");
      });
      expect(captures[1] === captures[0]).toBe(true);
      expect(captures[2] === captures[0]).toBe(false);
    });
  });
}
