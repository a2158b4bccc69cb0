import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ArpTable } from "./arp-table.ts";

it("holds the same entries as a map of maps after any additions and removals", () => {
  const change = fc.record({ who: fc.nat(2), address: fc.integer({ min: 0xfffffff0, max: 0xffffffff }), adds: fc.boolean() });
  const many = fc.record({ who: fc.nat(2), address: fc.nat(0xffffffff), adds: fc.constant(true) });
  fc.assert(
    fc.property(fc.array(fc.oneof(change, many), { maxLength: 400 }), (changes) => {
      const table = new ArpTable();
      const owners = [table.takeOwner(), table.takeOwner(), table.takeOwner()];
      const model = owners.map(() => new Map<number, number>());
      changes.forEach(({ who, address, adds }, n) => {
        const place = table.find(owners[who], address, 0);
        expect(place >= 0).toBe(model[who].has(address));
        if (adds && place < 0) table.add(owners[who], address, n, n + 1);
        else if (adds) table.set(place, n, n + 1, n + 1);
        else if (place >= 0) table.remove(owners[who], address);
        if (adds) model[who].set(address, n);
        else model[who].delete(address);
      });
      model.forEach((of, who) => {
        for (const [address, n] of of) {
          const place = table.find(owners[who], address, 4 * n);
          expect([table.mac(place), table.heardAtUs(place), table.usedAtUs(place)]).toEqual([n, n + 1, n + 1]);
          table.remove(owners[who], address);
        }
        table.freeOwner(owners[who]);
      });
      expect(table.size).toBe(0);
    }),
  );
});
