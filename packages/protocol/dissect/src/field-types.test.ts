/** Wireshark's registry is the judge of the fields' types: filters refuse what a type can't hold. */

import { requireProgram } from "@pushback/judges";
import { expect, it } from "vitest";
import { STANDARD_PROTOCOLS } from "./index.ts";

const NUMBER_BITS: Readonly<Record<string, number>> = {
  FT_BOOLEAN: 1,
  FT_UINT8: 8,
  FT_UINT16: 16,
  FT_UINT24: 24,
  FT_UINT32: 32,
  FT_UINT64: 64,
  FT_INT32: 32,
  FT_IPXNET: 32,
  FT_FRAMENUM: 32,
};

it("gives numbers the width that Wireshark gives them", (context) => {
  const tshark = requireProgram(context, "tshark");
  const types = new Map<string, Set<string>>();
  for (const line of tshark.run(["-G", "fields"], { timeoutMs: 110_000 }).split("\n")) {
    const [kind, , name, type] = line.split("\t");
    if (kind === "F") types.set(name, (types.get(name) ?? new Set()).add(type));
  }
  const wrong: string[] = [];
  let compared = 0;
  for (const field of STANDARD_PROTOCOLS.fields) {
    const theirs = types.get(field.name);
    if (field.kind !== "number" || !theirs) continue;
    compared++;
    // A name may be declared several times: each of its widths is right.
    if (![...theirs].some((type) => NUMBER_BITS[type] === field.bits))
      wrong.push(`${field.name}: ours ${field.bits} bits, theirs ${[...theirs]}`);
  }
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(250);
});
