/** The frame whose datagram an ICMP error quotes. */

import type { DetailNode } from "./analyzer-api.ts";

/** Frames of the conversation that are looked at: an error comes soon after its datagram. */
const MAX_EARLIER = 2000;

/** IP header fields that routers do not change: they are equal in a datagram and in an ICMP error's quote of it. */
const IDENTITY: readonly string[] = ["ip.id", "ip.src", "ip.dst", "ip.proto", "ipv6.src", "ipv6.dst"];

function identityOf(nodes: readonly DetailNode[]): string | null {
  const header = nodes.findLast(({ name }) => name === "ip" || name === "ipv6");
  if (!header) return null;
  return header.children
    .filter(({ name }) => IDENTITY.includes(name))
    .map(({ name, value }) => `${name}=${value}`)
    .join(" ");
}

/**
 * The latest of the frames `earlier`, given in order, that carries the datagram that the error with this tree quotes; `null` if none does. `treeOf` is
 * a frame's tree.
 */
export function quotedFrame(
  error: readonly DetailNode[],
  earlier: readonly number[],
  treeOf: (frame: number) => readonly DetailNode[],
): number | null {
  const icmp = error.find(({ name }) => name === "icmp" || name === "icmpv6");
  const quoted = icmp ? identityOf(icmp.children) : null;
  if (quoted === null) return null;
  const carries = (frame: number): boolean => {
    const tree = treeOf(frame);
    return !tree.some(({ name }) => name === "icmp" || name === "icmpv6") && identityOf(tree) === quoted;
  };
  return earlier.slice(-MAX_EARLIER).findLast(carries) ?? null;
}
