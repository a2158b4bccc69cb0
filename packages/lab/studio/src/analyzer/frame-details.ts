/** A frame's tree for people: values with their names, and for each field the filter that selects frames like this one. */

import { quoteText, type TreeNode } from "@pushback/dissect";
import type { DetailNode } from "./analyzer-api.ts";

/** Bytes that a filter spells out; of more, it compares the first ones. */
const MAX_FILTER_BYTES = 32;
/** Characters of a value that are handed over. */
const MAX_VALUE_CHARS = 4096;

/** The tree of a whole frame. Fields of the `frame` protocol are known last but are listed first. */
export function detailsOf(roots: readonly TreeNode[]): DetailNode[] {
  const tree = nodesOf(roots);
  const [frame, ...rest] = tree;
  if (frame?.name !== "frame") return tree;
  const told = rest.filter((node) => node.name.startsWith("frame."));
  return [{ ...frame, children: [...frame.children, ...told] }, ...rest.filter((node) => !told.includes(node))];
}

function nodesOf(nodes: readonly TreeNode[]): DetailNode[] {
  const shown = nodes.filter(({ field }) => !field.isHidden);
  return shown.map((node) => {
    const { field, show, at, len } = node;
    const meaning = field.values && field.kind === "number" ? (field.values[Number(show)] ?? null) : null;
    const children = nodesOf(node.children);
    return {
      title: field.title,
      name: field.name,
      kind: field.kind,
      value:
        field.kind === "none"
          ? captionOf(field.name, children)
          : show.length > MAX_VALUE_CHARS
            ? `${show.slice(0, MAX_VALUE_CHARS)}…`
            : show,
      meaning,
      at,
      len,
      filter: filterOf(node),
      children,
    };
  });
}

/** The display filter for a node, such as `ip.src == 10.1.9.2`; for a protocol, its name. */
export function filterOf({ field, show, len }: TreeNode): string {
  switch (field.kind) {
    case "none":
      return field.name;
    case "text":
      return `${field.name} == ${quoteText(show)}`;
    case "time":
      return `${field.name} == "${show}"`;
    case "bytes":
      if (len === 0) return field.name;
      return len <= MAX_FILTER_BYTES
        ? `${field.name} == ${show}`
        : `${field.name}[0:${MAX_FILTER_BYTES}] == ${show.slice(0, 3 * MAX_FILTER_BYTES - 1)}`;
    default:
      return `${field.name} == ${show}`;
  }
}

const CAPTIONS: Readonly<Record<string, readonly [from: string, to: string]>> = {
  eth: ["eth.src", "eth.dst"],
  ip: ["ip.src", "ip.dst"],
  udp: ["udp.srcport", "udp.dstport"],
  tcp: ["tcp.srcport", "tcp.dstport"],
  arp: ["arp.src.proto_ipv4", "arp.dst.proto_ipv4"],
};
const TELLING: Readonly<Record<string, string>> = { icmp: "icmp.type", dcerpc: "dcerpc.pkt_type", mapi: "mapi.opnum" };

/** Summary text on a protocol's line. */
function captionOf(name: string, children: readonly DetailNode[]): string {
  const value = (wanted: string) => children.find((child) => child.name === wanted)?.value;
  if (name === "frame") return `${value("frame.len")} bytes on the wire, ${value("frame.cap_len")} captured`;
  const ends = CAPTIONS[name];
  if (ends && value(ends[0]) !== undefined) return `${value(ends[0])} → ${value(ends[1])}`;
  const told = TELLING[name] && children.find((child) => child.name === TELLING[name]);
  if (told) return told.meaning ?? told.value;
  return "";
}
