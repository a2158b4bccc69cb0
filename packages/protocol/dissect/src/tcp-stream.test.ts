/** Messages in TCP streams of a protocol that a program adds: lengths that no message can have, long messages, and headers that a segment's end cuts. */

import { describe, expect, it } from "vitest";
import { bytes, createProtocols, defineProtocol, overTcpStream, PROTOCOLS, type StreamFraming, type TreeNode } from "./index.ts";
import { sendStream } from "./testing/tcp-stream.ts";

const MAGIC = 0xa7;
const HEADER_BYTES = 6;
const SERVER_PORT = 1790;

/** Longest array that `messageLength` was given, in bytes, since it was set to 0. */
let longest = 0;

/** Two magic bytes and the message's length in 32 bits. */
const FRAMING: StreamFraming = {
  headerBytes: HEADER_BYTES,
  mayBegin: (b, at) => b[at] === MAGIC,
  messageLength: (b, at) => {
    longest = Math.max(longest, b.length);
    return b[at] === MAGIC && b[at + 1] === MAGIC ? new DataView(b.buffer, b.byteOffset + at + 2).getUint32(0) : -1;
  },
  isValid: () => true,
};

function message(length: number, claimed = length): Uint8Array {
  const b = new Uint8Array(length).fill(0x55);
  b[0] = MAGIC;
  b[1] = MAGIC;
  new DataView(b.buffer).setUint32(2, claimed);
  return b;
}

/** A stream that begins with a SYN; `send` returns what its segment shows: lengths of messages, and "data". */
function streamOf(framing: Partial<StreamFraming> = {}): { send(payload: ArrayLike<number>): string[] } {
  const body = bytes("msg.body", "Body");
  const MSG = defineProtocol({
    name: "msg",
    title: "Messages",
    specification: "none",
    fields: { body },
    over: [overTcpStream({ ...FRAMING, ...framing })],
    dissect: (d, at, end) => {
      d.protocol(MSG, at, end - at);
      d.close();
    },
    summary: null,
    frameClass: null,
  });
  const stream = sendStream(SERVER_PORT, createProtocols([...PROTOCOLS, MSG]));
  const shown = ({ field, len }: TreeNode) => (field.name === "msg" ? [`msg ${len}`] : field.name === "data" ? [`data ${len}`] : []);
  return { send: (payload) => stream.send(payload).flatMap(shown) };
}

describe("messages in a TCP stream", () => {
  it("are found whole, in one segment and over several", () => {
    const stream = streamOf();
    expect(stream.send([...message(20), ...message(30), ...message(40).subarray(0, 10)])).toEqual(["msg 20", "msg 30"]);
    expect(stream.send(message(40).subarray(10, 25))).toEqual([]);
    expect(stream.send([...message(40).subarray(25), ...message(8), ...message(9).subarray(0, 3)])).toEqual(["msg 40", "msg 8"]);
    expect(stream.send(message(9).subarray(3, 5))).toEqual([]);
    expect(stream.send(message(9).subarray(5))).toEqual(["msg 9"]);
    expect(stream.send([1, 2, 3])).toEqual(["data 3"]);
  });

  it.each([0, 1, HEADER_BYTES - 1])("do not begin with a length of %i, which is below the header's", (claimed) => {
    expect(streamOf().send([...message(20), ...message(20, claimed)])).toEqual(["msg 20", "data 20"]);
    const split = streamOf();
    expect(split.send([...message(20), ...message(20, claimed).subarray(0, 3)])).toEqual(["msg 20"]);
    expect(split.send(message(20, claimed).subarray(3))).toEqual(["data 17"]);
  });

  it("are no longer than the framing says", () => {
    expect(streamOf().send(message(1460, 2 ** 30))).toEqual(["data 1460"]);
    expect(streamOf({ maxMessageBytes: 100 }).send(message(101))).toEqual(["data 101"]);
    expect(streamOf({ maxMessageBytes: 100 }).send(message(100))).toEqual(["msg 100"]);
  });

  it("cost as much for each segment as the segment is long", () => {
    const whole = message(1_000_000);
    const stream = streamOf();
    longest = 0;
    for (let at = 0; at < whole.length; at += 1460)
      expect(stream.send(whole.subarray(at, at + 1460))).toEqual(at + 1460 < whole.length ? [] : ["msg 1000000"]);
    expect(longest).toBeLessThan(2000);
  });

  it("begin in a segment that is shorter than the header if the framing knows the bytes", () => {
    const mayBeginAlone: StreamFraming["mayBeginAlone"] = (b, at, end) => end - at >= 2 && b[at] === MAGIC && b[at + 1] === MAGIC;
    const stream = streamOf({ mayBeginAlone });
    expect(stream.send(message(19).subarray(0, 4))).toEqual([]);
    expect(stream.send(message(19).subarray(4))).toEqual(["msg 19"]);
    expect(stream.send([MAGIC])).toEqual(["data 1"]);
    expect(streamOf().send(message(19).subarray(0, 4))).toEqual(["data 4"]);
  });
});
