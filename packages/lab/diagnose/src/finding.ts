/** What a diagnosis says: verdicts with their evidence. Times are microseconds since 1970, as in the capture. */

import type { FrameRef } from "./frame-ref.ts";
import type { PlatformGuess } from "./platform-guess.ts";
import type { TrafficGraph } from "./traffic-graph.ts";
import type { Unread } from "./unread.ts";

/** Explanation of a group of datagrams or ICMP errors. VERDICT_INFO has the title and severity of each. */
export type Verdict =
  /** A registration outlived its client, which was rebooted without logging off: the article. */
  | "stale-push"
  /** As `stale-push`, but without ICMP errors: the machine is off, or the datagrams or errors are dropped on the path. */
  | "stale-push-unanswered"
  /** A client is alive and polls, but never receives its datagrams. */
  | "push-not-heard"
  /** A client missed some datagrams and then received the next one: its cable or the path to it was interrupted. */
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
  /** An answer arrived after the querying program had closed its port. */
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
  /** Errors that contradict the capture: a second error for one datagram, an error for a datagram that was received, an error from another network card. */
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
  /** Any other ICMP error. */
  | "icmp-error"
  /** One end of a TCP session is gone, and the other still holds it. */
  | "half-open"
  /** A program sends to a port that is closed. */
  | "closed-port";

/** How sure a finding is. */
export type Confidence = "certain" | "likely" | "possible";

/** A frame that supports a finding, and what it shows. */
export interface Evidence extends FrameRef {
  readonly text: string;
  /** The host that the frame comes from: the sender of the datagrams, their target, or another host. */
  readonly by: "sender" | "target" | "other";
  /** The frame's part in the finding: one of its datagrams, an ICMP error, or another frame. */
  readonly kind: "datagram" | "error" | "other";
}

/** One explanation of datagrams or ICMP errors in the capture, with its evidence, its end and advice. */
export interface Finding {
  readonly verdict: Verdict;
  /** Shown to be harmless; a finding that only looks harmless is not. */
  readonly benign: boolean;
  readonly confidence: Confidence;
  /** One or two sentences. */
  readonly summary: string;
  /** Who sends the datagrams, or the packets that the errors quote; the first of several. */
  readonly from: string;
  /** Address to which they go; `null` if there are many. */
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
  /** Datagrams per second, or errors per second if the capture has no datagrams; `null` for too few frames. */
  readonly perSecond?: number | null;
  /** Usual interval between datagrams in microseconds; `null` if there is none. */
  readonly intervalUs: number | null;
  /** Frames that support the finding, in the order of the capture. */
  readonly evidence: Evidence[];
  /** Ways to raise the confidence, one sentence each. */
  readonly confirm: readonly string[];
  /** Time at which the errors ended or will end, in microseconds since 1970; `null` if it is unknown. */
  readonly endsAtUs: number | null;
  /** Whether `endsAtUs` was observed; otherwise it is a prediction. */
  readonly endSeen: boolean;
  readonly ends: string;
  readonly advice: readonly string[];
  readonly platforms: readonly PlatformGuess[];
}

/** The diagnosis of a capture: counts, findings, and the answer whether its ICMP errors are harmless. */
export interface Diagnosis {
  readonly packets: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly icmpErrors: number;
  readonly portUnreachables: number;
  /** Errors that quote no UDP datagram. */
  readonly otherErrors: number;
  readonly mailSessions: number;
  /** Number of push datagrams that were followed by a poll of the client, as intended. */
  readonly pushesHeard: number;
  readonly traffic: TrafficGraph;
  readonly findings: readonly Finding[];
  /** True if every finding is benign and the whole capture was examined. */
  readonly benign: boolean;
  /** `not-harmless`: a finding is not benign. `not-looked-at`: all are benign, but part of the capture was not examined. `harmless`: neither. */
  readonly answer: "harmless" | "not-harmless" | "not-looked-at";
  /** Parts of the capture that were not examined, by kind. */
  readonly unread: readonly Unread[];
  /** `unread` as sentences; empty if the whole capture was examined. */
  readonly limits: readonly string[];
}
