/** The studio's one worker: the lab, and the analyzer that looks at its frames or at a capture's. */

import * as Comlink from "comlink";
import { LabApi } from "../lab/lab-api.ts";

const lab = new LabApi();

export class StudioWorker {
  /** Comlink proxies what is marked; the page asks for each part once. */
  lab(): LabApi & Comlink.ProxyMarked {
    return Comlink.proxy(lab);
  }
}

Comlink.expose(new StudioWorker());
