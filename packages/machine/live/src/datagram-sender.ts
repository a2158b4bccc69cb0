/**
 * Sends the datagrams of a UDP socket with the sendto system call: Node's `send` allocates an object and a callback for each, and a server sends
 * many.
 */

import type { Socket } from "node:dgram";
import type { Ipv4Address } from "@pushback/host";
import { udpDescriptor } from "./descriptor.ts";
import { type ForeignCalls, foreignCalls } from "./foreign-calls.ts";

/** `struct sockaddr_in` of Linux: the family in host byte order, port and address in network byte order. */
const SOCKADDR_LEN = 16;
const AF_INET = 2;
/** Constants of Linux: include/linux/socket.h. */
const MSG_DONTWAIT = 0x40;

/** Returns whether the kernel took the datagram. `false` if the call would block or failed: the caller may then use Node's `send`. */
export type SendDatagram = (b: Uint8Array, toAddress: Ipv4Address, toPort: number) => boolean;

/** Returns `null` if the system call is not available. `socket` must be bound, and must not be closed while the sender is used. */
export function createDatagramSender(socket: Socket): SendDatagram | null {
  const calls = loadCalls();
  const fd = udpDescriptor(socket);
  if (calls === null || fd < 0) return null;
  const name = new Uint8Array(SOCKADDR_LEN);
  new Uint16Array(name.buffer)[0] = AF_INET;
  const view = new DataView(name.buffer);
  return (b, toAddress, toPort) => {
    view.setUint16(2, toPort);
    view.setUint32(4, toAddress);
    return calls.sendto(fd, b, MSG_DONTWAIT, name) === b.length;
  };
}

function loadCalls(): ForeignCalls | null {
  try {
    return foreignCalls();
  } catch {
    return null;
  }
}
