/** What a diagnosis says: verdicts with their evidence. Times are microseconds since 1970, as in the capture. */

import type { FrameRef } from "./frame-ref.ts";
import type { PlatformGuess } from "./platform-guess.ts";
import type { TrafficGraph } from "./traffic-graph.ts";
import type { Unread } from "./unread.ts";

export type Verdict =
  /** A registration outlived its client, which was rebooted without logging off: the article. */
  | "stale-push"
  /** The same, but nothing answers: the machine is off, or something drops the datagrams or the errors. */
  | "stale-push-unanswered"
  /** A client that lives and polls, but never hears its datagrams. */
  | "push-not-heard"
  /** A client that missed some, and then heard the next: its cable or its way was cut for a while. */
  | "push-interrupted"
  /** The client refuses datagrams while its session is alive: it was not restarted. */
  | "push-refused"
  /** A device on the path refuses the push datagrams. */
  | "push-rejected"
  /** The registration names another address than the client's. */
  | "push-misdirected"
  /** Datagrams go on after the end of the session that registered. */
  | "push-after-session"
  /** Two network cards answer for the client's address. */
  | "address-conflict"
  /** A link monitor's mailbox is notified like any client's (Q273797). */
  | "link-monitor"
  /** Datagrams to the heartbeat port of a cluster whose service is not there. */
  | "cluster-heartbeat"
  | "port-scan"
  | "traceroute"
  /** An answer that came when the one who asked had closed the port. */
  | "late-reply"
  /** A client refuses answers that come soon after its queries, or from an address that it did not ask. */
  | "answers-refused"
  /** One side of a stream, such as a call's audio, is refused. */
  | "stream-refused"
  /** Queries in the name of a victim make servers send it their answers. */
  | "reflection"
  /** Many machines report errors about packets that were sent in the name of one. */
  | "backscatter"
  /** Errors that quote datagrams of which the capture has none. */
  | "orphan-errors"
  /** Errors that can't be what they claim: a second one for a datagram, one for a datagram that was heard, one from another card. */
  | "doubtful-errors"
  /** A router reports that packets, no pushes, can't be delivered. */
  | "unreachable"
  /** A packet filter refuses packets and says so. */
  | "filtered"
  /** A packet is too big for a link on its way: path MTU discovery, working or not. */
  | "path-mtu"
  /** Packets are forwarded too often: a routing loop, unless it is a traceroute. */
  | "time-exceeded"
  /** A router tells a sender to use another one. */
  | "redirect"
  /** An ICMP error of a rarer kind. */
  | "icmp-error"
  /** One end of a TCP session is gone, and the other still holds it. */
  | "half-open"
  /** A program sends to a port that is closed. */
  | "closed-port";

export type Confidence = "certain" | "likely" | "possible";

export interface Evidence extends FrameRef {
  readonly text: string;
  /** The host that the frame comes from: the sender of the datagrams, their target, or another host. */
  readonly by: "sender" | "target" | "other";
  /** What the frame is: one of the datagrams, an ICMP error, or another frame. */
  readonly kind: "datagram" | "error" | "other";
}

export interface Finding {
  readonly verdict: Verdict;
  /** Shown to be harmless; a finding that only looks harmless is not. */
  readonly benign: boolean;
  readonly confidence: Confidence;
  /** One or two sentences. */
  readonly summary: string;
  /** Who sends the datagrams, or the packets that the errors quote; the first of several. */
  readonly from: string;
  /** `null` where there are many. */
  readonly to: string | null;
  /** UDP port that the datagrams go to; `null` where there are many. */
  readonly port: number | null;
  readonly contextHex: string | null;
  /** The session's TCP connection, where the capture has it. */
  readonly session: { readonly clientPort: number; readonly serverPort: number; readonly userDn: string | null } | null;
  readonly datagrams: number;
  readonly errors: number;
  /** How many machines send, and to how many; absent where it is one and one. */
  readonly senders?: number;
  readonly targets?: number;
  /** Datagrams a second, or errors where the capture has no datagrams; `null` where there are too few to tell. */
  readonly perSecond?: number | null;
  /** The usual time from one datagram to the next, in microseconds; `null` where there is none. */
  readonly intervalUs: number | null;
  /** In order of frames. */
  readonly evidence: Evidence[];
  /** What would make it surer. */
  readonly confirm: readonly string[];
  /** When it ended or will end; `null` where nothing in the capture tells. */
  readonly endsAtUs: number | null;
  /** The end was seen, not reckoned. */
  readonly endSeen: boolean;
  readonly ends: string;
  readonly advice: readonly string[];
  readonly platforms: readonly PlatformGuess[];
}

export interface Diagnosis {
  readonly packets: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly icmpErrors: number;
  readonly portUnreachables: number;
  /** Errors that quote no UDP datagram. */
  readonly otherErrors: number;
  readonly mailSessions: number;
  /** Push datagrams that did what they are for: a poll followed. */
  readonly pushesHeard: number;
  readonly traffic: TrafficGraph;
  readonly findings: readonly Finding[];
  /** Nothing was found that is not benign, and everything was looked at. */
  readonly benign: boolean;
  /** The answer: some finding is not benign; none is, but part of the capture was not looked at; or all is well. */
  readonly answer: "harmless" | "not-harmless" | "not-looked-at";
  /** What was not looked at, by kind. */
  readonly unread: readonly Unread[];
  /** The same in words; empty when the diagnosis saw everything. */
  readonly limits: readonly string[];
}
