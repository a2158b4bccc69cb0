/** Reads the frames of the analyzed segment once, for the checks of behaviour: ARP messages, and IP datagrams with the fields of their headers. */

import {
  ARP_REQUEST,
  checkArp,
  checkIpv4,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  getArpOperation,
  getArpSenderAddress,
  getArpSenderMac,
  getArpTargetAddress,
  getArpTargetMac,
  getEthernetDestination,
  getEthernetPayloadAt,
  getEthernetPayloadLen,
  getEthernetSource,
  getEtherType,
  getIpv4Destination,
  getIpv4DontFragment,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4Id,
  getIpv4MoreFragments,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4Tos,
  getIpv4TotalLen,
  getIpv4Ttl,
} from "@pushback/wire";
import type { FrameStore } from "../frame-store.ts";

export interface ArpMessage {
  readonly timeUs: number;
  readonly isRequest: boolean;
  readonly senderMac: number;
  readonly sender: number;
  readonly targetMac: number;
  readonly target: number;
  /** Whether the wire lost the frame, so that no card received it. */
  readonly isLost: boolean;
}

/** A whole datagram or a fragment. `b` holds its bytes: the IP header at `ipAt`, the payload at `payloadAt`. */
export interface Datagram {
  readonly timeUs: number;
  readonly b: Uint8Array;
  readonly ipAt: number;
  readonly payloadAt: number;
  readonly payloadLen: number;
  /** Hardware address that the frame comes from. */
  readonly fromMac: number;
  readonly toMac: number;
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly id: number;
  readonly ttl: number;
  readonly tos: number;
  readonly isDontFragment: boolean;
  readonly isFragment: boolean;
  readonly isLost: boolean;
}

interface SeenFrame {
  readonly timeUs: number;
  readonly fromMac: number;
}

export interface FrameFacts {
  readonly arp: readonly ArpMessage[];
  readonly datagrams: readonly Datagram[];
  /** Every frame that is well-formed. */
  readonly frames: readonly SeenFrame[];
}

export function readFrames(store: FrameStore): FrameFacts {
  const arp: ArpMessage[] = [];
  const datagrams: Datagram[] = [];
  const frames: SeenFrame[] = [];
  for (let frame = 1; frame <= store.count; frame++) {
    const b = store.bytesOf(frame);
    const start = store.offsetOf(frame);
    const at = getEthernetPayloadAt(b, start);
    const len = getEthernetPayloadLen(b, start, store.lengthOf(frame));
    const timeUs = store.timeOf(frame);
    const isLost = store.wasLost(frame);
    const fromMac = getEthernetSource(b, start);
    frames.push({ timeUs, fromMac });
    const etherType = getEtherType(b, start);
    if (etherType === ETHERTYPE_ARP && checkArp(b, at, len) === null)
      arp.push({
        timeUs,
        isRequest: getArpOperation(b, at) === ARP_REQUEST,
        senderMac: getArpSenderMac(b, at),
        sender: getArpSenderAddress(b, at),
        targetMac: getArpTargetMac(b, at),
        target: getArpTargetAddress(b, at),
        isLost,
      });
    else if (etherType === ETHERTYPE_IPV4 && checkIpv4(b, at, len) === null) {
      const headerLen = getIpv4HeaderLen(b, at);
      datagrams.push({
        timeUs,
        b,
        ipAt: at,
        payloadAt: at + headerLen,
        payloadLen: getIpv4TotalLen(b, at) - headerLen,
        fromMac,
        toMac: getEthernetDestination(b, start),
        source: getIpv4Source(b, at),
        destination: getIpv4Destination(b, at),
        protocol: getIpv4Protocol(b, at),
        id: getIpv4Id(b, at),
        ttl: getIpv4Ttl(b, at),
        tos: getIpv4Tos(b, at),
        isDontFragment: getIpv4DontFragment(b, at),
        isFragment: getIpv4FragmentOffset(b, at) > 0 || getIpv4MoreFragments(b, at),
        isLost,
      });
    }
  }
  return { arp, datagrams, frames };
}
