/** UDP sockets (RFC 768, RFC 1122 section 4.1). */

import type { HostFault, UdpHandlers, UdpSocket } from "@pushback/host";
import {
  checkUdp,
  checkUdpChecksum,
  getIpv4Destination,
  getIpv4Source,
  getUdpDstPort,
  getUdpLen,
  getUdpSrcPort,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_UDP,
  putUdpHeader,
  UDP_HEADER_LEN,
  UNREACHABLE_PORT,
} from "@pushback/wire";
import { FIRST_DYNAMIC_PORT, TX_PAYLOAD } from "./core.ts";
import { sendIcmpError } from "./icmp-output.ts";
import { putPayload, sendDatagram } from "./ip-output.ts";
import { allocateUdpPort } from "./port-allocator.ts";
import type { Core } from "./tcb.ts";

const MAX_PAYLOAD = 65535 - 20 - UDP_HEADER_LEN;

class StackUdpSocket implements UdpSocket {
  readonly core: Core;
  /** Local port; 0 if none could be opened. */
  readonly port: number;
  readonly handlers: UdpHandlers;
  open = false;

  constructor(core: Core, port: number, handlers: UdpHandlers) {
    this.core = core;
    this.port = port;
    this.handlers = handlers;
  }

  /** Drops a datagram to port or address 0, and one longer than IP can carry. */
  send(b: Uint8Array, toAddress: number, toPort: number, at = 0, len = b.length - at): void {
    const { core } = this;
    if (!this.open || toPort === 0 || len > MAX_PAYLOAD) return;
    core.rare.udpOutDatagrams++;
    putPayload(core, b, at, len, UDP_HEADER_LEN);
    putUdpHeader(core.tx, TX_PAYLOAD, this.port, toPort, len, core.address, toAddress);
    sendDatagram(core, toAddress, IP_PROTOCOL_UDP, UDP_HEADER_LEN + len, core.personality.ttlUdp, core.personality.dfUdp);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.core.udp?.delete(this.port);
    this.core.tell({ type: "port-closed", protocol: "udp", port: this.port });
    this.core.changeEndpoints(-1);
  }
}

/** Opens `port`, or a port that the personality's rule chooses if it is 0; the outcome is called back later. */
export function openUdp(core: Core, port: number, handlers: UdpHandlers): UdpSocket {
  let fault: HostFault | null = null;
  let chosen = port;
  if (!core.running) fault = "no-network";
  else if (port === 0) {
    chosen = allocateUdpPort(core);
    if (chosen === 0) fault = "no-free-port";
  } else if (core.udp?.has(port)) fault = "port-in-use";
  if (fault !== null) {
    if (handlers.onFailed) core.scheduler.schedule(0, callFailed, { core, handlers, fault });
    return new StackUdpSocket(core, 0, handlers);
  }
  const socket = new StackUdpSocket(core, chosen, handlers);
  socket.open = true;
  core.udp ??= new Map();
  core.udp.set(chosen, socket);
  core.tell({ type: "port-opened", protocol: "udp", port: chosen });
  core.changeEndpoints(1);
  if (handlers.onOpen) core.scheduler.schedule(0, callOpen, socket);
  return socket;
}

function callOpen(socket: StackUdpSocket): void {
  if (socket.open && socket.core.running) socket.handlers.onOpen?.(socket.port);
}

function callFailed({ core, handlers, fault }: { core: Core; handlers: UdpHandlers; fault: HostFault }): void {
  if (!core.dead) handlers.onFailed?.(fault);
}

/** Whether a service of the system took the port when the machine started (personality `takenAtBoot`). */
function isHeldBySystem(core: Core, port: number): boolean {
  const { first, takenAtBoot, order } = core.personality.udpPorts;
  return port >= first && port < first + takenAtBoot && order === "sequential";
}

/** Handles the UDP datagram at `at`, `len` bytes, carried by the IP datagram at `ipAt`. */
export function udpInput(core: Core, b: Uint8Array, ipAt: number, at: number, len: number, group: boolean): void {
  const source = getIpv4Source(b, ipAt);
  if (checkUdp(b, at, len) !== null || checkUdpChecksum(b, at, source, getIpv4Destination(b, ipAt)) !== null) {
    core.rare.udpInErrors++;
    return;
  }
  const localPort = getUdpDstPort(b, at);
  let socket = core.udp?.get(localPort);
  if (socket === undefined && localPort < FIRST_DYNAMIC_PORT && core.openService("udp", localPort)) socket = core.udp?.get(localPort);
  if (socket === undefined && isHeldBySystem(core, localPort)) {
    core.rare.udpInDatagrams++;
    return;
  }
  if (socket === undefined) {
    core.udpNoPorts++;
    core.tellUdpNoPort(localPort, source, getUdpSrcPort(b, at));
    sendIcmpError(core, ICMP_UNREACHABLE, UNREACHABLE_PORT, 0, b, ipAt, len, group);
    return;
  }
  core.rare.udpInDatagrams++;
  const fromPort = getUdpSrcPort(b, at);
  core.tellUdpDelivered(localPort, source, fromPort);
  socket.handlers.onDatagram(b, at + UDP_HEADER_LEN, getUdpLen(b, at) - UDP_HEADER_LEN, source, fromPort);
}
