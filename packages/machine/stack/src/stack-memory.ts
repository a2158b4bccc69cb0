/** The memory that the stacks of one simulation share. A run makes one and hands it to its machines; when the run goes, all of it goes. */

import { ArpTable } from "./arp-table.ts";
import { SpareBuffers } from "./byte-queue.ts";
import { HeldFrames } from "./held-frame.ts";

/** Ethernet header in front of the largest IPv4 datagram. */
const TRANSMIT_BYTES = 14 + 65536;

export class StackMemory {
  /** ARP entries of all stacks. */
  readonly arp = new ArpTable();
  /** Frames that wait for address resolution. */
  readonly held = new HeldFrames();
  /** Buffers of TCP's byte queues. */
  readonly spare = new SpareBuffers();
  /**
   * Where every stack builds its frames. A frame is built and handed to the card within one call, and the card copies it, so no two stacks need the
   * buffer at once; one buffer each would be most of a small machine's memory in a fleet.
   */
  readonly transmit = new Uint8Array(TRANSMIT_BYTES);
}
