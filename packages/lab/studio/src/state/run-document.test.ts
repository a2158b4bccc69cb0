import { describe, expect, it } from "vitest";
import { LabApi } from "../lab/lab-api.ts";
import { parseRecording, parseRunDocument, type RunDocument, storedRun } from "./run-document.ts";

const MINUTE_US = 60_000_000;

describe("a recording exported as JSON", () => {
  it("opens again with its actions and gives the same recording", () => {
    const lab = new LabApi();
    const opened = lab.open({ scenario: "kb-q159302", play: "free", seed: "7" });
    if (!opened.ok) throw new Error(opened.message);
    lab.act({ at: 2 * MINUTE_US, logon: ["ms-dos"] } as never, 2 * MINUTE_US);
    lab.advance(5 * MINUTE_US);
    const json = lab.recordingJson();
    const parsed = parseRecording(json);
    if (!parsed.ok) throw new Error(parsed.message);
    const again = new LabApi();
    expect(again.open(parsed.run.settings, parsed.run.actions).ok).toBe(true);
    again.advance(5 * MINUTE_US);
    expect(again.recordingJson()).toBe(json);
  });

  const OWN = "title: Own\nduration: 5m\nclients: [{ name: pc, platform: nt-4.0 }]\nsteps: [{ at: 1m, logon: pc }]\n";

  it.each([
    ["without actions, under a name of its own", "mine", []],
    ["without actions, under a name of the gallery", "kb-q159302", []],
    ["with actions", "mine", [{ at: 2 * MINUTE_US, logoff: ["pc"] }]],
  ])("of a user's scenario file opens again: %s", (_what, scenario, steps) => {
    const lab = new LabApi();
    expect(lab.open({ scenario, text: OWN, play: "scenario", seed: "1" }).ok).toBe(true);
    for (const step of steps) lab.act(step as never, step.at);
    lab.advance(5 * MINUTE_US);
    const json = lab.recordingJson();
    const parsed = parseRecording(json);
    if (!parsed.ok) throw new Error(parsed.message);
    expect(parsed.run.settings.text).toBe(OWN);
    const again = new LabApi();
    expect(again.open(parsed.run.settings, parsed.run.actions)).toMatchObject({ ok: true, info: { title: "Own" } });
    again.advance(5 * MINUTE_US);
    expect(again.recordingJson()).toBe(json);
  });

  it("brings bookmarks, view and playhead back", () => {
    const lab = new LabApi();
    lab.open({ scenario: "kb-q159302", play: "scenario", seed: "1" });
    const place = { bookmarks: [{ atUs: 7, label: "Bookmark 1" }], timeUs: 9, view: "timeline" };
    expect(parseRecording(lab.recordingJson(place))).toMatchObject({ ok: true, run: { ...place, actions: [] } });
    // Without bookmarks there is nothing to restore, so the file equals the command line's.
    expect(lab.recordingJson({ ...place, bookmarks: [] })).toBe(lab.recordingJson());
  });

  it("of the command line opens with its scenario, seed and variants", () => {
    const lab = new LabApi();
    const opened = lab.open({ scenario: "orderly-logoff", play: "scenario", seed: "3" });
    if (!opened.ok) throw new Error(opened.message);
    lab.advance(opened.info.durationUs);
    const json = lab.recordingJson();
    expect(JSON.parse(json).run).toBeUndefined();
    const parsed = parseRecording(json);
    if (!parsed.ok) throw new Error(parsed.message);
    const again = new LabApi();
    expect(again.open(parsed.run.settings, parsed.run.actions).ok).toBe(true);
    again.advance(opened.info.durationUs);
    expect(again.recordingJson()).toBe(json);
  });

  it("of another scenario with a name of the gallery is told from the gallery's", () => {
    const lab = new LabApi();
    const opened = lab.open({ scenario: "kb-q159302", play: "scenario", seed: "1" });
    if (!opened.ok) throw new Error(opened.message);
    const isOf = (json: string): boolean => {
      const parsed = parseRecording(json);
      return parsed.ok && parsed.isOf(opened.info);
    };
    const json = lab.recordingJson();
    expect(isOf(json)).toBe(true);
    expect(isOf(json.replace('"name":"ms-dos"', '"name":"pc"'))).toBe(false);
    expect(isOf(json.replace(`"durationUs":${opened.info.durationUs}`, '"durationUs":60000000'))).toBe(false);
  });

  it("of one platform opens with that platform alone", () => {
    const lab = new LabApi();
    const opened = lab.open({ scenario: "power-off", play: "scenario", seed: "1", variants: ["windows-95"] });
    if (!opened.ok) throw new Error(opened.message);
    const parsed = parseRecording(lab.recordingJson());
    expect(parsed).toMatchObject({ ok: true, run: { settings: { variants: ["windows-95"] } } });
  });

  it("keeps dollar signs in a scenario's text", () => {
    const lab = new LabApi();
    const text =
      "title: Costs $$5, US$' price, $& and $`\nduration: 5m\nclients: [{ name: pc, platform: nt-4.0 }]\nsteps: [{ at: 1m, logon: pc }]\n";
    expect(lab.open({ scenario: "own", text, play: "scenario", seed: "1" }).ok).toBe(true);
    lab.act({ at: MINUTE_US, logoff: ["pc"] } as never, 2 * MINUTE_US);
    expect(JSON.parse(lab.recordingJson()).run.settings.text).toBe(text);
  });

  it("with an action that does not fit leaves the run before as it is", () => {
    const lab = new LabApi();
    const opened = lab.open({ scenario: "power-off", play: "scenario", seed: "1" });
    if (!opened.ok) throw new Error(opened.message);
    lab.advance(MINUTE_US);
    const before = lab.recordingJson();
    const actions = [{ atUs: MINUTE_US, step: { at: MINUTE_US, logon: ["no-such"] } }] as never;
    expect(() => lab.open({ scenario: "kb-q159302", play: "scenario", seed: "2" }, actions)).toThrow("no-such");
    expect(lab.recordingJson()).toBe(before);
  });

  it.each([
    ["", "is not JSON, or is cut off"],
    ['{"recording":{', "is not JSON, or is cut off"],
    ["[]", "is JSON, but not a recording of a run"],
    ['{"recording":{},"events":[]}', "its scenario, seed or machines can't be read"],
    ['{"recording":{},"run":{"actions":[]}}', "its run is not one that the studio wrote"],
  ])("is refused in one line when it is %j", (text, message) => {
    expect(parseRecording(text)).toEqual({ ok: false, message });
  });
});

