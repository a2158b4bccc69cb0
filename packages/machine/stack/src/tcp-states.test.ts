/**
 * TCP by state, as timed dialogues (see testing/script.ts); each names the text that it follows. The personality PLAIN has an RTO of 1 s once a round trip
 * was measured, and delays acknowledgments by 200 ms.
 */

import type { Personality } from "@pushback/host";
import { describe, it } from "vitest";
import { playScript } from "./testing/script.ts";

type Case = readonly [title: string, script: string, over?: Partial<Personality>];

function dialogues(state: string, cases: readonly Case[]): void {
  describe(state, () => {
    for (const [title, script, over] of cases) it(title, () => void playScript(script, over));
  });
}

dialogues("CLOSED", [
  ["a FIN without ACK: RST, acknowledging it (RFC 793 page 36)", "> F seq=500\n< RA seq=0 ack=501 win=0"],
  ["text without ACK: RST, acknowledging all of it (RFC 793 page 65)", "> P seq=500 len=10\n< RA seq=0 ack=510"],
  ["SYN with text: RST, acknowledging both (RFC 793 page 65)", "> S seq=500 len=10\n< RA seq=0 ack=511"],
  ["SYN at the end of the numbers: the acknowledgment wraps (RFC 793 section 3.3)", "> S seq=4294967295\n< RA seq=0 ack=0"],
  ["SYN and ACK: RST with the acknowledged number (RFC 793 page 36)", "> SA seq=500 ack=77\n< R seq=77"],
  ["FIN and ACK of a connection that a reboot forgot: RST (RFC 793 page 36)", "> FA seq=500 ack=77\n< R seq=77"],
  [
    "a keep-alive probe of a session that a reboot forgot: RST (RFC 1122 section 4.2.3.6)",
    "> A seq=99 ack=1 win=8760\n< R seq=1 ack=0 win=0",
  ],
]);

dialogues("LISTEN", [
  ["RST is ignored (RFC 793 page 65)", "listen\n> R seq=5\nsilence 100s"],
  ["FIN is dropped: the number can't be checked (RFC 793 page 66)", "listen\n> F seq=5\nsilence 100s"],
  ["SYN and ACK: RST (RFC 793 page 65)", "listen\n> SA seq=5 ack=9\n< R seq=9"],
  ["SYN is acknowledged with the own number and window (RFC 793 page 66)", "listen\n> S seq=5 win=100\n< SA seq=0 ack=6 win=8192"],
  ["an MSS below the least is taken as the least", "accept S seq=100 win=8192 mss=1\nsend 100\n< A seq=1 len=32"],
  [
    "a SYN beyond the backlog is ignored, and taken when there is room (RFC 1122 section 4.2.3.10 leaves the number open)",
    `listen
     > S seq=100 win=8192 sport=2000
     < SA ack=101 dport=2000
     > S seq=300 win=8192 sport=2001
     silence 1s
     > A seq=101 ack=1 win=8192 sport=2000
     log accepted
     > S seq=300 win=8192 sport=2001
     < SA ack=301 dport=2001`,
    { tcpBacklog: 1 },
  ],
]);

