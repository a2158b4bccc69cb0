import type { ResetForm } from "@pushback/host";
import { describe, expect, it } from "vitest";
import { PEER } from "./testing/bench.ts";
import { createDialogue } from "./testing/dialogue.ts";

const S = 1_000_000;
const HOUR = 3600 * S;

describe("closing", () => {
  it("closes actively through FIN-WAIT and TIME-WAIT (RFC 793 figure 13; 240 s: Q170791)", () => {
    const d = createDialogue();
    d.accept();
    d.connection.close();
    d.expect(0, "FA seq=1 ack=101");
    d.inject("A seq=101 ack=2 win=8192");
    d.inject("FA seq=101 ack=2 win=8192");
    d.expect(0, "A seq=2 ack=102");
    expect(d.log).toEqual(["accepted", "end", "closed closed"]);
    d.sim.runUntil(240 * S - 1);
    d.inject("FA seq=101 ack=2 win=8192");
    d.expect(240 * S - 1, "A seq=2 ack=102");
    d.sim.runUntil(480 * S);
    d.inject("FA seq=101 ack=2 win=8192");
    d.expect(480 * S, "R seq=2");
  });

  it("closes passively through CLOSE-WAIT and LAST-ACK (RFC 793 figure 13)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("FA seq=101 ack=1 win=8192");
    d.expect(0, "A seq=1 ack=102");
    expect(d.log).toEqual(["accepted", "end"]);
    d.connection.close();
    d.expect(0, "FA seq=1 ack=102");
    d.inject("A seq=102 ack=2 win=8192");
    expect(d.log).toEqual(["accepted", "end", "closed closed"]);
    d.expectSilence(1000 * S);
  });

  it("closes simultaneously through CLOSING (RFC 793 figure 14)", () => {
    const d = createDialogue();
    d.accept();
    d.connection.close();
    d.expect(0, "FA seq=1 ack=101");
    d.inject("FA seq=101 ack=1 win=8192");
    d.expect(0, "A seq=2 ack=102");
    expect(d.log).toEqual(["accepted", "end"]);
    d.inject("A seq=102 ack=2 win=8192");
    expect(d.log).toEqual(["accepted", "end", "closed closed"]);
  });

  it("sends what is queued before its FIN, and goes on receiving", () => {
    const d = createDialogue();
    d.accept();
    d.send(10);
    d.connection.close();
    d.expect(0, "PA seq=1 len=10");
    d.expect(0, "FA seq=11 len=0");
    d.inject("A seq=101 ack=12 win=8192");
    d.inject("PA seq=101 ack=12 win=8192 len=30");
    d.inject("FA seq=131 ack=12 win=8192");
    d.expect(0, "A seq=12 ack=132");
    expect(d.log).toEqual(["accepted", "data 30", "end", "closed closed"]);
  });

  it("repeats a lost FIN", () => {
    const d = createDialogue();
    d.accept();
    d.connection.close();
    d.expect(0, "FA seq=1");
    d.expect(1 * S, "FA seq=1");
    d.expect(3 * S, "FA seq=1");
    d.inject("A seq=101 ack=2 win=8192");
    d.expectSilence(1000 * S);
  });

  it("takes FIN with data in one segment", () => {
    const d = createDialogue();
    d.accept();
    d.inject("FPA seq=101 ack=1 win=8192 len=7");
    d.expect(0, "A seq=1 ack=109");
    expect(d.log).toEqual(["accepted", "data 7", "end"]);
  });

  it("a larger SYN reopens a connection in TIME-WAIT (RFC 1122 section 4.2.2.13)", () => {
    const d = createDialogue();
    d.accept();
    d.connection.close();
    d.expect(0, "FA seq=1");
    d.inject("FA seq=101 ack=2 win=8192");
    d.expect(0, "A ack=102");
    d.inject("S seq=5000 win=8192 mss=1460");
    d.expect(0, "SA seq=65538 ack=5001");
  });

  it("aborts with RST and tells the program afterwards (RFC 793 section 3.8)", () => {
    const d = createDialogue();
    d.accept();
    d.connection.abort();
    d.expect(0, "RA seq=1 ack=101");
    expect(d.log).toEqual(["accepted", "closed aborted"]);
  });

  it("ignores a reset outside the window and obeys one inside it (RFC 793 page 37)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("R seq=100");
    d.inject("R seq=8293");
    expect(d.log).toEqual(["accepted"]);
    d.inject("R seq=101");
    expect(d.log).toEqual(["accepted", "closed reset"]);
    d.expectSilence(10 * HOUR);
  });
});

describe("half-open connections (RFC 793 section 3.4)", () => {
  it("a SYN outside the window draws an ACK, and the reset that this draws ends the connection (figure 10)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("S seq=90000 win=8192 mss=1460");
    d.expect(0, "A seq=1 ack=101");
    expect(d.log).toEqual(["accepted"]);
    d.inject("R seq=101");
    expect(d.log).toEqual(["accepted", "closed half-open-reset"]);
    d.inject("S seq=90000 win=8192 mss=1460");
    d.expect(0, "SA ack=90001");
  });

  it("a SYN in the window is answered by RST and ends the connection (page 71)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("S seq=2000 win=8192 mss=1460");
    d.expect(0, "RA seq=0 ack=2001");
    expect(d.log).toEqual(["accepted", "closed half-open-reset"]);
  });

  it("data for a connection that a reboot has lost draws a reset that ends it (figure 11)", () => {
    const d = createDialogue();
    d.inject("PA seq=300 ack=77 win=8192 len=10");
    d.expect(0, "R seq=77");
  });
});

