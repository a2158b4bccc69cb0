/** What happens to sessions, mail and clients when the server goes down or its mail service restarts. */

import { describe, expect, it } from "vitest";
import { MachineView } from "./machine-view.ts";
import type { Recording } from "./recording.ts";
import { RecordingIndex } from "./recording-index.ts";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";
import { SERVICE_START_US } from "./server-station.ts";

const MINUTE = 60_000_000;

function record(steps: readonly string[], client = "reconnect: 30s", duration = "3h"): Recording {
  const text = `title: T\nduration: ${duration}\nclients: [{ name: pc, platform: nt-4.0, ${client} }]\nsteps:\n${steps.map((s) => `  - { ${s} }\n`).join("")}`;
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return runScenario(parsed.scenario, { variants: [], seed: "1" });
}

function sessionsOf(recording: Recording) {
  const index = new RecordingIndex(recording);
  return new MachineView(index, recording.machines[1]).sessions;
}

function eventsOf(recording: Recording, layer: "client" | "server" | "scenario") {
  return [...recording.events].flatMap((e) => (e.layer === layer ? [{ atUs: e.atUs, ...e.event }] : []));
}

const LOGON = "at: 1m, logon: pc";

describe("a server that is rebooted", () => {
  it("loses its sessions at once, keeps its mail, and answers again after its boot and the start of its service", () => {
    const recording = record([LOGON, "at: 2m, deliver: { to: pc, subject: A }", "at: 5m, reboot: server"]);
    expect(sessionsOf(recording)).toMatchObject([
      { id: 1, endUs: 5 * MINUTE, how: "rundown", cause: "host-down" },
      { id: 2, endUs: null },
    ]);
    const ready = [...recording.events].findLast((e) => e.machine === "server" && e.event.type === "machine-ready")?.atUs ?? 0;
    expect(eventsOf(recording, "server").filter(({ type }) => type === "listening")).toMatchObject([
      { atUs: 0 },
      { atUs: ready + SERVICE_START_US },
    ]);
    const shown = eventsOf(recording, "client").findLast(({ type }) => type === "inbox-shown");
    expect(shown).toMatchObject({ rows: [{ subject: "A" }] });
  });

  it("answers the client's next call with a reset, and the client logs on again by itself if it is told to", () => {
    const steps = [LOGON, "at: 5m, reboot: server"];
    const lost = (recording: Recording) => eventsOf(recording, "client").find(({ type }) => type === "disconnected");
    const recording = record(steps);
    const { atUs } = lost(recording) ?? { atUs: 0 };
    expect(lost(recording)).toMatchObject({ cause: "reset" });
    // The client polls an hour after its last call (Q156711).
    expect(atUs).toBeGreaterThan(61 * MINUTE);
    const again = eventsOf(recording, "client").filter(({ type }) => type === "connecting");
    expect(again.map((e) => e.atUs)).toEqual([MINUTE, atUs + MINUTE / 2]);
    expect(eventsOf(record(steps, "off: false"), "client").filter(({ type }) => type === "connecting")).toHaveLength(1);
  });

  it("has its client back by itself also after a logon by hand that failed, unless the user logs off", () => {
    const steps = [LOGON, "at: 5m, shutdown: server", "at: 7m, logon: pc", "at: 20m, power-on: server"];
    expect(sessionsOf(record(steps, "reconnect: 5m", "40m"))).toMatchObject([{ endUs: expect.any(Number) }, { endUs: null }]);
    expect(sessionsOf(record([...steps, "at: 9m, logoff: pc"], "reconnect: 5m", "40m"))).toHaveLength(1);
    const never = record([LOGON.replace("1m", "6m"), "at: 5m, shutdown: server", "at: 20m, power-on: server"], "reconnect: 5m", "40m");
    expect(sessionsOf(never)).toEqual([]);
  });

  it("gets mail that came meanwhile as soon as its service runs", () => {
    const recording = record([LOGON, "at: 5m, power-off: server", "at: 6m, deliver: { to: pc }", "at: 20m, power-on: server"]);
    const delivered = eventsOf(recording, "server").find(({ type }) => type === "delivered");
    const listening = eventsOf(recording, "server").findLast(({ type }) => type === "listening");
    expect(delivered?.atUs).toBeGreaterThan(20 * MINUTE);
    expect(delivered?.atUs).toBe(listening?.atUs);
  });

  it("closes its connections in order when it is shut down, so that clients learn of it at once", () => {
    const recording = record([LOGON, "at: 5m, shutdown: server"], "off: false", "10m");
    expect(eventsOf(recording, "client").at(-1)).toMatchObject({ type: "disconnected", cause: "closed" });
    expect(eventsOf(recording, "client").at(-1)?.atUs).toBeLessThan(5 * MINUTE + 1_000_000);
  });

  it("has a new registration for every session, and never a session's number twice", () => {
    const recording = record([LOGON, "at: 5m, reboot: server", "at: 70m, restart-service: server", "at: 80m, reboot: server"]);
    const ids = eventsOf(recording, "server").flatMap((e) => (e.type === "connect" ? [e.session] : []));
    expect(ids).toEqual([1, 2, 3, 4]);
  });
});