dialogues("SYN-SENT", [
  ["RST without ACK is no answer (RFC 793 page 67)", "open\n< S seq=0\n> R seq=0\nlog \nsilence 2s"],
  ["RST with an old ACK is no answer (RFC 793 page 66)", "open\n< S seq=0\n> RA seq=0 ack=0\nlog "],
  ["ACK alone, acceptable: neither answered nor taken (RFC 793 page 68)", "open\n< S seq=0\n> A seq=5 ack=1\nsilence 2s\nlog "],
  ["ACK of what was not sent: RST (RFC 793 page 66)", "open\n< S seq=0\n> A seq=5 ack=2\n< R seq=2"],
  ["FIN is dropped (RFC 793 page 75)", "open\n< S seq=0\n> F seq=5\nsilence 2s"],
  ["ICMP port unreachable fails the open (RFC 1122 section 4.2.3.9)", "open\n< S seq=0\nicmp 3 3\nlog closed unreachable\nsilence 100s"],
  ["ICMP host unreachable is a hint alone (RFC 1122 section 4.2.3.9)", "open\n< S seq=0\nicmp 3 1\nlog \n< 3s S seq=0"],
  [
    "TCPCONNTIMEOUT ends it whatever retries are left (Q96198: 30 s)",
    `open
     < S seq=0
     < 1s S seq=0
     < 3s S seq=0
     < 7s S seq=0
     < 13s S seq=0
     < 21s S seq=0
     silence 29999999us
     log 
     silence 30s
     log closed connect-timeout`,
    { connectTimeoutUs: 30_000_000, maxConnectRetries: 5, retryScheduleUs: [1, 2, 4, 6, 8, 10, 15, 20].map((s) => s * 1_000_000) },
  ],
  [
    "data queued while opening goes with the acknowledgment (RFC 793 page 74)",
    "open\nsend 5\n< S seq=0 len=0\n> SA seq=100 ack=1 win=8192\n< PA seq=1 ack=101 len=5",
  ],
  [
    "SYN/ACK with text: the text is taken (RFC 793 page 68)",
    "open\n< S seq=0\n> SA seq=100 ack=1 win=8192 len=4\n< A seq=1 ack=105\nlog connected, data 4",
  ],
  [
    "the round trip of a SYN that was sent twice is not measured (Karn; RFC 1122 section 4.2.3.1)",
    "open\n< S seq=0\n< 3s S seq=0\nat 3500ms\n> SA seq=100 ack=1 win=8192\n< A seq=1\nsend 1\n< PA seq=1\n< 9500ms PA seq=1",
  ],
]);

dialogues("SYN-RECEIVED", [
  ["the SYN again: SYN/ACK again (RFC 793 page 69)", "listen\n> S seq=100 win=8192\n< SA seq=0\nat 1s\n> S seq=100 win=8192\n< SA seq=0"],
  [
    "another SYN in the window: RST, and LISTEN again (RFC 793 page 71)",
    "listen\n> S seq=100 win=8192\n< SA seq=0\n> S seq=105 win=8192\n< RA seq=0\n> S seq=900 win=8192\n< SA ack=901",
  ],
  ["ACK of less than the SYN: RST (RFC 793 page 72)", "listen\n> S seq=100 win=8192\n< SA seq=0\n> A seq=101 ack=0 win=8192\n< R seq=0"],
  [
    "text with the handshake's last ACK is taken (RFC 793 page 72)",
    "listen\n> S seq=100 win=8192\n< SA seq=0\n> PA seq=101 ack=1 win=8192 len=3\nlog accepted, data 3\n< 200ms A ack=104",
  ],
  [
    "FIN with the handshake's last ACK: CLOSE-WAIT (RFC 793 page 75)",
    "listen\n> S seq=100 win=8192\n< SA seq=0\n> FA seq=101 ack=1 win=8192\n< A seq=1 ack=102\nlog accepted, end",
  ],
  [
    "a segment outside the window: ACK (RFC 793 page 69)",
    "listen\n> S seq=100 win=8192\n< SA seq=0\n> A seq=90000 ack=1 win=8192\n< A seq=1 ack=101",
  ],
]);

