/** Receivers of a dissector's findings: a tree for people, or the few values that a filter asks for. Offsets count from the start of the frame. */

import { type Field, showInstant } from "./field.ts";
import { FrameBytes } from "./frame-bytes.ts";

/** Receives the fields of a frame from the dissectors. Offsets count from the start of the frame; `len` is the field's length in bytes. */
export interface FieldSink {
  /** Whether the sink uses this field. Asked before the first frame; dissectors skip work that no wanted field needs. */
  wants(field: Field): boolean;
  /**
   * A protocol or a group begins: its fields follow until `close`. Filters compare the first `valueLen` bytes, and search the first `extent` bytes, which include
   * the payload.
   */
  open(field: Field, at: number, len: number, valueLen: number, extent: number): void;
  /** The protocol or group that was opened last ends. */
  close(): void;
  /** A field whose value is a number: integers, addresses, flags and times, as `Field.kind` says. */
  number(field: Field, value: number, at: number, len: number): void;
  /** A field whose value is text. */
  text(field: Field, value: string, at: number, len: number): void;
  /** A field whose value is its bytes. */
  bytes(field: Field, at: number, len: number): void;
  /** A time of `us` microseconds, to which the nanoseconds `ns` (0 to 999) are added; without this method such values come as numbers. */
  instant?(field: Field, us: number, ns: number, at: number): void;
  /**
   * Announces `content`, bytes reassembled from several frames. From now on, fields at offset `from` and above lie in it: offset `from` is its first
   * byte.
   */
  extend?(content: Uint8Array, from: number): void;
}

/** A field in the tree of a frame: `at` and `len` locate its bytes in the frame, or in bytes that were announced by `extend`. */
export interface TreeNode {
  readonly field: Field;
  /** The value as Wireshark shows it; "" for protocols and groups. */
  readonly show: string;
  readonly at: number;
  readonly len: number;
  readonly children: TreeNode[];
}

/** Builds the tree of one frame. */
export class TreeSink implements FieldSink {
  /** The outermost nodes of the frame, in the order in which the dissectors reported them. */
  readonly roots: TreeNode[] = [];
  readonly #stack: TreeNode[] = [];
  /** The bytes to which the offsets of the nodes refer. */
  readonly content = new FrameBytes();

  /** The frame's bytes begin at `base`. */
  begin(b: Uint8Array, base: number): void {
    this.content.begin(b, base);
  }

  extend(content: Uint8Array, from: number): void {
    this.content.extend(content, from);
  }

  wants(_field: Field): boolean {
    return true;
  }

  #add(field: Field, show: string, at: number, len: number): TreeNode {
    const node: TreeNode = { field, show, at, len, children: [] };
    const parent = this.#stack.at(-1);
    (parent ? parent.children : this.roots).push(node);
    return node;
  }

  open(field: Field, at: number, len: number): void {
    this.#stack.push(this.#add(field, "", at, len));
  }

  close(): void {
    this.#stack.pop();
  }

  number(field: Field, value: number, at: number, len: number): void {
    this.#add(field, field.show(value), at, len);
  }

  instant(field: Field, us: number, ns: number, at: number): void {
    this.#add(field, showInstant(field, us, ns), at, 0);
  }

  text(field: Field, value: string, at: number, len: number): void {
    this.#add(field, value, at, len);
  }

  bytes(field: Field, at: number, len: number): void {
    const parts: string[] = [];
    for (const octet of this.content.slice(at, len)) parts.push(octet.toString(16).padStart(2, "0"));
    this.#add(field, parts.join(":"), at, len);
  }
}
