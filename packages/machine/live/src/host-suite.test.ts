/** What a program may rely on, tested on both kinds of Host: two emulated machines on a simulated wire, and the kernel's sockets on two loopback addresses. */

import { type Host, rfcBaseline, type TcpConnection, type TcpEndCause, type TcpHandlers, valuesOf } from "@pushback/host";
import { Segment, Simulation } from "@pushback/sim";
import { createStack } from "@pushback/stack";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKernelHost } from "./kernel-host.ts";

interface Bench {
  readonly a: Host;
  readonly b: Host;
  /** Lets time pass until the condition holds; throws after five seconds of the Host's time. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Lets `ms` milliseconds of the Host's time pass. */
  pass(ms: number): Promise<void>;
  close(): void;
}

function emulatedBench(): Bench {
  const simulation = new Simulation({ seed: 1, epochMs: Date.UTC(1996, 8, 1) });
  const segment = new Segment(simulation, simulation.random, { latencyUs: 100, jitterUs: 0, loss: 0 });
  const stacks = [1, 2].map((n) =>
    createStack({
      name: `host-${n}`,
      address: 0x0a000000 + n,
      netmask: 0xffffff00,
      gateway: null,
      personality: valuesOf(rfcBaseline),
      card: segment.connect(`host-${n}`, Uint8Array.of(2, 0, 0, 0, 0, n)),
      scheduler: simulation,
      random: simulation.random.fork(`host-${n}`),
    }),
  );
  for (const stack of stacks) stack.start();
  return {
    a: stacks[0].host,
    b: stacks[1].host,
    async until(what, condition) {
      const end = simulation.nowUs() + 5_000_000;
      while (!condition()) if (simulation.nowUs() > end || !simulation.step()) throw new Error(`never happened: ${what}`);
    },
    async pass(ms) {
      simulation.runUntil(simulation.nowUs() + ms * 1000);
    },
    close: () => stacks.forEach((stack) => void stack.kill()),
  };
}

function kernelBench(): Bench {
  const [a, b] = [0x7f000001, 0x7f000002].map((address, i) => createKernelHost({ address, name: `host-${i + 1}` }));
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  return {
    a,
    b,
    async until(what, condition) {
      const end = performance.now() + 60_000;
      while (!condition()) {
        if (performance.now() > end) throw new Error(`never happened: ${what}`);
        await sleep(2);
      }
    },
    pass: sleep,
    close() {
      a.kill();
      b.kill();
    },
  };
}

/** Handlers that record their calls. */
class Witness implements TcpHandlers {
  readonly events: string[] = [];
  readonly bytes: number[] = [];
  cause: TcpEndCause | null = null;
  onConnected(): void {
    this.events.push("connected");
  }
  onData(b: Uint8Array, at: number, len: number): void {
    for (let i = 0; i < len; i++) this.bytes.push(b[at + i]);
  }
  onEnd(): void {
    this.events.push("end");
  }
  onDrained(): void {
    this.events.push("drained");
  }
  onClosed(cause: TcpEndCause): void {
    this.events.push(`closed ${cause}`);
    this.cause = cause;
  }
}

const BOTH = [
  ["emulated", emulatedBench],
  ["kernel", kernelBench],
] as const;

