/** Sections of the byte view: the frame itself, and the bytes reassembled from it and earlier frames. */

import { counted } from "./counted.ts";

export interface ByteSection {
  readonly title: string;
  /** Offset of the section's first byte, in the offsets that fields have. */
  readonly from: number;
  readonly bytes: Uint8Array;
}

export function byteSections(bytes: Uint8Array, joined: readonly { readonly from: number; readonly bytes: Uint8Array }[]): ByteSection[] {
  const size = (b: Uint8Array) => counted(b.length, "byte");
  return [
    { title: `Frame, ${size(bytes)}`, from: 0, bytes },
    ...joined.map((part) => ({ title: `Put together, ${size(part.bytes)}`, ...part })),
  ];
}

/** The index of the section that has the offset. */
export function sectionOf(sections: readonly ByteSection[], at: number): number {
  return sections.findLastIndex(({ from }) => at >= from);
}
