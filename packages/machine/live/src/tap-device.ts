/**
 * A TAP interface: a network interface of the kernel whose cable ends in this process (Documentation/networking/tuntap.rst). It is
 * never persistent: it disappears with its last descriptor, however this process ends.
 */

import { getSystemErrorName } from "node:util";
import type { Ipv4Address } from "@pushback/host";
import { type ForeignCalls, foreignCalls } from "./foreign-calls.ts";
import { LiveError } from "./live-error.ts";

/** Constants from the kernel's headers fcntl.h, linux/if_tun.h, linux/if.h and linux/sockios.h. */
const O_RDWR_NONBLOCK_CLOEXEC = 0o2 | 0o4000 | 0o2000000;
const TUNSETIFF = 0x400454ca;
const IFF_TAP_NO_PI = 0x0002 | 0x1000;
const IFF_UP = 1;
const SIOCGIFFLAGS = 0x8913;
const SIOCSIFFLAGS = 0x8914;
const SIOCSIFADDR = 0x8916;
const SIOCSIFNETMASK = 0x891c;
const SIOCGIFINDEX = 0x8933;
const SIOCBRADDIF = 0x89a2;
const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;

/** `struct ifreq`: a name of up to 15 characters, then the argument of the request. */
const IFNAMSIZ = 16;
const IFREQ_LEN = 40;

const DEVICE = "/dev/net/tun";

/** Name and configuration of a TAP interface of this computer. */
export interface TapSettings {
  /** Name of the interface: 1 to 15 characters without blanks and slashes. */
  readonly name: string;
  /** Bridge of this computer that the interface joins. */
  readonly bridge?: string;
  /** Address of this computer on the interface, so that it can talk to the machine without a bridge. */
  readonly computer?: { readonly address: Ipv4Address; readonly prefixLength: number };
}

/** An open TAP interface. */
export interface TapDevice {
  readonly name: string;
  readonly fd: number;
  close(): void;
}

/** Creates the interface, or opens one that root has created for this user, and brings it up. Throws a LiveError; then nothing stays open. */
export function openTap(settings: TapSettings): TapDevice {
  const { name, bridge, computer } = settings;
  checkName(name);
  if (bridge !== undefined) checkName(bridge);
  const calls = foreignCalls();
  const fd = openDevice(calls, name);
  try {
    attach(calls, fd, name);
    configure(calls, name, bridge, computer);
  } catch (error) {
    calls.close(fd);
    throw error;
  }
  return { name, fd, close: () => void calls.close(fd) };
}

function checkName(name: string): void {
  if (!/^[^\s/:%]{1,15}$/.test(name) || name === "." || name === "..")
    throw new LiveError("bad-name", "not a name for a network interface; it takes 1 to 15 characters, without blanks and slashes");
}

function errorName(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `error ${errno}`;
  }
}

function notPermitted(name: string): LiveError {
  return new LiveError(
    "not-permitted",
    `no right to make the network interface ${name}: run as root, or let root prepare it: ip tuntap add dev ${name} mode tap user $USER && ip link set ${name} up`,
  );
}

function openDevice(calls: ForeignCalls, name: string): number {
  const fd = calls.open(DEVICE, O_RDWR_NONBLOCK_CLOEXEC);
  if (fd >= 0) return fd;
  const reason = errorName(calls.errno());
  if (reason === "EACCES" || reason === "EPERM") throw notPermitted(name);
  if (reason === "ENOENT" || reason === "ENODEV" || reason === "ENXIO")
    throw new LiveError("no-device", `${DEVICE} is missing: load the kernel's TUN/TAP driver as root (modprobe tun)`);
  throw new LiveError("system", `${DEVICE} can't be opened: ${reason}`);
}

/** Builds an `ifreq` for the interface. */
function requestFor(name: string): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(IFREQ_LEN);
  new TextEncoder().encodeInto(name, bytes.subarray(0, IFNAMSIZ - 1));
  return { bytes, view: new DataView(bytes.buffer) };
}

function attach(calls: ForeignCalls, fd: number, name: string): void {
  const { bytes, view } = requestFor(name);
  view.setInt16(IFNAMSIZ, IFF_TAP_NO_PI, true);
  if (calls.ioctl(fd, TUNSETIFF, bytes) >= 0) return;
  const reason = errorName(calls.errno());
  if (reason === "EPERM" || reason === "EACCES") throw notPermitted(name);
  if (reason === "EBUSY") throw new LiveError("busy", `the network interface ${name} is in use by another program: choose another name`);
  if (reason === "EINVAL" || reason === "EEXIST")
    throw new LiveError("bad-name", `the network interface ${name} is there already and no TAP interface: choose another name`);
  throw new LiveError("system", `the network interface ${name} can't be made: ${reason}`);
}

function configure(calls: ForeignCalls, name: string, bridge: string | undefined, computer: TapSettings["computer"]): void {
  const fd = calls.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) throw new LiveError("system", `no socket to set up ${name} with: ${errorName(calls.errno())}`);
  const ask = (what: string, code: number, request: Uint8Array) => {
    if (calls.ioctl(fd, code, request) >= 0) return;
    const reason = errorName(calls.errno());
    if (reason === "EPERM" || reason === "EACCES") throw notPermitted(name);
    throw new LiveError("system", `${what}: ${reason}`);
  };
  try {
    if (computer !== undefined) {
      const { address, prefixLength } = computer;
      const mask = prefixLength === 0 ? 0 : (-1 << (32 - prefixLength)) >>> 0;
      ask(`${name} can't have the computer's address`, SIOCSIFADDR, addressRequest(name, address));
      ask(`${name} can't have the computer's netmask`, SIOCSIFNETMASK, addressRequest(name, mask));
    }
    const flags = requestFor(name);
    ask(`${name} can't be looked at`, SIOCGIFFLAGS, flags.bytes);
    const isUp = (flags.view.getInt16(IFNAMSIZ, true) & IFF_UP) !== 0;
    if (!isUp) {
      flags.view.setInt16(IFNAMSIZ, flags.view.getInt16(IFNAMSIZ, true) | IFF_UP, true);
      ask(`${name} can't be switched on`, SIOCSIFFLAGS, flags.bytes);
    }
    if (bridge !== undefined) {
      const index = requestFor(name);
      ask(`${name} can't be looked at`, SIOCGIFINDEX, index.bytes);
      const join = requestFor(bridge);
      join.view.setInt32(IFNAMSIZ, index.view.getInt32(IFNAMSIZ, true), true);
      ask(`${name} can't join ${bridge}; make the bridge first (ip link add ${bridge} type bridge)`, SIOCBRADDIF, join.bytes);
    }
  } finally {
    calls.close(fd);
  }
}

function addressRequest(name: string, address: Ipv4Address): Uint8Array {
  const { bytes, view } = requestFor(name);
  view.setInt16(IFNAMSIZ, AF_INET, true);
  view.setUint32(IFNAMSIZ + 4, address, false);
  return bytes;
}
