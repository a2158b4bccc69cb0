import { assumed, type BootModel, type DownBehaviour, type Facts, type GoingDown, type PlatformVariant } from "@pushback/host";
import { Segment, Simulation } from "@pushback/sim";
import { describe, expect, it } from "vitest";
import type { StackEvent } from "./events.ts";
import { createAlwaysOnMachine, createMachine, type MachineEvent } from "./machine.ts";
import { PLAIN } from "./testing/personality.ts";

const S = 1_000_000;
const SERVER = 0x0a000001;
const CLIENT = 0x0a000002;

const BOOT: BootModel = {
  phases: [
    { id: "firmware", title: "Firmware", durationUs: 10 * S, screen: [] },
    { id: "network", title: "Network", durationUs: 5 * S, screen: [] },
    { id: "shell", title: "Shell", durationUs: 20 * S, screen: [] },
  ],
  stack: { kind: "after-phase", phase: "network" },
  jitter: 0,
};
const down = (over: Partial<DownBehaviour> = {}): DownBehaviour => ({ logsOff: false, connections: "silent", takesUs: 0, ...over });
const DOWN: GoingDown = {
  shutdown: down({ logsOff: true, connections: "close", takesUs: 8 * S }),
  "warm-boot": down({ connections: "reset", takesUs: 1 * S }),
  reset: down(),
  "power-cut": down(),
  uncleanReboot: "reset",
};

function facts<T extends object>(values: T): Facts<T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, assumed(value, "a test")])) as Facts<T>;
}

function createLab(boot: Partial<BootModel> = {}, seed = "lab") {
  const sim = new Simulation({ seed, epochMs: 0 });
  const segment = new Segment(sim, sim.random.fork("wire"), { latencyUs: 100, jitterUs: 0, loss: 0 });
  const events: string[] = [];
  const log = (event: MachineEvent | StackEvent) => {
    if (event.type === "boot-phase") events.push(`${sim.nowUs()} ${event.phase.id}`);
    else if (event.type === "machine-going-down") events.push(`${sim.nowUs()} going-down ${event.way}`);
    else if (event.type.startsWith("stack-") || event.type.startsWith("machine-")) events.push(`${sim.nowUs()} ${event.type}`);
  };
  const common = { netmask: 0xffffff00, gateway: null, scheduler: sim, random: sim.random };
  const server = createAlwaysOnMachine({
    ...common,
    name: "server",
    address: SERVER,
    card: segment.connect("server", Uint8Array.of(2, 0, 0, 0, 0, 1)),
    personality: PLAIN,
  });
  const variant: PlatformVariant = {
    id: "test",
    platform: "test",
    title: "Test",
    personality: facts(PLAIN),
    boot: facts(BOOT),
    goingDown: facts(DOWN),
    mail: {} as PlatformVariant["mail"],
    tcpRegistry: { value: false, source: "", confidence: "assumption", cites: [] },
    appearance: { skin: "ms-dos", mailTitle: "" },
  };
  const client = createMachine({
    ...common,
    name: "client",
    address: CLIENT,
    card: segment.connect("client", Uint8Array.of(2, 0, 0, 0, 0, 2)),
    variant,
    boot,
    onEvent: log,
  });
  server.powerOn();
  const serverLog: string[] = [];
  const accepted: import("@pushback/host").TcpConnection[] = [];
  server.host()?.listenTcp(135, {
    onAccept: (connection) => {
      accepted.push(connection);
      connection.setKeepAlive();
      return {
        onData() {},
        onEnd: () => connection.close(),
        onClosed: (cause) => serverLog.push(`${sim.nowUs()} ${cause}`),
      };
    },
  });
  return { sim, server, client, events, serverLog, accepted };
}

describe("boot", () => {
  it("goes phase by phase; the stack comes up after its phase, programs run after the last phase", () => {
    const { sim, client, events } = createLab();
    client.onReady(() => events.push(`${sim.nowUs()} program`));
    client.powerOn();
    expect([client.state, client.host(), client.stackIsUp]).toEqual(["booting", null, false]);
    sim.runUntil(15 * S);
    expect(client.stackIsUp).toBe(true);
    expect(client.host()).toBeNull();
    sim.runUntil(60 * S);
    expect(events).toEqual([
      "0 firmware",
      "10000000 network",
      "15000000 stack-up",
      "15000000 shell",
      "35000000 machine-ready",
      "35000000 program",
    ]);
    expect(client.host()?.address).toBe(CLIENT);
  });

  it("varies in length by the jitter, and is the same for the same seed", () => {
    const readyAt = (seed: string) => {
      const { sim, client } = createLab({ jitter: 0.1 }, seed);
      let at = -1;
      client.onReady(() => {
        at = sim.nowUs();
      });
      client.powerOn();
      sim.runUntil(100 * S);
      return at;
    };
    const times = ["a", "b", "c", "d"].map(readyAt);
    expect(times).toEqual(["a", "b", "c", "d"].map(readyAt));
    expect(new Set(times).size).toBe(4);
    for (const at of times) expect(Math.abs(at - 35 * S)).toBeLessThanOrEqual(3.5 * S);
  });

  it("starts with fresh state each time: ports from the bottom, empty ARP table", () => {
    const { sim, client } = createLab();
    const ports: number[] = [];
    const run = () => {
      client.host()?.openUdp(0, { onOpen: (port) => ports.push(port), onDatagram() {} });
    };
    client.onReady(run);
    client.powerOn();
    sim.runUntil(40 * S);
    client.goDown("reset", { thenBoot: true });
    client.onReady(run);
    sim.runUntil(100 * S);
    expect(ports).toEqual([1024, 1024]);
  });
});

