/** Saved runs, read and run again as `pushback run` does it. */

import { eventJson, PLATFORMS, parseScenario, type Recording, runScenario, type ScenarioStep } from "@pushback/scenario";
import { describe, expect, it } from "vitest";
import { parseSavedScenario } from "../state/run-document.ts";
import { LabApi } from "./lab-api.ts";
import type { LabSettings, RunPlace } from "./lab-types.ts";

const MINUTE = 60_000_000;
const PLACE: RunPlace = { bookmarks: [{ atUs: 7 * MINUTE, label: "Bookmark 1" }], timeUs: 9 * MINUTE, view: "timeline" };
const DEFAULT_VARIANTS = PLATFORMS.map(({ variants }) => variants[0].id);

type Acts = readonly (readonly [number, Omit<ScenarioStep, "at">])[];

function played(settings: LabSettings, acts: Acts): LabApi {
  const lab = new LabApi();
  const opened = lab.open(settings);
  if (!opened.ok) throw new Error(opened.message);
  for (const [atUs, step] of acts) lab.act({ at: atUs, ...step } as ScenarioStep, atUs);
  return lab;
}

function textOf(lab: LabApi, name = "saved"): string {
  const saved = lab.scenarioText(name, PLACE);
  if (!saved.ok) throw new Error(saved.message);
  return saved.text;
}

/** Everything that a recording has of events and frames. */
function contentOf({ events, frames }: Recording) {
  const list = Array.from({ length: frames.count }, (_, i) => {
    const from = frames.offsetOf(i + 1);
    return `${frames.timeOf(i + 1)} ${Buffer.from(frames.bytesOf(i + 1).subarray(from, from + frames.lengthOf(i + 1))).toString("hex")}`;
  });
  return { events: events.map(eventJson), frames: list };
}

