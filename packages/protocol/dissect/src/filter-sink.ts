/** Keeps, of each frame, the values of the fields that a filter names. */

import type { Field } from "./field.ts";
import { FrameBytes } from "./frame-bytes.ts";
import type { FieldSink } from "./sink.ts";

/** What one field had in one frame. Lists are used again for the next frame. */
export class FieldValues {
  readonly field: Field;
  /** How often the field was there. */
  count = 0;
  readonly numbers: number[] = [];
  readonly texts: string[] = [];
  /** Offset and length, alternating: of bytes, and of protocols. */
  readonly ranges: number[] = [];

  constructor(field: Field) {
    this.field = field;
  }

  clear(): void {
    this.count = 0;
    // A length of 0 would give up the lists' room, which the next frame needs again.
    while (this.numbers.length > 0) this.numbers.pop();
    while (this.texts.length > 0) this.texts.pop();
    while (this.ranges.length > 0) this.ranges.pop();
  }
}

/** Protocols below TCP and beside it, which need nothing of it. */
const WITHOUT_TCP: readonly string[] = ["frame", "eth", "vlan", "llc", "sll", "sll2", "null", "loop", "arp", "ip", "icmp", "udp"];

export class FilterSink implements FieldSink {
  readonly #slots: (FieldValues | undefined)[] = [];
  readonly #all: FieldValues[] = [];
  readonly content = new FrameBytes();
  #wantsTcp = false;

  /** The values of `field`, from now on. */
  want(field: Field): FieldValues {
    let values = this.#slots[field.id];
    if (!values) {
      values = new FieldValues(field);
      this.#slots[field.id] = values;
      this.#all.push(values);
      // The list of a frame's protocols has those in TCP.
      if (field.name === "frame.protocols" || !WITHOUT_TCP.includes(field.name.split(".")[0])) this.#wantsTcp = true;
    }
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

  wantsTcp(): boolean {
    return this.#wantsTcp;
  }

  open(field: Field, at: number, len: number): void {
    const values = this.#slots[field.id];
    if (!values) return;
    values.count++;
    values.ranges.push(at, len);
  }

  close(): void {}

  number(field: Field, value: number, at: number, len: number): void {
    const values = this.#slots[field.id];
    if (!values) return;
    values.count++;
    values.numbers.push(value);
    values.ranges.push(at, len);
  }

  text(field: Field, value: string): void {
    const values = this.#slots[field.id];
    if (!values) return;
    values.count++;
    values.texts.push(value);
  }

  bytes(field: Field, at: number, len: number): void {
    const values = this.#slots[field.id];
    if (!values) return;
    values.count++;
    values.ranges.push(at, len);
  }
}
