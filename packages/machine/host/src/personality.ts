/**
 * The causes that make the packets of one machine recognizable; never the answers that a scanner expects. The stack reads
 * these values and has no branch on a platform's name. Times are in microseconds, sizes in bytes.
 */

import type { KeepAlive } from "./program.ts";

/**
 * How a TCP option list is laid out on a SYN or SYN/ACK; `end` pads to a multiple of four with EOL. `mss`: this machine's MSS, whatever the peer's;
 * `mss-agreed`: on a SYN/ACK no larger than the peer's MSS (or `defaultMss`). `window-scale-0-nop`: followed by a NOP that is sent or left out together with it.
 */
export type TcpOption = "mss" | "mss-agreed" | "nop" | "end" | "window-scale-0" | "window-scale-0-nop" | "sack-permitted" | "timestamps";

/** One option of the peer's SYN that our SYN/ACK answers only when the peer sent it. */
export type TcpOptionOnRequest = "window-scale-0" | "sack-permitted" | "timestamps";

/** The receive window of a connection. `segments`: `targetBytes` rounded up to whole segments of the connection's MSS, at least `minSegments` of them, at most 65535 (Q199947). */
export type WindowRule =
  | { readonly kind: "fixed"; readonly bytes: number }
  | { readonly kind: "segments"; readonly targetBytes: number; readonly minSegments: number };

/**
 * Where initial sequence numbers come from. `clock`: `unitsPerSecond` counted since boot, by a clock that advances once every `tickUs` (left out: it
 * runs evenly). `steps`: each connection adds `step` to a counter that also advances by the clock. `random-increments`: each connection adds a random
 * number from `minIncrement` to `maxIncrement` to a clock of `unitsPerSecond`.
 */
export type IsnRule =
  | { readonly kind: "clock"; readonly unitsPerSecond: number; readonly tickUs?: number }
  | { readonly kind: "steps"; readonly step: number; readonly stepsPerSecond: number }
  | { readonly kind: "random-increments"; readonly unitsPerSecond: number; readonly minIncrement: number; readonly maxIncrement: number };

/** One form of RST: the flags and numbers that it carries, given the segment that it answers. */
export interface ResetForm {
  /** Whether the ACK flag is set. */
  readonly ackFlag: boolean;
  readonly seq: "zero" | "segment-ack";
  /** Value of the acknowledgment field, which is filled in with or without the ACK flag. In the order of the values: zero; the segment's sequence number; that number plus the sequence space that the segment occupies; that number plus one; the number that the stack acknowledged last; the content of an uninitialized field, which stays the same until the stack is loaded again. */
  readonly ack: "zero" | "segment-seq" | "segment-end" | "segment-seq-plus-1" | "leftover" | "unset";
  readonly window: "zero" | "segment-window";
  /** ASCII text carried as data, without a terminating NUL. */
  readonly text: string;
}

/** Form of the reset for each kind of segment; `null`: no answer. */
export interface ResetRules {
  /** A SYN to a port without a listener. */
  readonly synToClosed: ResetForm | null;
  /** An ACK without SYN or RST that belongs to no connection: stray data, or a keep-alive probe for a connection that a reboot has lost. */
  readonly ackToClosed: ResetForm | null;
  /** Any other segment without ACK to a port without a listener (FIN, NULL, FIN|PSH|URG). */
  readonly otherToClosed: ResetForm | null;
  /** An ACK to a listening port. */
  readonly ackToListener: ResetForm | null;
  /** A SYN that carries FIN too, to a listening port. `open`, also where left out: a SYN like any other; `bare-ack`: an ACK of both with no window, and no connection. */
  readonly synFinToListener?: ResetForm | "open" | "bare-ack" | null;
  /** A segment with neither SYN, ACK nor RST to a listening port. */
  readonly otherToListener: ResetForm | null;
  /** Whether the reset keeps the TTL that the offending segment had left, instead of `ttlTcp`. */
  readonly copiesTtl: boolean;
}

