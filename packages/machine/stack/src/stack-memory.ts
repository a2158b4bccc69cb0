/** Memory that the stacks of one simulation share. A run creates it and passes it to its machines; it is freed with the run. */

import { ArpTable } from "./arp-table.ts";
import { SpareBuffers } from "./byte-queue.ts";
import { HeldFrames } from "./held-frame.ts";

/** Ethernet header in front of the largest IPv4 datagram. */
const TRANSMIT_BYTES = 14 + 65536;

/** Memory that the stacks of a simulation share, so that thousands of machines fit into one process. */
export class StackMemory {
  /** ARP entries of all stacks. */
  readonly arp = new ArpTable();
  /** Frames that wait for ARP. */
  readonly held = new HeldFrames();
  /** Buffers of the byte queues of TCP. */
  readonly spare = new SpareBuffers();
  /**
   * Transmit buffer. A frame is built and passed to the card within one call, and the card copies it, so no two stacks need the
   * buffer at once. In a fleet, a buffer per stack would be most of a small machine's memory (docs/FLEET-PROFILE.md).
   */
  readonly transmit = new Uint8Array(TRANSMIT_BYTES);
}
