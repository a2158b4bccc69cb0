import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { addBookmark } from "../state/lab-selection.ts";
import { usePreferences } from "../state/preferences.ts";
import { keyName, SINGLE_KEYS } from "../state/single-keys.ts";
import { useStudio } from "../state/studio-store.ts";
import { captureDocument } from "../testing/capture-document.ts";
import { KEY_LIST } from "./key-list.ts";
import { handleKey, leavesPage } from "./keyboard.ts";

function key(name: string, held: { readonly alt?: boolean; readonly shift?: boolean; readonly ctrl?: boolean } = {}): KeyboardEvent {
  return {
    key: name,
    altKey: held.alt === true,
    shiftKey: held.shift === true,
    ctrlKey: held.ctrl === true,
    metaKey: false,
  } as KeyboardEvent;
}

test.each([
  ["ArrowRight", {}],
  ["ArrowLeft", { shift: true }],
  ["ArrowRight", { alt: true }],
  [" ", {}],
  ["b", {}],
] as const)("%s with %o is a shortcut of the studio", (name, held) => {
  expect(handleKey(key(name, held))).not.toBeNull();
});

test.each([
  ["a", {}],
  ["ArrowRight", { ctrl: true }],
  ["b", { ctrl: true }],
  ["B", { shift: true }],
  [" ", { shift: true }],
  ["5", { alt: true }],
  ["ArrowUp", {}],
] as const)("%s with %o is not a shortcut", (name, held) => {
  expect(handleKey(key(name, held))).toBeNull();
});

test("Alt and a number show a view", () => {
  handleKey(key("2", { alt: true }))?.();
  expect(useStudio.getState().view).toBe("timeline");
  handleKey(key("1", { alt: true }))?.();
  expect(useStudio.getState().view).toBe("bench");
});

test("the clock's keys do nothing while a capture is on the screen", () => {
  useStudio.getState().set({ captures: [captureDocument(1)], current: 1 });
  for (const name of [" ", "k", "b", "ArrowLeft", "ArrowRight"]) expect(handleKey(key(name)), name).toBeNull();
  expect(handleKey(key("1", { alt: true }))).not.toBeNull();
  useStudio.getState().set({ view: "bench" });
  expect(handleKey(key(" "))).not.toBeNull();
  useStudio.getState().set({ captures: [] });
});

test("single keys can be switched off, and the others stay", () => {
  usePreferences.setState({ singleKeys: false });
  for (const name of [" ", "k", "b"]) expect(handleKey(key(name)), name).toBeNull();
  expect(handleKey(key("ArrowLeft"))).not.toBeNull();
  expect(handleKey(key("1", { alt: true }))).not.toBeNull();
  usePreferences.setState({ singleKeys: true });
  expect(handleKey(key(" "))).not.toBeNull();
});

test("a key that was changed calls the command, and the one before no longer does", () => {
  usePreferences.setState({ keys: { b: "q", k: "" } });
  expect(handleKey(key("q"))).toBe(addBookmark);
  for (const name of ["b", "k"]) expect(handleKey(key(name)), name).toBeNull();
  usePreferences.setState({ keys: {} });
  expect(handleKey(key("b"))).toBe(addBookmark);
});

test("Alt and an arrow never leave the page, whatever has the focus", () => {
  const { altKey } = key("", { alt: true });
  for (const name of ["ArrowLeft", "ArrowRight"]) expect(leavesPage({ key: name, altKey }, false)).toBe(true);
  expect(leavesPage({ key: "ArrowLeft", altKey: false }, false)).toBe(false);
  // On a Mac, Alt and an arrow move the cursor of a text field by words.
  expect(leavesPage({ key: "ArrowLeft", altKey }, true)).toBe(false);
});

test("the documentation lists the keys of the dialog", () => {
  const document = readFileSync(new URL("../../../../../docs/STUDIO.md", import.meta.url), "utf8");
  for (const { keys, what } of KEY_LIST) expect(document).toContain(`| ${keys} | ${what} |`);
  for (const { key, what } of SINGLE_KEYS) expect(document).toContain(`| ${keyName(key)} | ${what} |`);
});