describe("keep-alive", () => {
  it("probes after two hours, five times more, and gives up at 2:00:06 (Q183786: 7,200,000 ms, 1000 ms, 5)", () => {
    const d = createDialogue();
    d.accept();
    d.sim.runUntil(12 * S);
    d.inject("PA seq=101 ack=1 win=8192 len=4");
    d.expect(12 * S + 200_000, "A ack=105");
    d.connection.setKeepAlive();
    const at = 12 * S + 2 * HOUR;
    d.expectSilence(at - 1);
    for (let i = 0; i < 6; i++) d.expect(at + i * S, "A seq=0 ack=105 len=0");
    d.expectSilence(at + 6 * S - 1);
    expect(d.log).toEqual(["accepted", "data 4"]);
    d.expect(at + 6 * S, "RA seq=1 ack=105");
    expect(d.log).toEqual(["accepted", "data 4", "closed keepalive-timeout"]);
    expect(d.events.filter((event) => event.type === "keepalive-probe-sent").length).toBe(6);
    d.expectSilence(20 * HOUR);
  });

  it("an answered probe starts the two hours again", () => {
    const d = createDialogue();
    d.accept();
    d.connection.setKeepAlive();
    d.expect(2 * HOUR, "A seq=0 ack=101");
    d.inject("A seq=101 ack=1 win=8192");
    d.expect(4 * HOUR, "A seq=0 ack=101");
    d.expect(4 * HOUR + S, "A seq=0 ack=101");
    d.inject("A seq=101 ack=1 win=8192");
    d.expectSilence(6 * HOUR + S - 1);
    d.expect(6 * HOUR + S, "A seq=0 ack=101");
  });

  it("a probe answered by RST ends the connection at once (Q183786, RFC 793 figure 11)", () => {
    const d = createDialogue();
    d.accept();
    d.connection.setKeepAlive();
    d.expect(2 * HOUR, "A seq=0 ack=101");
    d.sim.runUntil(2 * HOUR + 350);
    d.inject("R seq=101");
    expect(d.log).toEqual(["accepted", "closed keepalive-reset"]);
    d.expectSilence(10 * HOUR);
  });

  it("may carry one garbage byte (RFC 1122 section 4.2.3.6)", () => {
    const d = createDialogue({ keepAliveGarbage: true });
    d.accept();
    d.connection.setKeepAlive({ idleUs: 60 * S, intervalUs: S, probes: 2 });
    d.expect(60 * S, "A seq=0 ack=101 len=1");
    d.expect(61 * S, "A seq=0 ack=101 len=1");
    d.expect(62 * S, "A seq=0 ack=101 len=1");
    d.expect(63 * S, "RA seq=1");
  });

  it("is off unless the program asks (RFC 1122 section 4.2.3.6), and can be turned off again", () => {
    const d = createDialogue();
    d.accept();
    d.expectSilence(5 * HOUR);
    d.connection.setKeepAlive();
    d.connection.setKeepAlive(null);
    d.expectSilence(50 * HOUR);
    expect(d.sim.pendingEvents).toBe(0);
  });

  it("answers a peer's probe with and without garbage (RFC 1122 section 4.2.3.6)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("A seq=100 ack=1 win=8192");
    d.expect(0, "A seq=1 ack=101");
    d.inject("A seq=100 ack=1 win=8192 len=1");
    d.expect(0, "A seq=1 ack=101");
    expect(d.log).toEqual(["accepted"]);
  });

  it("follows the machine's settings when they change", () => {
    const d = createDialogue();
    d.accept();
    d.connection.setKeepAlive();
    d.stack.setKeepAliveDefaults({ idleUs: 300 * S, intervalUs: S, probes: 5 });
    d.expect(300 * S, "A seq=0 ack=101");
  });

  it("costs an idle connection one event", () => {
    const d = createDialogue();
    d.accept();
    d.connection.setKeepAlive();
    d.sim.runUntil(HOUR);
    expect(d.sim.pendingEvents).toBe(1);
  });
});

