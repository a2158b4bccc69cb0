import { beforeEach, expect, test, vi } from "vitest";
import { useLab } from "./lab-view.ts";

const stored = new Map<string, string>();
vi.stubGlobal("localStorage", {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => stored.set(key, value),
});

/** Imports the module afresh, as a page that is reloaded does. */
async function loaded() {
  vi.resetModules();
  const lab = await import("./lab-view.ts");
  lab.useLab.setState(useLab.getState());
  return import("./kept-runs.ts");
}

beforeEach(() => {
  stored.clear();
  const actions = [{ atUs: 5, step: { at: 5, reboot: ["windows-9x"] } }];
  const info = { title: "Free play", settings: { scenario: "kb-q159302", play: "free", seed: "1" } };
  useLab.setState({ info, actions, simulatedUs: 9 } as never);
});

test("runs that were kept survive a reload, and no number is given twice", async () => {
  const first = await loaded();
  first.keepThisRun();
  const { keepThisRun, useKeptRuns } = await loaded();
  expect(useKeptRuns.getState().runs).toEqual(first.useKeptRuns.getState().runs);
  expect(keepThisRun()?.id).toBe(2);
  expect(useKeptRuns.getState().runs.map(({ id, run }) => [id, run.actions.length])).toEqual([
    [1, 1],
    [2, 1],
  ]);
});

test("what can't be read is left out", async () => {
  stored.set("pushback.kept-runs", JSON.stringify([{ id: 1, title: "x", atUs: 1, run: { settings: {}, actions: [] } }, 5]));
  expect((await loaded()).useKeptRuns.getState().runs).toEqual([]);
  stored.set("pushback.kept-runs", "[");
  expect((await loaded()).useKeptRuns.getState().runs).toEqual([]);
});

test("two pages keep their runs beside each other, and what one forgets the other does not bring back", async () => {
  const [first, second] = [await loaded(), await loaded()];
  const one = first.keepThisRun();
  second.keepThisRun();
  const ids = async () => (await loaded()).useKeptRuns.getState().runs.map(({ id }) => id);
  expect(await ids()).toEqual([1, 2]);
  if (one) second.forgetRun(one);
  first.keepThisRun();
  expect(await ids()).toEqual([2, 3]);
});

test("a forgotten run is kept again in its place", async () => {
  const { forgetRun, keepThisRun, useKeptRuns } = await loaded();
  const one = keepThisRun();
  keepThisRun();
  const keepAgain = one && forgetRun(one);
  expect(useKeptRuns.getState().runs.map(({ id }) => id)).toEqual([2]);
  keepAgain?.();
  keepAgain?.();
  expect(useKeptRuns.getState().runs.map(({ id }) => id)).toEqual([1, 2]);
});