dialogues("ESTABLISHED, receiving", [
  [
    "text left of the window: ACK, nothing delivered (RFC 793 page 69)",
    "accept\nlog accepted\n> PA seq=50 ack=1 win=8192 len=10\n< A seq=1 ack=101\nlog ",
  ],
  [
    "text right of the window: ACK, nothing delivered (RFC 793 page 69)",
    "accept\n> PA seq=8293 ack=1 win=8192 len=10\n< A seq=1 ack=101\nlog accepted",
  ],
  ["RST left of the window is ignored (RFC 793 page 37)", "accept\n> R seq=100\nlog accepted\nsilence 1s"],
  ["RST at the last number of the window ends it (RFC 793 page 37)", "accept\n> R seq=8292\nlog accepted, closed reset"],
  [
    "an old duplicate ACK changes nothing (RFC 793 page 72)",
    "accept\nsend 10\n< PA seq=1\n> A seq=101 ack=11 win=8192\n> A seq=101 ack=5 win=100\nsend 200\n< PA seq=11 len=200",
  ],
  [
    "text that wraps the numbers (RFC 793 section 3.3)",
    "listen\n> S seq=4294967290 win=8192\n< SA ack=4294967291\n> A seq=4294967291 ack=1 win=8192\n> PA seq=4294967291 ack=1 win=8192 len=10\n< 200ms A ack=5\nlog accepted, data 10",
  ],
  [
    "a gap filled from behind: one ACK for all (RFC 1122 section 4.2.2.21)",
    "accept\n> A seq=111 ack=1 win=8192 len=10\n< A ack=101\n> A seq=121 ack=1 win=8192 len=10\n< A ack=101\n> A seq=101 ack=1 win=8192 len=10\n< A ack=131\nlog accepted, data 10, data 10, data 10",
  ],
  [
    "a later copy of an early segment adds nothing (RFC 1122 section 4.2.2.20)",
    "accept\n> A seq=111 ack=1 win=8192 len=10\n< A ack=101\n> A seq=111 ack=1 win=8192 len=10\n< A ack=101\n> A seq=101 ack=1 win=8192 len=10\n< A ack=121\nlog accepted, data 10, data 10",
  ],
  [
    "text and FIN, the text seen before: the FIN counts (RFC 793 page 75)",
    "accept\n> A seq=101 ack=1 win=8192 len=10\n< 200ms A ack=111\n> FA seq=101 ack=1 win=8192 len=10\n< A ack=112\nlog accepted, data 10, end",
  ],
  [
    "a delayed ACK is sent once (RFC 813)",
    "accept\n> A seq=101 ack=1 win=8192 len=1\nat 100ms\n> A seq=102 ack=1 win=8192 len=1\n< 200ms A ack=103\nsilence 10s",
  ],
  [
    "no delay where the personality has none (RFC 1122 section 4.2.3.2)",
    "accept\n> A seq=101 ack=1 win=8192 len=1\n< A ack=102",
    { delayedAckUs: 0 },
  ],
  [
    "zero window, its probe answered (RFC 1122 section 4.2.2.17)",
    "accept\npause\n> A seq=101 ack=1 win=8192 len=100\n< A ack=201 win=0\n> A seq=201 ack=1 win=8192 len=1\n< A ack=201 win=0\nresume\n< A ack=201 win=100",
    { windowRule: { kind: "fixed", bytes: 100 }, delayedAckUs: 0 },
  ],
]);

dialogues("urgent data", [
  ["inline: all bytes reach the program (RFC 793 section 3.7)", "accept\n> PAU seq=101 ack=1 win=8192 len=10 urg=4\nlog accepted, data 10"],
  [
    "out of band, the pointer behind the byte: the fourth is left out (RFC 793 page 17, BSD)",
    "accept\n> PAU seq=101 ack=1 win=8192 len=10 urg=4\nlog accepted, data 3, data 6\n< 200ms A ack=111",
    { urgent: { pointer: "byte-after", delivery: "out-of-band" } },
  ],
  [
    "out of band, the pointer at the byte: the fifth (RFC 1122 section 4.2.2.4)",
    "accept\n> PAU seq=101 ack=1 win=8192 len=10 urg=4\nlog accepted, data 4, data 5",
    { urgent: { pointer: "last-byte", delivery: "out-of-band" } },
  ],
  [
    "a pointer beyond the segment waits for its byte (RFC 1122 section 4.2.2.4)",
    "accept\n> PAU seq=101 ack=1 win=8192 len=5 urg=8\nlog accepted, data 5\n> PA seq=106 ack=1 win=8192 len=5\nlog data 2, data 2",
    { urgent: { pointer: "byte-after", delivery: "out-of-band" } },
  ],
  [
    "the byte alone: nothing to deliver, all to acknowledge (RFC 793 section 3.7)",
    "accept\n> PAU seq=101 ack=1 win=8192 len=1 urg=1\nlog accepted\n< 200ms A ack=102",
    { urgent: { pointer: "byte-after", delivery: "out-of-band" } },
  ],
  [
    "a pointer to what has been read is old (RFC 793 page 73)",
    "accept\n> PA seq=101 ack=1 win=8192 len=10\n> PAU seq=111 ack=1 win=8192 len=5 urg=0\nlog accepted, data 10, data 5",
    { urgent: { pointer: "byte-after", delivery: "out-of-band" } },
  ],
]);

