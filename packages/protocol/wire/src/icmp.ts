/** The Internet Control Message Protocol (RFC 792, RFC 950, RFC 1191). */

import { foldChecksum, getU16be, getU32be, internetChecksum, putU16be, putU32be, sumWords } from "@pushback/bytes";
import type { WireFault } from "./fault.ts";

/** Length in bytes of the header before the quote of an error, or before the data of an echo. */
export const ICMP_HEADER_LEN = 8;

/** Type of an echo reply, the answer to a ping. */
export const ICMP_ECHO_REPLY = 0;
/** Type of Destination Unreachable; its codes are UNREACHABLE_…. */
export const ICMP_UNREACHABLE = 3;
/** Type of a request to send more slowly. */
export const ICMP_SOURCE_QUENCH = 4;
/** Type of a router's message that another router is nearer to the destination. */
export const ICMP_REDIRECT = 5;
/** Type of an echo request, a ping. */
export const ICMP_ECHO_REQUEST = 8;
/** Type of Time Exceeded: code 0 in transit, 1 TIME_EXCEEDED_REASSEMBLY. */
export const ICMP_TIME_EXCEEDED = 11;
/** Type of an error about a field of the IP header. */
export const ICMP_PARAMETER_PROBLEM = 12;
/** Type of a timestamp request. */
export const ICMP_TIMESTAMP_REQUEST = 13;
/** Type of a timestamp reply. */
export const ICMP_TIMESTAMP_REPLY = 14;
/** Type of an address mask request (RFC 950). */
export const ICMP_ADDRESS_MASK_REQUEST = 17;
/** Type of an address mask reply (RFC 950). */
export const ICMP_ADDRESS_MASK_REPLY = 18;

/** Code: a router has no route to the network. */
export const UNREACHABLE_NET = 0;
/** Code: a router cannot reach the host on its network. */
export const UNREACHABLE_HOST = 1;
/** Code: the destination does not implement the datagram's protocol. */
export const UNREACHABLE_PROTOCOL = 2;
/** Code: no program has the datagram's destination port open. The error of the article. */
export const UNREACHABLE_PORT = 3;
/** Code: the datagram is too large for the next link and has DF set. The header has the next hop's MTU (RFC 1191). */
export const UNREACHABLE_FRAGMENTATION_NEEDED = 4;
/** Code: a source route cannot be followed. */
export const UNREACHABLE_SOURCE_ROUTE_FAILED = 5;
/** Code of Time Exceeded: fragments were missing when the reassembly timer expired. */
export const TIME_EXCEEDED_REASSEMBLY = 1;

/** The messages that a host of the 1990s sends or receives. `quote` is the offending datagram's header and the first bytes after it. */
export type IcmpRepr =
  | {
      readonly kind: "echo-request" | "echo-reply";
      readonly code: number;
      readonly id: number;
      readonly seq: number;
      readonly data: Uint8Array;
    }
  /** `nextHopMtu` is meaningful for code 4 only and zero if the router does not implement RFC 1191; `unused` is the 16 bits before it. */
  | {
      readonly kind: "unreachable";
      readonly code: number;
      readonly unused: number;
      readonly nextHopMtu: number;
      readonly quote: Uint8Array;
    }
  | { readonly kind: "source-quench" | "time-exceeded"; readonly code: number; readonly unused: number; readonly quote: Uint8Array }
  | { readonly kind: "redirect"; readonly code: number; readonly gateway: number; readonly quote: Uint8Array }
  /** `pointer` counts bytes from the start of the quoted header. */
  | {
      readonly kind: "parameter-problem";
      readonly code: number;
      readonly pointer: number;
      readonly unused: number;
      readonly quote: Uint8Array;
    }
  /** Milliseconds since midnight UT. */
  | {
      readonly kind: "timestamp-request" | "timestamp-reply";
      readonly code: number;
      readonly id: number;
      readonly seq: number;
      readonly originate: number;
      readonly receive: number;
      readonly transmit: number;
    }
  | {
      readonly kind: "address-mask-request" | "address-mask-reply";
      readonly code: number;
      readonly id: number;
      readonly seq: number;
      readonly mask: number;
    }
  /** Any other type; `body` follows the checksum. */
  | { readonly kind: "other"; readonly type: number; readonly code: number; readonly body: Uint8Array };

/** Checks the length (8 bytes, 20 for timestamps, 12 for address masks) and the checksum over `len` bytes. */
export function checkIcmp(b: Uint8Array, at: number, len: number): WireFault | null {
  if (len < ICMP_HEADER_LEN) return "truncated";
  const type = b[at];
  if (len < minimumLen(type)) return "truncated";
  return foldChecksum(sumWords(b, at, len)) === 0 ? null : "bad-checksum";
}

function minimumLen(type: number): number {
  if (type === ICMP_TIMESTAMP_REQUEST || type === ICMP_TIMESTAMP_REPLY) return 20;
  if (type === ICMP_ADDRESS_MASK_REQUEST || type === ICMP_ADDRESS_MASK_REPLY) return 12;
  return ICMP_HEADER_LEN;
}

/** Field Type (RFC 792). */
export function getIcmpType(b: Uint8Array, at: number): number {
  return b[at];
}

/** Field Code (RFC 792). */
export function getIcmpCode(b: Uint8Array, at: number): number {
  return b[at + 1];
}

/** Field Checksum (RFC 792), as it was sent. */
export function getIcmpChecksum(b: Uint8Array, at: number): number {
  return getU16be(b, at + 2);
}

/** The second 32-bit word: identifier and sequence, gateway, pointer, or unused. */
export function getIcmpWord(b: Uint8Array, at: number): number {
  return getU32be(b, at + 4);
}

