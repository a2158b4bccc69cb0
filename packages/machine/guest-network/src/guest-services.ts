/** Answers requests of a guest, frame by frame: DHCP, DNS and NetBIOS names. All other frames are for the computer's own TCP/IP. */

import { formatIpv4, formatMac } from "@pushback/bytes";
import type { Ipv4Address } from "@pushback/host";
import {
  checkEthernet,
  checkIpv4,
  checkUdp,
  ETHERNET_HEADER_LEN,
  ETHERTYPE_IPV4,
  getEtherType,
  getIpv4Destination,
  getIpv4FragmentOffset,
  getIpv4HeaderLen,
  getIpv4MoreFragments,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4TotalLen,
  getUdpDstPort,
  getUdpLen,
  getUdpSrcPort,
  IP_PROTOCOL_UDP,
  IPV4_HEADER_LEN,
  putIpv4Header,
  putUdpHeader,
  UDP_HEADER_LEN,
} from "@pushback/wire";
import { answerDhcp, type Lease } from "./dhcp-answer.ts";
import { answerDns, type NameAnswer } from "./dns-answer.ts";
import type { NameTable } from "./name-table.ts";
import { answerNetbios } from "./netbios-answer.ts";

const PORT = { DNS: 53, DHCP_SERVER: 67, DHCP_CLIENT: 68, NETBIOS_NAME: 137 } as const;
const EVERYWHERE = 0xffffffff;
const TTL = 128;

/** Result of serving one frame from the guest. */
export interface ServedFrame {
  /** A frame for the guest; `null`: no answer. */
  readonly answer: Uint8Array | null;
  /** Whether the computer must not see the guest's frame: the lab has answered in its place. */
  readonly isTaken: boolean;
  /** One line about the frame for the user; `null` if there is nothing to say. */
  readonly note: string | null;
}

const NOT_SERVED: ServedFrame = { answer: null, isTaken: false, note: null };

/** Router, DHCP, DNS and NetBIOS name server of one guest. Frames that no rule here covers are for the computer. */
export class GuestServices {
  readonly #lease: Lease;
  readonly #names: NameTable;
  #id = 1;

  constructor(lease: Lease, names: NameTable) {
    this.#lease = lease;
    this.#names = names;
  }

  /** Judges an Ethernet frame from the guest, without its FCS. Malformed frames are not served; none throws. */
  serve(frame: Uint8Array): ServedFrame {
    if (checkEthernet(frame, 0, frame.length) !== null || getEtherType(frame, 0) !== ETHERTYPE_IPV4) return NOT_SERVED;
    const ip = ETHERNET_HEADER_LEN;
    if (checkIpv4(frame, ip, frame.length - ip) !== null || getIpv4Protocol(frame, ip) !== IP_PROTOCOL_UDP) return NOT_SERVED;
    if (getIpv4FragmentOffset(frame, ip) !== 0 || getIpv4MoreFragments(frame, ip)) return NOT_SERVED;
    const udp = ip + getIpv4HeaderLen(frame, ip);
    if (checkUdp(frame, udp, ip + getIpv4TotalLen(frame, ip) - udp) !== null) return NOT_SERVED;
    const payload = frame.subarray(udp + UDP_HEADER_LEN, udp + getUdpLen(frame, udp));
    const destination = getIpv4Destination(frame, ip);
    const isToUs = destination === this.#lease.computer;
    const asked = { frame, payload, source: getIpv4Source(frame, ip), srcPort: getUdpSrcPort(frame, udp) };
    switch (getUdpDstPort(frame, udp)) {
      case PORT.DHCP_SERVER:
        return isToUs || destination === EVERYWHERE ? this.#serveDhcp(asked) : NOT_SERVED;
      case PORT.DNS:
        return isToUs ? this.#serveName(asked, PORT.DNS, "DNS", answerDns(payload, this.#names), true) : NOT_SERVED;
      case PORT.NETBIOS_NAME: {
        const answer = answerNetbios(payload, this.#names, !isToUs);
        return this.#serveName(asked, PORT.NETBIOS_NAME, isToUs ? "WINS" : "NetBIOS broadcast", answer, isToUs);
      }
      default:
        return NOT_SERVED;
    }
  }

  #serveDhcp({ payload, frame }: Asked): ServedFrame {
    const answer = answerDhcp(payload, this.#lease);
    if (!answer) return { answer: null, isTaken: true, note: null };
    const { kind, mac, destination, bytes } = answer;
    const to = destination === EVERYWHERE ? new Uint8Array(6).fill(0xff) : mac;
    const sent = this.#datagram(to, frame, destination, PORT.DHCP_SERVER, PORT.DHCP_CLIENT, bytes);
    const given = kind === "nak" ? "asked for an address of another network, and is refused" : `gets ${formatIpv4(this.#lease.address)}`;
    return {
      answer: sent,
      isTaken: true,
      note: kind === "offer" ? null : `${formatMac(mac)} ${given} (${kind === "bootp" ? "BOOTP" : "DHCP"})`,
    };
  }

  #serveName(asked: Asked, port: number, by: string, answer: NameAnswer | null, isTaken: boolean): ServedFrame {
    if (!answer) return { answer: null, isTaken, note: null };
    const printable = answer.name.replace(/[^\x21-\x7e]/g, "?");
    const sent = this.#datagram(asked.frame.subarray(6, 12), asked.frame, asked.source, port, asked.srcPort, answer.bytes);
    return { answer: sent, isTaken, note: `${by}: ${printable} ${answer.known ? "answered" : "is not known"}` };
  }

  /** A frame from this computer to the guest. Its source hardware address is the one to which the guest sent, if that was unicast. */
  #datagram(
    mac: Uint8Array,
    asked: Uint8Array,
    destination: Ipv4Address,
    srcPort: number,
    dstPort: number,
    payload: Uint8Array,
  ): Uint8Array {
    const { computer } = this.#lease;
    const b = new Uint8Array(ETHERNET_HEADER_LEN + IPV4_HEADER_LEN + UDP_HEADER_LEN + payload.length);
    b.set(mac, 0);
    b.set(asked[0] & 1 ? labMac(computer) : asked.subarray(0, 6), 6);
    b.set([ETHERTYPE_IPV4 >> 8, ETHERTYPE_IPV4 & 255], 12);
    const udp = ETHERNET_HEADER_LEN + IPV4_HEADER_LEN;
    b.set(payload, udp + UDP_HEADER_LEN);
    putIpv4Header(
      b,
      ETHERNET_HEADER_LEN,
      b.length - ETHERNET_HEADER_LEN,
      this.#id++ & 0xffff,
      0,
      TTL,
      IP_PROTOCOL_UDP,
      computer,
      destination,
    );
    putUdpHeader(b, udp, srcPort, dstPort, payload.length, computer, destination);
    return b;
  }
}

interface Asked {
  readonly frame: Uint8Array;
  readonly payload: Uint8Array;
  readonly source: Ipv4Address;
  readonly srcPort: number;
}

/** A locally administered address that contains the IPv4 address. */
export function labMac(address: Ipv4Address): Uint8Array {
  return Uint8Array.of(2, 0, address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255);
}