dialogues("ESTABLISHED, sending", [
  [
    "two small writes: the second waits for the acknowledgment of the first (RFC 896)",
    "accept\nsend 1\n< PA seq=1 len=1\nsend 1\nsilence 500ms\n> A seq=101 ack=2 win=8192\n< PA seq=2 len=1",
  ],
  [
    "a full segment does not wait (RFC 896)",
    "accept S seq=100 win=8192 mss=100\nsend 10\n< PA seq=1 len=10\n> A seq=101 ack=11 win=8192\nsend 10\n< PA seq=11 len=10\nsend 250\n< A seq=21 len=100",
  ],
  ["FIN goes with the last text (RFC 793 section 3.5)", "accept\nsend 10\nclose\n< PA seq=1 len=10\n< FA seq=11 len=0"],
  [
    "a window that shrinks: nothing is sent beyond it (RFC 1122 section 4.2.2.16)",
    "accept S seq=100 win=2000 mss=1000\n> A seq=101 ack=1 win=2000\nsend 3000\n< A seq=1 len=1000\n> A seq=101 ack=1001 win=0\nsilence 999ms\n< 1s A seq=1001 len=1",
  ],
  [
    "a window update reopens it without a probe (RFC 793 section 3.7)",
    "accept S seq=100 win=0 mss=1000\n> A seq=101 ack=1 win=0\nsend 500\nat 500ms\n> A seq=101 ack=1 win=1000\n< PA seq=1 len=500",
  ],
  [
    "an old window update is not believed (RFC 793 page 72, SND.WL1)",
    "accept S seq=100 win=1000 mss=1000\n> A seq=101 ack=1 win=1000 len=10\n> A seq=101 ack=1 win=0\n< 0us A ack=111\nsend 500\n< PA seq=1 len=500",
  ],
  [
    "less than half of the largest window is not used while something is under way (RFC 1122 section 4.2.3.4)",
    "accept S seq=100 win=1000 mss=500\n> A seq=101 ack=1 win=1000\nsend 2000\n< A seq=1 len=500\n> A seq=101 ack=501 win=400\nsilence 999ms\n< 1s A seq=501 len=400",
  ],
  [
    "the RTO is never less than the personality's least (RFC 1122 section 4.2.3.1)",
    "accept\nsend 1\n< PA seq=1\n< 500ms PA seq=1",
    { rtoMinUs: 500_000 },
  ],
  [
    "nor more than its most (RFC 1122 section 4.2.3.1)",
    "accept\nsend 1\n< PA seq=1\n< 1s PA seq=1\n< 3s PA seq=1\n< 5s PA seq=1\n< 7s PA seq=1\n< 9s PA seq=1\n< 11s RA seq=2",
    { rtoMaxUs: 2_000_000 },
  ],
  [
    "an acknowledgment of half of what is under way restarts the timer (RFC 1122 section 4.2.3.1)",
    "connect SA seq=100 ack=1 win=8192 mss=1000\nsend 1000\n< PA seq=1\n> A seq=101 ack=1001 win=8192\nsend 2000\n< A seq=1001\n< PA seq=2001\nat 500ms\n> A seq=101 ack=2001 win=8192\nsilence 1499ms\n< 1500ms PA seq=2001",
  ],
  [
    "three duplicates: the missing segment at once (RFC 2001 section 3)",
    "connect SA seq=100 ack=1 win=8192 mss=1000\nsend 1000\n< PA seq=1\n> A seq=101 ack=1001 win=8192\nsend 2000\n< A seq=1001\n< PA seq=2001\n> A seq=101 ack=1001 win=8192\n> A seq=101 ack=1001 win=8192\nsilence 0us\n> A seq=101 ack=1001 win=8192\n< A seq=1001 len=1000\n> A seq=101 ack=3001 win=8192\nsilence 10s",
    { fastRetransmitAfter: 3 },
  ],
  [
    "duplicates alone change nothing where that is not known (before RFC 2001)",
    "connect SA seq=100 ack=1 win=8192 mss=1000\nsend 1000\n< PA seq=1\n> A seq=101 ack=1001 win=8192\nsend 2000\n< A seq=1001\n< PA seq=2001\n> A seq=101 ack=1001 win=8192\n> A seq=101 ack=1001 win=8192\n> A seq=101 ack=1001 win=8192\nsilence 999ms\n< 1s A seq=1001 len=1000",
  ],
]);

