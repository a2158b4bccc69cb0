/**
 * Plays the same dialogues with the Linux kernel's TCP, over a TAP interface, and with the emulated stack. Every difference is listed here with its
 * reason.
 */

import { describe, it } from "vitest";
import { requireTap } from "./testing/bench.ts";
import { playWithKernel } from "./testing/kernel-dialogues.ts";
import { playWithStack } from "./testing/stack-dialogues.ts";
import { TCP_DIALOGUES } from "./testing/tcp-dialogues.ts";

const VARIANTS = ["nt-4.0", "open-transport"] as const;

/** Why the stack must not answer as Linux does, with the document that says so. */
const REASONS = {
  "nt-field": {
    why: "Windows NT leaves a number in the acknowledgment field of a reset without the ACK flag: one more than the segment's",
    source: 'nmap-os-db, "Microsoft Windows NT 4.0 SP3", T4 and T6: A=S+ F=R',
  },
  "nt-listener": {
    why: "Windows NT answers a segment without SYN, ACK and RST to a listening port with a reset; RFC 793 page 66 drops it, and Linux does",
    source: 'nmap-os-db, "Microsoft Windows NT 4.0 SP3", T2',
  },
  "mac-text": {
    why: "Open Transport writes into its resets what they are for; RFC 1122 section 4.2.2.12 allows that",
    source: 'nmap-os-db, "Apple Mac OS 8.1 - 8.6", RD of T4 to T7',
  },
  "mac-abort": {
    why: "Open Transport aborts with an RST that has text and no ACK; RFC 1122 section 4.2.2.12 allows the text",
    source: 'p0f 2 RST entry 32768:255:1:54, MacOS 8.5 "tcp_disconnect"',
  },
  "mac-ack": {
    why: "Open Transport acknowledges no FIN and no text in a reset that answers a segment without SYN and ACK",
    source: 'nmap-os-db, "Apple Mac OS 8.1 - 8.6", T7: A=S',
  },
  "syn-fin": {
    why: "Linux takes a SYN with FIN for an attack and drops it since 3.3; RFC 793 page 66 opens, as stacks of the 1990s do",
    source: "Linux, tcp_rcv_state_process in net/ipv4/tcp_input.c, case TCP_LISTEN; RFC 793 page 66",
  },
  "syn-again": {
    why: "While it opens, Linux sends its SYN at once again when a peer acknowledges what it has not sent, and after a reset from that peer too",
    source: "Linux, tcp_rcv_synsent_state_process in net/ipv4/tcp_input.c, since 5.6; RFC 793 page 66 sends a reset alone",
  },
  "refused-again": {
    why: "After a reset of its SYN, Windows NT tries again and so still takes the peer's SYN and ACK; Linux has given up",
    source: "Q175523; RFC 793 page 67 gives up",
  },
  "text-beside-syn": {
    why: "Linux takes text beside SYN and ACK only with TCP Fast Open and waits for it to come again; RFC 793 page 68 takes it",
    source: "Linux, tcp_rcv_synsent_state_process in net/ipv4/tcp_input.c; RFC 7413 is of 2014",
  },
  "challenge-reset": {
    why: "A reset in the window, but not at its first number, ends a connection of the 1990s; Linux asks with an ACK",
    source: "RFC 793 page 70; RFC 5961 section 3.2, which is of 2010",
  },
  "challenge-syn": {
    why: "A SYN in the window ends a connection of the 1990s, with a reset; Linux asks with an ACK",
    source: "RFC 793 page 71; RFC 5961 section 4.2, which is of 2010",
  },
  "challenge-ack": {
    why: "RFC 793 ignores an ACK of what was acknowledged long ago; Linux answers one that is older than the largest window it was given",
    source: "RFC 793 page 72; RFC 5961 section 5.2, which is of 2010",
  },
  "first-flight": {
    why: "The stack begins with one segment, Linux with ten, and its Nagle lets a small segment follow full ones",
    source: "RFC 2001 section 1; RFC 6928, which is of 2013; Linux, tcp_nagle_check in net/ipv4/tcp_output.c",
  },
  "half-window": {
    why: "Linux makes no segment longer than half of the largest window that it has seen; the stack fills a small window with one",
    source: "Linux, tcp_bound_to_half_wnd in include/net/tcp.h; RFC 1122 section 4.2.3.4",
  },
  shrinking: {
    why: "Linux takes a smaller window only with new text or a new acknowledgment, or where it is 0; RFC 793 takes it from any segment that is not old",
    source: "Linux, tcp_may_update_window in net/ipv4/tcp_input.c; RFC 793 page 72, RFC 1122 section 4.2.2.16",
  },
  "after-fin": {
    why: "RFC 793 page 74 says to ignore text behind a FIN, which Linux does in silence; the stack ignores it too, and answers with an acknowledgment",
    source: "RFC 793 page 74, which leaves open whether there is an answer",
  },
  "no-leaving": {
    why: "A socket that is closed on Linux takes no more text and resets; a program on the stack can only finish sending, or abort",
    source: "RFC 1122 section 4.2.2.13, half-duplex close; TcpConnection.close in packages/machine/host/src/program.ts",
  },
} as const;

