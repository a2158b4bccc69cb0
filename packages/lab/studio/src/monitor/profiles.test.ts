import { describe, expect, it } from "vitest";
import { DEFAULT_RULES } from "./colour-rules.ts";
import { DEFAULT_COLUMNS } from "./columns.ts";
import {
  addProfile,
  DEFAULT_SETTINGS,
  freeName,
  MAX_PROFILES,
  type Profile,
  profileFile,
  readProfileFile,
  restoreProfiles,
  restoreSettings,
  storedProfiles,
} from "./profiles.ts";

const wide = { ...DEFAULT_SETTINGS, timeFormat: "absolute", listShare: 0.7, rules: [] } as const;
const list = addProfile(addProfile([], "Standard", DEFAULT_SETTINGS), "Wide", wide);

describe("profiles", () => {
  it("are what a monitor is at first, where nothing was kept", () => {
    expect(restoreSettings(undefined)).toEqual(DEFAULT_SETTINGS);
    expect(DEFAULT_SETTINGS).toMatchObject({ columns: DEFAULT_COLUMNS, rules: DEFAULT_RULES, timeFormat: "first", coloured: true });
    for (const kept of [undefined, null, 3, [], { list: "x" }, { list: [7, null, {}] }])
      expect(restoreProfiles(kept)).toMatchObject({ list: [{ name: "Standard", settings: DEFAULT_SETTINGS }], current: "profile-1" });
  });

  it("come back as they were stored", () => {
    const stored = JSON.parse(JSON.stringify(storedProfiles({ list, current: list[1].id })));
    expect(restoreProfiles(stored)).toEqual({ list, current: list[1].id });
  });

  it("have different names", () => {
    expect(freeName(list, "  wide ")).toBe("wide 2");
    expect(freeName(list, " ")).toBe("Profile");
    expect(freeName(list, "n".repeat(99))).toHaveLength(40);
    const long = Array.from({ length: 99 }).reduce<readonly Profile[]>((made) => addProfile(made, "Same", wide), []);
    expect(long).toHaveLength(MAX_PROFILES);
    expect(new Set(long.flatMap(({ id, name }) => [id, name])).size).toBe(2 * MAX_PROFILES);
  });
});

describe("a file of profiles", () => {
  it("brings them to another browser", () => {
    expect(readProfileFile(profileFile(list))).toEqual({ ok: true, profiles: list });
  });

  it.each([
    ["{", "is not JSON"],
    ["null", "has no profiles"],
    ['{"format":"other"}', 'its "format" is not'],
    ['{"format":"pushback-monitor-profiles","version":2,"profiles":[]}', "is of version 2"],
    ['{"format":"pushback-monitor-profiles","version":1}', "has no profiles"],
    ['{"format":"pushback-monitor-profiles","version":1,"profiles":[{"settings":{}}]}', "has no profiles"],
  ])("that is %s says in one line what is wrong", (text, message) => {
    const read = readProfileFile(text);
    expect(read.ok ? "" : read.message).toContain(message);
  });

  it("is read carefully: what is missing or odd is replaced", () => {
    const odd = {
      columns: [{ id: "info", shown: true, width: 1e9 }, { id: "x" }],
      timeFormat: 7,
      rules: [{ filter: "arp" }],
      listShare: -4,
    };
    const text = JSON.stringify({ format: "pushback-monitor-profiles", version: 1, profiles: [{ name: "Odd", settings: odd }] });
    const read = readProfileFile(text.replace('"Odd"', '"Odd","__proto__":{"polluted":true}'));
    if (!read.ok) throw new Error(read.message);
    const [{ settings }] = read.profiles;
    expect(settings.columns).toHaveLength(DEFAULT_COLUMNS.length);
    expect(settings.columns[0]).toMatchObject({ id: "info", width: 1200 });
    expect(settings).toMatchObject({ timeFormat: "first", coloured: true, listShare: 0.52, treeShare: 0.55 });
    expect(settings.rules).toMatchObject([{ name: "Rule", filter: "arp", colour: "plain" }]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
