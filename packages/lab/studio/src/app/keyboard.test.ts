import { expect, test } from "vitest";
import { useStudio } from "../state/studio-store.ts";
import { handleKey } from "./keyboard.ts";

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
] as const)("%s with %o is the studio's", (name, held) => {
  expect(handleKey(key(name, held))).not.toBeNull();
});

test.each([
  ["a", {}],
  ["ArrowRight", { ctrl: true }],
  ["b", { ctrl: true }],
  ["5", { alt: true }],
  ["ArrowUp", {}],
] as const)("%s with %o is not", (name, held) => {
  expect(handleKey(key(name, held))).toBeNull();
});

test("Alt and a number show a view", () => {
  handleKey(key("2", { alt: true }))?.();
  expect(useStudio.getState().view).toBe("timeline");
  handleKey(key("1", { alt: true }))?.();
  expect(useStudio.getState().view).toBe("bench");
});

test("the clock's keys do nothing while a capture is on the screen", () => {
  useStudio.getState().set({ view: "monitor", document: "capture" });
  for (const name of [" ", "k", "b", "ArrowLeft", "ArrowRight"]) expect(handleKey(key(name)), name).toBeNull();
  expect(handleKey(key("1", { alt: true }))).not.toBeNull();
  useStudio.getState().set({ view: "bench" });
  expect(handleKey(key(" "))).not.toBeNull();
  useStudio.getState().set({ document: "lab" });
});