type Reason = keyof typeof REASONS;

/** Variant, dialogue, step (from 1), answer of Linux, answer of the stack, reasons. */
type Difference = readonly [
  variant: (typeof VARIANTS)[number],
  dialogue: string,
  step: number,
  kernel: string,
  stack: string,
  ...why: readonly [Reason, ...Reason[]],
];

const DIFFERENCES: readonly Difference[] = [
  ["nt-4.0", "closed: SYN and ACK", 1, "R seq=77", "R seq=77 field=1", "nt-field"],
  ["nt-4.0", "closed: ACK", 1, "R seq=77", "R seq=77 field=6", "nt-field"],
  ["nt-4.0", "closed: text with ACK", 1, "R seq=77", "R seq=77 field=6", "nt-field"],
  ["nt-4.0", "closed: FIN and ACK", 1, "R seq=77", "R seq=77 field=6", "nt-field"],
  ["nt-4.0", "listener: SYN and FIN", 1, "silence", "SA seq=0 ack=1 mss", "syn-fin"],
  ["nt-4.0", "listener: no flag", 1, "silence", "RA seq=zero ack=5", "nt-listener"],
  ["nt-4.0", "listener: ACK", 1, "R seq=77", "R seq=77 field=6", "nt-field"],
  ["nt-4.0", "listener: text with ACK", 1, "R seq=77", "R seq=77 field=6", "nt-field"],
  ["nt-4.0", "listener: SYN and ACK", 1, "R seq=77", "R seq=77 field=1", "nt-field"],
  ["nt-4.0", "listener: FIN", 1, "silence", "RA seq=zero ack=5", "nt-listener"],
  ["nt-4.0", "listener: FIN and ACK", 1, "R seq=77", "R seq=77 field=6", "nt-field"],
  ["nt-4.0", "listener: FIN, PSH and URG", 1, "silence", "RA seq=zero ack=5", "nt-listener"],
  ["nt-4.0", "opening: ACK of the future", 2, "R seq=2 + S seq=0 mss", "R seq=2 field=1", "syn-again", "nt-field"],
  ["nt-4.0", "opening: SYN with an ACK of the future", 2, "R seq=2 + S seq=0 mss", "R seq=2 field=1", "syn-again", "nt-field"],
  ["nt-4.0", "opening: RST with an old ACK", 2, "S seq=0 mss", "silence", "syn-again"],
  ["nt-4.0", "opening: refused", 3, "R seq=1", "A seq=1 ack=1", "refused-again"],
  ["nt-4.0", "opening: SYN and ACK with text", 2, "A seq=1 ack=1", "A seq=1 ack=6", "text-beside-syn"],
  ["nt-4.0", "half open: RST in the window", 3, "R seq=1", "R seq=1 field=2", "nt-field"],
  ["nt-4.0", "half open: ACK of too little", 2, "R seq=0", "R seq=0 field=2", "nt-field"],
  ["nt-4.0", "half open: ACK of the future", 2, "R seq=2", "R seq=2 field=2", "nt-field"],
  ["nt-4.0", "RST at the next number", 2, "R seq=1", "R seq=1 field=2", "nt-field"],
  ["nt-4.0", "RST elsewhere in the window", 1, "A seq=1 ack=1", "silence", "challenge-reset"],
  ["nt-4.0", "RST elsewhere in the window", 2, "silence", "R seq=1 field=2", "challenge-reset", "nt-field"],
  ["nt-4.0", "RST with an ACK of the future", 2, "R seq=1", "R seq=1 field=1", "nt-field"],
  ["nt-4.0", "SYN in the window", 1, "A seq=1 ack=1", "RA seq=zero ack=101", "challenge-syn"],
  ["nt-4.0", "SYN in the window", 2, "A seq=1 ack=1", "R seq=1 field=1", "challenge-syn", "nt-field"],
  ["nt-4.0", "the half-open connection found out", 3, "R seq=1", "R seq=1 field=2", "nt-field"],
  ["nt-4.0", "ACK of long ago", 1, "A seq=1 ack=1", "silence", "challenge-ack"],
  ["nt-4.0", "no MSS: 536 bytes", 3, "A seq=1 ack=1 len=536 + PA seq=537 ack=1 len=464", "A seq=1 ack=1 len=536", "first-flight"],
  [
    "nt-4.0",
    "a window narrower than the text",
    3,
    "A seq=1 ack=1 len=500 + PA seq=501 ack=1 len=500",
    "A seq=1 ack=1 len=1000",
    "half-window",
  ],
  ["nt-4.0", "a window that shrinks", 2, "PA seq=1 ack=1 len=1460", "silence", "shrinking"],
  ["nt-4.0", "half-closed by the script: the program still sends", 6, "R seq=12", "R seq=12 field=3", "nt-field"],
  ["nt-4.0", "text after the script's FIN", 2, "silence", "A seq=1 ack=2", "after-fin"],
  ["nt-4.0", "FIN-WAIT-1: RST", 3, "R seq=2", "R seq=2 field=2", "nt-field"],
  ["nt-4.0", "FIN-WAIT-2: RST", 4, "R seq=2", "R seq=2 field=2", "nt-field"],
  ["nt-4.0", "CLOSE-WAIT: RST", 3, "R seq=1", "R seq=1 field=3", "nt-field"],
  ["nt-4.0", "LAST-ACK: RST", 4, "R seq=2", "R seq=2 field=3", "nt-field"],
  ["nt-4.0", "TIME-WAIT: RST", 4, "R seq=2", "R seq=2 field=3", "nt-field"],
  ["nt-4.0", "the program leaves, then stray text", 3, "R seq=2", "A seq=2 ack=11", "no-leaving"],
  ["nt-4.0", "the program aborts, then stray text", 2, "R seq=1", "R seq=1 field=2", "nt-field"],
  ["open-transport", "closed: SYN", 1, "RA seq=zero ack=1", "RA seq=zero ack=1 len=17", "mac-text"],
  ["open-transport", "closed: SYN with text", 1, "RA seq=zero ack=11", "RA seq=zero ack=11 len=17", "mac-text"],
  ["open-transport", "closed: SYN at the end of the numbers", 1, "RA seq=zero ack=1", "RA seq=zero ack=1 len=17", "mac-text"],
  ["open-transport", "closed: SYN and ACK", 1, "R seq=77", "R seq=77 len=13", "mac-text"],
  ["open-transport", "closed: ACK", 1, "R seq=77", "R seq=77 len=13", "mac-text"],
  ["open-transport", "closed: text with ACK", 1, "R seq=77", "R seq=77 len=13", "mac-text"],
  ["open-transport", "closed: FIN", 1, "RA seq=zero ack=6", "RA seq=zero ack=5 len=17", "mac-text", "mac-ack"],
  ["open-transport", "closed: FIN, PSH and URG", 1, "RA seq=zero ack=6", "RA seq=zero ack=5 len=17", "mac-text", "mac-ack"],
  ["open-transport", "closed: FIN and ACK", 1, "R seq=77", "R seq=77 len=13", "mac-text"],
  ["open-transport", "closed: no flag", 1, "RA seq=zero ack=5", "RA seq=zero ack=5 len=17", "mac-text"],
  ["open-transport", "closed: no flag, text", 1, "RA seq=zero ack=15", "RA seq=zero ack=5 len=17", "mac-text", "mac-ack"],
  ["open-transport", "listener: SYN and FIN", 1, "silence", "SA seq=0 ack=1 mss", "syn-fin"],
  ["open-transport", "listener: ACK", 1, "R seq=77", "R seq=77 len=18", "mac-text"],
  ["open-transport", "listener: text with ACK", 1, "R seq=77", "R seq=77 len=18", "mac-text"],
  ["open-transport", "listener: SYN and ACK", 1, "R seq=77", "R seq=77 len=18", "mac-text"],
  ["open-transport", "listener: FIN and ACK", 1, "R seq=77", "R seq=77 len=18", "mac-text"],
  ["open-transport", "opening: ACK of the future", 2, "R seq=2 + S seq=0 mss", "R seq=2 len=13", "syn-again", "mac-text"],
  ["open-transport", "opening: SYN with an ACK of the future", 2, "R seq=2 + S seq=0 mss", "R seq=2 len=13", "syn-again", "mac-text"],
  ["open-transport", "opening: RST with an old ACK", 2, "S seq=0 mss", "silence", "syn-again"],
  ["open-transport", "opening: refused", 3, "R seq=1", "R seq=1 len=13", "mac-text"],
  ["open-transport", "opening: SYN and ACK with text", 2, "A seq=1 ack=1", "A seq=1 ack=6", "text-beside-syn"],
  ["open-transport", "half open: a SYN in the window", 2, "RA seq=zero ack=6", "RA seq=zero ack=6 len=17", "mac-text"],
  ["open-transport", "half open: RST in the window", 3, "R seq=1", "R seq=1 len=18", "mac-text"],
  ["open-transport", "half open: ACK of too little", 2, "R seq=0", "R seq=0 len=13", "mac-text"],
  ["open-transport", "half open: ACK of the future", 2, "R seq=2", "R seq=2 len=13", "mac-text"],
  ["open-transport", "RST at the next number", 2, "R seq=1", "R seq=1 len=18", "mac-text"],
  ["open-transport", "RST elsewhere in the window", 1, "A seq=1 ack=1", "silence", "challenge-reset"],
  ["open-transport", "RST elsewhere in the window", 2, "silence", "R seq=1 len=18", "challenge-reset", "mac-text"],
  ["open-transport", "RST with an ACK of the future", 2, "R seq=1", "R seq=1 len=18", "mac-text"],
  ["open-transport", "SYN in the window", 1, "A seq=1 ack=1", "RA seq=zero ack=101 len=17", "challenge-syn", "mac-text"],
  ["open-transport", "SYN in the window", 2, "A seq=1 ack=1", "R seq=1 len=18", "challenge-syn", "mac-text"],
  ["open-transport", "the half-open connection found out", 3, "R seq=1", "R seq=1 len=18", "mac-text"],
  ["open-transport", "ACK of long ago", 1, "A seq=1 ack=1", "silence", "challenge-ack"],
  ["open-transport", "no MSS: 536 bytes", 3, "A seq=1 ack=1 len=536 + PA seq=537 ack=1 len=464", "A seq=1 ack=1 len=536", "first-flight"],
  [
    "open-transport",
    "a window narrower than the text",
    3,
    "A seq=1 ack=1 len=500 + PA seq=501 ack=1 len=500",
    "A seq=1 ack=1 len=1000",
    "half-window",
  ],
  ["open-transport", "a window that shrinks", 2, "PA seq=1 ack=1 len=1460", "silence", "shrinking"],
  ["open-transport", "half-closed by the script: the program still sends", 6, "R seq=12", "R seq=12 len=18", "mac-text"],
  ["open-transport", "text after the script's FIN", 2, "silence", "A seq=1 ack=2", "after-fin"],
  ["open-transport", "FIN-WAIT-1: RST", 3, "R seq=2", "R seq=2 len=18", "mac-text"],
  ["open-transport", "FIN-WAIT-2: RST", 4, "R seq=2", "R seq=2 len=18", "mac-text"],
  ["open-transport", "CLOSE-WAIT: RST", 3, "R seq=1", "R seq=1 len=18", "mac-text"],
  ["open-transport", "LAST-ACK: RST", 4, "R seq=2", "R seq=2 len=18", "mac-text"],
  ["open-transport", "TIME-WAIT: RST", 4, "R seq=2", "R seq=2 len=18", "mac-text"],
  ["open-transport", "the program leaves, then stray text", 3, "R seq=2", "A seq=2 ack=11", "no-leaving"],
  ["open-transport", "the program aborts, then stray text", 1, "RA seq=1 ack=1", "R seq=1 len=14", "mac-abort"],
  ["open-transport", "the program aborts, then stray text", 2, "R seq=1", "R seq=1 len=18", "mac-text"],
];

