/** A capture file, put before the analyzer and into the monitor. */

import type { OpenedFile } from "../host/studio-host.ts";
import { stopLive } from "../state/live-control.ts";
import { askForDocument, useStudio } from "../state/studio-store.ts";
import { workerRemote } from "../worker/client.ts";

export async function openCapture(file: OpenedFile): Promise<void> {
  const isWanted = askForDocument();
  await stopLive();
  const result = await workerRemote().openCapture(file.name, file.bytes);
  if (!isWanted()) return;
  const { captureSerial, set } = useStudio.getState();
  if (!result.ok) {
    set({ notice: { text: `${file.name}: ${result.message}`, kind: "error" } });
    return;
  }
  const { frames } = result.state;
  set({
    document: "capture",
    captureName: file.name,
    captureSerial: captureSerial + 1,
    captureFrames: frames,
    view: "monitor",
    selectedFrame: null,
  });
}
