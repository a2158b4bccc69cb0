/** Events that a stack reports to its owner. Programs never see these: they are the lab's view of a machine. */

import type { Ipv4Address, TcpEndCause } from "@pushback/host";

/** An event that a stack reports. Ports and addresses are numbers; times are those of the call. */
export type StackEvent =
  | { readonly type: "arp-announced"; readonly address: Ipv4Address }
  /**
   * `defended` true: another machine announced this stack's address and was answered. False: this stack's announcement was answered, and the stack
   * stops. `mac` is the other machine's, 48 bits.
   */
  | { readonly type: "arp-conflict"; readonly mac: number; readonly defended: boolean }
  /** No ARP answer came for `address`; `dropped` datagrams that waited for it are lost. */
  | { readonly type: "arp-resolve-failed"; readonly address: Ipv4Address; readonly dropped: number }
  /** Ports are those of the quoted datagram (0 if it has none): `srcPort` is a port of `to`. */
  | {
      readonly type: "icmp-error-sent";
      readonly to: Ipv4Address;
      readonly icmpType: number;
      readonly code: number;
      readonly srcPort: number;
      readonly dstPort: number;
    }
  /** Ports are those of the quoted datagram: `srcPort` is a port of this stack. */
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
 * Events that come with every datagram, passed as numbers. A fleet has tens of millions of them, and an object for each would cost more than the
 * datagram (docs/FLEET-PROFILE.md). `source` is the stack's `eventSource`; the other parameters are the fields of the event with the same name.
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
