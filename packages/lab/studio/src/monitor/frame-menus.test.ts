/** The frame's menu: the keys that it names, and what it says of copying. */

import { afterEach, describe, expect, it, vi } from "vitest";
import type { FrameRow } from "../analyzer/analyzer-api.ts";
import { keyNameOf } from "../state/preferences.ts";
import { type FrameWays, rowItems } from "./frame-menus.ts";

const ROW = { frame: 7, source: "10.0.0.1", destination: "10.0.0.2", protocol: "UDP", length: 60, info: "push", comment: null } as FrameRow;
const SIGNS = { isReference: false, isMarked: false, waiting: null, isWaiting: false } as const;

const itemsWith = (notice: (text: string) => void, keyName: (command: string) => string) =>
  rowItems(ROW, "protocol", SIGNS, { present: "", notice } as FrameWays, keyName);
const shortcuts = (preferences: { singleKeys: boolean; keys: Record<string, string> }) =>
  itemsWith(
    () => {},
    (command) => keyNameOf(command, preferences),
  ).flatMap(({ shortcut }) => (shortcut === undefined ? [] : [shortcut]));

afterEach(() => vi.unstubAllGlobals());

describe("the menu of a frame", () => {
  it("names the keys that the person chose, and none where they are switched off", () => {
    expect(shortcuts({ singleKeys: true, keys: {} })).toEqual(["F", "S", "C", "T", "M", "D"]);
    expect(shortcuts({ singleKeys: true, keys: { f: "x", m: "" } })).toEqual(["X", "S", "C", "T", "", "D"]);
    expect(shortcuts({ singleKeys: false, keys: { f: "x" } })).toEqual(["", "", "", "", "", ""]);
  });

  it("says whether the text was copied", async () => {
    const told: string[] = [];
    const copy = itemsWith(
      (text) => told.push(text),
      () => "",
    ).find(({ title }) => title === "Copy as text");
    const copied: string[] = [];
    vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => void copied.push(text) } });
    copy?.run();
    await vi.waitFor(() => expect(told).toEqual(["Copied frame 7 as text"]));
    expect(copied).toEqual(["7\t10.0.0.1\t10.0.0.2\tUDP\t60\tpush"]);
    vi.stubGlobal("navigator", { clipboard: { writeText: () => Promise.reject(new Error("denied")) } });
    copy?.run();
    await vi.waitFor(() => expect(told.at(-1)).toBe("The browser does not let the page copy frame 7 as text"));
    // A page that was not served securely has no clipboard at all.
    vi.stubGlobal("navigator", {});
    copy?.run();
    await vi.waitFor(() => expect(told).toHaveLength(3));
  });
});
