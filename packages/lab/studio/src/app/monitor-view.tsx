/** The monitor, looking at the lab's frames or at a capture's. */

import type { OpenedFile } from "../host/studio-host.ts";
import { useStudio } from "./store.ts";

export async function openCapture(file: OpenedFile): Promise<void> {
  useStudio.getState().set({ notice: { text: `${file.name}: captures can't be opened yet`, kind: "error" } });
}

export function MonitorView() {
  return null;
}
