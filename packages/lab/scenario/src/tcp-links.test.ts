/** Whole TCP transfers of every variant over links that lose and delay, seeded; the table of results is the snapshot. */

import { parseMac } from "@pushback/bytes";
import { type Personality, valuesOf } from "@pushback/host";
import { Segment, Simulation } from "@pushback/sim";
import { createStack, type Stack } from "@pushback/stack";
import { describe, expect, it } from "vitest";
import { macFor } from "./addressing.ts";
import { findVariant } from "./catalogue.ts";
import { PLATFORMS } from "./platforms.ts";

const BYTES = 30_000;
const LOSSES = [0, 0.02, 0.1];
const DELAYS_US = [150, 10_000, 100_000];
const SENDER = 0x0a010902;
const RECEIVER = 0x0a010903;
const NT40 = valuesOf((findVariant("nt-4.0") ?? PLATFORMS[0].variants[0]).personality);

interface Link {
  readonly loss: number;
  readonly delayUs: number;
}

/** Sends `BYTES` bytes one way; how long it took until the receiver had everything, or how far it got before one side gave up. */
function transfer(from: Personality, to: Personality, link: Link): string {
  const sim = new Simulation({ seed: `${link.loss}/${link.delayUs}`, epochMs: 0 });
  const segment = new Segment(sim, sim.random.fork("wire"), { latencyUs: link.delayUs, jitterUs: 0, loss: link.loss });
  const make = (address: number, personality: Personality): Stack => {
    const mac = parseMac(macFor(address));
    if (!mac) throw new Error("no hardware address");
    const stack = createStack({
      name: `${address}`,
      address,
      netmask: 0xffffff00,
      gateway: null,
      personality,
      card: segment.connect(`${address}`, mac),
      scheduler: sim,
      random: sim.random.fork(`${address}`),
    });
    stack.start();
    return stack;
  };
  const receiver = make(RECEIVER, to);
  const sender = make(SENDER, from);
  const data = Uint8Array.from({ length: BYTES }, (_, i) => (i * 31) >>> 2);
  let received = 0;
  let right = true;
  let doneUs = -1;
  receiver.host.listenTcp(80, {
    onAccept: (connection) => ({
      onData(b, at, len) {
        for (let i = 0; i < len; i++) right &&= b[at + i] === data[received + i];
        received += len;
        if (received === BYTES) doneUs = sim.nowUs();
      },
      onEnd: () => connection.close(),
      onClosed() {},
    }),
  });
  sim.runUntil(10_000_000);
  const startUs = sim.nowUs();
  const connection = sender.host.connectTcp(RECEIVER, 80, { onData() {}, onClosed() {} });
  connection.send(data);
  connection.close();
  sim.runUntil(24 * 3600e6);
  if (!right) return "wrong bytes";
  if (doneUs < 0) return `${received} bytes, then gave up`;
  return `${((doneUs - startUs) / 1e6).toFixed(6)} s, ${sender.counters.tcpRetransSegs} again`;
}

describe("TCP over bad links", () => {
  it("takes the times of the snapshot", async () => {
    const lines = [`variant; window; loss; delay; ${BYTES} bytes to nt-4.0; ${BYTES} bytes from nt-4.0`];
    for (const { id, personality } of PLATFORMS.flatMap((p) => p.variants)) {
      const own = valuesOf(personality);
      const small: Personality = { ...own, synWindow: null, windowRule: { kind: "fixed", bytes: 4096 } };
      for (const [window, values] of [
        ["own", own],
        ["4096", small],
      ] as const) {
        for (const loss of LOSSES) {
          for (const delayUs of DELAYS_US) {
            const link = { loss, delayUs };
            lines.push([id, window, loss, `${delayUs} us`, transfer(values, NT40, link), transfer(NT40, values, link)].join("; "));
          }
        }
      }
    }
    const table = `${lines.join("\n")}\n`;
    expect(table).not.toContain("wrong bytes");
    await expect(table).toMatchFileSnapshot("./testing/tcp-links.txt");
  });
});
