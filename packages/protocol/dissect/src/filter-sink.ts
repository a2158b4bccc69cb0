/** Keeps the values of the fields that a filter names, frame by frame. */

import type { Field } from "./field.ts";
import { FrameBytes } from "./frame-bytes.ts";
import type { Protocols } from "./protocols.ts";
import type { FieldSink } from "./sink.ts";

/** The values of one field in one frame. The lists are reused for the next frame. */
export class FieldValues {
  readonly field: Field;
  /** Number of times that the field is in the frame. */
  count = 0;
  readonly numbers: number[] = [];
  readonly texts: string[] = [];
  /** Offset and length, alternating, of values that are bytes and of protocols. */
  readonly ranges: number[] = [];
  /** Lengths of protocols with the payload that they carry, one for each range. */
  readonly extents: number[] = [];
  /** The layer of each value, counted from 1 for each protocol; empty unless `wantLayers` asked. */
  readonly layers: number[] = [];
  /** The field's protocol, if layers are kept. */
  protocol: FieldValues | null = null;

  constructor(field: Field) {
    this.field = field;
  }

  /** Number of layers of the field's protocol in the frame. */
  get layerCount(): number {
    return this.protocol?.count ?? 0;
  }

  clear(): void {
    this.count = 0;
    // Popping keeps the arrays' backing store for the next frame; `length = 0` would free it.
    while (this.numbers.length > 0) this.numbers.pop();
    while (this.texts.length > 0) this.texts.pop();
    while (this.ranges.length > 0) this.ranges.pop();
    while (this.extents.length > 0) this.extents.pop();
    while (this.layers.length > 0) this.layers.pop();
  }
}

/** Receives the fields of one filter; reset for each frame. */
export class FilterSink implements FieldSink {
  /** Where the filter's names are looked up. */
  readonly protocols: Protocols;
  readonly #slots: (FieldValues | undefined)[] = [];
  readonly #all: FieldValues[] = [];
  readonly content = new FrameBytes();

  constructor(protocols: Protocols) {
    this.protocols = protocols;
  }

  /** Keeps the values of `field` from now on. */
  want(field: Field): FieldValues {
    let values = this.#slots[field.id];
    if (!values) {
      values = new FieldValues(field);
      this.#slots[field.id] = values;
      this.#all.push(values);
    }
    return values;
  }

  /** Keeps the values of `field`, and the layer of its protocol that each is from. */
  wantLayers(field: Field): FieldValues {
    const values = this.want(field);
    const protocol = this.protocols.list.find(({ allFields }) => allFields.includes(field));
    if (protocol) values.protocol = this.want(protocol.field);
    return values;
  }

  begin(b: Uint8Array, base: number): void {
    this.content.begin(b, base);
    const all = this.#all;
    for (let i = 0; i < all.length; i++) if (all[i].count > 0) all[i].clear();
  }

  extend(content: Uint8Array, from: number): void {
    this.content.extend(content, from);
  }

  wants(field: Field): boolean {
    return this.#slots[field.id] !== undefined;
  }

  open(field: Field, at: number, _len: number, valueLen: number, extent: number): void {
    const values = this.#slots[field.id];
    if (!values) return;
    values.count++;
    if (values.protocol !== null) values.layers.push(values.protocol.count);
    values.ranges.push(at, valueLen);
    values.extents.push(extent);
  }

  close(): void {}

  number(field: Field, value: number, at: number, len: number): void {
    const values = this.#slots[field.id];
    if (!values) return;
    values.count++;
    if (values.protocol !== null) values.layers.push(values.protocol.count);
    values.numbers.push(value);
    values.ranges.push(at, len);
  }

  text(field: Field, value: string): void {
    const values = this.#slots[field.id];
    if (!values) return;
    values.count++;
    if (values.protocol !== null) values.layers.push(values.protocol.count);
    values.texts.push(value);
  }

  bytes(field: Field, at: number, len: number): void {
    const values = this.#slots[field.id];
    if (!values) return;
    values.count++;
    if (values.protocol !== null) values.layers.push(values.protocol.count);
    values.ranges.push(at, len);
  }
}