/** Services that a system runs by itself: the endpoint mapper of DCE/RPC (TCP 135); NetBIOS over TCP/IP (UDP 137 and 138, TCP 139; RFC 1001, RFC 1002). */
export type SystemServiceName = "endpoint-mapper" | "netbios";

/** Form of the reset that a side sends when it gives up a synchronized connection. Its sequence number is SND.NXT (RFC 793 section 3.9, ABORT). */
export interface AbortForm {
  /** Whether the RST has the ACK flag and acknowledges RCV.NXT; otherwise its acknowledgment field is zero. */
  readonly ackFlag: boolean;
  readonly window: number;
  /** ASCII text carried as data, without a terminating NUL. */
  readonly text: string;
}

/** Dynamic ports of one protocol. `sequential`: from `first` up, wrapping at `last`, restarting at boot. `clock`: starts at a port chosen by the machine's clock, then sequential. */
export interface PortRule {
  readonly first: number;
  readonly last: number;
  readonly order: "sequential" | "clock";
  /** Ports that system services have taken by the time that the user's programs run. Those of UDP are open and answer nothing. */
  readonly takenAtBoot: number;
}

/**
 * The parameters of a TCP/IP stack that differ between platforms. Times are microseconds (`…Us`). The stack has no branch on a platform's name: all
 * differences are in this record.
 */
export interface Personality {
  // IP
  readonly ttlTcp: number;
  readonly ttlUdp: number;
  readonly ttlIcmp: number;
  /** Don't Fragment on TCP: never, on all but RST, or always. */
  readonly dfTcp: "never" | "except-reset" | "always";
  readonly dfUdp: boolean;
  readonly dfIcmpError: boolean;
  /** IP identification: one counter for all protocols, +1 as the wire reads it, or +1 in little-endian memory (+256 on the wire). */
  readonly ipId: "increment" | "increment-little-endian";
  readonly reassemblyTimeoutUs: number;
  /** Which bytes win where two fragments of a datagram overlap: those received first or last. */
  readonly fragmentOverlap: "first" | "last";

  // ICMP
  readonly echoReply: { readonly df: "clear" | "copy" | "set"; readonly code: "zero" | "copy" };
  /** TOS of an ICMP reply: that of the request (RFC 1349 section 5.1) or zero. ICMP errors have zero, as that section says. */
  readonly icmpReplyTos: "copy" | "zero";
  /** How many bytes after the quoted IP header an ICMP error carries. */
  readonly icmpQuoteBytes: number;
  /** Whether the quoted IP header keeps its checksum or shows zero. */
  readonly icmpQuotedIpChecksum: "intact" | "zero";
  readonly answersAddressMask: boolean;
  readonly answersTimestamp: boolean;
  /** Whether the machine answers an echo request to a broadcast address (RFC 1122 section 3.2.2.6 leaves it open). */
  readonly answersBroadcastEcho: boolean;
  /** Whether a source quench shrinks a connection to one segment (RFC 1122 section 3.2.2.3). */
  readonly heedsSourceQuench: boolean;
  /** Which connections a hard ICMP error (protocol or port unreachable) ends: those being opened, or every one (RFC 1122 section 4.2.3.9). */
  readonly icmpHardErrorEnds: "opening" | "any";

