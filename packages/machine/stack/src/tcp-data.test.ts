import { describe, expect, it } from "vitest";
import { createDialogue } from "./testing/dialogue.ts";

const S = 1_000_000;
const MS = 1000;

describe("receiving", () => {
  it("delays the acknowledgment of one segment (RFC 813, RFC 1122 section 4.2.3.2)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("PA seq=101 ack=1 win=8192 len=10");
    expect(d.log).toEqual(["accepted", "data 10"]);
    d.expect(200 * MS, "A seq=1 ack=111 win=8182");
    d.expectSilence(10 * S);
  });

  it("acknowledges every second full segment at once (RFC 1122 section 4.2.3.2)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("A seq=101 ack=1 win=8192 len=1460");
    d.expectSilence(10 * MS);
    d.inject("A seq=1561 ack=1 win=8192 len=1460");
    d.expect(10 * MS, "A seq=1 ack=3021 win=8192");
    d.expectSilence(10 * S);
  });

  it("carries the acknowledgment on data that the program answers with", () => {
    const d = createDialogue();
    d.accept();
    d.handlers.onData = () => d.send(5);
    d.inject("PA seq=101 ack=1 win=8192 len=10");
    d.expect(0, "PA seq=1 ack=111 len=5");
    d.inject("A seq=111 ack=6 win=8192");
    d.expectSilence(10 * S);
  });

  it("keeps an early segment and acknowledges the gap at once (RFC 1122 sections 4.2.2.20, 4.2.2.21)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("PA seq=111 ack=1 win=8192 len=20");
    d.expect(0, "A ack=101");
    d.inject("PA seq=101 ack=1 win=8192 len=10");
    d.expect(0, "A ack=131");
    expect(d.log).toEqual(["accepted", "data 10", "data 20"]);
  });

  it("joins overlapping early segments without duplicating a byte", () => {
    const d = createDialogue();
    d.accept();
    d.inject("PA seq=121 ack=1 win=8192 len=20");
    d.expect(0, "A ack=101");
    d.inject("PA seq=111 ack=1 win=8192 len=15");
    d.expect(0, "A ack=101");
    d.inject("PA seq=101 ack=1 win=8192 len=12");
    d.expect(0, "A ack=141");
    expect(d.log).toEqual(["accepted", "data 12", "data 13", "data 15"]);
  });

  it("keeps an early FIN until the data before it has arrived", () => {
    const d = createDialogue();
    d.accept();
    d.inject("FA seq=111 ack=1 win=8192");
    d.expect(0, "A ack=101");
    d.inject("PA seq=101 ack=1 win=8192 len=10");
    d.expect(0, "A ack=112");
    expect(d.log).toEqual(["accepted", "data 10", "end"]);
  });

  it("acknowledges old data again and drops it (RFC 793 page 69)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("PA seq=101 ack=1 win=8192 len=10");
    d.expect(200 * MS, "A ack=111");
    d.inject("PA seq=101 ack=1 win=8192 len=10");
    d.expect(200 * MS, "A ack=111");
    expect(d.log).toEqual(["accepted", "data 10"]);
  });

  it("takes the new part of a segment that overlaps received data", () => {
    const d = createDialogue();
    d.accept();
    d.inject("PA seq=101 ack=1 win=8192 len=10");
    d.inject("PA seq=101 ack=1 win=8192 len=25");
    expect(d.log).toEqual(["accepted", "data 10", "data 15"]);
  });

  it("takes only what the window allows", () => {
    const d = createDialogue({ windowRule: { kind: "fixed", bytes: 100 } });
    d.accept();
    d.inject("PA seq=101 ack=1 win=8192 len=150");
    d.expect(0, "A ack=201");
    expect(d.log).toEqual(["accepted", "data 100"]);
  });

  it("closes the window while the program does not read, and opens it in one step (RFC 813)", () => {
    const d = createDialogue({ windowRule: { kind: "fixed", bytes: 2000 } });
    d.accept();
    d.connection.pauseReading();
    d.inject("PA seq=101 ack=1 win=8192 len=1400");
    d.expect(200 * MS, "A ack=1501 win=600");
    d.inject("PA seq=1501 ack=1 win=8192 len=600");
    d.expect(400 * MS, "A ack=2101 win=0");
    d.inject("A seq=2101 ack=1 win=8192 len=1");
    d.expect(400 * MS, "A ack=2101 win=0");
    expect(d.log).toEqual(["accepted"]);
    d.connection.resumeReading();
    d.expect(400 * MS, "A ack=2101 win=2000");
    expect(d.log).toEqual(["accepted", "data 2000"]);
  });

  it("treats urgent data as data (RFC 793 section 3.7)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("PAU seq=101 ack=1 win=8192 len=10 urg=5");
    expect(d.log).toEqual(["accepted", "data 10"]);
  });

  it("drops a segment without ACK (RFC 793 page 72)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("P seq=101 win=8192 len=10");
    expect(d.log).toEqual(["accepted"]);
    d.expectSilence(S);
  });
});

