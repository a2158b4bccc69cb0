/** Combines filters: what "apply", "and", "or" and "not" of a field do to the present filter. */

import type { Completion } from "@pushback/dissect";
import type { FrameRow } from "../analyzer/analyzer-api.ts";
import type { ColumnId } from "./columns.ts";

export const FILTER_WAYS = ["only", "not", "and", "or", "and-not"] as const;
export type FilterWay = (typeof FILTER_WAYS)[number];
export const FILTER_WAY_TITLES: Readonly<Record<FilterWay, string>> = {
  only: "Selected",
  not: "Not selected",
  and: "… and selected",
  or: "… or selected",
  "and-not": "… and not selected",
};

export function combineFilters(present: string, added: string, way: FilterWay): string {
  const old = present.trim();
  const wrapped = /&&|\|\||\band\b|\bor\b/.test(old) ? `(${old})` : old;
  const group = /&&|\|\|/.test(added) ? `(${added})` : added;
  switch (way) {
    case "only":
      return added;
    case "not":
      return `!(${added})`;
    case "and":
      return old === "" ? added : `${wrapped} && ${group}`;
    case "or":
      return old === "" ? added : `${wrapped} || ${group}`;
    case "and-not":
      return old === "" ? `!(${added})` : `${wrapped} && !(${added})`;
  }
}

export interface InsertedCompletion {
  readonly text: string;
  /** Offset of the end of the inserted item, including the space after it. */
  readonly end: number;
  /** Number of characters by which the text behind the item has moved. */
  readonly shift: number;
  readonly spaced: boolean;
}

/** `present` with the item where the completion of `asked` has its place; `null` if that place no longer exists. */
export function insertCompletion(asked: string, present: string, { from, to }: Completion, item: string): InsertedCompletion | null {
  if (!present.startsWith(asked.slice(0, to))) return null;
  const after = present.slice(to);
  const space = /[({]$/.test(item) || item === "!" || after.startsWith(" ") ? "" : " ";
  const end = from + item.length + space.length;
  return { text: present.slice(0, from) + item + space + after, end, shift: end - to, spaced: space !== "" };
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

function addressFilter(address: string, end: "src" | "dst", protocol: string): string {
  if (address === "Broadcast") return `eth.${end} == ff:ff:ff:ff:ff:ff`;
  if (!IPV4.test(address)) return `eth.${end} == ${address}`;
  return protocol === "ARP" ? `arp.${end}.proto_ipv4 == ${address}` : `ip.${end} == ${address}`;
}

/** The value of a packet list cell, as a filter. */
export function filterOfCell(row: FrameRow, column: ColumnId): string {
  switch (column) {
    case "source":
      return addressFilter(row.source, "src", row.protocol);
    case "destination":
      return addressFilter(row.destination, "dst", row.protocol);
    case "length":
      return `frame.len == ${row.length}`;
    case "comment":
      return "frame.comment";
    case "protocol":
    case "info":
    case "class":
    case "rule":
      return row.protocol.toLowerCase();
    default:
      return `frame.number == ${row.frame}`;
  }
}

const MAX_HISTORY = 20;

/** The history with `text` at its head. */
export function rememberFilter(history: readonly string[], text: string): readonly string[] {
  const filter = text.trim();
  return filter === "" ? history : [filter, ...history.filter((old) => old !== filter)].slice(0, MAX_HISTORY);
}
