import { TCP_ACK, TCP_RST, TCP_SYN } from "@pushback/wire";
import { describe, expect, it } from "vitest";
import { NAT_TIMEOUTS, NatBindings } from "./nat-bindings.ts";

const S = 1_000_000;
const PC = 0x0a010a65;
const SERVER = 0x0a01090a;

describe("the bindings of one protocol", () => {
  it("has a port for each of 64,512 inside ports, and none for one more until the first have ended", () => {
    const table = new NatBindings("udp");
    expect(table.bind(PC + 1, 1037, NAT_TIMEOUTS, 0)?.outsidePort).toBe(1024);
    for (let port = 1024; port < 65_535; port++) expect(table.bind(PC, port, NAT_TIMEOUTS, 0)).not.toBeNull();
    expect(table.bind(PC, 65_535, NAT_TIMEOUTS, 300 * S - 1)).toBeNull();
    // A full table is not searched for each datagram: a hundred thousand refusals cost no more than a few searches.
    const startMs = performance.now();
    for (let n = 0; n < 100_000; n++) table.bind(PC + 2, 2000, NAT_TIMEOUTS, 300 * S - 1);
    expect(performance.now() - startMs).toBeLessThan(20_000);
    expect(table.findOutside(1024, 300 * S - 1)?.address).toBe(PC + 1);
    expect(table.bind(PC, 65_535, NAT_TIMEOUTS, 300 * S)?.outsidePort).toBe(1024);
  });

  it("keeps ports below 1024 among themselves (RFC 4787 REQ-3)", () => {
    const table = new NatBindings("udp");
    expect(table.bind(PC, 137, NAT_TIMEOUTS, 0)?.outsidePort).toBe(1);
    expect(table.bind(PC, 1037, NAT_TIMEOUTS, 0)?.outsidePort).toBe(1024);
    for (let port = 1; port < 1023; port++) expect(table.bind(PC + 1, port, NAT_TIMEOUTS, 0)?.outsidePort).toBe(port + 1);
    expect(table.bind(PC + 1, 1023, NAT_TIMEOUTS, 0)).toBeNull();
  });

  it("uses a port again only after all others", () => {
    const table = new NatBindings("udp");
    expect(table.bind(PC, 1037, NAT_TIMEOUTS, 0)?.outsidePort).toBe(1024);
    expect(table.bind(PC, 1037, NAT_TIMEOUTS, 300 * S)?.outsidePort).toBe(1025);
  });

  it("has at most 65,536 connections, and forgets those that have ended when it is full", () => {
    const table = new NatBindings("tcp");
    const binding = table.bind(PC, 1037, NAT_TIMEOUTS, 0);
    if (binding === null) throw new Error("no binding");
    for (let n = 0; n < 65_536; n++) expect(table.segment(binding, true, SERVER + n, 135, TCP_SYN, 0)).toBe(true);
    expect(table.segment(binding, true, SERVER - 1, 135, TCP_SYN, 240 * S - 1)).toBe(false);
    expect(table.segment(binding, true, SERVER - 1, 135, TCP_SYN, 240 * S)).toBe(true);
    expect(binding.connections?.size).toBe(1);
  });

  it("takes a SYN from inside on the ports of a connection that was reset for a new one", () => {
    const table = new NatBindings("tcp");
    const binding = table.bind(PC, 1037, NAT_TIMEOUTS, 0);
    if (binding === null) throw new Error("no binding");
    const pass = (isOut: boolean, flags: number, us: number) => table.segment(binding, isOut, SERVER, 135, flags, us);
    pass(true, TCP_SYN, 0);
    pass(true, TCP_RST, 1);
    pass(true, TCP_SYN, 2);
    pass(false, TCP_SYN | TCP_ACK, 3);
    expect(pass(false, TCP_ACK, 7200 * S)).toBe(true);
  });
});
