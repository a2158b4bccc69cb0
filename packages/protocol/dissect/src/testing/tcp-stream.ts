/** One direction of a TCP connection, segment by segment, for tests without a capture file. */

import { putIpv4Header, TCP_ACK, TCP_PSH, TCP_SYN } from "@pushback/wire";
import { FrameDissector } from "../frame-dissector.ts";
import type { Protocols } from "../protocols.ts";
import { type TreeNode, TreeSink } from "../sink.ts";
import { packetOf } from "./packet-of.ts";

const HEADERS_BYTES = 54;

/** Dissects a stream that begins with a SYN. `send` returns the roots of the tree of a segment with these bytes; they are valid until the next one. */
export function sendStream(serverPort: number, protocols?: Protocols): { send(payload: ArrayLike<number>): readonly TreeNode[] } {
  const sink = new TreeSink();
  const dissector = new FrameDissector(sink, protocols && { protocols });
  let seq = 1000;
  let number = 0;
  const segment = (flags: number, payload: ArrayLike<number>): readonly TreeNode[] => {
    const b = new Uint8Array(HEADERS_BYTES + payload.length);
    b.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]);
    putIpv4Header(b, 14, b.length - 14, 1, 0, 64, 6, 0x0a010965, 0x0a01090a);
    const view = new DataView(b.buffer);
    view.setUint16(34, 1030);
    view.setUint16(36, serverPort);
    view.setUint32(38, seq);
    view.setUint16(46, 0x5000 | flags);
    view.setUint16(48, 8760);
    b.set(payload, HEADERS_BYTES);
    seq += payload.length + (flags & TCP_SYN ? 1 : 0);
    number++;
    sink.roots.length = 0;
    sink.begin(b, 0);
    dissector.dissect(packetOf(b, number, number * 1000));
    return sink.roots;
  };
  segment(TCP_SYN, []);
  return { send: (payload) => segment(TCP_PSH | TCP_ACK, payload) };
}
