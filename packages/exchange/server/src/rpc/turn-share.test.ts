import type { Host } from "@pushback/host";
import { expect, it } from "vitest";
import { TurnShare } from "./turn-share.ts";

/** A machine whose clock advances only by `work`. */
function machine() {
  let now = 0;
  const timers: (() => void)[] = [];
  const host = { nowUs: () => now, setTimer: (_: number, run: () => void) => timers.push(run) } as unknown as Host;
  return {
    turn: new TurnShare(host),
    work(us: number) {
      now += us;
    },
    /** Runs the timers that are set now, as an event loop does between two polls; returns their number. */
    runTimers: () => timers.splice(0).map((run) => run()).length,
  };
}

it("gives all calls together one slice, then lets timers run, and goes on in order", () => {
  const { turn, work, runTimers } = machine();
  const done: number[] = [];
  const call = (n: number) => {
    work(6_000);
    done.push(n);
  };
  for (let n = 0; n < 10; n++) {
    if (turn.isSpent()) turn.later(() => call(n));
    else call(n);
  }
  const perTurn = [done.length];
  while (done.length < 10) {
    expect(runTimers()).toBe(1);
    perTurn.push(done.length - perTurn.reduce((sum, count) => sum + count, 0));
  }
  expect(perTurn).toEqual([2, 2, 2, 2, 2]);
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it("begins a new slice once timers have run", () => {
  const { turn, work, runTimers } = machine();
  expect(turn.isSpent()).toBe(false);
  work(20_000);
  expect(turn.isSpent()).toBe(true);
  runTimers();
  expect(turn.isSpent()).toBe(false);
});
