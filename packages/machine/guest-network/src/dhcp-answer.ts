/** Answers of a DHCP and BOOTP server that has one address to give (RFC 2131, RFC 951). Input from the network is bounded and never throws. */

import { getU32be, putU32be } from "@pushback/bytes";
import type { Ipv4Address } from "@pushback/host";

const FIXED_BYTES = 236;
const OPTIONS_AT = FIXED_BYTES + 4;
const COOKIE = 0x63825363;
/** The smallest message that every client takes (RFC 951 section 3: 64 octets of options). */
const LEAST_BYTES = 300;
const BROADCAST_FLAG = 0x80;

const MESSAGE = { DISCOVER: 1, OFFER: 2, REQUEST: 3, ACK: 5, NAK: 6, INFORM: 8 } as const;
/** Options (RFC 2132). */
const OPTION = {
  MASK: 1,
  ROUTER: 3,
  DNS: 6,
  HOST_NAME: 12,
  DOMAIN: 15,
  NETBIOS_SERVER: 44,
  NETBIOS_NODE: 46,
  REQUESTED: 50,
  LEASE: 51,
  TYPE: 53,
  SERVER: 54,
  END: 255,
} as const;
/** H-node: the name server first, then a broadcast (RFC 2132 section 8.7). */
const H_NODE = 8;

/** The only address that the server assigns, and the options that it sends to the guest. */
export interface Lease {
  readonly address: Ipv4Address;
  readonly netmask: Ipv4Address;
  /** Address of this computer, which is also the guest's router, DNS server and NetBIOS name server. */
  readonly computer: Ipv4Address;
  /** ASCII. */
  readonly hostName: string;
  readonly domain: string;
  readonly seconds: number;
}

/** A message for UDP port 68 of the client. */
export interface DhcpAnswer {
  readonly bytes: Uint8Array;
  /** Hardware address of the client. */
  readonly mac: Uint8Array;
  /** Destination address of the response; 0xffffffff for a broadcast. */
  readonly destination: Ipv4Address;
  readonly kind: "offer" | "ack" | "nak" | "bootp";
}

/** Options by their number; `null` if one is cut off. */
function optionsOf(b: Uint8Array): ReadonlyMap<number, Uint8Array> | null {
  const options = new Map<number, Uint8Array>();
  for (let at = OPTIONS_AT; at < b.length && b[at] !== OPTION.END; ) {
    if (b[at] === 0) {
      at++;
      continue;
    }
    const len = b[at + 1];
    if (len === undefined || at + 2 + len > b.length) return null;
    options.set(b[at], b.subarray(at + 2, at + 2 + len));
    at += 2 + len;
  }
  return options;
}

function address(options: ReadonlyMap<number, Uint8Array>, code: number): Ipv4Address | null {
  const value = options.get(code);
  return value?.length === 4 ? getU32be(value, 0) : null;
}

function bytesOf(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function text(value: string): number[] {
  return [...new TextEncoder().encode(value)].slice(0, 63);
}

/** The response to a DHCP or BOOTP request; `null` if the bytes are no request, or if the request names another server or needs no response. */
export function answerDhcp(request: Uint8Array, lease: Lease): DhcpAnswer | null {
  if (request.length < OPTIONS_AT || request[0] !== 1 || request[1] !== 1 || request[2] !== 6) return null;
  const isDhcp = getU32be(request, FIXED_BYTES) === COOKIE;
  const options = isDhcp ? optionsOf(request) : new Map<number, Uint8Array>();
  if (options === null) return null;
  const asked = options.get(OPTION.TYPE)?.[0] ?? null;
  const clientAddress = getU32be(request, 12);
  if (asked === MESSAGE.REQUEST) {
    const server = address(options, OPTION.SERVER);
    if (server !== null && server !== lease.computer) return null;
    const wanted = address(options, OPTION.REQUESTED) ?? clientAddress;
    if (wanted !== lease.address) return reply(request, lease, MESSAGE.NAK, clientAddress);
    return reply(request, lease, MESSAGE.ACK, clientAddress);
  }
  if (asked === MESSAGE.DISCOVER) return reply(request, lease, MESSAGE.OFFER, clientAddress);
  if (asked === MESSAGE.INFORM) return reply(request, lease, MESSAGE.ACK, clientAddress, false);
  return asked === null ? reply(request, lease, null, clientAddress) : null;
}

/** `type`: `null` for BOOTP. `gives`: whether the answer gives the address, and not only the options. */
function reply(request: Uint8Array, lease: Lease, type: number | null, clientAddress: Ipv4Address, gives = true): DhcpAnswer {
  const { computer, netmask, hostName, domain, seconds } = lease;
  const isRefusal = type === MESSAGE.NAK;
  const options: number[] = [];
  const add = (code: number, value: readonly number[]) => void options.push(code, value.length, ...value);
  if (type !== null) {
    add(OPTION.TYPE, [type]);
    add(OPTION.SERVER, bytesOf(computer));
    if (gives && !isRefusal) add(OPTION.LEASE, bytesOf(seconds));
  }
  if (!isRefusal) {
    add(OPTION.MASK, bytesOf(netmask));
    add(OPTION.ROUTER, bytesOf(computer));
    add(OPTION.DNS, bytesOf(computer));
    add(OPTION.HOST_NAME, text(hostName));
    add(OPTION.DOMAIN, text(domain));
    add(OPTION.NETBIOS_SERVER, bytesOf(computer));
    add(OPTION.NETBIOS_NODE, [H_NODE]);
  }
  const b = new Uint8Array(Math.max(LEAST_BYTES, OPTIONS_AT + options.length + 1));
  b.set([2, 1, 6, 0]);
  // Transaction id; flags; the client's hardware address.
  b.set(request.subarray(4, 8), 4);
  b.set(request.subarray(10, 12), 10);
  if (!isRefusal) putU32be(b, 12, clientAddress);
  if (gives && !isRefusal) putU32be(b, 16, lease.address);
  putU32be(b, 20, computer);
  b.set(request.subarray(28, 44), 28);
  putU32be(b, FIXED_BYTES, COOKIE);
  b.set([...options, OPTION.END], OPTIONS_AT);
  // RFC 2131 section 4.1: to the client's address where it has one, or else as its broadcast flag says.
  const wantsBroadcast = isRefusal || (request[10] & BROADCAST_FLAG) !== 0;
  const destination = !isRefusal && clientAddress !== 0 ? clientAddress : wantsBroadcast ? 0xffffffff : lease.address;
  const kind = type === null ? "bootp" : isRefusal ? "nak" : type === MESSAGE.OFFER ? "offer" : "ack";
  return { bytes: b, mac: request.slice(28, 34), destination, kind };
}
