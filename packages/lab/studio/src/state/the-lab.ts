/** The page's lab: one control, with the worker and the browser's clock around it. */

import { labRemote } from "../worker/client.ts";
import { LabControl } from "./lab-control.ts";

export const theLab = new LabControl({
  lab: labRemote,
  nowMs: () => performance.now(),
  requestFrame: (run) => requestAnimationFrame(run),
  cancelFrame: (request) => cancelAnimationFrame(request),
});

/** The recording of the open run, as far as it has gone. */
export const { recording } = theLab;
