/** Fields of a datagram that was reassembled from fragments, for IPv4 and IPv6 alike. */

import type { Dissection } from "../dissection.ts";
import { bytes, dec, type Field, flag, group } from "../field.ts";
import { FRAGMENT_FLAGS, type JoinedDatagram } from "../ip-fragments.ts";

export interface FragmentFields {
  readonly fragments: Field;
  readonly fragmentFrame: Field;
  readonly fragmentError: Field;
  readonly fragmentOverlap: Field;
  readonly fragmentConflict: Field;
  readonly fragmentTails: Field;
  readonly fragmentTooLong: Field;
  readonly fragmentCount: Field;
  readonly reassembledLen: Field;
  readonly reassembledData: Field;
}

/** `prefix` is that of the fields' names, `version` as in "IPv4". */
export function fragmentFields(prefix: string, version: string): FragmentFields {
  return {
    fragments: group(`${prefix}.fragments`, `${version} Fragments`),
    fragmentFrame: dec(`${prefix}.fragment`, `${version} Fragment`, 32),
    fragmentError: dec(`${prefix}.fragment.error`, "Defragmentation error", 32),
    fragmentOverlap: flag(`${prefix}.fragment.overlap`, "Fragment overlap"),
    fragmentConflict: flag(`${prefix}.fragment.overlap.conflict`, "Conflicting data in fragment overlap"),
    fragmentTails: flag(`${prefix}.fragment.multipletails`, "Multiple tail fragments found"),
    fragmentTooLong: flag(`${prefix}.fragment.toolongfragment`, "Fragment too long"),
    fragmentCount: dec(`${prefix}.fragment.count`, "Fragment count", 32),
    reassembledLen: dec(`${prefix}.reassembled.length`, `Reassembled ${version} length`, 32),
    reassembledData: bytes(`${prefix}.reassembled.data`, `Reassembled ${version} data`),
  };
}

/** Reports the fragments of a datagram that this frame completes, ends the IP protocol if it is open (`isOpen`), and dissects the content. */
export function dissectJoined(
  d: Dissection,
  fields: FragmentFields,
  { content, fragments }: JoinedDatagram,
  isOpen: boolean,
  dissectContent: (at: number, end: number) => void,
): void {
  d.within(content, (at, end) => {
    if (isOpen) {
      d.open(fields.fragments, at, end - at);
      for (const { frame, offset, len, flags } of fragments) {
        d.number((flags & FRAGMENT_FLAGS.error) === 0 ? fields.fragmentFrame : fields.fragmentError, frame, at + offset, len);
        if ((flags & FRAGMENT_FLAGS.overlap) !== 0) d.number(fields.fragmentOverlap, 1, at + offset, 0);
        if ((flags & FRAGMENT_FLAGS.conflict) !== 0) d.number(fields.fragmentConflict, 1, at + offset, 0);
        if ((flags & FRAGMENT_FLAGS.secondTail) !== 0) d.number(fields.fragmentTails, 1, at + offset, 0);
        if ((flags & FRAGMENT_FLAGS.tooLong) !== 0) d.number(fields.fragmentTooLong, 1, at + offset, 0);
      }
      d.number(fields.fragmentCount, fragments.length, at, 0);
      d.number(fields.reassembledLen, end - at, at, 0);
      d.bytes(fields.reassembledData, at, end - at);
      d.close();
      d.close();
    }
    dissectContent(at, end);
  });
}
