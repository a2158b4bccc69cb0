import { describe, expect, test } from "vitest";
import type { RecordedEvent } from "./recorded-event.ts";
import { recordingJson } from "./recording.ts";
import { openScenario, runScenario, type ScenarioRun } from "./run.ts";
import { loadScenario } from "./testing/gallery.ts";

const article = loadScenario("kb-q159302");
const options = { variants: ["windows-95", "nt-4.0"], seed: "1" };
const SECOND = 1_000_000;

function clientEvents(run: ScenarioRun, machine: string): Extract<RecordedEvent, { layer: "client" }>["event"][] {
  return run.recording.events.flatMap((e) => (e.layer === "client" && e.machine === machine ? [e.event] : []));
}

describe("a driven run", () => {
  test("run in pieces has the same recording as run at once", () => {
    const run = openScenario(article, options);
    for (let us = 0; us < article.duration; us += 97 * SECOND) run.runUntil(us);
    run.runUntil(article.duration);
    expect(recordingJson(run.recording)).toBe(recordingJson(runScenario(article, options)));
  });

  test("a step performed at its time has the effects of the same step in the file", () => {
    const run = openScenario({ ...article, steps: [] }, options);
    for (const step of article.steps) {
      run.runUntil(step.at);
      run.perform(step);
    }
    run.runUntil(article.duration);
    expect(run.recording.events.length).toBe(runScenario(article, options).events.length);
  });

  test("takes a step for one machine by name; the recording has what its Inbox shows", () => {
    const run = openScenario({ ...article, steps: [] }, options);
    run.runUntil(60 * SECOND);
    run.perform({ at: 0, logon: ["windows-9x"] });
    run.runUntil(70 * SECOND);
    run.perform({ at: 0, deliver: { to: ["windows-9x"], subject: "Lunch", body: "Noon?", from: "Ann" } });
    run.runUntil(71 * SECOND);
    run.perform({ at: 0, read: ["windows-9x"] });
    run.runUntil(72 * SECOND);

    const inboxes = clientEvents(run, "windows-9x").flatMap((e) => (e.type === "inbox-shown" ? [e.rows] : []));
    // `kept` counts the rows that stay: none in the empty Inbox, none before the added row, none when that row is replaced.
    expect(clientEvents(run, "windows-9x").flatMap((e) => (e.type === "inbox-shown" ? [e.kept] : []))).toEqual([0, 0, 0]);
    expect(inboxes.map((rows) => rows.map((r) => [r.subject, r.from, r.read]))).toEqual([
      [],
      [["Lunch", "Ann", false]],
      [["Lunch", "Ann", true]],
    ]);
    expect(clientEvents(run, "windows-9x").at(-2)).toMatchObject({ type: "message-read", body: "Noon?" });
    expect(clientEvents(run, "windows-nt")).toEqual([]);
  });

  test("refuses a name that no machine has", () => {
    const run = openScenario(article, options);
    expect(() => run.perform({ at: 0, logon: ["amiga"] })).toThrow(RangeError);
  });
});
