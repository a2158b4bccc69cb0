/** Protocols, conversations and endpoints of frames, counted in one pass. */

import { LayerTraffic, ProtocolHierarchy, TRAFFIC_LAYERS, type TrafficLayer, type TreeNode } from "@pushback/dissect";
import type { TrafficRows, TrafficView } from "./analyzer-api.ts";

/** Rows of a table that the page gets: those with the most frames. */
const MAX_ROWS = 1000;

export class TrafficCount {
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