describe("sending", () => {
  it("sends what fits the peer's window and no more (RFC 793 section 3.7)", () => {
    const d = createDialogue();
    d.accept("S seq=100 win=1000 mss=1460");
    d.inject("A seq=101 ack=1 win=1000");
    d.send(1500);
    d.expect(0, "A seq=1 len=1000");
    d.inject("A seq=101 ack=1001 win=1000");
    d.expect(0, "PA seq=1001 len=500");
    expect(d.connection.queuedBytes).toBe(0);
  });

  it("slow start: one segment, then two (RFC 1122 section 4.2.2.15)", () => {
    const d = createDialogue();
    d.connect("SA seq=100 ack=1 win=8192 mss=1000");
    d.send(4000);
    d.expect(0, "A seq=1 len=1000");
    d.expectSilence(0);
    d.inject("A seq=101 ack=1001 win=8192");
    d.expect(0, "A seq=1001 len=1000");
    d.expect(0, "A seq=2001 len=1000");
    d.expectSilence(0);
  });

  it("holds small data back while some is unacknowledged (RFC 896)", () => {
    const d = createDialogue();
    d.accept();
    d.send(10);
    d.expect(0, "PA seq=1 len=10");
    d.send(10);
    d.send(10);
    d.expectSilence(0);
    d.inject("A seq=101 ack=11 win=8192");
    d.expect(0, "PA seq=11 len=20");
  });

  it("sends small data at once where Nagle is off", () => {
    const d = createDialogue({ nagle: false });
    d.accept();
    d.send(10);
    d.send(10);
    d.expect(0, "PA seq=1 len=10");
    d.expect(0, "PA seq=11 len=10");
  });

  it("never sends less than a segment or half the window into a small opening (RFC 1122 section 4.2.3.4)", () => {
    const d = createDialogue();
    d.accept("S seq=100 win=1000 mss=1000");
    d.inject("A seq=101 ack=1 win=1000");
    d.send(3000);
    d.expect(0, "A seq=1 len=1000");
    d.inject("A seq=101 ack=1001 win=100");
    d.expectSilence(0);
    d.inject("A seq=101 ack=1001 win=600");
    d.expect(0, "A seq=1001 len=600");
  });

  it("probes a closed window with one byte, ever more slowly (RFC 1122 section 4.2.2.17)", () => {
    const d = createDialogue();
    d.accept("S seq=100 win=0 mss=1460");
    d.inject("A seq=101 ack=1 win=0");
    d.send(100);
    d.expectSilence(1 * S - 1);
    d.expect(1 * S, "A seq=1 len=1");
    d.inject("A seq=101 ack=1 win=0");
    d.expect(3 * S, "A seq=1 len=1");
    d.inject("A seq=101 ack=1 win=0");
    d.expect(7 * S, "A seq=1 len=1");
    d.inject("A seq=101 ack=1 win=8192");
    d.expect(7 * S, "PA seq=1 len=100");
  });

  it("the byte of a probe may be accepted", () => {
    const d = createDialogue();
    d.accept("S seq=100 win=0 mss=1460");
    d.inject("A seq=101 ack=1 win=0");
    d.send(100);
    d.expect(1 * S, "A seq=1 len=1");
    d.inject("A seq=101 ack=2 win=8192");
    d.expect(1 * S, "PA seq=2 len=99");
  });

  it("keeps probing for ever while the peer answers, and gives up when it does not", () => {
    const d = createDialogue();
    d.accept("S seq=100 win=0 mss=1460");
    d.inject("A seq=101 ack=1 win=0");
    d.send(100);
    let at = 0;
    for (let i = 0; i < 20; i++) {
      at += Math.min(64, 2 ** i) * S;
      d.expect(at, "A seq=1 len=1");
      d.inject("A seq=101 ack=1 win=0");
    }
    expect(d.log).toEqual(["accepted"]);
    for (let i = 0; i < 5; i++) {
      at += 64 * S;
      d.expect(at, "A seq=1 len=1");
    }
    d.expect(at + 64 * S, "RA seq=1 ack=101");
    expect(d.log).toEqual(["accepted", "closed retransmission-timeout"]);
  });

  it("tells the program that its queue is empty after the call has returned", () => {
    const d = createDialogue();
    d.accept();
    d.handlers.onDrained = () => d.log.push("drained");
    d.send(10);
    expect(d.log).toEqual(["accepted"]);
    d.sim.runUntil(0);
    expect(d.log).toEqual(["accepted", "drained"]);
  });

  it("answers an acknowledgment of data that was never sent, and drops it (RFC 793 page 72)", () => {
    const d = createDialogue();
    d.accept();
    d.inject("PA seq=101 ack=500 win=8192 len=10");
    d.expect(0, "A seq=1 ack=101");
    expect(d.log).toEqual(["accepted"]);
  });
});

