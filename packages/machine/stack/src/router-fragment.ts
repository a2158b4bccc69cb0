/** Fragmentation by a router (RFC 791 section 3.2) of a datagram, or of a fragment, that may have options. */

import { copyBytes, getU16be, internetChecksum, putU16be } from "@pushback/bytes";
import { getIpv4HeaderLen, getIpv4TotalLen, IPV4_HEADER_LEN, IPV4_MORE_FRAGMENTS } from "@pushback/wire";

/** Flag of an option that is copied into every fragment (RFC 791 section 3.1). */
const COPIED = 0x80;
const OPTION_END = 0;
const OPTION_NOP = 1;

/**
 * Writes each fragment of the checked datagram at `ipAt` to `out` at `outAt` and calls `send` with its length. Each fragment overwrites
 * the previous one. `mtu` is at least 68, so that every fragment carries some payload.
 */
export function fragmentDatagram(
  b: Uint8Array,
  ipAt: number,
  mtu: number,
  out: Uint8Array,
  outAt: number,
  send: (len: number, isLater: boolean) => void,
): void {
  const headerLen = getIpv4HeaderLen(b, ipAt);
  const payloadLen = getIpv4TotalLen(b, ipAt) - headerLen;
  const flagsAndOffset = getU16be(b, ipAt + 6);
  let offset = 0;
  while (offset < payloadLen) {
    copyBytes(b, ipAt, out, outAt, headerLen);
    const ownHeaderLen = offset === 0 ? headerLen : keepCopiedOptions(out, outAt, headerLen);
    const room = (mtu - ownHeaderLen) & ~7;
    const isLast = payloadLen - offset <= mtu - ownHeaderLen;
    const len = isLast ? payloadLen - offset : room;
    copyBytes(b, ipAt + headerLen + offset, out, outAt + ownHeaderLen, len);
    putU16be(out, outAt + 2, ownHeaderLen + len);
    putU16be(out, outAt + 6, (flagsAndOffset + (offset >>> 3)) | (isLast ? 0 : IPV4_MORE_FRAGMENTS));
    putU16be(out, outAt + 10, 0);
    putU16be(out, outAt + 10, internetChecksum(out, outAt, ownHeaderLen));
    send(ownHeaderLen + len, offset > 0);
    offset += len;
  }
}

/** Removes from the header at `at` the options that only the first fragment carries; returns the new header length. */
function keepCopiedOptions(b: Uint8Array, at: number, headerLen: number): number {
  let to = at + IPV4_HEADER_LEN;
  let i = to;
  const end = at + headerLen;
  while (i < end && b[i] !== OPTION_END) {
    const len = b[i] === OPTION_NOP ? 1 : i + 1 < end ? b[i + 1] : 0;
    if (len === 0 || i + len > end) break;
    if ((b[i] & COPIED) !== 0) {
      copyBytes(b, i, b, to, len);
      to += len;
    }
    i += len;
  }
  while ((to - at) % 4 !== 0) b[to++] = OPTION_END;
  b[at] = 0x40 | ((to - at) >>> 2);
  return to - at;
}