dialogues("paths and ICMP", [
  [
    "fragmentation needed: smaller segments, at once (RFC 1191 section 6.4)",
    "accept\n> A seq=101 ack=1 win=8192\nsend 1460\n< PA seq=1 len=1460\nicmp 3 4 576\n< A seq=1 len=536",
    { dfTcp: "except-reset" },
  ],
  [
    "a router that names no MTU: the next plateau, 1492 of 1500 (RFC 1191 section 7.1)",
    "accept\nsend 1460\n< PA seq=1 len=1460\nicmp 3 4 0\n< A seq=1 len=1452",
    { dfTcp: "except-reset" },
  ],
  [
    "never below 68 bytes (RFC 1191 section 3)",
    "accept\nsend 1460\n< PA seq=1 len=1460\nicmp 3 4 20\n< A seq=1 len=28",
    { dfTcp: "except-reset" },
  ],
  [
    "a larger MTU than the datagram had says nothing (RFC 1191 section 3)",
    "accept\nsend 1000\n< PA seq=1 len=1000\nicmp 3 4 1500\nsilence 999ms",
    { dfTcp: "except-reset" },
  ],
  [
    "after ten minutes a large one is tried again (RFC 1191 section 6.3)",
    "accept\nsend 1460\n< PA seq=1 len=1460\nicmp 3 4 1000\n< A seq=1 len=960\n> A seq=101 ack=961 win=8192\n< PA seq=961 len=500\n> A seq=101 ack=1461 win=8192\nat 10m\nsend 1460\n< 10m PA seq=1461 len=1460",
    { dfTcp: "except-reset" },
  ],
  [
    "without path MTU discovery the message changes nothing (LAN Manager sends without DF)",
    "accept\nsend 1460\n< PA seq=1 len=1460\nicmp 3 4 576\nsilence 999ms\n< 1s PA seq=1 len=1460",
    { pathMtuDiscovery: null },
  ],
  [
    "a black hole: from the second retry on 536 bytes without DF, then that size with it (Q136970)",
    "accept\nsend 1460\n< PA seq=1 len=1460 df=1\n< 1s PA seq=1 len=1460 df=1\n< 3s A seq=1 len=536 df=0\n> A seq=101 ack=537 win=8192\n< A seq=537 len=536 df=1",
    { blackHoleDetection: true, dfTcp: "except-reset" },
  ],
  [
    "none is looked for by default (Q136970)",
    "accept\nsend 1460\n< PA seq=1 len=1460\n< 1s PA len=1460\n< 3s PA len=1460\n< 7s PA len=1460 df=1",
    { dfTcp: "except-reset" },
  ],
  [
    "source quench: one segment at a time again (RFC 1122 section 4.2.3.9)",
    "connect SA seq=100 ack=1 win=8192 mss=1000\nsend 1000\n< PA seq=1\n> A seq=101 ack=1001 win=8192\nsend 2000\n< A seq=1001\n< PA seq=2001\nicmp 4 0\n> A seq=101 ack=3001 win=8192\nsend 4000\n< A seq=3001\n< A seq=4001\nsilence 0us",
  ],
  ["port unreachable leaves an established connection alone (4.3BSD)", "accept\nsend 1\n< PA seq=1\nicmp 3 3\nlog accepted\n< 1s PA seq=1"],
  [
    "or ends it (RFC 1122 section 4.2.3.9)",
    "accept\nsend 1\n< PA seq=1\nicmp 3 3\nlog accepted, closed unreachable\nsilence 100s",
    { icmpHardErrorEnds: "any" },
  ],
  [
    "host unreachable never ends one (RFC 1122 section 4.2.3.9)",
    "accept\nsend 1\n< PA seq=1\nicmp 3 1\nlog accepted\n< 1s PA seq=1",
    { icmpHardErrorEnds: "any" },
  ],
]);

