/** The values that completion proposes for a field: those that the first frames have most often. */

import { type Field, FrameDissector, type TreeNode, TreeSink } from "@pushback/dissect";
import { filterOf } from "./frame-details.ts";
import type { SourcePackets } from "./source-packet.ts";
import { FRAMES_PER_LOOK, TimeSlices } from "./time-slices.ts";

/** Frames that are looked at, and values that are proposed. */
const VALUE_FRAMES = 20_000;
const MAX_VALUES = 40;

export class CompletionValues {
  readonly #values = new Map<Field, readonly string[]>();
  /** Number of frames when the values were looked up. */
  #valuesAt = 0;

  /** The field's values in these frames, as filters write them, the most frequent first. */
  of(field: Field, packets: SourcePackets): readonly string[] {
    // A lab's frames grow: values are looked up again when there are twice as many.
    if (packets.source.count > 2 * this.#valuesAt) {
      this.#values.clear();
      this.#valuesAt = packets.source.count;
    }
    const known = this.#values.get(field);
    if (known) return known;
    const counts = new Map<string, number>();
    const filters = new TreeSink();
    const collect = (nodes: readonly TreeNode[]): void => {
      for (const node of nodes) {
        if (node.field === field && node.len <= 16 && node.show.length <= 64) {
          const text = filterOf(node).slice(field.name.length + 4);
          if (counts.has(text) || counts.size < 1000) counts.set(text, (counts.get(text) ?? 0) + 1);
        }
        collect(node.children);
      }
    };
    const dissector = new FrameDissector(filters);
    const slices = new TimeSlices();
    for (let frame = 1; frame <= Math.min(packets.source.count, VALUE_FRAMES); frame++) {
      const p = packets.packetOf(frame);
      filters.roots.length = 0;
      filters.begin(p.bytes, p.at);
      dissector.dissect(p);
      collect(filters.roots);
      // While the user types, a fast partial answer is better than a complete one.
      if (frame % FRAMES_PER_LOOK === 0 && slices.isOver) break;
    }
    const values = [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([text]) => text)
      .slice(0, MAX_VALUES);
    this.#values.set(field, values);
    return values;
  }
}
