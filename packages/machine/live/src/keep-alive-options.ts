/** Keep-alive of a kernel TCP socket. Node sets only the idle time, so interval and count go through setsockopt. */

import type { Socket } from "node:net";
import type { KeepAlive } from "@pushback/host";
import { tcpDescriptor } from "./descriptor.ts";
import { foreignCalls } from "./foreign-calls.ts";

/** Constants of Linux: include/uapi/asm-generic/socket.h and include/uapi/linux/tcp.h. */
const SOL_SOCKET = 1;
const SO_KEEPALIVE = 9;
const IPPROTO_TCP = 6;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
const TCP_REPAIR = 19;

/** Largest values that the kernel accepts: MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL, MAX_TCP_KEEPCNT. */
const LONGEST_SECONDS = 32767;
const MOST_PROBES = 127;

/**
 * Sets keep-alive of a socket. It is replaceable, for kernels that need another way. `null` turns keep-alive off, "kernel" leaves the times to the
 * kernel.
 */
export type SetKeepAlive = (socket: Socket, settings: KeepAlive | "kernel" | null) => void;

/** Converts to the units of Linux: whole seconds, and a count that includes the first probe. */
function kernelKeepAlive(settings: KeepAlive): { idleSeconds: number; intervalSeconds: number; probes: number } {
  const seconds = (us: number) => Math.min(LONGEST_SECONDS, Math.max(1, Math.ceil(us / 1e6)));
  return {
    idleSeconds: seconds(settings.idleUs),
    intervalSeconds: seconds(settings.intervalUs),
    probes: Math.min(MOST_PROBES, settings.probes + 1),
  };
}

function setOption(fd: number, level: number, name: number, value: number): void {
  foreignCalls().setsockopt(fd, level, name, Int32Array.of(value));
}

/** Sets all three times on Linux. Elsewhere sets only the idle time, and the kernel's interval and count apply. */
export const setKeepAlive: SetKeepAlive = (socket, settings) => {
  const fd = tcpDescriptor(socket);
  if (settings === null || fd < 0 || process.platform !== "linux") {
    socket.setKeepAlive(settings !== null, settings === null || settings === "kernel" ? 0 : Math.ceil(settings.idleUs / 1000));
    return;
  }
  setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  if (settings === "kernel") return;
  const { idleSeconds, intervalSeconds, probes } = kernelKeepAlive(settings);
  setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, idleSeconds);
  setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, intervalSeconds);
  setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, probes);
};

/** Makes the next close of the socket drop the connection without a packet. Returns `false` without the privilege (CAP_NET_ADMIN). */
export function silence(socket: Socket): boolean {
  const fd = tcpDescriptor(socket);
  if (fd < 0 || process.platform !== "linux") return false;
  try {
    return foreignCalls().setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, Int32Array.of(1)) === 0;
  } catch {
    return false;
  }
}
