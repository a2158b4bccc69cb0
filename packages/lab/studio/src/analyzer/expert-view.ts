/** The experts' remarks on frames, counted in one pass in the frames' order: what an expert says depends on the frames before. */

import { ExpertCount, ExpertSink, FrameDissector } from "@pushback/dissect";
import type { ExpertView } from "./analyzer-api.ts";
import type { FrameList } from "./frame-list.ts";
import type { SourcePackets } from "./source-packet.ts";
import { FRAMES_PER_LOOK, TimeSlices } from "./time-slices.ts";

/**
 * Counts the experts' remarks on the first `count` frames, or on the frames `shown` among them. Calls `onPart` with the number of frames processed;
 * stops and returns `null` if `isWanted` returns false.
 */
export async function expertsOf(
  packets: SourcePackets,
  count: number,
  shown: FrameList | null,
  isWanted: () => boolean,
  onPart: (done: number, total: number) => void,
): Promise<ExpertView | null> {
  const experts = new ExpertCount();
  const sink = new ExpertSink();
  const dissector = new FrameDissector(sink);
  const slices = new TimeSlices();
  let frames = 0;
  for (let frame = 1; frame <= count; frame++) {
    const p = packets.packetOf(frame);
    sink.roots.length = 0;
    sink.begin(p.bytes, p.at);
    dissector.dissect(p);
    if (shown === null || shown.at(frames) === frame) {
      frames++;
      experts.packet(frame, sink.roots);
    }
    if (frame % FRAMES_PER_LOOK === 0 && slices.isOver) {
      onPart(frame, count);
      await slices.pause();
      if (!isWanted()) return null;
    }
  }
  return { frames, rows: experts.rows(), left: experts.left };
}
