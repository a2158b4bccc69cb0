/** Two frames compared: their layers and fields side by side, and which of their bytes have no equal in the other. */

import type { DetailNode, FrameDetails } from "../analyzer/analyzer-api.ts";

export type Difference = "same" | "differs" | "only-first" | "only-second";

export interface ComparedRow {
  readonly level: number;
  readonly title: string;
  readonly name: string;
  readonly isGroup: boolean;
  /** The node of each frame; `null` in the frame that lacks it. */
  readonly first: DetailNode | null;
  readonly second: DetailNode | null;
  /** Result of the comparison; a group in both frames differs if any node in it does. */
  readonly difference: Difference;
}

export interface FrameComparison {
  readonly rows: readonly ComparedRow[];
  /** Fields, not groups, by how they differ. */
  readonly counts: Readonly<Record<Difference, number>>;
  /** For each byte of the frame 1 if no field of the other has an equal byte at its place. */
  readonly firstBytes: Uint8Array;
  readonly secondBytes: Uint8Array;
}

/** One protocol layer of a frame. The layers of a quoted datagram follow those of the ICMP error. */
interface Layer {
  readonly node: DetailNode;
  readonly fields: readonly DetailNode[];
  /** Number of ICMP errors that contain the layer. */
  readonly quoted: number;
}

const isProtocol = ({ kind, name }: DetailNode): boolean => kind === "none" && !name.includes(".");

function layersOf(nodes: readonly DetailNode[], quoted = 0): Layer[] {
  return nodes.flatMap((node) => {
    const inside = node.children.filter(isProtocol);
    const fields = node.children.filter((child) => !inside.includes(child));
    return [{ node, fields, quoted }, ...layersOf(inside, quoted + 1)];
  });
}

/** Number of fields with equal values; fields of one name are paired in order. */
function equalFields(first: readonly DetailNode[], second: readonly DetailNode[]): number {
  let equal = 0;
  for (const [a, b] of pairsOf(first, second)) {
    if (a === null || b === null) continue;
    equal += a.children.length > 0 ? equalFields(a.children, b.children) : a.value === b.value ? 1 : 0;
  }
  return equal;
}

type Pair<T> = readonly [T, T] | readonly [T, null] | readonly [null, T];

/** Layers of the same protocol, in order, so that as many fields as possible are equal: the datagram and its quote, not the error's own IP header. */
function pairLayers(first: readonly Layer[], second: readonly Layer[]): Pair<Layer>[] {
  const width = second.length + 1;
  /** By `i * width + j`: the best sum for the layers from `i` and from `j` on. */
  const best = new Float64Array((first.length + 1) * width);
  const worth = new Float64Array(first.length * width);
  for (let i = first.length - 1; i >= 0; i--)
    for (let j = second.length - 1; j >= 0; j--) {
      const at = i * width + j;
      const [a, b] = [first[i], second[j]];
      worth[at] = a.node.name === b.node.name ? 1 + equalFields(a.fields, b.fields) : 0;
      const paired = worth[at] > 0 ? worth[at] + best[at + width + 1] : 0;
      best[at] = Math.max(paired, best[at + width], best[at + 1]);
    }
  const pairs: Pair<Layer>[] = [];
  let [i, j] = [0, 0];
  while (i < first.length || j < second.length) {
    const at = i * width + j;
    if (i < first.length && j < second.length && worth[at] > 0 && best[at] === worth[at] + best[at + width + 1])
      pairs.push([first[i++], second[j++]]);
    else if (j >= second.length || (i < first.length && best[at] === best[at + width])) pairs.push([first[i++], null]);
    else pairs.push([null, second[j++]]);
  }
  return pairs;
}

/** Pairs nodes by name and ordinal, in the order of `first`. A node that only `second` has follows the node that precedes it there. */
function pairsOf(first: readonly DetailNode[], second: readonly DetailNode[]): Pair<DetailNode>[] {
  const keysOf = (nodes: readonly DetailNode[]): string[] => {
    const seen = new Map<string, number>();
    return nodes.map(({ name }) => {
      const ordinal = (seen.get(name) ?? 0) + 1;
      seen.set(name, ordinal);
      return `${name} ${ordinal}`;
    });
  };
  const [firstKeys, secondKeys] = [keysOf(first), keysOf(second)];
  const firstOnes = new Set(firstKeys);
  const secondAt = new Map(secondKeys.map((key, j) => [key, j]));
  const pairs: Pair<DetailNode>[] = [];
  let j = 0;
  const takeOthers = (): void => {
    for (; j < second.length && !firstOnes.has(secondKeys[j]); j++) pairs.push([null, second[j]]);
  };
  takeOthers();
  for (const [i, node] of first.entries()) {
    const at = secondAt.get(firstKeys[i]);
    if (at === undefined) {
      pairs.push([node, null]);
      continue;
    }
    pairs.push([node, second[at]]);
    if (at < j) continue;
    // Adds the skipped nodes of `second` that `first` lacks. The other skipped nodes are paired when the loop reaches their equals in `first`.
    for (; j < at; j++) if (!firstOnes.has(secondKeys[j])) pairs.push([null, second[j]]);
    j = at + 1;
    takeOthers();
  }
  return pairs;
}

export function compareFrames(first: FrameDetails, second: FrameDetails): FrameComparison {
  const rows: ComparedRow[] = [];
  const counts = { same: 0, differs: 0, "only-first": 0, "only-second": 0 };
  const firstBytes = new Uint8Array(first.bytes.length).fill(1);
  const secondBytes = new Uint8Array(second.bytes.length).fill(1);

  const compareBytes = (a: DetailNode, b: DetailNode): void => {
    for (let i = 0; i < Math.min(a.len, b.len); i++) {
      const [p, q] = [a.at + i, b.at + i];
      if (p >= first.bytes.length || q >= second.bytes.length || first.bytes[p] !== second.bytes[q]) continue;
      firstBytes[p] = 0;
      secondBytes[q] = 0;
    }
  };
  /** Adds the rows of a node and what is in it; returns whether it differs. */
  const add = (pair: Pair<DetailNode>, level: number, inside: readonly Pair<DetailNode>[] | null = null): boolean => {
    const [a, b] = pair;
    const node = (a ?? b) as DetailNode;
    const children = inside ?? pairsOf(a?.children ?? [], b?.children ?? []);
    const isGroup = node.kind === "none";
    const place = rows.length;
    const row = { level, title: node.title, name: node.name, isGroup, first: a, second: b };
    const alone: Difference | null = a === null ? "only-second" : b === null ? "only-first" : null;
    rows.push({ ...row, difference: alone ?? "same" });
    let differs = alone !== null || (!isGroup && a?.value !== b?.value);
    for (const child of children) differs = add(child, level + 1) || differs;
    const difference = alone ?? (differs ? "differs" : "same");
    rows[place] = { ...row, difference };
    if (!isGroup) counts[difference]++;
    if (a !== null && b !== null && children.length === 0) compareBytes(a, b);
    return differs;
  };
  for (const [a, b] of pairLayers(layersOf(first.tree), layersOf(second.tree))) {
    const quoted = Math.max(a?.quoted ?? 0, b?.quoted ?? 0);
    add([a?.node ?? null, b?.node ?? null] as Pair<DetailNode>, quoted > 0 ? 1 : 0, pairsOf(a?.fields ?? [], b?.fields ?? []));
  }
  return { rows, counts, firstBytes, secondBytes };
}
