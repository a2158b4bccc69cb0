/** Local TCP ports: a record exists while a listener or a connection (TIME-WAIT included) uses the port. */

import { type Core, TcpPort } from "./tcb.ts";

/** Record of the port; created if there is none. */
export function openTcpPort(core: Core, port: number): TcpPort {
  const known = core.tcp?.get(port);
  if (known !== undefined) return known;
  const made = new TcpPort(port);
  core.tcp ??= new Map();
  core.tcp.set(port, made);
  core.tell({ type: "port-opened", protocol: "tcp", port });
  return made;
}

/** Removes the record of a port that is no longer used. */
export function releaseTcpPort(core: Core, port: TcpPort): void {
  if (port.listener !== null || port.connections.size > 0 || core.tcp?.get(port.port) !== port) return;
  core.tcp.delete(port.port);
  core.tell({ type: "port-closed", protocol: "tcp", port: port.port });
}
