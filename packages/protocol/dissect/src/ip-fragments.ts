/**
 * Puts datagrams together from their fragments (RFC 791 section 3.2, RFC 8200 section 4.5), as Wireshark does: no timer ends a datagram, the
 * bytes of the fragment with the lower offset win, and fragments that come after the datagram is complete begin a new one. Memory is bounded:
 * the datagram that has waited longest is given up first.
 */

/** Most datagrams that wait for fragments. */
const MAX_DATAGRAMS = 4096;
/** Most bytes of fragments that wait. */
const MAX_BYTES = 16 << 20;
/** Most fragments of one datagram: 64 KiB in pieces of 48 bytes, what the smallest MTU of RFC 791 carries, are 1,366. */
const MAX_FRAGMENTS = 2048;

/** What is odd about a fragment. */
export const FRAGMENT_FLAGS = {
  overlap: 1,
  conflict: 2,
  /** A last fragment whose end differs from that of an earlier last fragment. */
  secondTail: 4,
  /** The fragment extends beyond the datagram's end. */
  tooLong: 8,
  /** Wireshark counts these as errors. */
  error: 2 | 4 | 8,
} as const;

interface Fragment {
  readonly frame: number;
  /** Offset in the datagram and length, in bytes. */
  readonly offset: number;
  readonly len: number;
  flags: number;
}

/** A datagram put together from its fragments. */
export interface JoinedDatagram {
  readonly content: Uint8Array;
  /** The fragments, in the order of their offsets. */
  readonly fragments: readonly Fragment[];
}

interface KeptFragment extends Fragment {
  readonly bytes: Uint8Array;
}

class BegunDatagram {
  readonly fragments: KeptFragment[] = [];
  /** Length of the whole, known from the last fragment; -1 before it has come. */
  total = -1;
  /** Sum of the fragments' lengths. */
  bytes = 0;
}

/** The fragments of a capture that wait for the rest of their datagrams. */
export class IpFragments {
  readonly #datagrams = new Map<string, BegunDatagram>();
  #bytes = 0;
  /** Frames that held fragments of the datagram that was completed last; the frame that completed it is among them. */
  lastFrames: readonly number[] = [];

  /** Forgets all fragments. */
  clear(): void {
    this.#datagrams.clear();
    this.#bytes = 0;
    this.lastFrames = [];
  }

  /**
   * Adds the `len` bytes at `b[at]` as the fragment at `offset` of the datagram `key`; returns the datagram if it is complete with them. The
   * bytes are copied.
   */
  add(key: string, frame: number, offset: number, more: boolean, b: Uint8Array, at: number, len: number): JoinedDatagram | null {
    let datagram = this.#datagrams.get(key);
    if (!datagram) {
      datagram = new BegunDatagram();
      this.#datagrams.set(key, datagram);
    }
    const { fragments } = datagram;
    let flags = 0;
    if (!more) {
      if (datagram.total < 0) datagram.total = offset + len;
      else if (datagram.total !== offset + len) flags |= FRAGMENT_FLAGS.secondTail;
    }
    let place = fragments.length;
    while (place > 0 && fragments[place - 1].offset > offset) place--;
    fragments.splice(place, 0, { frame, offset, len, flags, bytes: b.slice(at, at + len) });
    datagram.bytes += len;
    this.#bytes += len;
    if (datagram.total >= 0 && reachesEnd(datagram)) {
      this.#drop(key, datagram);
      this.lastFrames = [...new Set(fragments.map((fragment) => fragment.frame))].sort((a, z) => a - z);
      return { content: join(datagram), fragments };
    }
    if (fragments.length > MAX_FRAGMENTS) this.#drop(key, datagram);
    while (this.#datagrams.size > MAX_DATAGRAMS || this.#bytes > MAX_BYTES) this.#dropOldest();
    return null;
  }

  #dropOldest(): void {
    for (const [key, datagram] of this.#datagrams) {
      this.#drop(key, datagram);
      return;
    }
  }

  #drop(key: string, datagram: BegunDatagram): void {
    this.#datagrams.delete(key);
    this.#bytes -= datagram.bytes;
  }
}

function reachesEnd({ fragments, total }: BegunDatagram): boolean {
  let reached = 0;
  for (const { offset, len } of fragments) {
    if (offset > reached) return false;
    if (offset + len > reached) reached = offset + len;
    if (reached >= total) return true;
  }
  return reached >= total;
}

/** The datagram's bytes; marks fragments that overlap or reach past its end. */
function join({ fragments, total }: BegunDatagram): Uint8Array {
  const content = new Uint8Array(total);
  let filled = 0;
  for (const fragment of fragments) {
    const { offset, bytes } = fragment;
    let { len } = fragment;
    if (offset + len > total) {
      fragment.flags |= FRAGMENT_FLAGS.tooLong;
      len = Math.max(0, total - offset);
    }
    const repeated = Math.min(len, Math.max(0, filled - offset));
    if (repeated > 0) {
      fragment.flags |= FRAGMENT_FLAGS.overlap;
      for (let i = 0; i < repeated; i++)
        if (content[offset + i] !== bytes[i]) {
          fragment.flags |= FRAGMENT_FLAGS.conflict;
          break;
        }
    }
    if (len > repeated) content.set(bytes.subarray(repeated, len), offset + repeated);
    filled = Math.max(filled, offset + len);
  }
  return content;
}