  // TCP
  /** Largest MSS that the machine offers; the MTU may limit it further. */
  readonly mss: number;
  /** MSS assumed for a peer whose SYN has no MSS option (RFC 879). */
  readonly defaultMss: number;
  /** Window in the machine's SYN; `null`: the window rule holds there too. */
  readonly synWindow: number | null;
  readonly windowRule: WindowRule;
  readonly synOptions: readonly TcpOption[];
  /** Options of a SYN/ACK; those in `onRequest` only when the peer's SYN had them. */
  readonly synAckOptions: readonly TcpOption[];
  readonly synAckOnRequest: readonly TcpOptionOnRequest[];
  readonly isn: IsnRule;
  readonly resets: ResetRules;
  readonly abort: AbortForm;
  /** Largest number of handshakes under way per listener; a further SYN is ignored, and the peer retransmits it. */
  readonly tcpBacklog: number;
  /**
   * Path MTU discovery (RFC 1191): whether "fragmentation needed" makes segments smaller, and after how long a larger one is tried
   * again; `null`: the message changes nothing.
   */
  readonly pathMtuDiscovery: { readonly raiseAfterUs: number } | null;
  /** Whether segments of 576 bytes without DF are tried when larger ones vanish without an ICMP error (Q136970). */
  readonly blackHoleDetection: boolean;
  /**
   * `pointer`: the urgent pointer points to the last urgent byte (RFC 1122 section 4.2.2.4) or to the byte after it (RFC 793 page 17, BSD). `delivery`:
   * whether that byte stays in the stream (`inline`) or is removed from it (`out-of-band`).
   */
  readonly urgent: { readonly pointer: "last-byte" | "byte-after"; readonly delivery: "inline" | "out-of-band" };
  /** Duplicate acknowledgments after which the missing segment is sent at once (RFC 2001); `null`: never. */
  readonly fastRetransmitAfter: number | null;
  readonly rtoInitialUs: number;
  readonly rtoMinUs: number;
  readonly rtoMaxUs: number;
  /** Waiting times before retry 1, 2, …; `null`: the RTO, doubling. */
  readonly retryScheduleUs: readonly number[] | null;
  readonly maxDataRetries: number;
  readonly maxConnectRetries: number;
  /** How often an active open that the peer resets is tried again before it is refused, and how long after each reset. */
  readonly refusedConnectRetries: number;
  readonly refusedConnectRetryUs: number;
  /** Time limit of an active open, whatever retries are left; `null`: as long as the retries last. */
  readonly connectTimeoutUs: number | null;
  /** How long the acknowledgment of a single segment may wait. */
  readonly delayedAckUs: number;
  /** Interval of the clock tick, counted since boot, on which a delayed acknowledgment is sent: the last tick within `delayedAckUs`. `null`: it is sent exactly after that time. */
  readonly delayedAckTickUs: number | null;
  /** Segments that may be sent after the handshake before the first acknowledgment (RFC 2001 section 1 starts slow start with one). */
  readonly initialWindowSegments: number;
  readonly nagle: boolean;
  readonly timeWaitUs: number;
  /** Whether RST ends TIME-WAIT (RFC 793 page 70) or is ignored there (RFC 1337). */
  readonly timeWaitReset: "ends" | "ignored";
  /** How long a closed connection waits in FIN-WAIT-2 for the peer's FIN; `null`: for ever (RFC 793). */
  readonly finWait2Us: number | null;
  readonly keepAlive: KeepAlive;
  /** Whether the probe carries one garbage byte at SND.NXT-1 (RFC 1122 4.2.3.6) or none. */
  readonly keepAliveGarbage: boolean;
  readonly tcpPorts: PortRule;

  // UDP
  readonly udpPorts: PortRule;

  // Services
  /** Services whose ports are open as soon as the stack is up. */
  readonly systemServices: readonly SystemServiceName[];

  // ARP
  /** Lifetime of an entry that is not used (`arpUnusedUs`), and of any entry since it was last heard (`arpUsedUs`). */
  readonly arpUnusedUs: number;
  readonly arpUsedUs: number;
  /** Number of requests for an address before its queued datagrams are dropped, and the time between two requests. */
  readonly arpTries: number;
  readonly arpRetryUs: number;
  /** Largest number of datagrams that wait for one address; a further one replaces the oldest. */
  readonly arpQueue: number;
  /** How long the machine waits for an answer after each ARP request for its own address when IP starts. One request for each value. */
  readonly arpAnnouncementWaitsUs: readonly number[];
  /** Target hardware address in an ARP request for the machine's own address. */
  readonly arpAnnouncementTarget: "broadcast" | "zero";
  /** Whether the machine answers a request with sender address 0.0.0.0, which a machine sends to test whether an address is free (Q174929). */
  readonly arpAnswersProbe: boolean;
  /** What the machine does when another machine answers its announcement: it stops the stack, with or without a corrective ARP first. */
  readonly arpConflict: "correct-and-stop" | "stop";
}
