import { expect, it } from "vitest";
import { SILENT_TICKS, Watchdog } from "./watchdog.ts";

function watched() {
  const told: boolean[] = [];
  const waiting: (() => void)[] = [];
  const watchdog = new Watchdog(
    () => new Promise<void>((resolve) => waiting.push(resolve)),
    (isSilent) => told.push(isSilent),
  );
  const ticks = (count: number) => {
    for (let i = 0; i < count; i++) watchdog.tick();
  };
  return { told, waiting, watchdog, ticks };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

it("says nothing while the worker answers, however late within the limit", async () => {
  const { told, waiting, ticks } = watched();
  for (let i = 0; i < 5; i++) {
    ticks(SILENT_TICKS);
    waiting.shift()?.();
    await settled();
  }
  expect(told).toEqual([]);
});

it("says once that the worker is silent, and that it answers again", async () => {
  const { told, waiting, ticks } = watched();
  ticks(3 * SILENT_TICKS);
  expect(told).toEqual([true]);
  expect(waiting.length).toBe(1);
  waiting[0]();
  await settled();
  expect(told).toEqual([true, false]);
});
