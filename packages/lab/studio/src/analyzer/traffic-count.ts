/** Protocols, conversations and endpoints of frames, counted in one pass. */

import {
  type FrameHistory,
  FrameRecall,
  LayerTraffic,
  ProtocolHierarchy,
  TRAFFIC_LAYERS,
  type TrafficLayer,
  TrafficSink,
  type TreeNode,
} from "@pushback/dissect";
import type { TrafficRows, TrafficView } from "./analyzer-api.ts";
import type { SourcePackets } from "./source-packet.ts";
import { FRAMES_PER_LOOK, TimeSlices } from "./time-slices.ts";

/** Rows of a table that the page gets: those with the most frames. */
const MAX_ROWS = 1000;

class TrafficCount {
  readonly #hierarchy = new ProtocolHierarchy();
  readonly #layers = (Object.keys(TRAFFIC_LAYERS) as TrafficLayer[]).map((name) => new LayerTraffic(name));
  #frames = 0;
  #bytes = 0;

  add(timeUs: number, length: number, roots: readonly TreeNode[]): void {
    this.#frames++;
    this.#bytes += length;
    this.#hierarchy.packet(length, roots);
    for (const layer of this.#layers) layer.packet(timeUs, length, roots);
  }

  view(): TrafficView {
    return {
      frames: this.#frames,
      bytes: this.#bytes,
      protocols: this.#hierarchy.rows(),
      conversations: this.#of((layer) => layer.conversations()),
      endpoints: this.#of((layer) => layer.endpoints()),
    };
  }

  #of<T>(rowsOf: (layer: LayerTraffic) => readonly T[]): Readonly<Record<TrafficLayer, TrafficRows<T>>> {
    const tables = this.#layers.map((layer) => {
      const rows = rowsOf(layer);
      return [layer.name, { rows: rows.slice(0, MAX_ROWS), total: rows.length }];
    });
    return Object.fromEntries(tables);
  }
}

/**
 * Counts the traffic of `count` frames, of which `frameAt` returns the `i`th. Calls `onPart` with the number of frames counted; stops and returns `null`
 * if `isWanted` returns false.
 */
export async function countTraffic(
  packets: SourcePackets,
  history: FrameHistory,
  count: number,
  frameAt: (i: number) => number,
  isWanted: () => boolean,
  onPart: (done: number, total: number) => void,
): Promise<TrafficView | null> {
  const traffic = new TrafficCount();
  const sink = new TrafficSink();
  const recall = new FrameRecall(history, packets.packetOf, sink);
  const slices = new TimeSlices();
  for (let i = 0; i < count; i++) {
    const frame = frameAt(i);
    sink.roots.length = 0;
    recall.dissect(frame);
    traffic.add(packets.timeUsOf(frame), packets.source.originalLengthOf(frame), sink.roots);
    if (i % FRAMES_PER_LOOK === 0 && slices.isOver) {
      onPart(i, count);
      await slices.pause();
      if (!isWanted()) return null;
    }
  }
  return traffic.view();
}
