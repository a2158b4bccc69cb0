import { assumed } from "@pushback/host";
import { describe, expect, it } from "vitest";
import { createCatalogue } from "./catalogue.ts";
import { judgeClaims } from "./claims.ts";
import { MachineView } from "./machine-view.ts";
import { PLATFORMS } from "./platforms.ts";
import { RecordingIndex } from "./recording-index.ts";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";

function parse(steps: readonly string[], server = "", duration = "30m") {
  const list = steps.map((s) => `  - { ${s} }\n`).join("");
  return parseScenario(
    "t",
    `title: T\nduration: ${duration}\n${server}clients: [{ name: pc, platform: nt-4.0, reconnect: 10s }]\nsteps:\n${list}`,
  );
}

function record(...args: Parameters<typeof parse>) {
  const parsed = parse(...args);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return runScenario(parsed.scenario, { variants: [], seed: "1" });
}

/** Times to live of the IP datagrams that an address sent from `fromUs` on and before `toUs`. */
function ttlsOf({ frames }: ReturnType<typeof record>, lastOctet: number, fromUs = 0, toUs = Number.POSITIVE_INFINITY): number[] {
  const found = new Set<number>();
  for (let n = 1; n <= frames.count; n++) {
    const b = frames.bytesOf(n);
    const at = frames.offsetOf(n);
    const isIp = b[at + 12] === 8 && b[at + 13] === 0;
    if (isIp && b[at + 29] === lastOctet && frames.timeOf(n) >= fromUs && frames.timeOf(n) < toUs) found.add(b[at + 22]);
  }
  return [...found];
}

const MINUTE = 60_000_000;
const LOGON = "at: 1m, logon: pc";

describe("a parameter of a client's registry", () => {
  const set = "at: 2m, registry: { machine: pc, DefaultTTL: 33 }";

  it("holds from the next boot on", () => {
    const recording = record([LOGON, set, "at: 3m, deliver: { to: pc }", "at: 5m, reboot: pc", "at: 10m, logon: pc"]);
    expect(ttlsOf(recording, 201, 0, 5 * MINUTE)).toEqual([128]);
    expect(ttlsOf(recording, 201, 6 * MINUTE)).toEqual([33]);
    expect(ttlsOf(recording, 10)).toEqual([128]);
  });

  it("is there on a platform that says so, also on a custom one, and on no other", () => {
    const [model] = PLATFORMS[0].variants;
    const variant = { ...model, id: "own-1", platform: "own", tcpRegistry: assumed(true, "a test") } as const;
    const catalogue = createCatalogue({ platforms: [...PLATFORMS, { id: "own", title: "Own", summary: "A test", variants: [variant] }] });
    const failed = PLATFORMS.flatMap(({ variants }) => variants.map(({ id }) => id))
      .concat("own-1")
      .filter((id) => {
        const text = `title: T\nduration: 1m\nclients: [{ name: pc, platform: ${id} }]\nsteps: [{ at: 1s, registry: { machine: pc, DefaultTTL: 33 } }]\n`;
        const parsed = parseScenario("t", text, catalogue);
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
        return runScenario(parsed.scenario, { variants: [], seed: "1" }).events.some(({ event }) => event.type === "step-failed");
      });
    expect(failed).toEqual(["network-client-3.0", "wfw-3.11", "windows-3.1", "open-transport", "open-transport-9", "mactcp"]);
  });

  it("comes with the restart that it needs", () => {
    const recording = record([LOGON, set.replace("33", "33, restart: true"), "at: 10m, logon: pc"]);
    expect(ttlsOf(recording, 201, 4 * MINUTE)).toEqual([33]);
    expect([...recording.events].find(({ machine, event }) => machine === "pc" && event.type === "machine-going-down")?.atUs).toBe(
      2 * MINUTE,
    );
  });

  it("ends a connection attempt after as many repetitions of its SYN", () => {
    const after = (retries: number) => {
      const recording = record([
        `at: 1s, registry: { machine: pc, TcpMaxConnectRetransmissions: ${retries} }`,
        "at: 1m, reboot: pc",
        "at: 3m, power-off: server",
        "at: 4m, logon: pc",
      ]);
      return [...recording.events].find(({ event }) => event.type === "disconnected")?.atUs ?? 0;
    };
    expect(after(1)).toBeLessThan(after(3));
  });
});

describe("a parameter of the server's registry", () => {
  it("holds from the beginning where the server section has it", () => {
    expect(ttlsOf(record([LOGON], "server: { DefaultTTL: 64 }\n"), 10)).toEqual([64]);
  });

  it("holds after a restart, and keep-alive is judged by it", () => {
    const recording = record(
      [LOGON, "at: 5m, registry: { machine: server, KeepAliveTime: 10m, DefaultTTL: 50, restart: true }", "at: 20m, reboot: pc"],
      "",
      "2h",
    );
    expect(ttlsOf(recording, 10, 6 * MINUTE)).toEqual([50]);
    const view = new MachineView(new RecordingIndex(recording), recording.machines[1]);
    expect(view.sessions.map(({ cause }) => cause)).toEqual(["host-down", "keepalive-reset"]);
    expect(judgeClaims(view, []).filter(({ holds }) => holds === false)).toEqual([]);
    expect(judgeClaims(view, []).find(({ id }) => id === "two-hours")?.holds).toBe(true);
  });
});

it.each([
  ["TcpKeepCnt: 5", '"TcpKeepCnt" is a parameter that the stack does not model; there are KeepAliveTime, '],
  ["ArpCacheSize: 5", '"ArpCacheSize" is a parameter that the stack does not model'],
  ["DefaultTTL: 0", '"DefaultTTL"'],
  ["DefaultTTL: 256", '"DefaultTTL"'],
  ["ArpCacheLife: 0s", '"ArpCacheLife" takes a length of time from 1s'],
  ["Nonsense: 1", 'unknown setting "Nonsense"'],
])("refuses %s", (value, message) => {
  const parsed = parse([`at: 1m, registry: { machine: pc, ${value} }`]);
  expect(parsed.ok ? [] : parsed.faults.map((fault) => fault.message)).toContainEqual(expect.stringContaining(message));
});