/** Runs the file with the seed and the platforms that its first line names. */
function runOf(text: string, id = "saved"): Recording {
  const parsed = parseScenario(id, text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const [, seed = "", platforms] = /--seed (\S+)(?: --platforms (\S+))?/.exec(text.split("\n")[0]) ?? [];
  return runScenario(parsed.scenario, { seed, variants: platforms?.split(",") ?? DEFAULT_VARIANTS });
}

const OWN = `# Mine
title: Own
duration: 20m
clients:
  - { name: pc, platform: nt-4.0 } # the only one
  - { name: fleet, platform: windows-95, count: 3 }
steps:
  - { at: 1m, logon: pc }
expect: { clients: { pc: { datagramsSent: 5 } } }
`;

const FREE: Acts = [
  [2 * MINUTE, { logon: ["ms-dos", "windows-nt"] }],
  [3 * MINUTE, { deliver: { to: ["windows-nt"], subject: "Costs: $5 # and “more”", body: "- a\n- b\n", from: "Administrator" } }],
  [4 * MINUTE, { send: { from: ["windows-nt"], to: ["ms-dos"], subject: "To you", body: "" } }],
  [5 * MINUTE, { registry: { machine: "server", KeepAliveTime: 5 * MINUTE } }],
  [6 * MINUTE, { read: ["windows-nt"], message: 1 }],
  [6 * MINUTE + 10_000_000, { mark: { machine: ["windows-nt"], as: "unread" } }],
  [6 * MINUTE + 20_000_000, { delete: { machine: ["ms-dos", "windows-nt"], message: 1 } }],
  [7 * MINUTE, { reboot: ["windows-nt"], how: "unclean" }],
  [8 * MINUTE, { unplug: ["ms-dos"] }],
  [60 * MINUTE, { "power-off": ["server"] }],
] as Acts;

describe("a run saved as a scenario file", () => {
  it.each<readonly [string, LabSettings, Acts]>([
    ["free play", { scenario: "kb-q159302", play: "free", seed: "7" }, FREE],
    [
      "free play with variants and times of its own",
      {
        scenario: "second-reboot",
        play: "free",
        seed: "1",
        variants: ["nt-3.51", "windows-98"],
        keepAliveUs: 8 * MINUTE,
        intervalUs: 90_000_000,
      },
      [
        [2 * MINUTE, { logon: ["nt-3.51", "windows-98"] }],
        [4 * MINUTE, { deliver: { to: ["windows-98"] } }],
        [5 * MINUTE, { reboot: ["windows-98"] }],
      ],
    ],
    [
      "a scenario of the gallery, with actions",
      { scenario: "relogon-early", play: "scenario", seed: "3" },
      [[10 * MINUTE, { shutdown: ["macintosh"] }]],
    ],
    [
      "a scenario with other times, without actions",
      { scenario: "relogon-early", play: "scenario", seed: "1", keepAliveUs: 5 * MINUTE },
      [],
    ],
    [
      "a user's file, with a fleet",
      { scenario: "own", text: OWN, play: "scenario", seed: "1" },
      [
        [2 * MINUTE, { logon: ["fleet-2"] }],
        [3 * MINUTE, { deliver: { to: ["fleet-2", "pc"] } }],
      ],
    ],
  ])("runs again to the same events and frames: %s", (_what, settings, acts) => {
    const lab = played(settings, acts);
    const text = textOf(lab);
    expect(text).not.toContain("not quite");
    lab.advance(24 * 60 * MINUTE);
    expect(contentOf(runOf(text))).toEqual(contentOf(lab.recordingNow() as Recording));
  });

  it("runs again to the same where a person acted at the time of an event", () => {
    const lab = played({ scenario: "relogon-early", play: "scenario", seed: "1" }, []);
    let atUs = 0;
    for (let i = 0; i < 40; i++) {
      atUs = lab.runToNext("icmp", atUs, null).atUs ?? atUs;
      if (i % 8 === 0) atUs = lab.act({ at: atUs, reboot: ["windows-nt"], how: "power-cut" } as ScenarioStep, atUs).nowUs;
    }
    const text = textOf(lab);
    expect(text).not.toContain("not quite");
    lab.advance(24 * 60 * MINUTE);
    expect(contentOf(runOf(text))).toEqual(contentOf(lab.recordingNow() as Recording));
  });

  it("opens with seed, variants, bookmarks, playhead and view, and saves again to the same", () => {
    const settings: LabSettings = { scenario: "kb-q159302", play: "free", seed: "7", variants: ["nt-3.51", "windows-98"] };
    const text = textOf(played(settings, [[2 * MINUTE, { logon: ["nt-3.51"] }]]));
    const run = parseSavedScenario("saved", text);
    expect(run).toEqual({
      settings: { scenario: "saved", text, play: "scenario", seed: "7", variants: settings.variants },
      actions: [],
      ...PLACE,
    });
    const isRemark = (line: string) => line.startsWith("# Pushback Studio: ");
    const lines = text.split("\n").filter((line) => !isRemark(line));
    expect(textOf(played(run?.settings as LabSettings, [])).split("\n")).toEqual(lines);
    expect(parseSavedScenario("own", OWN)).toBeNull();
    expect(parseSavedScenario("own", text.replace('"seed":"7"', '"seed":7'))).toBeNull();
  });

  it("keeps the comments of a user's file, and leaves out what it expects of the run without actions", () => {
    const untouched = textOf(played({ scenario: "own", text: OWN, play: "scenario", seed: "1" }, []));
    expect(untouched).toContain("expect:");
    const text = textOf(played({ scenario: "own", text: OWN, play: "scenario", seed: "1" }, [[2 * MINUTE, { logoff: ["pc"] }]]), "my file");
    expect(text.split("\n")[0]).toContain("pushback run 'my file.yaml' --seed 1");
    for (const kept of ["# Mine", "# the only one", "- { at: 1m, logon: pc }"]) expect(text).toContain(kept);
    expect(text).not.toContain("expect:");
  });

  it("is refused in one line where nothing was done in free play", () => {
    const lab = played({ scenario: "kb-q159302", play: "free", seed: "1" }, []);
    expect(lab.scenarioText("free-play", PLACE)).toEqual({ ok: false, message: expect.stringMatching(/^a scenario file needs a step/) });
  });
});
