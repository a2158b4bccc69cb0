/** A capture that is written while frames arrive: if the program is killed, the file is readable. */

import { closeSync, openSync, writeSync } from "node:fs";
import { PcapngWriter } from "@pushback/capture";
import { PRODUCT_VERSION } from "@pushback/scenario";
import { systemReason, UsageError } from "@pushback/usage-error";

/** A capture file of the frames of a live machine. */
export interface LiveRecording {
  /** Records one frame; the bytes are copied before this returns. `timeUs` counts from the start of the recording. */
  write(timeUs: number, b: Uint8Array, at: number, len: number): void;
  /** Closes the file. */
  close(): void;
}

/** Creates the file and replaces one of the same name. Throws a UsageError if it can't be written. */
export function startRecording(path: string, interfaceName: string, description: string): LiveRecording {
  let fd = -1;
  const guarded = (write: () => void) => {
    try {
      write();
    } catch (error) {
      throw new UsageError(`--record ${path}: cannot write there: ${systemReason(error)}`);
    }
  };
  guarded(() => {
    fd = openSync(path, "w");
  });
  const writer = new PcapngWriter((chunk) => guarded(() => void writeSync(fd, chunk)), {
    application: `pushback ${PRODUCT_VERSION}`,
    epochUs: Date.now() * 1000,
  });
  const id = writer.addInterface({ name: interfaceName, description });
  writer.flush();
  // All frames of one turn of the event loop are written together.
  let flushing: NodeJS.Immediate | null = null;
  return {
    write(timeUs, b, at, len) {
      writer.writePacket(id, timeUs, b, at, len);
      flushing ??= setImmediate(() => {
        flushing = null;
        writer.flush();
      });
    },
    close() {
      if (fd < 0) return;
      if (flushing !== null) clearImmediate(flushing);
      guarded(() => writer.end());
      closeSync(fd);
      fd = -1;
    },
  };
}
