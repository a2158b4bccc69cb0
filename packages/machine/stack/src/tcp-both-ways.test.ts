/** Data and loss in both directions at once: behaviour that tests against the Linux kernel's TCP revealed, as dialogues. */

import { describe, expect, it } from "vitest";
import { createDialogue } from "./testing/dialogue.ts";

const S = 1_000_000;
const MS = 1000;

describe("loss in both directions", () => {
  it("acknowledges at SND.MAX when a retransmission has set SND.NXT back: below it the peer might ignore it", () => {
    const d = createDialogue();
    d.accept();
    d.send(4380);
    d.expect(0, "A seq=1 len=1460");
    d.inject("A seq=101 ack=1461 win=8192");
    d.expect(0, "A seq=1461 len=1460");
    d.expect(0, "PA seq=2921 len=1460");
    // Both segments are lost. The first is retransmitted, then data arrives from the peer.
    d.expect(1000 * MS, "A seq=1461 len=1460");
    d.inject("PA seq=101 ack=1461 win=8192 len=10");
    d.expect(1200 * MS, "A seq=4381 ack=111");
  });

  it("accepts an acknowledgment from a peer whose segments filled the window and were all lost", () => {
    const d = createDialogue();
    d.accept();
    d.send(10);
    d.expect(0, "PA seq=1 len=10");
    d.inject("A seq=8293 ack=11 win=8192");
    d.expectSilence(20 * S);
    expect(d.log).toEqual(["accepted"]);
  });

  it("acknowledges at once a segment that fills the window", () => {
    const d = createDialogue({ windowRule: { kind: "fixed", bytes: 1460 } });
    d.accept();
    d.inject("A seq=101 ack=1 win=8192 len=1460");
    d.expect(0, "A seq=1 ack=1561 win=1460");
  });
});
