import fc from "fast-check";
import { expect, test } from "vitest";
import { EventStore } from "./event-store.ts";
import type { RecordedEvent } from "./recorded-event.ts";
import { runScenario } from "./run.ts";
import { DEFAULT_VARIANTS, loadScenario } from "./testing/gallery.ts";

test("gives back every event as it came", () => {
  const told: RecordedEvent[] = [];
  const { events } = runScenario(loadScenario("kb-q159302"), { variants: DEFAULT_VARIANTS, seed: "1", onEvent: (e) => told.push(e) });
  expect([...events]).toEqual(told);
  expect(new Set(told.map((e) => e.event.type)).size).toBeGreaterThan(20);
});

test("the event store has an array's reading methods", () => {
  const address = fc.nat({ max: 0xffffffff });
  const port = fc.nat({ max: 65535 });
  const event = fc.oneof(
    fc.record({
      layer: fc.constant("machine" as const),
      event: fc.record({ type: fc.constant("udp-no-port" as const), localPort: port, from: address, fromPort: port }),
    }),
    fc.record({ layer: fc.constant("machine" as const), event: fc.constant({ type: "stack-up" as const }) }),
    fc.record({
      layer: fc.constant("machine" as const),
      event: fc.record({
        type: fc.constant("icmp-error-received" as const),
        from: address,
        icmpType: fc.nat(255),
        code: fc.nat(255),
        protocol: fc.nat(255),
        srcPort: port,
        remoteAddress: address,
        dstPort: port,
      }),
    }),
  );
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 40 }),
      fc.integer({ min: 1, max: 900 }),
      fc.integer({ min: -50, max: 50 }),
      (some, copies, at) => {
        const store = new EventStore(["server", "pc"]);
        const array: RecordedEvent[] = [];
        for (let i = 0; i < copies; i++) {
          for (const { layer, event } of some) {
            store.add(array.length * 7, i % 2, layer, event);
            array.push({ atUs: array.length * 7, machine: ["server", "pc"][i % 2], layer, event });
          }
        }
        expect(store.length).toBe(array.length);
        expect(store.at(at)).toEqual(array.at(at));
        expect(store.slice(at)).toEqual(array.slice(at));
        expect(store.slice(1, at)).toEqual(array.slice(1, at));
        const isUp = (e: RecordedEvent) => e.event.type === "stack-up";
        expect(store.filter(isUp)).toEqual(array.filter(isUp));
        expect(store.find(isUp)).toEqual(array.find(isUp));
        expect(store.some(isUp)).toBe(array.some(isUp));
        expect(store.flatMap((e) => (isUp(e) ? [e.atUs, 1] : []))).toEqual(array.flatMap((e) => (isUp(e) ? [e.atUs, 1] : [])));
        expect(store.map((e, i) => e.atUs + i)).toEqual(array.map((e, i) => e.atUs + i));
      },
    ),
    { numRuns: 30 },
  );
});
