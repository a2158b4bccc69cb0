import type { CaptureListener } from "./capture-file.ts";
import type { RunningCounts } from "./packet-record.ts";

/** Interfaces for formats that do not describe any: one for each link type, in order of appearance. */
export class InterfacesByLink {
  readonly #listener: CaptureListener;
  readonly #counts: RunningCounts;
  readonly #linkTypes: number[] = [];

  constructor(listener: CaptureListener, counts: RunningCounts) {
    this.#listener = listener;
    this.#counts = counts;
  }

  /** The index of the link type's interface, which is announced at its first use; `timestampResolution` is an if_tsresol byte. */
  indexOf(linkType: number, timestampResolution: number): number {
    const known = this.#linkTypes.indexOf(linkType);
    if (known >= 0) return known;
    const index = this.#linkTypes.push(linkType) - 1;
    this.#counts.interfaces++;
    this.#listener.interface?.({ index, linkType, snapLen: 0, name: null, description: null, timestampResolution });
    return index;
  }
}