dialogues("FIN-WAIT-1 and FIN-WAIT-2", [
  [
    "text is taken in FIN-WAIT-1 (RFC 793 page 74)",
    "accept\nclose\n< FA seq=1\n> PA seq=101 ack=1 win=8192 len=5\nlog accepted, data 5\n< 200ms A seq=2 ack=106",
  ],
  [
    "FIN and the ACK of ours in one: TIME-WAIT (RFC 793 page 75)",
    "accept\nclose\n< FA seq=1\n> FA seq=101 ack=2 win=8192\n< A seq=2 ack=102\nlog accepted, end, closed closed",
  ],
  ["RST ends FIN-WAIT-1 (RFC 793 page 70)", "accept\nclose\n< FA seq=1\n> R seq=101\nlog accepted, closed reset\nsilence 100s"],
  [
    "FIN-WAIT-2 lasts as long as the peer likes (RFC 793 section 3.5)",
    "accept\nclose\n< FA seq=1\n> A seq=101 ack=2 win=8192\nsilence 100h\nlog accepted",
  ],
  [
    "or as long as the personality waits (675 s: Mentat)",
    "accept\nclose\n< FA seq=1\n> A seq=101 ack=2 win=8192\nsilence 674s\nlog accepted\nsilence 675s\nlog closed closed\n> FA seq=101 ack=2\n< R seq=2",
    { finWait2Us: 675_000_000 },
  ],
  [
    "which begins again with every segment",
    "accept\nclose\n< FA seq=1\n> A seq=101 ack=2 win=8192\nat 600s\n> PA seq=101 ack=2 win=8192 len=5\n< 600200ms A ack=106\nsilence 1200s\nlog accepted, data 5\nsilence 1275s\nlog closed closed",
    { finWait2Us: 675_000_000 },
  ],
  [
    "a SYN in the window of FIN-WAIT-2: RST and the end (RFC 793 page 71)",
    "accept\nclose\n< FA seq=1\n> A seq=101 ack=2 win=8192\n> S seq=200 win=8192\n< RA seq=0 ack=201\nlog accepted, closed half-open-reset",
  ],
]);

