import * as fc from "fast-check";
import { expect, it } from "vitest";
import { addArp, arpHeardAtUs, arpMac, arpUsedAtUs, findArp, freeArpOwner, removeArp, setArp, takeArpOwner } from "./arp-table.ts";

it("holds what a map of maps holds, whatever is added and removed", () => {
  const change = fc.record({ who: fc.nat(2), address: fc.integer({ min: 0xfffffff0, max: 0xffffffff }), adds: fc.boolean() });
  const many = fc.record({ who: fc.nat(2), address: fc.nat(0xffffffff), adds: fc.constant(true) });
  fc.assert(
    fc.property(fc.array(fc.oneof(change, many), { maxLength: 400 }), (changes) => {
      const owners = [takeArpOwner(), takeArpOwner(), takeArpOwner()];
      const model = owners.map(() => new Map<number, number>());
      changes.forEach(({ who, address, adds }, n) => {
        const place = findArp(owners[who], address, 0);
        expect(place >= 0).toBe(model[who].has(address));
        if (adds && place < 0) addArp(owners[who], address, n, n + 1);
        else if (adds) setArp(place, n, n + 1, n + 1);
        else if (place >= 0) removeArp(owners[who], address);
        if (adds) model[who].set(address, n);
        else model[who].delete(address);
      });
      model.forEach((of, who) => {
        for (const [address, n] of of) {
          const place = findArp(owners[who], address, 4 * n);
          expect([arpMac(place), arpHeardAtUs(place), arpUsedAtUs(place)]).toEqual([n, n + 1, n + 1]);
          removeArp(owners[who], address);
        }
        freeArpOwner(owners[who]);
      });
    }),
  );
});
