/** The detail tree as the rows that are open, and the field that a byte belongs to. */

import type { DetailNode } from "../analyzer/analyzer-api.ts";

export interface TreeRow {
  readonly node: DetailNode;
  /** Indices from the root, joined with dots: the row's unique key. */
  readonly path: string;
  /** Names from the root: equal for the same field in frames with the same protocols. */
  readonly names: string;
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
}

export function openRows(tree: readonly DetailNode[], isOpen: (names: string) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (nodes: readonly DetailNode[], path: string, names: string, level: number): void => {
    for (const [i, node] of nodes.entries()) {
      const row = { node, path: `${path}${i}`, names: `${names}${node.name}`, level, position: i + 1, siblings: nodes.length };
      rows.push(row);
      if (node.children.length > 0 && isOpen(row.names)) walk(node.children, `${row.path}.`, `${row.names}/`, level + 1);
    }
  };
  walk(tree, "", "", 1);
  return rows;
}

/** The node at a path. */
export function nodeAt(tree: readonly DetailNode[], path: string): DetailNode | null {
  let nodes = tree;
  let node: DetailNode | null = null;
  for (const part of path.split(".")) {
    node = nodes[Number(part)] ?? null;
    if (!node) return null;
    nodes = node.children;
  }
  return node;
}

/** Path of the smallest field that contains the byte, the first of several of equal size; `null` if no field does. */
export function pathOfByte(tree: readonly DetailNode[], byte: number): string | null {
  let best: string | null = null;
  let bestLen = Number.POSITIVE_INFINITY;
  const walk = (nodes: readonly DetailNode[], prefix: string): void => {
    for (const [i, node] of nodes.entries()) {
      const path = `${prefix}${i}`;
      if (node.name !== "frame" && byte >= node.at && byte < node.at + node.len && node.len < bestLen) {
        best = path;
        bestLen = node.len;
      }
      // Children are searched even if the node does not contain the byte: a child may lie behind its parent's range, as data behind an ICMP error's quote does.
      walk(node.children, `${path}.`);
    }
  };
  walk(tree, "");
  return best;
}

/** Names of the groups above a path, outermost first, as `openRows` names them. */
export function groupsAbove(tree: readonly DetailNode[], path: string): string[] {
  const parts = path.split(".");
  const groups: string[] = [];
  let nodes = tree;
  let names = "";
  for (const part of parts.slice(0, -1)) {
    const node = nodes[Number(part)];
    if (!node) break;
    names = names === "" ? node.name : `${names}/${node.name}`;
    groups.push(names);
    nodes = node.children;
  }
  return groups;
}
