/** Defaults of the server have one declaration each: `serve`, `conform`, scenarios and help texts derive from it. */

import { formatDuration } from "@pushback/host";
import { findVariant, parseScenario, runScenario } from "@pushback/scenario";
import { DEFAULT_SETTINGS, LIVE_LIMITS } from "@pushback/server";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addConformCommands } from "../conform/commands.ts";
import { addServeCommands } from "./commands.ts";
import { type ServeFlags, serveSettings } from "./serve-options.ts";

const SCENARIO = "title: T\nduration: 1m\nclients:\n  - { name: pc, platform: nt-4.0 }\nsteps:\n  - { at: 1s, logon: pc }\n";

const keepAlive = findVariant("windows-nt")?.personality.keepAlive.value;
if (keepAlive === undefined) throw new Error("no Windows NT");

/** The description of an option, as the help text prints it. */
function helpOf(add: (program: Command) => void, command: string, option: string): string {
  const program = new Command();
  add(program);
  const found = program.commands.find((c) => c.name() === command)?.options.find((o) => o.long === option);
  if (!found) throw new Error(`${command} has no ${option}`);
  return found.description;
}

describe("the server's defaults", () => {
  it("are those of `serve` without options", () => {
    const flags = {
      listen: "127.0.0.1",
      port: "0",
      epmPort: "135",
      domain: "D",
      ntlmv1: true,
      lm: true,
      allowCallback: [],
      maildir: [],
      mailDomain: [],
    } satisfies ServeFlags;
    const settings = serveSettings(flags);
    expect(settings.intervalUs).toBe(DEFAULT_SETTINGS.notificationIntervalUs);
    expect(settings.keepAlive).toEqual(keepAlive);
    expect(settings.limits).toEqual(LIVE_LIMITS);
  });

  it("are those of a scenario that says nothing about its server", () => {
    const parsed = parseScenario("t", SCENARIO);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const recording = runScenario(parsed.scenario, { variants: [], seed: "1" });
    expect(recording.notificationIntervalUs).toBe(DEFAULT_SETTINGS.notificationIntervalUs);
    expect(recording.keepAliveUs).toBe(keepAlive.idleUs);
  });

  it("are in the help texts", () => {
    const interval = formatDuration(DEFAULT_SETTINGS.notificationIntervalUs);
    expect(helpOf(addServeCommands, "serve", "--interval")).toContain(`; ${interval} if left out`);
    expect(helpOf(addConformCommands, "conform", "--interval")).toContain(`; ${interval} if left out`);
    const texts: readonly (readonly [string, string])[] = [
      ["--max-connections", String(LIVE_LIMITS.associations)],
      ["--max-per-address", String(LIVE_LIMITS.associationsPerAddress)],
      ["--max-datagrams", String(LIVE_LIMITS.datagramsPerSecond)],
      ["--bind-timeout", formatDuration(LIVE_LIMITS.bindTimeoutUs)],
      ["--idle-timeout", formatDuration(LIVE_LIMITS.idleTimeoutUs)],
    ];
    for (const [option, value] of texts) expect(helpOf(addServeCommands, "serve", option)).toContain(`; ${value} if left out`);
  });

  // MS-OXCNOTIF 3.1.5.4 and Q159302; Q120642: two hours, a second, five more probes.
  it("are a datagram a minute, and a probe after two hours", () => {
    expect(DEFAULT_SETTINGS.notificationIntervalUs).toBe(60_000_000);
    expect(keepAlive).toEqual({ idleUs: 7_200_000_000, intervalUs: 1_000_000, probes: 5 });
  });
});