describe("going down", () => {
  function connected() {
    const lab = createLab();
    const closed: string[] = [];
    let connection: import("@pushback/host").TcpConnection | undefined;
    lab.client.onReady(() => {
      connection = lab.client.host()?.connectTcp(SERVER, 135, { onData() {}, onClosed: (cause) => closed.push(cause) });
    });
    lab.client.powerOn();
    lab.sim.runUntil(40 * S);
    return { ...lab, closed, connection };
  }

  it("a reset is silent: no packet reaches the server, and its keep-alive probe draws an RST from the rebooted machine (Q183786)", () => {
    const { sim, client, serverLog, closed } = connected();
    client.goDown("reset", { thenBoot: true });
    expect(client.state).toBe("booting");
    sim.runUntil(7200 * S);
    expect(serverLog).toEqual([]);
    sim.runUntil(7300 * S);
    expect(serverLog.length).toBe(1);
    expect(serverLog[0]).toMatch(/^72350\d{5} keepalive-reset$/);
    expect(closed).toEqual([]);
  });

  it("a machine that stays off answers none of six probes, and the session times out", () => {
    const { sim, client, serverLog } = connected();
    client.goDown("power-cut");
    expect(client.state).toBe("off");
    sim.runUntil(7300 * S);
    expect(serverLog.length).toBe(1);
    expect(serverLog[0]).toMatch(/^72410\d{5} keepalive-timeout$/);
  });

  it("an orderly shutdown lets programs log off, and FIN gets out", () => {
    const { sim, client, serverLog, connection, closed, events } = connected();
    client.onGoingDown((way) => {
      events.push(`log off: ${way}`);
      connection?.close();
    });
    client.goDown("shutdown");
    expect(client.state).toBe("going-down");
    sim.runUntil(41 * S);
    expect(serverLog).toEqual([expect.stringMatching(/closed$/)]);
    expect(closed).toEqual(["closed"]);
    sim.runUntil(60 * S);
    expect(client.state).toBe("off");
    expect(events.slice(-4)).toEqual(["40000000 going-down shutdown", "log off: shutdown", "48000000 stack-down", "48000000 machine-off"]);
  });

  it("shutdown closes connections that programs left open; a warm boot resets them if the platform says so", () => {
    const first = connected();
    first.client.goDown("shutdown");
    first.sim.runUntil(60 * S);
    expect(first.serverLog).toEqual([expect.stringMatching(/^44000\d{3} closed$/)]);
    const second = connected();
    second.client.goDown("warm-boot", { thenBoot: true });
    second.sim.runUntil(42 * S);
    expect(second.serverLog).toEqual([expect.stringMatching(/^40000\d{3} reset$/)]);
    expect(second.client.state).toBe("booting");
  });

  it("the server's registry sets the keep-alive times of its sessions", () => {
    const { sim, server, client, serverLog } = connected();
    server.setKeepAliveDefaults({ idleUs: 300 * S, intervalUs: S, probes: 5 });
    client.goDown("power-cut");
    sim.runUntil(400 * S);
    expect(serverLog).toEqual([expect.stringMatching(/^3410\d{5} keepalive-timeout$/)]);
  });

  it("the server's registry limits retransmissions of data, for open sessions too (Q183786)", () => {
    const ends = [1, 2, 5].map((retries) => {
      const { sim, server, client, serverLog, accepted } = connected();
      client.goDown("power-cut");
      server.setMaxDataRetries(retries);
      accepted[0].send(Uint8Array.of(1));
      sim.runUntil(400 * S);
      const [, atUs] = /^(\d+) retransmission-timeout$/.exec(serverLog[0]) ?? [];
      return Number(atUs);
    });
    expect(ends.every((us) => us > 0)).toBe(true);
    expect(ends[0]).toBeLessThan(ends[1]);
    expect(ends[1]).toBeLessThan(ends[2]);
  });
});

describe("a stack on demand", () => {
  it("is loaded at the first endpoint and unloaded two minutes after the last (Apple TIL 30993)", () => {
    const { sim, client, events } = createLab({ stack: { kind: "on-demand", unloadAfterUs: 120 * S } });
    client.powerOn();
    sim.runUntil(50 * S);
    expect([client.state, client.stackIsUp]).toEqual(["ready", false]);
    const socket = client.host()?.openUdp(0, { onDatagram() {} });
    expect(client.stackIsUp).toBe(true);
    sim.runUntil(100 * S);
    socket?.close();
    sim.runUntil(150 * S);
    const again = client.host()?.openUdp(0, { onDatagram() {} });
    sim.runUntil(1000 * S);
    expect(client.stackIsUp).toBe(true);
    again?.close();
    sim.runUntil(2000 * S);
    expect(events.slice(-2)).toEqual(["50000000 stack-up", "1120000000 stack-down"]);
  });

  it("cancels the timers of programs only when the machine goes down, not when it is unloaded", () => {
    const { sim, client } = createLab({ stack: { kind: "on-demand", unloadAfterUs: 1 } });
    client.powerOn();
    sim.runUntil(50 * S);
    const fired: number[] = [];
    client
      .host()
      ?.openUdp(0, { onDatagram() {} })
      .close();
    for (const delay of [S, 10 * S]) client.host()?.setTimer(delay, () => fired.push(delay));
    sim.runUntil(55 * S);
    client.goDown("reset");
    sim.runUntil(100 * S);
    expect(fired).toEqual([S]);
  });
});
