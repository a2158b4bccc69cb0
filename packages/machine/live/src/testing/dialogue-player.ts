/** Plays a dialogue with any TCP implementation and records its answer to each step. */

import { seqDiff } from "@pushback/bytes";
import { type DialogueEnds, type DialogueNumbers, frameOfLine, type HeardSegment, textOfSegment } from "./dialogue-segment.ts";

/** Steps of the program on top of the TCP. `close` finishes sending; `leave` closes the socket without reading on; `abort` resets. */
export type ProgramStep = "connect" | "close" | "leave" | "abort" | "read" | `send ${number}`;

/** A TCP dialogue between the script and the implementation under test. */
export interface TcpDialogue {
  readonly name: string;
  /** Document that specifies the behaviour. */
  readonly source: string;
  /**
   * State at the start: a segment to a port that is `closed` or has a `listener`; a connection that is `established`; the same with a program that
   * does not read (`unread`); or a `program` that connects to the script's port.
   */
  readonly start: "closed" | "listener" | "established" | "unread" | "program";
  /** First sequence number of the script. */
  readonly isn?: number;
  /**
   * `> SEGMENT` is sent; `> icmp TYPE CODE NEXT-HOP-MTU` is an ICMP error about the datagram that came last; `program STEP`; `wait`, `wait MILLISECONDS`. `fill` sends text until the window is closed, and later numbers count as if that text had not
   * been sent.
   */
  readonly steps: readonly string[];
}

/** The TCP implementation under test, as the script sees it from one of its local ports. */
export interface DialogueSide {
  readonly ends: DialogueEnds;
  /** Puts a frame on the cable. */
  send(frame: Uint8Array): void;
  /** Segments received since the last call. */
  take(): HeardSegment[];
  /** Puts an ICMP error about the datagram that came last on the cable; left out where no dialogue needs it. */
  sendIcmp?(type: number, code: number, nextHopMtu: number): void;
  /** Lets `ms` milliseconds pass. */
  wait(ms: number): Promise<void>;
  program(step: ProgramStep): void;
}

/** Port with a listener whose program reads. */
export const LISTENER_PORT = 5000;
/** Port with a listener whose program reads only when told to. */
export const UNREAD_PORT = 5001;
const CLOSED_PORT = 5002;

/** Wait after a step without a delayed answer. The answer itself is immediate; programs need time to run. */
const PROMPT_MS = 100;

/** Longer than the delayed acknowledgments of both sides: 200 ms (4.3BSD, Windows NT) and 40 to 200 ms (Linux). */
const DELAYED_MS = 300;

function patienceFor(line: string): number {
  if (line.startsWith("wait ")) return Number(line.slice(5));
  if (line === "wait") return DELAYED_MS;
  const isAcknowledgedLate = line.startsWith(">") && (/ len=/.test(line) || /^> \S*F/.test(line));
  return isAcknowledgedLate ? DELAYED_MS : PROMPT_MS;
}

/** Length of a dialogue on an idle computer, in milliseconds. */
export function plannedMs(dialogue: TcpDialogue): number {
  const opening = dialogue.start === "established" || dialogue.start === "unread" ? 2 * PROMPT_MS : 0;
  return dialogue.steps.reduce((sum, line) => sum + (line === "fill" ? 0 : patienceFor(line)), opening);
}

/** Returns for each step, as text, the segments that arrived before the next step. */
export async function playDialogue(dialogue: TcpDialogue, side: DialogueSide): Promise<string[]> {
  let numbers: DialogueNumbers = { own: dialogue.isn ?? 1_000_000, other: null };
  let otherPort = dialogue.start === "closed" ? CLOSED_PORT : dialogue.start === "unread" ? UNREAD_PORT : LISTENER_PORT;
  let last: HeardSegment | null = null;

  const hear = (): string[] =>
    side.take().map((segment) => {
      otherPort = segment.otherPort;
      if (segment.flags.includes("S")) numbers = { ...numbers, other: segment.seq };
      last = segment;
      return textOfSegment(segment, numbers);
    });
  const step = async (line: string): Promise<string> => {
    if (line.startsWith("> icmp ")) {
      const [type, code, mtu] = line.slice(7).split(" ").map(Number);
      if (side.sendIcmp === undefined) throw new Error("this side sends no ICMP");
      side.sendIcmp(type, code, mtu);
    } else if (line.startsWith("> ")) side.send(frameOfLine(line.slice(2), side.ends, otherPort, numbers));
    else if (line.startsWith("program ")) side.program(line.slice(8) as ProgramStep);
    else if (line !== "wait" && !line.startsWith("wait ")) throw new Error(`no such step: ${line}`);
    await side.wait(patienceFor(line));
    return hear().join(" + ") || "silence";
  };
  const fill = async (): Promise<string> => {
    for (let i = 0; i < 100; i++) {
      const room = seqDiff(last?.ack ?? 0, numbers.own) - 1 + (last?.window ?? 0);
      const len = Math.min(room, 1000);
      if (len <= 0) return "full";
      side.send(frameOfLine(`PA seq=1 ack=1 len=${len}`, side.ends, otherPort, numbers));
      numbers = { ...numbers, own: (numbers.own + len) >>> 0 };
      for (let waited = 0; waited < DELAYED_MS && seqDiff(last?.ack ?? 0, numbers.own) < 1; waited += 10) {
        await side.wait(10);
        hear();
      }
    }
    return "never full";
  };

  if (dialogue.start === "established" || dialogue.start === "unread") {
    await step("> S mss=1460");
    const greeting = await step("> A seq=1 ack=1");
    if (greeting !== "silence") throw new Error(`${dialogue.name}: the handshake was answered with ${greeting}`);
  }
  const heard: string[] = [];
  for (const line of dialogue.steps) heard.push(line === "fill" ? await fill() : await step(line));
  return heard;
}
