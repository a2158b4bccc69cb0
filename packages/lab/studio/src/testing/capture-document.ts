/** An opened capture of one frame, as the store has it, for tests without a file. */

import type { CaptureDocument } from "../state/studio-store.ts";

export function captureDocument(id: number): CaptureDocument {
  return {
    id,
    name: `${id}.pcap`,
    fileName: `${id}.pcap`,
    fileKey: `1-${id}`,
    frames: 1,
    readShare: 1,
    isLive: false,
    selectedFrame: null,
    comments: 0,
    trouble: null,
  };
}