describe("resets to closed ports", () => {
  const form = (
    ackFlag: boolean,
    seq: ResetForm["seq"],
    ack: ResetForm["ack"],
    text = "",
    window: ResetForm["window"] = "zero",
  ): ResetForm => ({
    ackFlag,
    seq,
    ack,
    window,
    text,
  });
  const rules = (all: ResetForm) => ({
    resets: { synToClosed: all, ackToClosed: all, otherToClosed: all, ackToListener: all, otherToListener: all, copiesTtl: false },
  });

  it("a SYN: RST+ACK with seq 0 and ack one more (RFC 793 page 36)", () => {
    const d = createDialogue();
    d.inject("S seq=500 win=1024");
    d.expect(0, "RA seq=0 ack=501 win=0 len=0");
  });

  it("a reset is never answered (RFC 793 page 36)", () => {
    const d = createDialogue();
    d.inject("R seq=500");
    d.inject("RA seq=500 ack=3");
    d.expectSilence(S);
  });

  it("RST+ACK with the segment's own numbers, as MS Network Client 3.0 was measured (T5, T6: S=A, A=S+ and A=S)", () => {
    const d = createDialogue({
      resets: {
        synToClosed: form(true, "segment-ack", "segment-seq-plus-1"),
        ackToClosed: form(true, "segment-ack", "segment-seq"),
        otherToClosed: null,
        ackToListener: null,
        otherToListener: null,
        copiesTtl: false,
      },
    });
    d.inject("S seq=500 ack=77 win=1024");
    d.expect(0, "RA seq=77 ack=501 win=0");
    d.inject("A seq=500 ack=77 win=1024");
    d.expect(0, "RA seq=77 ack=500 win=0");
    d.inject("FPU seq=500 win=1024");
    d.expectSilence(S);
  });

  it("RST alone, with an ack field one more than the segment's seq (Windows 95, T4/T6: S=A A=S+ F=R)", () => {
    const d = createDialogue(rules(form(false, "segment-ack", "segment-seq-plus-1")));
    d.inject("A seq=500 ack=77 win=1024");
    d.expect(0, "R seq=77 ack=501 win=0");
  });

  it("text as the data of a reset (Mac OS 8: 13 bytes; RFC 1122 section 4.2.2.12)", () => {
    const d = createDialogue(rules(form(false, "segment-ack", "zero", "no tcp, reset")));
    d.inject("A seq=500 ack=77 win=1024");
    d.expect(0, "R seq=77 ack=0 len=13 text=no_tcp,_reset");
  });

  it("the window of the segment, copied (MacTCP, T4 W=400|800|C00|1000)", () => {
    const d = createDialogue(rules(form(false, "segment-ack", "zero", "", "segment-window")));
    d.inject("A seq=500 ack=77 win=3072");
    d.expect(0, "R win=3072");
  });

  it("the remaining TTL of the segment, or the machine's own TTL", () => {
    const d = createDialogue({ resets: { ...rules(form(true, "zero", "segment-end")).resets, copiesTtl: true }, ttlTcp: 255 });
    d.inject("S seq=500 win=1024");
    d.expect(0, "RA ttl=40");
    const own = createDialogue({ ttlTcp: 128 });
    own.inject("S seq=500 win=1024");
    own.expect(0, "RA ttl=128");
  });

  it("a leftover acknowledgment field holds the number acknowledged last", () => {
    const d = createDialogue(rules(form(false, "segment-ack", "leftover")));
    d.accept();
    d.inject("A seq=500 ack=77 win=1024 dport=81");
    d.expect(0, "R seq=77 ack=101");
  });

  it("DF on all but resets, on all, on none", () => {
    for (const [rule, syn, rst] of [
      ["except-reset", 1, 0],
      ["always", 1, 1],
      ["never", 0, 0],
    ] as const) {
      const d = createDialogue({ dfTcp: rule });
      d.stack.host.listenTcp(80, { onAccept: () => d.handlers });
      d.inject("S seq=1 win=1");
      d.expect(0, `SA df=${syn}`);
      d.inject("S seq=1 win=1 dport=81");
      d.expect(0, `RA df=${rst}`);
    }
  });

  it("an ACK to a listening port, and nothing to a segment without flags (RFC 793 page 65)", () => {
    const d = createDialogue();
    d.stack.host.listenTcp(80, { onAccept: () => d.handlers });
    d.inject("A seq=500 ack=77 win=1024");
    d.expect(0, "R seq=77");
    d.inject(". seq=500 win=1024");
    d.expectSilence(S);
  });
});

describe("the end of the stack", () => {
  it("kill is silent: no packet, no callback, no timer", () => {
    const d = createDialogue();
    d.accept();
    d.connection.setKeepAlive();
    d.send(10);
    d.expect(0, "PA seq=1");
    d.stack.host.setTimer(5 * S, () => d.log.push("timer"));
    d.stack.kill();
    expect(d.card.receiver).toBeNull();
    d.expectSilence(10 * HOUR);
    expect(d.log).toEqual(["accepted"]);
    expect(d.sim.pendingEvents).toBe(0);
  });

  it("closeAll sends FIN or RST on every connection", () => {
    for (const [way, segment] of [
      ["close", "FA seq=1"],
      ["reset", "RA seq=1"],
    ] as const) {
      const d = createDialogue();
      d.accept();
      d.stack.closeAll(way);
      d.expect(0, segment);
    }
  });

  it("port numbers wrap around and are not used twice", () => {
    const d = createDialogue({ tcpPorts: { first: 1024, last: 1026, order: "sequential", takenAtBoot: 1 } });
    const ports = [0, 1, 2].map(() => d.stack.host.connectTcp(PEER, 80, d.handlers).localPort);
    expect(ports).toEqual([1025, 1026, 0]);
  });
});