describe("retransmission", () => {
  it("doubles five times and ends with RST (Q183786: 5 retries; RFC 1122 section 4.2.3.1)", () => {
    const d = createDialogue();
    d.accept();
    d.send(10);
    d.expect(0, "PA seq=1 len=10");
    for (const at of [1, 3, 7, 15, 31]) d.expect(at * S, "PA seq=1 len=10");
    d.expectSilence(63 * S - 1);
    d.expect(63 * S, "RA seq=11 ack=101");
    expect(d.log).toEqual(["accepted", "closed retransmission-timeout"]);
    d.expectSilence(1000 * S);
  });

  it("follows a schedule where the personality has one: 1, 2, 4, 6, 8, 10, 15, 20 s (Q96198)", () => {
    const d = createDialogue({ maxDataRetries: 8, retryScheduleUs: [1, 2, 4, 6, 8, 10, 15, 20].map((s) => s * S) });
    d.accept();
    d.send(10);
    d.expect(0, "PA seq=1 len=10");
    for (const at of [1, 3, 7, 13, 21, 31, 46, 66]) d.expect(at * S, "PA seq=1 len=10");
    d.expect(86 * S, "RA");
    expect(d.log).toEqual(["accepted", "closed retransmission-timeout"]);
  });

  it("estimates the round trip: first sample 400 ms gives SRTT + 4 * RTTVAR = 1.2 s (RFC 1122 section 4.2.3.1)", () => {
    const d = createDialogue({ rtoMinUs: 100 * MS });
    d.localPort = 1024;
    d.remotePort = 80;
    d.connection = d.stack.host.connectTcp(0x0a000002, 80, d.handlers);
    d.expect(0, "S seq=0");
    d.sim.runUntil(400 * MS);
    d.inject("SA seq=100 ack=1 win=8192 mss=1460");
    d.expect(400 * MS, "A seq=1");
    d.send(10);
    d.expect(400 * MS, "PA seq=1");
    d.expect(1600 * MS, "PA seq=1");
    d.expect(4000 * MS, "PA seq=1");
  });

  it("keeps the backed-off timer until something new is timed (Karn)", () => {
    const d = createDialogue();
    d.accept();
    d.send(10);
    d.expect(0, "PA seq=1");
    d.expect(1 * S, "PA seq=1");
    d.inject("A seq=101 ack=11 win=8192");
    d.send(10);
    d.expect(1 * S, "PA seq=11");
    d.expectSilence(3 * S - 1);
    d.expect(3 * S, "PA seq=11");
  });

  it("ends the backing off with a round trip that was timed (RFC 1122 section 4.2.3.1)", () => {
    const d = createDialogue();
    d.accept();
    d.send(10);
    d.expect(0, "PA seq=1");
    d.expect(1 * S, "PA seq=1");
    d.inject("A seq=101 ack=11 win=8192");
    d.send(10);
    d.expect(1 * S, "PA seq=11");
    d.inject("A seq=101 ack=21 win=8192");
    d.send(10);
    d.expect(1 * S, "PA seq=21");
    d.expect(2 * S, "PA seq=21");
  });

  it("continues behind the lost segment if the peer has received the rest", () => {
    const d = createDialogue();
    d.connect("SA seq=100 ack=1 win=8192 mss=1000");
    d.send(1000);
    d.expect(0, "PA seq=1 len=1000");
    d.inject("A seq=101 ack=1001 win=8192");
    d.send(2000);
    d.expect(0, "A seq=1001 len=1000");
    d.expect(0, "PA seq=2001 len=1000");
    d.expect(1 * S, "A seq=1001 len=1000");
    d.inject("A seq=101 ack=3001 win=8192");
    d.expectSilence(100 * S);
  });

  it("shrinks to one segment after a timeout (RFC 1122 section 4.2.2.15)", () => {
    const d = createDialogue();
    d.connect("SA seq=100 ack=1 win=8192 mss=1000");
    d.send(1000);
    d.expect(0, "PA seq=1 len=1000");
    d.inject("A seq=101 ack=1001 win=8192");
    d.send(3000);
    d.expect(0, "A seq=1001 len=1000");
    d.expect(0, "A seq=2001 len=1000");
    d.expect(1 * S, "A seq=1001 len=1000");
    d.expectSilence(1 * S);
    d.inject("A seq=101 ack=2001 win=8192");
    d.expect(1 * S, "A seq=2001 len=1000");
    d.expect(1 * S, "PA seq=3001 len=1000");
  });
});
