/** Frames as a pcapng file. */

import { PcapngWriter } from "@pushback/capture";
import type { SourcePackets } from "./source-packet.ts";

/** Times, lengths, link types and comments stay; an interface for each link type. `frameAt` gives frame numbers for 0 up to `count - 1`. */
export function exportFrames(packets: SourcePackets, count: number, frameAt: (i: number) => number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const writer = new PcapngWriter(
    (chunk) => {
      chunks.push(chunk);
      total += chunk.length;
    },
    { application: "Pushback" },
  );
  const nanoseconds = packets.source.timeNsOf !== undefined && some(count, (i) => (packets.source.timeNsOf?.(frameAt(i)) ?? 0) > 0);
  const interfaces = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const p = packets.packetOf(frameAt(i));
    let interfaceId = interfaces.get(p.linkType);
    if (interfaceId === undefined) {
      interfaceId = writer.addInterface({ linkType: p.linkType, nanoseconds });
      interfaces.set(p.linkType, interfaceId);
    }
    writer.writePacket(interfaceId, Math.max(0, p.timeUs), p.bytes, p.at, p.len, p.origLen, p.comment ?? undefined, p.timeNs);
  }
  writer.end();
  const file = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}

function some(count: number, test: (i: number) => boolean): boolean {
  for (let i = 0; i < count; i++) if (test(i)) return true;
  return false;
}
