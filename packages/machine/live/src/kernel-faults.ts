/** Translates the kernel's error numbers into the faults and causes of a Host. */

import type { HostFault, TcpEndCause } from "@pushback/host";

const FAULTS: Readonly<Record<string, HostFault>> = {
  EADDRINUSE: "port-in-use",
  EACCES: "not-permitted",
  EPERM: "not-permitted",
  EADDRNOTAVAIL: "bad-address",
  EINVAL: "bad-address",
  ERR_SOCKET_BAD_PORT: "bad-address",
};

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Why a port could not be opened. `port` 0 means that the kernel was to choose one. */
export function faultOf(error: unknown, port: number): HostFault {
  const fault = FAULTS[codeOf(error)] ?? "no-network";
  return fault === "port-in-use" && port === 0 ? "no-free-port" : fault;
}

/**
 * Why a connection ended with an error, as far as the kernel tells causes apart. It reports an unanswered keep-alive and a lost route both as a
 * time-out.
 */
export function causeOf(error: unknown, wasConnected: boolean): TcpEndCause {
  const code = codeOf(error);
  if (!wasConnected) return code === "ECONNREFUSED" || code === "ECONNRESET" ? "refused" : "connect-timeout";
  return code === "ECONNRESET" || code === "EPIPE" || code === "ECONNABORTED" ? "reset" : "retransmission-timeout";
}