describe.each(BOTH)("a program on the %s Host", (_kind, createBench) => {
  let bench: Bench;
  beforeEach(() => {
    bench = createBench();
  });
  afterEach(() => bench.close());

  /** Both ends of one connection, from `a` to a listener on `b`. */
  async function connect() {
    const { a, b, until } = bench;
    const near = new Witness();
    const far = new Witness();
    let port = 0;
    let accepted: TcpConnection | null = null;
    const listener = b.listenTcp(0, {
      onListening: (chosen) => {
        port = chosen;
      },
      onAccept: (connection) => {
        accepted = connection;
        return far;
      },
    });
    expect(port).toBe(0);
    await until("listening", () => port !== 0);
    const connection = a.connectTcp(b.address, port, near);
    expect(near.events).toEqual([]);
    await until("connected", () => near.events.includes("connected") && accepted !== null);
    return { near, far, connection, accepted: accepted as unknown as TcpConnection, listener, port };
  }

  it("knows name, address, clocks and randomness", async () => {
    const { a } = bench;
    const at = a.nowUs();
    expect(a.name).toBe("host-1");
    expect(Number.isInteger(at)).toBe(true);
    await bench.pass(20);
    expect(a.nowUs() - at).toBeGreaterThanOrEqual(15_000);
    expect(a.wallClockMs()).toBeGreaterThan(Date.UTC(1993, 0, 1));
    const drawn = new Set(Array.from({ length: 100 }, () => a.randomU32()));
    expect(drawn.size).toBe(100);
    for (const n of drawn) expect(Number.isInteger(n) && n >= 0 && n < 2 ** 32).toBe(true);
  });

  it("runs timers in order of their times, and equal times in order of setting", async () => {
    const { a } = bench;
    const ran: string[] = [];
    a.setTimer(10_000, () => {
      const at = a.nowUs();
      // The clock does not advance in a callback, so the order of these three does not depend on how late the callback runs.
      a.setTimer(10_000, () => ran.push("late"));
      a.setTimer(500, () => ran.push("first"));
      a.setTimer(500, () => ran.push("second"));
      expect(a.nowUs()).toBe(at);
    });
    const cancelled = a.setTimer(5000, () => ran.push("cancelled"));
    a.setTimer(0, () => ran.push("soon"));
    expect(ran).toEqual([]);
    cancelled.cancel();
    cancelled.cancel();
    await bench.until("the last timer", () => ran.includes("late"));
    expect(ran).toEqual(["soon", "first", "second", "late"]);
  });

  it("carries bytes both ways, copies them in send, and reports when the queue has drained", async () => {
    const { near, far, connection, accepted } = await connect();
    const { a, b } = bench;
    expect([connection.localAddress, connection.remoteAddress]).toEqual([a.address, b.address]);
    expect([accepted.localAddress, accepted.remoteAddress]).toEqual([b.address, a.address]);
    expect(accepted.remotePort).toBe(connection.localPort);
    expect(connection.remotePort).toBe(accepted.localPort);
    const buffer = Uint8Array.of(9, 1, 2, 3, 9);
    connection.send(buffer, 1, 3);
    buffer.fill(0);
    accepted.send(Uint8Array.of(7));
    await bench.until("data", () => far.bytes.length === 3 && near.bytes.length === 1);
    expect([far.bytes, near.bytes]).toEqual([[1, 2, 3], [7]]);
    await bench.until("drained", () => near.events.includes("drained"));
    expect(connection.queuedBytes).toBe(0);
    expect(far.events).not.toContain("connected");
  });

  it("half-closes: data from the peer still arrives, and the connection ends when both sides have finished", async () => {
    const { near, far, connection, accepted } = await connect();
    connection.send(Uint8Array.of(1, 2));
    connection.close();
    connection.send(Uint8Array.of(3));
    await bench.until("end", () => far.events.includes("end"));
    expect(far.bytes).toEqual([1, 2]);
    accepted.send(Uint8Array.of(4));
    await bench.until("data after the end", () => near.bytes.length === 1);
    expect([near.cause, far.cause]).toEqual([null, null]);
    accepted.close();
    await bench.until("closed", () => far.cause !== null);
    expect(far.cause).toBe("closed");
    accepted.send(Uint8Array.of(5));
    accepted.abort();
    await bench.pass(20);
    expect(far.events.filter((e) => e.startsWith("closed"))).toEqual(["closed closed"]);
  });

  it("resets on abort: each side is told once", async () => {
    const { near, far, connection } = await connect();
    connection.abort();
    expect(near.cause).toBe(null);
    await bench.until("closed", () => near.cause !== null && far.cause !== null);
    await bench.pass(20);
    expect(near.events).toEqual(["connected", "closed aborted"]);
    expect(far.events).toEqual(["closed reset"]);
  });

  it("is refused by a port without a listener; a connection closed while it opens ends as closed", async () => {
    const { listener, port } = await connect();
    listener.close();
    listener.close();
    await bench.pass(5);
    const refused = new Witness();
    bench.a.connectTcp(bench.b.address, port, refused);
    expect(refused.events).toEqual([]);
    await bench.until("refused", () => refused.cause !== null);
    expect(refused.events).toEqual(["closed refused"]);
    const forgotten = new Witness();
    bench.a.connectTcp(bench.b.address, port, forgotten).close();
    expect(forgotten.events).toEqual([]);
    await bench.until("forgotten", () => forgotten.cause !== null);
    expect(forgotten.events).toEqual(["closed closed"]);
  });

  it("delivers no data while reading is paused, and all of it afterwards", async () => {
    const { far, connection, accepted } = await connect();
    accepted.pauseReading();
    connection.send(new Uint8Array(100).fill(5));
    await bench.pass(300);
    expect(far.bytes.length).toBe(0);
    accepted.resumeReading();
    expect(far.bytes.length).toBe(0);
    await bench.until("data", () => far.bytes.length === 100);
  });

  it("queues what exceeds the receive window of a peer that does not read", async () => {
    const { near, far, connection, accepted } = await connect();
    accepted.pauseReading();
    // Exceeds the kernel's socket buffers on loopback, so that some bytes stay queued.
    const total = 24_000_000;
    connection.send(new Uint8Array(total));
    expect(connection.queuedBytes).toBeGreaterThan(0);
    await bench.pass(50);
    expect(connection.queuedBytes).toBeGreaterThan(0);
    expect(near.events).not.toContain("drained");
    connection.abort();
    accepted.resumeReading();
    await bench.until("closed", () => near.cause !== null && far.cause !== null);
  });

  it("takes keep-alive settings at any time", async () => {
    const early = new Witness();
    const { near, connection, accepted, port } = await connect();
    const second = bench.a.connectTcp(bench.b.address, port, early);
    second.setKeepAlive({ idleUs: 1_000_000, intervalUs: 1_000_000, probes: 2 });
    connection.setKeepAlive();
    connection.setKeepAlive(null);
    accepted.setKeepAlive({ idleUs: 2_000_000, intervalUs: 1_000_000, probes: 5 });
    await bench.until("connected", () => early.events.includes("connected"));
    await bench.pass(50);
    expect([near.cause, early.cause]).toEqual([null, null]);
  });

  it("reports a port in use; TCP and UDP ports are separate", async () => {
    const { port } = await connect();
    const outcomes: string[] = [];
    const onAccept = () => new Witness();
    bench.b.listenTcp(port, { onAccept, onListening: () => outcomes.push("tcp"), onFailed: (fault) => outcomes.push(`tcp ${fault}`) });
    expect(outcomes).toEqual([]);
    await bench.until("outcome", () => outcomes.length === 1);
    const handlers = {
      onOpen: () => outcomes.push("udp"),
      onDatagram: () => {},
      onFailed: (fault: string) => outcomes.push(`udp ${fault}`),
    };
    bench.b.openUdp(port, handlers);
    await bench.until("outcome", () => outcomes.length === 2);
    bench.b.openUdp(port, handlers);
    await bench.until("outcome", () => outcomes.length === 3);
    expect(outcomes).toEqual(["tcp port-in-use", "udp", "udp port-in-use"]);
  });

  it("sends and receives datagrams; an ICMP error for one stops neither socket", async () => {
    const { a, b } = bench;
    const heard: [number[], number, number][] = [];
    let port = 0;
    let nearPort = 0;
    const far = b.openUdp(0, {
      onOpen: (chosen) => {
        port = chosen;
      },
      onDatagram: (bytes, at, len, from, fromPort) => heard.push([[...bytes.subarray(at, at + len)], from, fromPort]),
    });
    const near = a.openUdp(0, {
      onOpen: (chosen) => {
        nearPort = chosen;
      },
      onDatagram: () => {},
      onFailed: () => heard.push([[], 0, 0]),
    });
    await bench.until("open", () => port !== 0 && nearPort !== 0);
    const buffer = Uint8Array.of(1, 2, 3);
    near.send(buffer, b.address, port);
    buffer.fill(0);
    await bench.until("datagram", () => heard.length === 1);
    expect(heard[0]).toEqual([[1, 2, 3], a.address, nearPort]);
    near.send(new Uint8Array(0), b.address, port);
    await bench.until("empty datagram", () => heard.length === 2);
    expect(heard[1][0]).toEqual([]);
    far.close();
    far.close();
    await bench.pass(10);
    // Each datagram draws an ICMP error; the socket stays usable.
    for (let i = 0; i < 5; i++) {
      near.send(Uint8Array.of(4), b.address, port);
      await bench.pass(10);
    }
    let reopened = 0;
    b.openUdp(port, {
      onOpen: (chosen) => {
        reopened = chosen;
      },
      onDatagram: () => heard.push([[9], 0, 0]),
    });
    await bench.until("open again", () => reopened === port);
    near.send(Uint8Array.of(5), b.address, port);
    await bench.until("datagram after the errors", () => heard.length === 3);
    near.close();
    near.send(Uint8Array.of(6), b.address, port);
    await bench.pass(20);
    expect(heard.length).toBe(3);
  });
});
