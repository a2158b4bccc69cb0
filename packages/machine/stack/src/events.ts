/** What a stack lets its owner observe. Programs never see these: they are the lab's view of a machine. */

import type { Ipv4Address, TcpEndCause } from "@pushback/host";

export type StackEvent =
  | { readonly type: "arp-announced"; readonly address: Ipv4Address }
  /** `defended`: another machine announced our address and was answered; otherwise our own announcement was, and the stack stops. `mac` is the other's, 48 bits. */
  | { readonly type: "arp-conflict"; readonly mac: number; readonly defended: boolean }
  /** Nobody answered for `address`; `dropped` datagrams that waited for it are gone. */
  | { readonly type: "arp-resolve-failed"; readonly address: Ipv4Address; readonly dropped: number }
  /** Ports are those of the quoted datagram (0 where it has none): `srcPort` belongs to `to`. */
  | {
      readonly type: "icmp-error-sent";
      readonly to: Ipv4Address;
      readonly icmpType: number;
      readonly code: number;
      readonly srcPort: number;
      readonly dstPort: number;
    }
  /** Ports are those of the quoted datagram: `srcPort` is ours. */
  | {
      readonly type: "icmp-error-received";
      readonly from: Ipv4Address;
      readonly icmpType: number;
      readonly code: number;
      readonly protocol: number;
      readonly srcPort: number;
      readonly remoteAddress: Ipv4Address;
      readonly dstPort: number;
    }
  | { readonly type: "udp-delivered" | "udp-no-port"; readonly localPort: number; readonly from: Ipv4Address; readonly fromPort: number }
  | { readonly type: "tcp-connected"; readonly localPort: number; readonly remoteAddress: Ipv4Address; readonly remotePort: number }
  | {
      readonly type: "tcp-ended";
      readonly localPort: number;
      readonly remoteAddress: Ipv4Address;
      readonly remotePort: number;
      readonly cause: TcpEndCause;
    }
  /** `probe` counts from 1. */
  | {
      readonly type: "keepalive-probe-sent";
      readonly localPort: number;
      readonly remoteAddress: Ipv4Address;
      readonly remotePort: number;
      readonly probe: number;
    }
  | { readonly type: "port-opened" | "port-closed"; readonly protocol: "udp" | "tcp"; readonly port: number };

/**
 * What comes with every datagram, told as numbers: a fleet has tens of millions, and making an object of each would cost more than the datagram. `source` is
 * the stack's `eventSource`, the rest is the event's of the same name.
 */
export interface DatagramObserver {
  udpDelivered(source: number, localPort: number, from: Ipv4Address, fromPort: number): void;
  udpNoPort(source: number, localPort: number, from: Ipv4Address, fromPort: number): void;
  icmpErrorSent(source: number, to: Ipv4Address, icmpType: number, code: number, srcPort: number, dstPort: number): void;
  icmpErrorReceived(
    source: number,
    from: Ipv4Address,
    icmpType: number,
    code: number,
    protocol: number,
    srcPort: number,
    remoteAddress: Ipv4Address,
    dstPort: number,
  ): void;
}
