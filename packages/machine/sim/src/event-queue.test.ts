import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "./event-queue.ts";

function drain(queue: EventQueue): void {
  while (queue.size > 0) queue.runNext();
}

describe("the event queue", () => {
  it("runs equal times in order of scheduling, whatever the order of times", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 99_998, max: 100_003 })), { maxLength: 300 }),
        (times) => {
          const queue = new EventQueue();
          const ran: [number, number][] = [];
          times.forEach((time, i) => {
            queue.add(time, (x: [number, number]) => ran.push(x), [time, i]);
          });
          drain(queue);
          const expected = times.map((time, i): [number, number] => [time, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
          expect(ran).toEqual(expected);
        },
      ),
    );
  });

  it("behaves like a sorted list under any mix of adding, cancelling and running", () => {
    const step = fc.oneof(
      fc.record({
        op: fc.constant("add" as const),
        time: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 99_990, max: 200_020 })),
      }),
      fc.record({ op: fc.constant("cancel" as const), which: fc.nat(200) }),
      fc.record({ op: fc.constant("run" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const queue = new EventQueue();
        const handles: number[] = [];
        const model: { id: number; time: number }[] = [];
        const ran: number[] = [];
        for (const s of steps) {
          if (s.op === "add") {
            const id = handles.length;
            handles.push(queue.add(s.time, (x: number) => ran.push(x), id));
            model.push({ id, time: s.time });
          } else if (s.op === "cancel") {
            const id = s.which;
            const i = model.findIndex((e) => e.id === id);
            expect(queue.cancel(handles[id] ?? 0)).toBe(i >= 0);
            if (i >= 0) model.splice(i, 1);
          } else if (model.length > 0) {
            model.sort((a, b) => a.time - b.time || a.id - b.id);
            expect(queue.nextTime).toBe(model[0].time);
            queue.runNext();
            expect(ran.at(-1)).toBe(model.shift()?.id);
          }
          expect(queue.size).toBe(model.length);
        }
      }),
    );
  });

  it("grows past its first capacity", () => {
    const queue = new EventQueue();
    let sum = 0;
    for (let i = 0; i < 5000; i++) queue.add((i * 7919) % 5000, (x: number) => (sum += x), i);
    let last = -1;
    while (queue.size > 0) {
      expect(queue.nextTime).toBeGreaterThanOrEqual(last);
      last = queue.nextTime;
      queue.runNext();
    }
    expect(sum).toBe((5000 * 4999) / 2);
  });
});
