/** Each menu and each question of the systems' screens has at least one entry that works. */

import { describe, expect, it } from "vitest";
import { finderMenus, INITIAL_FINDER } from "./finder-menus.ts";
import { lookOf } from "./looks.ts";
import { INITIAL_PROGRAMS, programMenus } from "./program-menus.ts";
import { SHUT_DOWN_QUESTIONS } from "./shut-down-questions.ts";

const nothing = () => {};

describe.each(["system-7", "mac-os-8", "mac-os-9"] as const)("the Finder of %s", (skin) => {
  const look = lookOf(skin);
  const done: string[] = [];
  const menus = "menus" in look ? finderMenus(look, (action) => void done.push(action), INITIAL_FINDER, nothing) : [];

  it("has no menu without an entry that works", () => {
    expect(menus.length).toBeGreaterThan(3);
    for (const { title, items } of menus)
      expect(
        items.some(({ run }) => run !== undefined),
        title,
      ).toBe(true);
  });

  it("restarts and shuts down from Special; Sleep is grey, or missing as on a Macintosh with System 7", () => {
    const special = menus.find(({ title }) => title === "Special")?.items ?? [];
    for (const label of ["Restart", "Shut Down"]) special.find((item) => item.label === label)?.run?.();
    expect(done).toEqual(["restart", "shutdown"]);
    const sleep = special.find(({ label }) => label === "Sleep");
    expect(sleep === undefined).toBe(skin === "system-7");
    expect(sleep?.run).toBe(undefined);
  });
});

describe.each(["windows-3.1", "wfw-3.11", "nt-3.51"] as const)("Program Manager of %s", (skin) => {
  const look = lookOf(skin);
  const done: string[] = [];
  const actions = { open: () => void done.push("open"), exit: () => void done.push("exit") };
  const menus = "groups" in look ? programMenus(look, actions, INITIAL_PROGRAMS, nothing) : [];

  it("has no menu without an entry that works, opens the mail client and asks before it ends", () => {
    expect(menus).toHaveLength(4);
    for (const { title, items } of menus)
      expect(
        items.some(({ run }) => run !== undefined),
        title,
      ).toBe(true);
    const file = menus[0].items;
    file.find(({ label }) => label === "Open")?.run?.();
    file.at(-1)?.run?.();
    expect(done).toEqual(["open", "exit"]);
  });
});

it("each system with a question offers a shutdown; Windows 95, 98 and NT a restart too", () => {
  const actions = Object.fromEntries(
    Object.entries(SHUT_DOWN_QUESTIONS).map(([skin, { choices }]) => [skin, choices.flatMap(({ action }) => action ?? [])]),
  );
  const both = ["shutdown", "restart"];
  expect(actions).toEqual({
    "windows-3.1": [],
    "wfw-3.11": [],
    "nt-3.51": both,
    "nt-4.0": both,
    "windows-95": both,
    "windows-98": both,
  });
});
