import { describe, expect, it, vi } from "vitest";
import { LiveScheduler } from "./live-scheduler.ts";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("LiveScheduler", () => {
  it("runs events in order of time, equal times in order of scheduling, also when all are due in the past", async () => {
    const scheduler = new LiveScheduler();
    const ran: number[] = [];
    scheduler.enter(() => {
      for (const [delayUs, n] of [
        [3000, 5],
        [1000, 1],
        [2000, 3],
        [1000, 2],
        [2000, 4],
        [-5, 0],
      ]) {
        scheduler.schedule(delayUs, (arg: number) => ran.push(arg), n);
      }
    });
    // This loop keeps the event loop from running, so all events are late.
    const end = performance.now() + 20;
    while (performance.now() < end);
    expect(ran).toEqual([]);
    await vi.waitFor(() => expect(ran).toHaveLength(6), { timeout: 60_000 });
    expect(ran).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("keeps the order of many events when every third is cancelled", async () => {
    const scheduler = new LiveScheduler();
    const ran: number[] = [];
    const times: number[] = [];
    scheduler.enter(() => {
      const events = Array.from({ length: 300 }, (_, i) => {
        const delayUs = (i * 7919) % 10_007;
        times.push(delayUs);
        return scheduler.schedule(delayUs, (n: number) => ran.push(n), i);
      });
      for (let i = 0; i < 300; i += 3) scheduler.cancel(events[i]);
    });
    const kept = times.map((_, i) => i).filter((i) => i % 3 !== 0);
    await vi.waitFor(() => expect(ran).toHaveLength(kept.length), { timeout: 60_000 });
    expect(ran).toEqual(kept.sort((a, b) => times[a] - times[b] || a - b));
  });

  it("has a clock in microseconds that stands still within an event, and runs at the speed asked for", async () => {
    const scheduler = new LiveScheduler({ speed: 10 });
    const at = scheduler.nowUs();
    let inside: [number, number] | null = null;
    scheduler.schedule(
      1000,
      () => {
        const first = scheduler.nowUs();
        const end = performance.now() + 5;
        while (performance.now() < end);
        inside = [first, scheduler.nowUs()];
      },
      null,
    );
    await sleep(50);
    await vi.waitFor(() => expect(inside).not.toBe(null), { timeout: 60_000 });
    expect(inside?.[0]).toBe(inside?.[1]);
    expect(inside?.[0]).toBeGreaterThanOrEqual(at + 1000);
    const elapsed = scheduler.nowUs() - at;
    expect(elapsed).toBeGreaterThanOrEqual(450_000);
    expect(Number.isInteger(elapsed)).toBe(true);
  });

  it("continues after an event that throws, and drops every event when stopped", async () => {
    const scheduler = new LiveScheduler();
    const ran: string[] = [];
    const caught: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (error) => caught.push(error.message));
    scheduler.schedule(
      0,
      () => {
        throw new Error("a bug");
      },
      null,
    );
    scheduler.schedule(2000, () => ran.push("later"), null);
    await vi.waitFor(() => expect(ran).toEqual(["later"]), { timeout: 60_000 });
    for (const listener of listeners) process.on("uncaughtException", listener);
    expect([caught, ran]).toEqual([["a bug"], ["later"]]);
    scheduler.schedule(1000, () => ran.push("never"), null);
    scheduler.stop();
    scheduler.schedule(1000, () => ran.push("never"), null);
    await sleep(20);
    expect(ran).toEqual(["later"]);
  });
});
