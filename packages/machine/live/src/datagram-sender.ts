/** Sends a UDP socket's datagrams by the system call itself: Node's own way makes an object and a callback of each, and a server sends many. */

import type { Socket } from "node:dgram";
import type { Ipv4Address } from "@pushback/host";
import { udpDescriptor } from "./descriptor.ts";
import { type ForeignCalls, foreignCalls } from "./foreign-calls.ts";

/** `struct sockaddr_in` of Linux: the family in the machine's order, port and address in the network's. */
const SOCKADDR_LEN = 16;
const AF_INET = 2;
/** Linux: include/linux/socket.h. */
const MSG_DONTWAIT = 0x40;

/** Whether the kernel has it; `false` when it would have to wait, or any other fault: Node's way may still do. */
export type SendDatagram = (b: Uint8Array, toAddress: Ipv4Address, toPort: number) => boolean;

/** `null` where this computer has no such way; `socket` is bound, and not closed while it is used. */
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
