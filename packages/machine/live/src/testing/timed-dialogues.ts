/**
 * Dialogues in which time matters, or ICMP: each step with the answer that the documents ask for. `silence`: no segment until the next step. Steps that
 * begin with `>` or `program` last 100 ms, or 300 ms where an acknowledgment may be delayed.
 */

import type { TcpDialogue } from "./dialogue-player.ts";

export interface TimedDialogue extends Omit<TcpDialogue, "steps"> {
  /** Steps of the dialogue, each with the expected answer. */
  readonly steps: readonly (readonly [step: string, answer: string])[];
}

const HANDSHAKE_AS_CLIENT = [
  ["program connect", "S seq=0 mss"],
  ["> SA ack=1 mss=1460", "A seq=1 ack=1"],
] as const;

export const TIMED_DIALOGUES: readonly TimedDialogue[] = [
  {
    name: "an unanswered SYN is repeated after 3 s and 6 s more",
    source: "RFC 1122 section 4.2.3.1",
    start: "program",
    steps: [
      ["program connect", "S seq=0 mss"],
      ["wait 2800", "silence"],
      ["wait 200", "S seq=0 mss"],
      ["wait 5800", "silence"],
      ["wait 200", "S seq=0 mss"],
    ],
  },
  {
    name: "a SYN/ACK without answer is repeated after 3 s",
    source: "RFC 1122 section 4.2.3.1",
    start: "listener",
    steps: [
      ["> S mss=1460", "SA seq=0 ack=1 mss"],
      ["wait 2800", "silence"],
      ["wait 200", "SA seq=0 ack=1 mss"],
    ],
  },
  {
    name: "a SYN/ACK that is answered is not repeated",
    source: "RFC 793 page 72",
    start: "listener",
    steps: [
      ["> S mss=1460", "SA seq=0 ack=1 mss"],
      ["> A seq=1 ack=1", "silence"],
      ["wait 30000", "silence"],
    ],
  },
  {
    name: "text without acknowledgment is repeated, and each wait doubles",
    source: "RFC 1122 section 4.2.3.1",
    start: "established",
    steps: [
      ["program send 10", "PA seq=1 ack=1 len=10"],
      ["wait 350", "silence"],
      ["wait 100", "PA seq=1 ack=1 len=10"],
      ["wait 900", "silence"],
      ["wait 100", "PA seq=1 ack=1 len=10"],
      ["wait 1900", "silence"],
      ["wait 100", "PA seq=1 ack=1 len=10"],
    ],
  },
  {
    name: "an acknowledgment ends the repetitions",
    source: "RFC 793 page 72",
    start: "established",
    steps: [
      ["program send 10", "PA seq=1 ack=1 len=10"],
      ["> A seq=1 ack=11", "silence"],
      ["wait 60000", "silence"],
    ],
  },
  {
    name: "a FIN without acknowledgment is repeated",
    source: "RFC 793 page 60",
    start: "established",
    steps: [
      ["program close", "FA seq=1 ack=1"],
      ["wait 350", "silence"],
      ["wait 100", "FA seq=1 ack=1"],
      ["> A seq=1 ack=2", "silence"],
      ["wait 60000", "silence"],
    ],
  },
  {
    name: "an idle connection is not probed unless a program asks",
    source: "RFC 1122 section 4.2.3.6",
    start: "established",
    steps: [
      ["wait 10000000", "silence"],
      ["> PA seq=1 ack=1 len=5", "A seq=1 ack=6"],
    ],
  },
  {
    name: "a closed window is probed with one byte, and a window that opens lets the rest out",
    source: "RFC 1122 section 4.2.2.17; RFC 793 section 3.7",
    start: "established",
    steps: [
      ["> A seq=1 ack=1 win=0", "silence"],
      ["program send 10", "silence"],
      ["wait 350", "silence"],
      ["wait 100", "A seq=1 ack=1 len=1"],
      ["> A seq=1 ack=1 win=0", "silence"],
      ["> A seq=1 ack=1 win=8192", "PA seq=1 ack=1 len=10"],
    ],
  },
  {
    name: "text waits for the window to open",
    source: "RFC 793 section 3.7",
    start: "established",
    steps: [
      ["> A seq=1 ack=1 win=0", "silence"],
      ["program send 10", "silence"],
      ["> A seq=1 ack=1 win=8192", "PA seq=1 ack=1 len=10"],
    ],
  },
  {
    name: "a smaller peer MSS limits segments",
    source: "RFC 1122 section 4.2.2.6",
    start: "listener",
    steps: [
      ["> S mss=265", "SA seq=0 ack=1 mss"],
      ["> A seq=1 ack=1", "silence"],
      ["program send 100", "PA seq=1 ack=1 len=100"],
    ],
  },
  {
    name: "fragmentation needed: the segment comes again in pieces that fit",
    source: "RFC 1191 section 6.4; RFC 896 for the last piece",
    start: "established",
    steps: [
      ["program send 1460", "PA seq=1 ack=1 len=1460"],
      ["> icmp 3 4 576", "A seq=1 ack=1 len=536 + A seq=537 ack=1 len=536"],
      ["> A seq=1 ack=537", "silence"],
      ["> A seq=1 ack=1073", "PA seq=1073 ack=1 len=388"],
    ],
  },
  {
    name: "fragmentation needed, without a size: the next plateau",
    source: "RFC 1191 section 7.1",
    start: "established",
    steps: [
      ["program send 1460", "PA seq=1 ack=1 len=1460"],
      ["> icmp 3 4 0", "A seq=1 ack=1 len=1452"],
    ],
  },
  {
    name: "fragmentation needed, with a size below 68: not below it",
    source: "RFC 1191 section 3",
    start: "established",
    steps: [
      ["program send 100", "PA seq=1 ack=1 len=100"],
      ["> icmp 3 4 20", "A seq=1 ack=1 len=28 + A seq=29 ack=1 len=28 + A seq=57 ack=1 len=28"],
    ],
  },
  {
    name: "fragmentation needed, with a size that fits: nothing to do",
    source: "RFC 1191 section 3",
    start: "established",
    steps: [
      ["program send 1460", "PA seq=1 ack=1 len=1460"],
      ["> icmp 3 4 1500", "silence"],
    ],
  },
  {
    name: "fragmentation needed about a segment that was acknowledged",
    source: "RFC 1191 section 6.4; RFC 5927 section 4.1",
    start: "established",
    steps: [
      ["program send 1460", "PA seq=1 ack=1 len=1460"],
      ["> A seq=1 ack=1461", "silence"],
      ["> icmp 3 4 576", "silence"],
      ["wait 10000", "silence"],
    ],
  },
  {
    name: "host unreachable does not end a connection",
    source: "RFC 1122 section 4.2.3.9",
    start: "established",
    steps: [
      ["program send 10", "PA seq=1 ack=1 len=10"],
      ["> icmp 3 1 0", "silence"],
      ["> A seq=1 ack=11", "silence"],
      ["> PA seq=1 ack=11 len=5", "A seq=11 ack=6"],
    ],
  },
  {
    name: "time exceeded does not end a connection",
    source: "RFC 1122 section 4.2.3.9",
    start: "established",
    steps: [
      ["program send 10", "PA seq=1 ack=1 len=10"],
      ["> icmp 11 0 0", "silence"],
      ["> A seq=1 ack=11", "silence"],
      ["> PA seq=1 ack=11 len=5", "A seq=11 ack=6"],
    ],
  },
  {
    name: "host unreachable does not end the opening",
    source: "RFC 1122 section 4.2.3.9",
    start: "program",
    steps: [
      ["program connect", "S seq=0 mss"],
      ["> icmp 3 1 0", "silence"],
      ["> SA ack=1 mss=1460", "A seq=1 ack=1"],
    ],
  },
  {
    name: "port unreachable ends the opening",
    source: "RFC 1122 section 4.2.3.9",
    start: "program",
    steps: [
      ["program connect", "S seq=0 mss"],
      ["> icmp 3 3 0", "silence"],
      ["wait 60000", "silence"],
    ],
  },
  {
    name: "port unreachable does not end an established connection",
    source: "RFC 1122 section 4.2.3.9 asks for it, 4.3BSD and its heirs do not",
    start: "established",
    steps: [
      ["program send 10", "PA seq=1 ack=1 len=10"],
      ["> icmp 3 3 0", "silence"],
      ["> A seq=1 ack=11", "silence"],
      ["> PA seq=1 ack=11 len=5", "A seq=11 ack=6"],
    ],
  },
  {
    name: "one duplicate acknowledgment changes nothing",
    source: "RFC 2001 section 3",
    start: "established",
    steps: [
      ["program send 10", "PA seq=1 ack=1 len=10"],
      ["> A seq=1 ack=1", "silence"],
    ],
  },
  {
    name: "TIME-WAIT acknowledges the FIN again",
    source: "RFC 793 page 73",
    start: "established",
    steps: [
      ["program close", "FA seq=1 ack=1"],
      ["> A seq=1 ack=2", "silence"],
      ["> FA seq=1 ack=2", "A seq=2 ack=2"],
      ["wait 100000", "silence"],
      ["> FA seq=1 ack=2", "A seq=2 ack=2"],
    ],
  },
  {
    name: "TIME-WAIT ends after four minutes",
    source: "RFC 793 page 22",
    start: "established",
    steps: [
      ["program close", "FA seq=1 ack=1"],
      ["> A seq=1 ack=2", "silence"],
      ["> FA seq=1 ack=2", "A seq=2 ack=2"],
      ["wait 239000", "silence"],
      ["> FA seq=1 ack=2", "A seq=2 ack=2"],
      ["wait 239000", "silence"],
      ["> A seq=1 ack=2", "A seq=2 ack=2"],
      ["wait 241000", "silence"],
      ["> S seq=100 mss=1460", "SA seq=0 ack=101 mss"],
    ],
  },
  {
    name: "FIN-WAIT-2 waits for the peer",
    source: "RFC 793 section 3.5",
    start: "established",
    steps: [
      ["program close", "FA seq=1 ack=1"],
      ["> A seq=1 ack=2", "silence"],
      ["wait 600000", "silence"],
      ["> PA seq=1 ack=2 len=5", "A seq=2 ack=6"],
      ["> FA seq=6 ack=2", "A seq=2 ack=7"],
    ],
  },
  {
    name: "CLOSE-WAIT waits for the program",
    source: "RFC 793 section 3.5",
    start: "established",
    steps: [
      ["> FA seq=1 ack=1", "A seq=1 ack=2"],
      ["wait 3600000", "silence"],
      ["program send 10", "PA seq=1 ack=2 len=10"],
    ],
  },
  {
    name: "text after the handshake of a client",
    source: "RFC 793 figure 7",
    start: "program",
    steps: [...HANDSHAKE_AS_CLIENT, ["program send 10", "PA seq=1 ack=1 len=10"], ["> A seq=1 ack=11", "silence"]],
  },
];
