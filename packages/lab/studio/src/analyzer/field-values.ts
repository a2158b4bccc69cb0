/** The values of a few fields, picked out of frames. */

import type { CapturedPacket } from "@pushback/capture";
import { type Field, type FieldSink, FrameDissector, STANDARD_PROTOCOLS } from "@pushback/dissect";

export interface PickedValue {
  readonly number: number;
  readonly text: string;
  readonly at: number;
  readonly len: number;
}

/**
 * Keeps one value of each wanted field of a frame. `"first"` keeps the outermost packet's: an ICMP error's own fields, not those of the packet that it
 * quotes. `"last"` keeps the innermost packet's, as in a tunnel.
 */
export class FieldPicker implements FieldSink {
  readonly #wanted = new Map<Field, string>();
  readonly #values = new Map<string, PickedValue>();
  readonly #dissector: FrameDissector;
  readonly #which: "first" | "last";

  /** Throws a `RangeError` if one of the names is the name of no field. */
  constructor(names: readonly string[], which: "first" | "last" = "first") {
    this.#which = which;
    for (const name of names) {
      const field = STANDARD_PROTOCOLS.field(name);
      if (!field) throw new RangeError(`no field ${name}`);
      this.#wanted.set(field, name);
    }
    this.#dissector = new FrameDissector(this);
  }

  /** The frame's values by field name, until the next call. Frames of one conversation come in order. */
  pick(p: CapturedPacket): ReadonlyMap<string, PickedValue> {
    this.#values.clear();
    this.#dissector.dissect(p);
    return this.#values;
  }

  wants(field: Field): boolean {
    return this.#wanted.has(field);
  }

  #keep(field: Field, number: number, text: string, at: number, len: number): void {
    const name = this.#wanted.get(field);
    if (name !== undefined && (this.#which === "last" || !this.#values.has(name))) this.#values.set(name, { number, text, at, len });
  }

  open(field: Field, at: number, len: number): void {
    this.#keep(field, 1, "", at, len);
  }

  close(): void {}

  number(field: Field, value: number, at: number, len: number): void {
    if (this.#wanted.has(field)) this.#keep(field, value, field.show(value), at, len);
  }

  text(field: Field, value: string, at: number, len: number): void {
    this.#keep(field, 0, value, at, len);
  }

  bytes(field: Field, at: number, len: number): void {
    this.#keep(field, 0, "", at, len);
  }
}
