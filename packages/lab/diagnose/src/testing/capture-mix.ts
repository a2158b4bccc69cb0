/** Frames for tests: recordings of the lab and made-up background traffic, merged in time and read back as a capture. */

import { type CapturedPacket, PcapngWriter, readCapture } from "@pushback/capture";
import type { Recording } from "@pushback/scenario";
import {
  ETHERTYPE_IPV4,
  emitEthernet,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_UDP,
  LINKTYPE_ETHERNET,
  putIcmpChecksum,
  putIpv4Header,
  putUdpHeader,
} from "@pushback/wire";

export interface TimedFrame {
  readonly timeUs: number;
  readonly bytes: Uint8Array;
}

const ETHERNET = 14;
const IP = 20;
/** IPv4 identification of the next frame, as one sender counts them. */
let nextId = 1;

/** Begins to count identifications anew, so that frames do not depend on those that were made before. */
export function restartIdentifications(): void {
  nextId = 1;
}

/** A UDP datagram in an Ethernet frame, checksums right. */
export function udpFrame(
  timeUs: number,
  source: number,
  destination: number,
  srcPort: number,
  dstPort: number,
  payload: Uint8Array,
  ttl = 64,
): TimedFrame {
  const bytes = new Uint8Array(ETHERNET + IP + 8 + payload.length);
  emitEthernet(
    { destination: 0x020000000001, source: 0x020000000002, etherType: ETHERTYPE_IPV4, encapsulation: "ethernet-2", payloadLen: 0 },
    bytes,
    0,
  );
  putIpv4Header(bytes, ETHERNET, IP + 8 + payload.length, nextId++ & 0xffff, 0, ttl, IP_PROTOCOL_UDP, source, destination);
  bytes.set(payload, ETHERNET + IP + 8);
  putUdpHeader(bytes, ETHERNET + IP, srcPort, dstPort, payload.length, source, destination);
  return { timeUs, bytes };
}

/** An ICMP error of `from` that quotes the IP header and 8 bytes of the datagram in `frame`. */
export function icmpError(timeUs: number, from: number, frame: TimedFrame, type = ICMP_UNREACHABLE, code = 3, ttl = 64): TimedFrame {
  const quoted = frame.bytes.subarray(ETHERNET, ETHERNET + IP + 8);
  const to = ((quoted[12] << 24) | (quoted[13] << 16) | (quoted[14] << 8) | quoted[15]) >>> 0;
  const bytes = new Uint8Array(ETHERNET + IP + 8 + quoted.length);
  emitEthernet(
    { destination: 0x020000000002, source: 0x020000000001, etherType: ETHERTYPE_IPV4, encapsulation: "ethernet-2", payloadLen: 0 },
    bytes,
    0,
  );
  putIpv4Header(bytes, ETHERNET, bytes.length - ETHERNET, nextId++ & 0xffff, 0, ttl, IP_PROTOCOL_ICMP, from, to);
  bytes[ETHERNET + IP] = type;
  bytes[ETHERNET + IP + 1] = code;
  bytes.set(quoted, ETHERNET + IP + 8);
  putIcmpChecksum(bytes, ETHERNET + IP, 8 + quoted.length);
  return { timeUs, bytes };
}

export function timeExceeded(timeUs: number, router: number, frame: TimedFrame): TimedFrame {
  return icmpError(timeUs, router, frame, ICMP_TIME_EXCEEDED, 0);
}

export function framesOf(recording: Recording): TimedFrame[] {
  const { frames } = recording;
  return Array.from({ length: frames.count }, (_, i) => {
    const at = frames.offsetOf(i + 1);
    return { timeUs: frames.timeOf(i + 1), bytes: frames.bytesOf(i + 1).slice(at, at + frames.lengthOf(i + 1)) };
  });
}

/** Writes the frames, in order of time, as pcapng and hands each packet to `packet` as a reader does; longer packets than `snapLen` are cut. */
export function replay(
  frames: readonly TimedFrame[],
  epochMs: number,
  packet: (p: CapturedPacket) => void,
  { linkType, snapLen }: { readonly linkType?: number | undefined; readonly snapLen?: number | undefined } = {},
): void {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter((chunk) => chunks.push(chunk.slice()), { epochUs: epochMs * 1000 });
  writer.addInterface({ linkType: linkType ?? LINKTYPE_ETHERNET, snapLen: snapLen ?? 0 });
  for (const { timeUs, bytes } of [...frames].sort((a, b) => a.timeUs - b.timeUs)) writer.writePacket(0, timeUs, bytes, 0, bytes.length);
  writer.end();
  const file = new Uint8Array(chunks.reduce((sum, c) => sum + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  const fault = readCapture(file, { packet });
  if (fault) throw new Error(`the capture is damaged: ${fault.kind}`);
}
