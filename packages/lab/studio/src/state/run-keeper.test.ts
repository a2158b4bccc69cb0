import { beforeEach, expect, test, vi } from "vitest";
import { useLab } from "./lab-view.ts";
import { keepRun, offerBack, readKeptRun, readRunAside, tellOfOpenRun } from "./run-keeper.ts";
import { useStudio } from "./studio-store.ts";

vi.mock("./the-lab.ts", () => ({ theLab: {}, recording: {} }));

const kept = new Map<string, string>();
vi.stubGlobal("localStorage", {
  getItem: (key: string) => kept.get(key) ?? null,
  removeItem: (key: string) => kept.delete(key),
  setItem: (key: string, value: string) => kept.set(key, value),
});
vi.stubGlobal("addEventListener", () => {});
vi.stubGlobal("removeEventListener", () => {});

beforeEach(() => {
  kept.clear();
  useLab.setState(useLab.getInitialState());
});

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
