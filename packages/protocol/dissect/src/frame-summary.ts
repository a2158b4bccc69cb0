/** A frame's row in the packet list: its ends, its protocol, and what it is in one line. */

import type { Addresses, FrameValues, Protocol } from "./define-protocol.ts";
import type { Field } from "./field.ts";
import { STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
import type { Protocols } from "./protocols.ts";
import type { FieldSink, TreeNode } from "./sink.ts";

/** A frame's row in the packet list, in Wireshark's terms. */
export interface FrameSummary {
  /** Network-layer address as text, or the link-layer address if there is none. */
  readonly source: string;
  /** Destination address, like `source`; "Broadcast" for frames to the Ethernet broadcast address that have no IP header. */
  readonly destination: string;
  /** Name of the protocol that the packet list shows for the frame, in capitals; "DATA" if there is none. */
  readonly protocol: string;
  readonly info: string;
}

const BROADCAST = "ff:ff:ff:ff:ff:ff";

/** `opened` is the frame's protocols, outermost first. */
function summaryOf(opened: readonly Protocol[], values: FrameValues): FrameSummary {
  const speaker = opened.find(({ quotes }) => quotes) ?? opened.findLast(({ summary }) => summary !== null);
  let source = "";
  let destination = "";
  for (const { addresses } of opened) {
    if (!addresses) continue;
    source = values.text(addresses.source) || source;
    destination = innerDestination(addresses, values, destination);
  }
  return {
    source,
    destination: destination === BROADCAST ? "Broadcast" : destination,
    protocol: (speaker?.name ?? "data").toUpperCase(),
    info: speaker?.summary?.line(values) ?? "",
  };
}

function innerDestination({ destination, yieldsToBroadcast }: Addresses, values: FrameValues, outer: string): string {
  return yieldsToBroadcast && outer === BROADCAST ? outer : values.text(destination) || outer;
}

/** The row of a frame, from its tree as `TreeSink` built it. */
export function summarizeFrame(roots: readonly TreeNode[], protocols: Protocols = STANDARD_PROTOCOLS): FrameSummary {
  const opened: Protocol[] = [];
  // A quoted packet comes after the one that quotes it: the first value is the frame's own.
  const firsts = new Map<Field, string>();
  const collect = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      if (!firsts.has(node.field)) firsts.set(node.field, node.show);
      const protocol = protocols.protocolOf(node.field);
      if (protocol) opened.push(protocol);
      collect(node.children);
    }
  };
  collect(roots);
  return summaryOf(opened, { has: (field) => firsts.has(field), text: (field) => firsts.get(field) ?? "" });
}

/** Makes a frame's row without building its tree, several times faster than `summarizeFrame`. */
export class SummarySink implements FieldSink {
  readonly #protocols: Protocols;
  readonly #wanted: ReadonlySet<Field>;
  readonly #opened: Protocol[] = [];
  readonly #firsts = new Map<Field, string | number>();

  constructor(protocols: Protocols = STANDARD_PROTOCOLS) {
    this.#protocols = protocols;
    const wanted = new Set<Field>();
    for (const { field, summary, addresses } of protocols.list) {
      if (addresses) for (const end of [addresses.source, addresses.destination]) wanted.add(end);
      if (!summary) continue;
      wanted.add(field);
      for (const used of summary.fields) wanted.add(used);
    }
    this.#wanted = wanted;
  }

  /** Starts on the next frame. */
  begin(): void {
    this.#firsts.clear();
    this.#opened.length = 0;
  }

  /** The row of the frame that was dissected since the latest `begin`. */
  summary(): FrameSummary {
    return summaryOf(this.#opened, {
      has: (field) => this.#firsts.has(field),
      text: (field) => {
        const value = this.#firsts.get(field);
        return typeof value === "number" ? field.show(value) : (value ?? "");
      },
    });
  }

  #keep(field: Field, value: string | number): void {
    if (this.#wanted.has(field) && !this.#firsts.has(field)) this.#firsts.set(field, value);
  }

  wants(field: Field): boolean {
    return this.#wanted.has(field);
  }

  open(field: Field): void {
    const protocol = this.#protocols.protocolOf(field);
    if (protocol) this.#opened.push(protocol);
    this.#keep(field, "");
  }

  close(): void {}

  number(field: Field, value: number): void {
    this.#keep(field, value);
  }

  text(field: Field, value: string): void {
    this.#keep(field, value);
  }

  bytes(): void {}
}
