/** The end of a DHCP lease, and clocks that are set. */

import { describe, expect, it } from "vitest";
import { judgeClaims } from "../claims.ts";
import { MachineView } from "../machine-view.ts";
import { RecordingIndex } from "../recording-index.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";

const MINUTE = 60_000_000;
const HOUR_MS = 3_600_000;

function parse(steps: readonly string[], platform = "windows-95") {
  const list = steps.map((s) => `  - { ${s} }\n`).join("");
  return parseScenario("t", `title: T\nduration: 30m\nclients: [{ name: pc, platform: ${platform} }]\nsteps:\n${list}`);
}

function record(steps: readonly string[], platform?: string) {
  const parsed = parse(steps, platform);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return runScenario(parsed.scenario, { variants: [], seed: "1" });
}

const eventsOf = (recording: ReturnType<typeof record>, type: string) => [...recording.events].filter(({ event }) => event.type === type);

describe("the end of a lease", () => {
  const recording = record([
    "at: 1m, logon: pc",
    "at: 5m, lease-end: pc",
    "at: 6m, deliver: { to: pc }",
    "at: 10m, reboot: pc",
    "at: 15m, logon: pc",
    "at: 20m30s, deliver: { to: pc }",
  ]);

  it("ends the client's connection at once and sends nothing; the next boot has another address", () => {
    expect(eventsOf(recording, "disconnected")[0]).toMatchObject({ atUs: 5 * MINUTE, event: { cause: "host-down" } });
    expect(eventsOf(recording, "address-changed")).toHaveLength(1);
    expect(eventsOf(recording, "logged-on")).toHaveLength(2);
    expect(eventsOf(recording, "new-mail").at(-1)?.atUs).toBeGreaterThanOrEqual(20.5 * MINUTE);
  });

  it("leaves a session to which the server pushes, and no claim is refuted", () => {
    const view = new MachineView(new RecordingIndex(recording), recording.machines[1]);
    expect(view.sessions.map(({ endUs }) => endUs)).toEqual([null, null]);
    expect(judgeClaims(view, []).filter(({ holds }) => holds === false)).toEqual([]);
    // 25 datagrams to the first session, one a minute from the sixth minute on, and one to the second session, about the second message.
    expect(eventsOf(recording, "datagram-sent")).toHaveLength(25 + 1);
  });
});

it.each(["windows-95", "mactcp"])(
  "is silent from the end of the lease to the next boot, and says once that the stack is down: %s",
  (platform) => {
    const recording = record(
      ["at: 1m, logon: pc", "at: 5m, lease-end: pc", "at: 12m, deliver: { to: pc }", "at: 20m, power-off: pc"],
      platform,
    );
    const after = (type: string) => eventsOf(recording, type).filter(({ machine, atUs }) => machine === "pc" && atUs >= 5 * MINUTE);
    expect(after("stack-down").map(({ atUs }) => atUs)).toEqual([5 * MINUTE]);
    expect(after("stack-up")).toEqual([]);
    expect(after("logged-on")).toEqual([]);
  },
);

describe("a clock", () => {
  const rowsAfter = (clock: string) => {
    const recording = record([
      "at: 1m, logon: pc",
      "at: 5m, deliver: { to: pc, subject: First }",
      `at: 6m, ${clock}`,
      "at: 7m, deliver: { to: pc, subject: Second }",
      "at: 8m, read: pc",
    ]);
    const shown = eventsOf(recording, "inbox-shown").flatMap(({ event }) => (event.type === "inbox-shown" ? event.rows : []));
    const read = eventsOf(recording, "message-read")[0].event;
    const [first, second] = ["First", "Second"].map((subject) => shown.find((row) => row.subject === subject)?.deliveredMs ?? 0);
    return { apartMs: second - first, read: read.type === "message-read" ? read.subject : "" };
  };

  it("that is set at the server moves the times of messages; what the client takes for the newest follows them", () => {
    expect(rowsAfter("clock: { machine: server, ahead: 1h }")).toEqual({ apartMs: 120_000 + HOUR_MS, read: "Second" });
    expect(rowsAfter("clock: { machine: server, back: 1h }")).toEqual({ apartMs: 120_000 - HOUR_MS, read: "First" });
  });

  it("that is set at a client moves no message's time", () => {
    expect(rowsAfter("clock: { machine: pc, ahead: 1h }")).toEqual({ apartMs: 120_000, read: "Second" });
  });

  it("moves no timer", () => {
    const times = (clock: readonly string[]) =>
      eventsOf(record(["at: 1m, logon: pc", "at: 2m, reboot: pc", "at: 3m, deliver: { to: pc }", ...clock]), "datagram-sent").map(
        ({ atUs }) => atUs,
      );
    expect(times(["at: 5m30s, clock: { machine: server, ahead: 12h }"])).toEqual(times([]));
  });
});

it.each([
  ["clock: { machine: pc }", "takes one of `ahead` and `back`"],
  ["clock: { machine: pc, ahead: 1h, back: 1h }", "takes one of `ahead` and `back`"],
  ["lease-end: server", "the server does not take this step"],
])("refuses %s", (step, message) => {
  const parsed = parse([`at: 1m, ${step}`]);
  expect(parsed.ok ? [] : parsed.faults.map((fault) => fault.message)).toContainEqual(expect.stringContaining(message));
});
