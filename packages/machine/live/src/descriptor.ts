/** File descriptors of Node's sockets. Node keeps them in undocumented fields, so every caller must have a fallback for a missing descriptor. */

import type { Socket as UdpSocket } from "node:dgram";
import type { Socket as TcpSocket } from "node:net";

interface Handle {
  readonly fd?: number;
}

/** Descriptor of a TCP socket or server; -1 if it has none. */
export function tcpDescriptor(socket: TcpSocket): number {
  return (socket as unknown as { readonly _handle?: Handle | null })._handle?.fd ?? -1;
}

/**
 * Descriptor of a UDP socket; -1 if it has none. The property `_handle` is deprecated and prints a warning, so this reads the state under its
 * symbol.
 */
export function udpDescriptor(socket: UdpSocket): number {
  const state = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === "state symbol");
  const holder = socket as unknown as Readonly<Record<symbol, { readonly handle?: Handle | null } | undefined>>;
  return (state && holder[state]?.handle?.fd) ?? -1;
}
