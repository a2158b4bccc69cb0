/**
 * The cable between an emulator and this computer: Ethernet frames in UDP datagrams on the loopback (QEMU's `-netdev socket,udp=`), and a TAP
 * interface. Every frame passes here, where the lab answers some, and records all.
 */

import { createSocket } from "node:dgram";
import { type GuestServices, labMac } from "@pushback/guest-network";
import { createTapCard, LiveScheduler } from "@pushback/live";
import { type LiveRecording, startRecording } from "@pushback/live-client";
import { systemReason, UsageError } from "@pushback/usage-error";

const LOOPBACK = "127.0.0.1";
/** Shortest and longest Ethernet frame without FCS. */
const LEAST_FRAME = 14;
const MOST_FRAME = 1514;

export interface CableSettings {
  readonly tap: string;
  readonly computer: { readonly address: number; readonly prefixLength: number };
  /** UDP port that the emulator sends to; it listens on the next one. */
  readonly port: number;
  readonly record: string | null;
  readonly services: GuestServices;
  onNote(note: string): void;
  /** Called at the first frame from the emulator. */
  onGuest(): void;
}

/** Opens the interface, the port and the recording. Throws a LiveError or a UsageError; then nothing is left behind. */
export async function openCable(settings: CableSettings): Promise<{ close(): void }> {
  const { tap, computer, port, record, services } = settings;
  const scheduler = new LiveScheduler();
  const socket = createSocket("udp4");
  await new Promise<void>((done, fail) => {
    socket.once("error", (error) => fail(new UsageError(`--cable ${port}: ${systemReason(error)}`)));
    socket.bind(port, LOOPBACK, done);
  });
  socket.removeAllListeners("error");
  // While no emulator listens, each frame causes an ICMP error on the loopback, which the socket reports. Ignoring it models an unplugged cable.
  socket.on("error", () => {});
  let recording: LiveRecording | null = null;
  const note = (b: Uint8Array, at: number, len: number) => recording?.write(scheduler.nowUs(), b, at, len);
  const toGuest = (frame: Uint8Array) => socket.send(frame, port + 1, LOOPBACK, () => {});
  let card: ReturnType<typeof createTapCard>;
  try {
    card = createTapCard({
      name: tap,
      mac: labMac(computer.address),
      scheduler,
      computer,
      onFrame: (b, at, len, sent) => {
        note(b, at, len);
        if (!sent) toGuest(b.slice(at, at + len));
      },
    });
  } catch (error) {
    socket.close();
    throw error;
  }
  try {
    if (record !== null) recording = startRecording(record, tap, "the cable of a guest");
  } catch (error) {
    card.close();
    socket.close();
    throw error;
  }
  let hasGuest = false;
  socket.on("message", (frame, from) => {
    // Datagrams from other ports are ignored: other programs of this computer are not on the cable.
    if (from.port !== port + 1) return;
    if (frame.length < LEAST_FRAME || frame.length > MOST_FRAME) return;
    if (!hasGuest) settings.onGuest();
    hasGuest = true;
    const { answer, isTaken, note: said } = services.serve(frame);
    if (isTaken) note(frame, 0, frame.length);
    else card.transmit(frame, 0, frame.length);
    if (answer !== null) {
      note(answer, 0, answer.length);
      toGuest(answer);
    }
    if (said !== null) settings.onNote(said);
  });
  return {
    close() {
      socket.close();
      card.close();
      scheduler.stop();
      recording?.close();
    },
  };
}