it.each([
  ["keepAliveUs", 0, "KeepAliveTime takes a length of time from 1s to "],
  ["notificationIntervalUs", 1e18, "The notification interval takes a length of time"],
  ["notificationIntervalUs", 1_000_000.5, "The notification interval takes a length of time"],
])("a recording whose %s is %d is refused in one line", (name, us, message) => {
  const parsed = parseRecording(JSON.stringify({ recording: { scenario: "power-off", seed: "1", [name]: us } }));
  expect(parsed).toEqual({ ok: false, message: expect.stringMatching(`^${message}`) });
  const [key] = name === "keepAliveUs" ? ["keepAliveUs"] : ["intervalUs"];
  const run = { settings: { scenario: "power-off", play: "free", seed: "1", [key]: us }, actions: [] };
  expect(parseRecording(JSON.stringify({ recording: {}, run }))).toEqual(parsed);
});

describe("a run that was kept", () => {
  const run = {
    settings: { scenario: "kb-q159302", play: "free", seed: "1" },
    actions: [
      { atUs: 5, step: { at: 5, logon: ["ms-dos"] } },
      { atUs: 5, step: { at: 5, registry: { machine: "server", KeepAliveTime: 300_000_000 } } },
    ],
    bookmarks: [{ atUs: 7, label: "Bookmark 1" }],
    timeUs: 9,
    view: "timeline",
  };
  it("is read as it was written", () => {
    expect(parseRunDocument(JSON.stringify(run))).toEqual(run);
  });

  it("keeps what undo and redo bring back, each action once", () => {
    const [first, second] = run.actions as unknown as RunDocument["actions"];
    const later = { atUs: 8, step: { at: 8, logoff: ["ms-dos"] } } as RunDocument["actions"][number];
    const document = { ...run, undos: [[], [first, later], [first]], redos: [[first, second, later]] } as unknown as RunDocument;
    const text = JSON.stringify(storedRun(document));
    expect(text.split('"logoff"').length).toBe(2);
    const read = parseRunDocument(text);
    expect(read).toEqual(document);
    // `LabControl` compares actions by reference, so equal actions must be read as one object.
    expect(read?.undos?.[1][0]).toBe(read?.actions[0]);
    expect(read?.redos?.[0][2]).toBe(read?.undos?.[1][1]);
  });

  it("drops the oldest of very long lists of undo", () => {
    const [action] = run.actions as unknown as RunDocument["actions"];
    const undos = Array.from({ length: 100 }, (_, i) => new Array(1000).fill(action).slice(i));
    const read = parseRunDocument(JSON.stringify(storedRun({ ...run, undos, redos: [] } as unknown as RunDocument)));
    expect(read?.undos?.length).toBeGreaterThan(15);
    expect(read?.undos?.length).toBeLessThan(25);
    expect(read?.undos?.at(-1)).toEqual(undos.at(-1));
  });

  it.each([
    ["a number that no action has", [[7]]],
    ["times that go back", [[1, 0]]],
    ["no list", "all"],
  ])("has undo by single actions where the stored lists have %s", (_what, undos) => {
    const stored = { ...run, actions: [run.actions[0], { ...run.actions[1], atUs: 6 }], undos, redos: [] };
    expect(parseRunDocument(JSON.stringify(stored))?.undos).toBeUndefined();
  });

  it.each([
    ["no text", ""],
    ["times that go back", JSON.stringify({ ...run, actions: [...run.actions, { atUs: 4, step: {} }] })],
    ["a negative time", JSON.stringify({ ...run, timeUs: -1 })],
    ["no interval between datagrams", JSON.stringify({ ...run, settings: { ...run.settings, intervalUs: 0 } })],
    ["a KeepAliveTime of half a second", JSON.stringify({ ...run, settings: { ...run.settings, keepAliveUs: 500_000 } })],
    ["a KeepAliveTime that is no number", JSON.stringify({ ...run, settings: { ...run.settings, keepAliveUs: Number.NaN } })],
    ["an unknown variant", JSON.stringify({ ...run, settings: { ...run.settings, variants: ["windows-2030"] } })],
  ])("is not read from %s", (_what, text) => {
    expect(parseRunDocument(text)).toBeNull();
  });
});
