/** One direction of a TCP connection over time: sequence numbers of the sender; acknowledgments, round-trip times and windows of the receiver. */

import type { CapturedPacket } from "@pushback/capture";
import type { TcpGraph } from "./analyzer-api.ts";
import { FieldPicker } from "./field-values.ts";

/** Frames that are looked at. */
const MAX_FRAMES = 100_000;

/** Turns 32-bit sequence numbers into distances from the first one. The distances go on when the numbers wrap around. */
class Distance {
  #first: number | null = null;
  #last = 0;

  /** Returns the distance of `number`, which must differ from the number before by less than 2^31. */
  of(number: number): number {
    this.#first ??= number;
    this.#last += (number - (this.#first + this.#last)) | 0;
    return this.#last;
  }
}

export function tcpGraphOf(
  frames: readonly number[],
  stream: number,
  packetOf: (frame: number) => CapturedPacket,
  reversed: boolean,
): TcpGraph {
  const picker = new FieldPicker([
    ...["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport"],
    ...[
      "tcp.seq_raw",
      "tcp.ack_raw",
      "tcp.len",
      // This window is scaled if the capture has the handshake.
      "tcp.window_size",
      "tcp.analysis.ack_rtt",
      "tcp.flags.syn",
      "tcp.flags.ack",
      "tcp.flags.fin",
      "tcp.flags.reset",
    ],
  ]);
  const looked = frames.slice(0, MAX_FRAMES);
  const timesUs = new Float64Array(looked.length);
  const unknown = (): Float64Array => new Float64Array(looked.length).fill(Number.NaN);
  const [from, to, payload, acknowledged, edges, windows, rttsUs] = [0, 1, 2, 3, 4, 5, 6].map(unknown);
  const distance = new Distance();
  let ends: readonly [string, string] | null = null;
  looked.forEach((frame, i) => {
    const p = packetOf(frame);
    const v = picker.pick(p);
    const text = (...names: readonly string[]) => names.map((name) => v.get(name)?.text).find((value) => value !== undefined) ?? "";
    const number = (name: string) => v.get(name)?.number ?? 0;
    timesUs[i] = p.timeUs;
    const sender = `${text("ip.src", "ipv6.src")}:${text("tcp.srcport")}`;
    ends ??= [sender, `${text("ip.dst", "ipv6.dst")}:${text("tcp.dstport")}`];
    if ((sender === ends[0]) !== reversed) {
      from[i] = distance.of(number("tcp.seq_raw"));
      payload[i] = number("tcp.len");
      to[i] = from[i] + payload[i] + number("tcp.flags.syn") + number("tcp.flags.fin");
    } else if (number("tcp.flags.ack") === 1 && number("tcp.flags.reset") === 0) {
      acknowledged[i] = distance.of(number("tcp.ack_raw"));
      windows[i] = number("tcp.window_size");
      edges[i] = acknowledged[i] + windows[i];
      const rtt = v.get("tcp.analysis.ack_rtt");
      if (rtt) rttsUs[i] = Number(rtt.text) * 1e6;
    }
  });
  const [a, b] = ends ?? ["", ""];
  const [sender, receiver] = reversed ? [b, a] : [a, b];
  return {
    stream,
    sender,
    receiver,
    frames: Uint32Array.from(looked),
    timesUs,
    ...{ from, to, payload, acknowledged, edges, windows, rttsUs },
    cut: frames.length > looked.length,
  };
}
