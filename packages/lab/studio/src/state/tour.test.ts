/** The tour's director after an action: its captions are renewed, and the user is told if they can't be. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LabInfo, PersonAction } from "../lab/lab-types.ts";
import type { TourMoment } from "../lab/tour-moments.ts";
import { useLab } from "./lab-view.ts";
import { useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";
import { directTour, isTourBeginning, leaveTourClock, offerTour, steerTour, useTour } from "./tour.ts";

const worker = vi.hoisted(() => ({ tour: (): Promise<unknown> => Promise.resolve([]) }));
vi.mock("../worker/client.ts", () => ({ labRemote: async () => ({ tour: () => worker.tour() }) }));
vi.mock("./the-lab.ts", () => ({ theLab: { play: () => {}, stopAfter: () => 0, beforeAction: () => {} }, recording: {} }));

const moment = (caption: string): TourMoment => ({
  id: "start",
  title: "The machines start",
  caption,
  machine: "windows-9x",
  atUs: 0,
  leadUs: 0,
  speed: 1,
});
const info = (): LabInfo => ({ durationUs: 1_000_000, settings: { scenario: "kb-q159302", play: "scenario", seed: "1" } }) as LabInfo;
const act = (): void => useLab.setState(({ actions }) => ({ actions: [...actions, { atUs: 1, step: {} } as PersonAction] }));
/** Waits for the renewal after an action, and for its answer. */
const renewed = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1_000);

let end = (): void => {};

beforeEach(async () => {
  vi.useFakeTimers();
  useStudio.getState().set({ notice: null });
  useLab.setState({ info: info(), actions: [] });
  end = directTour();
  worker.tour = async () => [moment("before")];
  await offerTour();
});

afterEach(() => {
  end();
  vi.useRealTimers();
});

test("after an action the captions are replaced by those of the changed run", async () => {
  worker.tour = async () => [moment("after")];
  act();
  await renewed();
  expect(useTour.getState().moments.map(({ caption }) => caption)).toEqual(["after"]);
  expect(useStudio.getState().notice).toBeNull();
});

test("where they can't be found the tour ends, the user is told why, and can try again", async () => {
  worker.tour = () => Promise.reject(new Error("out of memory"));
  act();
  await renewed();
  expect(useTour.getState().moments).toEqual([]);
  const { notice } = useStudio.getState();
  expect(notice).toMatchObject({ kind: "error", text: expect.stringContaining("(out of memory)") });
  worker.tour = async () => [moment("after")];
  notice?.action?.run();
  await renewed();
  expect(useTour.getState().moments.map(({ caption }) => caption)).toEqual(["after"]);
});

test("a failure is told again if the second try fails too", async () => {
  worker.tour = () => Promise.reject(new Error("out of memory"));
  act();
  await renewed();
  const { notice, set } = useStudio.getState();
  set({ notice: null });
  notice?.action?.run();
  await renewed();
  expect(useStudio.getState().notice?.text).toContain("(out of memory)");
});

test("nothing is told about a run that another one has replaced, or a tour that was ended", async () => {
  let fail = (_error: Error): void => {};
  worker.tour = () => new Promise((_, reject) => (fail = reject));
  act();
  await renewed();
  useLab.setState({ info: info() });
  fail(new Error("too late"));
  await renewed();
  expect(useStudio.getState().notice).toBeNull();
});

test("another run does not go on at the speed of a moment", async () => {
  worker.tour = async () => [{ ...moment("slow"), speed: 0.5 }];
  await steerTour(600);
  expect(useLab.getState().speed).toBeLessThan(1);
  useLab.setState({ info: info() });
  expect(useLab.getState().speed).toBe(600);
  await steerTour(600);
  useLab.setState({ info: { ...info(), settings: { scenario: "kb-q159302", play: "free", seed: "1" } } });
  expect(useLab.getState().speed).toBe(1);
});

test("a speed that the user has chosen stays in another run", async () => {
  await steerTour(600);
  leaveTourClock();
  useLab.setState({ speed: 60 });
  useLab.setState({ info: info() });
  expect(useLab.getState().speed).toBe(60);
});

test("an action takes the clock from the tour when it is asked for, not when it has been carried out", async () => {
  await steerTour(600);
  theLab.beforeAction();
  expect(useTour.getState().steers).toBe(false);
  // The user continues the tour before the worker has answered.
  await steerTour(600);
  act();
  await renewed();
  expect(useTour.getState().steers).toBe(true);
});

test("a tour whose moments are being found belongs to its run, and to no other", async () => {
  const found = Promise.withResolvers<TourMoment[]>();
  worker.tour = () => found.promise;
  const offered = offerTour();
  expect(isTourBeginning()).toBe(true);
  const { info: own } = useLab.getState();
  useLab.setState({ info: info() });
  expect(isTourBeginning()).toBe(false);
  useLab.setState({ info: own });
  found.resolve([moment("found")]);
  await offered;
  expect(isTourBeginning()).toBe(false);
  expect(useTour.getState().moments).toHaveLength(1);
});
