/** The file descriptors of Node's sockets. It keeps them where no document says, so every caller has another way for when there is none. */

import type { Socket as UdpSocket } from "node:dgram";
import type { Socket as TcpSocket } from "node:net";

interface Handle {
  readonly fd?: number;
}

/** -1 while it has none. */
export function tcpDescriptor(socket: TcpSocket): number {
  return (socket as unknown as { readonly _handle?: Handle | null })._handle?.fd ?? -1;
}

/** -1 while it has none. Its `_handle` is deprecated and says so aloud; the state that it stands for is under a symbol. */
export function udpDescriptor(socket: UdpSocket): number {
  const state = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === "state symbol");
  const holder = socket as unknown as Readonly<Record<symbol, { readonly handle?: Handle | null } | undefined>>;
  return (state && holder[state]?.handle?.fd) ?? -1;
}