describe("a mail service that is restarted", () => {
  it("ends its sessions, and the machine stays on", () => {
    const recording = record([LOGON, "at: 5m, restart-service: server", "at: 10m, deliver: { to: pc }"]);
    expect(sessionsOf(recording)).toMatchObject([{ endUs: 5 * MINUTE, cause: "host-down" }, { endUs: null }]);
    expect([...recording.events].some((e) => e.machine === "server" && e.event.type === "machine-off")).toBe(false);
    expect(eventsOf(recording, "client").filter(({ type }) => type === "new-mail")).toHaveLength(1);
  });

  it("starts once where it is restarted again before it runs, or its machine goes down meanwhile", () => {
    const again = record([LOGON, "at: 5m, restart-service: server", "at: 5m10s, restart-service: server"]);
    expect(eventsOf(again, "server").filter(({ type }) => type === "listening")).toHaveLength(2);
    expect(eventsOf(again, "scenario")).toContainEqual(
      expect.objectContaining({ type: "step-failed", action: "restart-service", reason: "the mail service is not running" }),
    );
    const down = record([LOGON, "at: 5m, restart-service: server", "at: 5m10s, power-off: server", "at: 5m20s, power-on: server"]);
    expect(eventsOf(down, "server").filter(({ type }) => type === "listening")).toHaveLength(2);
    const off = record([LOGON, "at: 5m, restart-service: server", "at: 5m10s, power-off: server"]);
    expect(eventsOf(off, "server").filter(({ type }) => type === "listening")).toHaveLength(1);
  });
});

describe("a server whose cable is out", () => {
  it("keeps the session, and its datagrams reach the client when the cable is in again", () => {
    const recording = record([LOGON, "at: 5m, unplug: server", "at: 6m, deliver: { to: pc }", "at: 10m30s, plug: server"]);
    expect(sessionsOf(recording)).toMatchObject([{ id: 1, endUs: null }]);
    const heard = eventsOf(recording, "client").find(({ type }) => type === "datagram-received");
    expect(heard?.atUs).toBeGreaterThan(11 * MINUTE);
    expect(heard?.atUs).toBeLessThan(11 * MINUTE + 1_000_000);
  });
});

it("refuses a step of clients at the server, with the names of the machines that take it", () => {
  const text = "title: T\nduration: 5m\nclients: [{ name: pc, platform: nt-4.0 }]\nsteps: [{ at: 1m, logon: server }]";
  const parsed = parseScenario("t", text);
  expect(parsed.ok ? [] : parsed.faults).toMatchObject([{ message: expect.stringContaining("server") }]);
});