let kernelSide: ReturnType<typeof playWithKernel> | null = null;

describe("the stack and the Linux kernel in the same dialogues", { timeout: 180_000 }, () => {
  for (const variant of VARIANTS) {
    it(`${variant}: every difference is listed, and every listed one is there`, async (test) => {
      requireTap(test);
      kernelSide ??= playWithKernel(TCP_DIALOGUES);
      const kernel = await kernelSide;
      const found: unknown[] = [];
      for (const dialogue of TCP_DIALOGUES) {
        const theirs = kernel.get(dialogue.name) ?? [];
        const ours = await playWithStack(variant, dialogue);
        test.expect(theirs.length, dialogue.name).toBe(dialogue.steps.length);
        for (const [i, text] of ours.entries()) if (theirs[i] !== text) found.push([variant, dialogue.name, i + 1, theirs[i], text]);
      }
      const listed = DIFFERENCES.filter((difference) => difference[0] === variant).map((difference) => difference.slice(0, 5));
      test.expect(found).toEqual(listed);
    });
  }

  it("dialogue names are unique, and every reason is used", (test) => {
    test.expect(new Set(TCP_DIALOGUES.map((dialogue) => dialogue.name)).size).toBe(TCP_DIALOGUES.length);
    const used = new Set(DIFFERENCES.flatMap((difference) => difference.slice(5)));
    test.expect([...used].sort()).toEqual(Object.keys(REASONS).sort());
  });
});
