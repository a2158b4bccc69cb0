import { beforeEach, expect, test, vi } from "vitest";
import { createStorage } from "../testing/storage.ts";
import { useLab } from "./lab-view.ts";
import { keepRun, offerBack, readKeptRun, readOtherRuns, tellOfOpenRun } from "./run-keeper.ts";
import { useStudio } from "./studio-store.ts";

vi.mock("./the-lab.ts", () => ({ theLab: {}, recording: {} }));

const kept = createStorage();
vi.stubGlobal("localStorage", kept);
vi.stubGlobal("sessionStorage", createStorage());
vi.stubGlobal("addEventListener", () => {});
vi.stubGlobal("removeEventListener", () => {});

// Entries that are stored within one millisecond have no order, so each look at the clock is one later.
let nowMs = Date.UTC(1996, 3, 1);

beforeEach(() => {
  vi.spyOn(Date, "now").mockImplementation(() => ++nowMs);
  kept.clear();
  useLab.setState(useLab.getInitialState());
});

const readRunAside = () => readOtherRuns()[0]?.run ?? null;
const action = (atUs: number) => ({ atUs, step: { at: atUs, reboot: ["windows-9x"] } });

function show(scenario: string, actions: readonly object[]): void {
  useLab.setState({ info: { settings: { scenario, play: "free", seed: "1" } }, actions } as never);
}

test("a run that another one replaces is put aside until it is opened again, or the next one is put aside", () => {
  const end = keepRun();
  show("power-off", [action(5)]);
  expect(readKeptRun()?.settings.scenario).toBe("power-off");
  // A run without actions, as a link opens it.
  show("relogon-early", []);
  expect(readKeptRun()).toBeNull();
  expect(readRunAside()).toMatchObject({ settings: { scenario: "power-off" }, actions: [action(5)] });
  // Opening further runs without acting in them does not drop the run that was put aside.
  show("orderly-logoff", []);
  expect(readRunAside()?.settings.scenario).toBe("power-off");
  show("power-off", [action(5)]);
  expect([readRunAside(), readKeptRun()?.settings.scenario]).toEqual([null, "power-off"]);
  // A run with actions of its own replaces it as the kept one.
  show("kb-q159302", [action(7)]);
  expect([readRunAside()?.settings.scenario, readKeptRun()?.settings.scenario]).toEqual(["power-off", "kb-q159302"]);
  end();
});

const noticeText = () => useStudio.getState().notice?.text;

test("the offer of a run stays in other runs, and goes when that run is opened in another way", () => {
  const end = keepRun();
  show("power-off", [action(5)]);
  show("relogon-early", []);
  expect(noticeText()).toBe("The run before had 1 action.");
  show("orderly-logoff", []);
  expect(noticeText()).toBe("The run before had 1 action.");
  show("power-off", [action(5)]);
  expect(noticeText()).toBeUndefined();
  offerBack(
    { settings: { scenario: "relogon-early", play: "free", seed: "1" }, actions: [], bookmarks: [], timeUs: 0, view: "bench" },
    "aside",
  );
  show("relogon-early", []);
  expect(noticeText()).toBe("The run before had 1 action.");
  end();
});

test("a notice about the open run goes when another one is opened, and other notices stay", () => {
  const end = keepRun();
  const begin = { label: "Begin anew", run: () => {} };
  show("power-off", []);
  tellOfOpenRun("Your last run is back", begin);
  show("relogon-early", []);
  expect(noticeText()).toBeUndefined();
  tellOfOpenRun("Your last run is back", begin);
  useStudio.getState().set({ notice: { text: "run.json saved", kind: "info" } });
  show("power-off", []);
  expect(noticeText()).toBe("run.json saved");
  end();
});

/** Loads the modules afresh, as a page does in a tab with this session storage. */
async function openTab(session = createStorage()) {
  vi.resetModules();
  vi.stubGlobal("sessionStorage", session);
  const { useLab } = await import("./lab-view.ts");
  const keeper = await import("./run-keeper.ts");
  const end = keeper.keepRun();
  return {
    ...keeper,
    session,
    act: (scenario: string, ...times: number[]) => {
      const info = useLab.getState().info ?? { settings: { scenario, play: "free", seed: "1" } };
      const opened = info.settings.scenario === scenario ? info : { settings: { scenario, play: "free", seed: "1" } };
      useLab.setState({ info: opened, actions: times.map(action) } as never);
    },
    end,
  };
}

const times = (runs: readonly { readonly run: { readonly actions: readonly { atUs: number }[] } }[]) =>
  runs.map(({ run }) => run.actions.map(({ atUs }) => atUs));

test("two tabs keep their runs, and a third one offers both", async () => {
  const a = await openTab();
  const b = await openTab();
  a.act("power-off", 1, 2);
  b.act("power-off", 3);
  b.end();
  const c = await openTab();
  expect([c.readKeptRun()?.actions.length, times(c.readOtherRuns())]).toEqual([1, [[1, 2]]]);
  // What the first tab does further stays in its entry, also after the third one has brought both back.
  c.act("power-off", 3);
  c.act("relogon-early");
  c.act("power-off", 1, 2);
  expect(times(c.readOtherRuns())).toEqual([[3]]);
  a.act("power-off", 1, 2, 4);
  expect(times(c.readOtherRuns())).toEqual([[1, 2, 4], [3]]);
  a.end();
  c.end();
});

test("a reload finds its tab's run, also if another tab has stored one since", async () => {
  const a = await openTab();
  a.act("power-off", 1);
  const b = await openTab();
  b.act("power-off", 2);
  const again = await openTab(a.session);
  expect(again.readKeptRun()?.actions).toEqual([action(1)]);
  // A duplicated tab has the same session storage: it has an entry to itself.
  again.act("power-off", 1, 5);
  const duplicate = await openTab(a.session);
  duplicate.act("power-off", 1, 5);
  duplicate.act("power-off", 1, 6);
  again.act("power-off", 1, 5, 7);
  expect(times(duplicate.readOtherRuns()).toSorted()).toContainEqual([1, 5, 7]);
  expect(duplicate.readKeptRun()?.actions).toEqual([1, 6].map(action));
  for (const { end } of [a, b, again, duplicate]) end();
});

test("runs of other tabs that were told of come back by themselves no more, and stay offered", async () => {
  const a = await openTab();
  const b = await openTab();
  a.act("power-off", 1);
  b.act("power-off", 2);
  b.putOthersAside();
  b.act("power-off");
  const c = await openTab();
  expect([c.readKeptRun(), c.readOtherRuns()]).toMatchObject([null, [{ isAside: true, run: { actions: [action(1)] } }]]);
  for (const { end } of [a, b, c]) end();
});

test("at most eight other runs are kept, and those put aside go first, also where the storage is full", async () => {
  const tab = await openTab();
  const other = await openTab();
  other.act("power-off", 99);
  for (let i = 1; i <= 12; i++) tab.act(`scenario-${i}`, i);
  expect(times(tab.readOtherRuns()).length).toBe(8);
  expect(times(tab.readOtherRuns())).toContainEqual([99]);
  vi.stubGlobal("localStorage", createStorage(1000));
  other.act("power-off", 99, 100);
  for (let i = 1; i <= 12; i++) tab.act(`scenario-${i}`, i);
  expect(tab.readKeptRun()?.actions).toEqual([action(12)]);
  expect(times(tab.readOtherRuns())).toContainEqual([99, 100]);
  vi.stubGlobal("localStorage", kept);
  for (const { end } of [tab, other]) end();
});
