/** The page's lab: one control, with the worker and the browser's clock around it. */

import { labRemote } from "../worker/client.ts";
import { LabControl } from "./lab-control.ts";

export const theLab = new LabControl({
  lab: labRemote,
  nowMs: () => performance.now(),
  requestFrame: (run) => requestAnimationFrame(run),
  cancelFrame: (request) => cancelAnimationFrame(request),
});

/** The recording of the open run, up to the simulated time. */
export const { recording } = theLab;
