/** Writes a recording as a pcapng file, with host names, and with comments on frames that the recording's events explain. */

import { PcapngWriter } from "@pushback/capture";
import { formatDuration } from "@pushback/host";
import { MachineView } from "./machine-view.ts";
import type { Recording } from "./recording.ts";
import { RecordingIndex } from "./recording-index.ts";
import type { Scenario } from "./scenario-file.ts";
import { isSameEnd } from "./session-view.ts";
import { PRODUCT_VERSION } from "./version.ts";

/** Comments by frame number. */
function commentFrames(recording: Recording): Map<number, string> {
  const comments = new Map<number, string>();
  const index = new RecordingIndex(recording);
  for (const machine of recording.machines.slice(1)) {
    const view = new MachineView(index, machine);
    const down = view.downAtUs;
    for (const session of view.sessions) {
      const pushes = view.datagramsOf(session);
      for (const [i, push] of pushes.entries()) {
        const stale =
          down !== null && session.startUs <= down && push.timeUs > down ? ", stale: the machine went down without logging off" : "";
        comments.set(push.frame, `Push datagram ${i + 1} of ${machine.name}'s session ${session.id}${stale}`);
        if (push.answer)
          comments.set(
            push.answer.frame,
            `${machine.name} answers the push datagram in frame ${push.frame}: no program has port ${push.dstPort} open`,
          );
      }
      const segments = view.segmentsOf(session);
      for (const e of view.serverEvents) {
        if (e.layer !== "machine" || e.event.type !== "keepalive-probe-sent") continue;
        if (!isSameEnd(e.event, session)) continue;
        const frame = segments.find((s) => s.timeUs === e.atUs && s.source === view.server.address);
        if (frame) comments.set(frame.frame, `Keep-alive probe ${e.event.probe} of ${machine.name}'s session ${session.id}`);
      }
      const last = segments.at(-1);
      if (
        session.endUs !== null &&
        session.how === "rundown" &&
        last &&
        last.timeUs <= session.endUs &&
        session.endUs - last.timeUs < 1_000_000
      ) {
        comments.set(
          last.frame,
          `${machine.name}'s session ${session.id} ends after ${formatDuration(session.endUs - session.startUs)}: ${session.cause}`,
        );
      }
    }
  }
  return comments;
}

/** The writer of a run's capture, with its section and its one interface written. The calls that follow take virtual time. */
export function createCaptureWriter(sink: ConstructorParameters<typeof PcapngWriter>[0], scenario: Scenario, seed: string): PcapngWriter {
  const writer = new PcapngWriter(sink, {
    application: `Pushback ${PRODUCT_VERSION}`,
    comment: `Scenario ${scenario.id}, seed ${seed}: ${scenario.title}`,
    epochUs: Date.parse(scenario.start) * 1000,
  });
  writer.addInterface({ name: "segment", description: "Emulated Ethernet segment" });
  return writer;
}

/** Writes the whole file. The same recording gives the same bytes. */
export function encodeCapture(recording: Recording): Uint8Array {
  const chunks: Uint8Array[] = [];
  const { scenario, seed, machines, frames } = recording;
  const writer = createCaptureWriter((chunk) => chunks.push(chunk.slice()), scenario, seed);
  writer.writeHostNames(machines.map((m) => [m.address, m.name] as const));
  const comments = commentFrames(recording);
  for (let frame = 1; frame <= frames.count; frame++) {
    const len = frames.lengthOf(frame);
    writer.writePacket(0, frames.timeOf(frame), frames.bytesOf(frame), frames.offsetOf(frame), len, len, comments.get(frame));
  }
  writer.end();
  return joinChunks(chunks);
}

function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