/** RFC 1191 section 4: the low 16 bits of the unused word of an unreachable message with code 4. */
export function getIcmpNextHopMtu(b: Uint8Array, at: number): number {
  return getU16be(b, at + 6);
}

/** Types 3, 4, 5, 11 and 12: the messages that quote a datagram and that must never draw an error themselves (RFC 1122 section 3.2.2). */
export function isIcmpError(type: number): boolean {
  return type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
}

/** Writes the checksum of a message of `len` bytes whose other bytes are in place. */
export function putIcmpChecksum(b: Uint8Array, at: number, len: number): void {
  putU16be(b, at + 2, 0);
  putU16be(b, at + 2, internetChecksum(b, at, len));
}

/** Assumes a checked message; copies its data or quote. */
export function parseIcmp(b: Uint8Array, at: number, len: number): IcmpRepr {
  const type = b[at];
  const code = b[at + 1];
  const high = getU16be(b, at + 4);
  const low = getU16be(b, at + 6);
  const rest = b.slice(at + ICMP_HEADER_LEN, at + len);
  switch (type) {
    case ICMP_ECHO_REPLY:
    case ICMP_ECHO_REQUEST:
      return { kind: type === ICMP_ECHO_REPLY ? "echo-reply" : "echo-request", code, id: high, seq: low, data: rest };
    case ICMP_UNREACHABLE:
      return { kind: "unreachable", code, unused: high, nextHopMtu: low, quote: rest };
    case ICMP_SOURCE_QUENCH:
    case ICMP_TIME_EXCEEDED:
      return {
        kind: type === ICMP_SOURCE_QUENCH ? "source-quench" : "time-exceeded",
        code,
        unused: getIcmpWord(b, at),
        quote: rest,
      };
    case ICMP_REDIRECT:
      return { kind: "redirect", code, gateway: getIcmpWord(b, at), quote: rest };
    case ICMP_PARAMETER_PROBLEM:
      return { kind: "parameter-problem", code, pointer: b[at + 4], unused: getIcmpWord(b, at) & 0xffffff, quote: rest };
  }
  const exact = len === minimumLen(type);
  if (exact && (type === ICMP_TIMESTAMP_REQUEST || type === ICMP_TIMESTAMP_REPLY)) {
    return {
      kind: type === ICMP_TIMESTAMP_REQUEST ? "timestamp-request" : "timestamp-reply",
      code,
      id: high,
      seq: low,
      originate: getU32be(b, at + 8),
      receive: getU32be(b, at + 12),
      transmit: getU32be(b, at + 16),
    };
  }
  if (exact && (type === ICMP_ADDRESS_MASK_REQUEST || type === ICMP_ADDRESS_MASK_REPLY)) {
    const kind = type === ICMP_ADDRESS_MASK_REQUEST ? "address-mask-request" : "address-mask-reply";
    return { kind, code, id: high, seq: low, mask: getU32be(b, at + 8) };
  }
  return { kind: "other", type, code, body: b.slice(at + 4, at + len) };
}

const TYPE_OF_KIND = {
  "echo-reply": ICMP_ECHO_REPLY,
  unreachable: ICMP_UNREACHABLE,
  "source-quench": ICMP_SOURCE_QUENCH,
  redirect: ICMP_REDIRECT,
  "echo-request": ICMP_ECHO_REQUEST,
  "time-exceeded": ICMP_TIME_EXCEEDED,
  "parameter-problem": ICMP_PARAMETER_PROBLEM,
  "timestamp-request": ICMP_TIMESTAMP_REQUEST,
  "timestamp-reply": ICMP_TIMESTAMP_REPLY,
  "address-mask-request": ICMP_ADDRESS_MASK_REQUEST,
  "address-mask-reply": ICMP_ADDRESS_MASK_REPLY,
} as const;

/** Writes the whole message with its checksum and returns the offset after it. */
export function emitIcmp(repr: IcmpRepr, b: Uint8Array, at: number): number {
  b[at] = repr.kind === "other" ? repr.type : TYPE_OF_KIND[repr.kind];
  b[at + 1] = repr.code;
  let end = at + ICMP_HEADER_LEN;
  switch (repr.kind) {
    case "echo-request":
    case "echo-reply":
      putU16be(b, at + 4, repr.id);
      putU16be(b, at + 6, repr.seq);
      end = append(repr.data, b, end);
      break;
    case "unreachable":
      putU16be(b, at + 4, repr.unused);
      putU16be(b, at + 6, repr.nextHopMtu);
      end = append(repr.quote, b, end);
      break;
    case "source-quench":
    case "time-exceeded":
      putU32be(b, at + 4, repr.unused);
      end = append(repr.quote, b, end);
      break;
    case "redirect":
      putU32be(b, at + 4, repr.gateway);
      end = append(repr.quote, b, end);
      break;
    case "parameter-problem":
      putU32be(b, at + 4, repr.unused);
      b[at + 4] = repr.pointer;
      end = append(repr.quote, b, end);
      break;
    case "timestamp-request":
    case "timestamp-reply":
      putU16be(b, at + 4, repr.id);
      putU16be(b, at + 6, repr.seq);
      putU32be(b, at + 8, repr.originate);
      putU32be(b, at + 12, repr.receive);
      putU32be(b, at + 16, repr.transmit);
      end = at + 20;
      break;
    case "address-mask-request":
    case "address-mask-reply":
      putU16be(b, at + 4, repr.id);
      putU16be(b, at + 6, repr.seq);
      putU32be(b, at + 8, repr.mask);
      end = at + 12;
      break;
    case "other":
      end = append(repr.body, b, at + 4);
      break;
  }
  putIcmpChecksum(b, at, end - at);
  return end;
}

function append(bytes: Uint8Array, b: Uint8Array, at: number): number {
  b.set(bytes, at);
  return at + bytes.length;
}