dialogues("CLOSE-WAIT, CLOSING and LAST-ACK", [
  [
    "text is still sent in CLOSE-WAIT (RFC 793 page 60)",
    "accept\n> FA seq=101 ack=1 win=8192\n< A ack=102\nsend 5\n< PA seq=1 ack=102 len=5",
  ],
  [
    "text behind the peer's FIN is not taken (RFC 793 page 74)",
    "accept\n> FA seq=101 ack=1 win=8192\n< A ack=102\n> PA seq=102 ack=1 win=8192 len=5\n< A ack=102\nlog accepted, end",
  ],
  [
    "the peer's FIN again: ACK again (RFC 793 page 75)",
    "accept\n> FA seq=101 ack=1 win=8192\n< A ack=102\n> FA seq=101 ack=1 win=8192\n< A ack=102\nlog accepted, end",
  ],
  [
    "LAST-ACK repeats its FIN (RFC 793 section 3.5)",
    "accept\n> FA seq=101 ack=1 win=8192\n< A ack=102\nclose\n< FA seq=1 ack=102\n< 1s FA seq=1\n> A seq=102 ack=2 win=8192\nlog accepted, end, closed closed\nsilence 100s",
  ],
  [
    "RST in LAST-ACK ends it (RFC 793 page 70)",
    "accept\n> FA seq=101 ack=1 win=8192\n< A ack=102\nclose\n< FA seq=1\n> R seq=102\nlog accepted, end, closed reset",
  ],
  ["abort in CLOSE-WAIT: RST (RFC 793 page 62)", "accept\n> FA seq=101 ack=1 win=8192\n< A ack=102\nabort\n< RA seq=1 ack=102"],
  [
    "RST in CLOSING ends it (RFC 793 page 70)",
    "accept\nclose\n< FA seq=1\n> FA seq=101 ack=1 win=8192\n< A ack=102\n> R seq=102\nlog accepted, end, closed reset\nsilence 100s",
  ],
]);

const TIME_WAIT = "accept\nclose\n< FA seq=1\n> FA seq=101 ack=2 win=8192\n< A seq=2 ack=102\n";

dialogues("TIME-WAIT", [
  [
    "text draws an ACK and is not delivered (RFC 793 page 74)",
    `${TIME_WAIT}> PA seq=102 ack=2 win=8192 len=5\n< A seq=2 ack=102\nlog accepted, end, closed closed`,
  ],
  ["an old SYN draws an ACK (RFC 1122 section 4.2.2.13)", `${TIME_WAIT}> S seq=50 win=8192\n< A seq=2 ack=102`],
  ["RST ends it (RFC 793 page 70)", `${TIME_WAIT}> R seq=102\n> FA seq=101 ack=2\n< R seq=2`],
  [
    "or is ignored: no assassination (RFC 1337)",
    `${TIME_WAIT}> R seq=102\n> FA seq=101 ack=2\n< A seq=2 ack=102`,
    { timeWaitReset: "ignored" },
  ],
  [
    "lasts four minutes from the latest FIN (RFC 793 page 73)",
    `${TIME_WAIT}at 100s\n> FA seq=101 ack=2 win=8192\n< 100s A seq=2\nat 339999ms\n> FA seq=101 ack=2 win=8192\n< A seq=2`,
  ],
  ["its port is free afterwards: RST (RFC 793 page 36)", `${TIME_WAIT}at 241s\n> A seq=102 ack=2 win=8192\n< R seq=2`],
]);

dialogues("keep-alive in other states", [
  ["goes on in CLOSE-WAIT (RFC 1122 section 4.2.3.6)", "accept\nkeepalive\n> FA seq=101 ack=1 win=8192\n< A ack=102\n< 2h A seq=0 ack=102"],
  [
    "probes FIN-WAIT-2, so that a dead peer does not keep it",
    "accept\nkeepalive\nclose\n< FA seq=1\n> A seq=101 ack=2 win=8192\n< 2h A seq=1 ack=101\n> R seq=101\nlog accepted, closed keepalive-reset",
  ],
  [
    "is not sent while text is unacknowledged (RFC 1122 section 4.2.3.6)",
    "accept\nkeepalive\nat 7199s\nsend 1\n< 7199s PA seq=1 len=1\n< 7200s PA seq=1 len=1\n> A seq=101 ack=2 win=8192\nsilence 7201s",
  ],
  ["ends with TIME-WAIT", "accept\nkeepalive\nclose\n< FA seq=1\n> FA seq=101 ack=2 win=8192\n< A seq=2 ack=102\nsilence 10h"],
]);
