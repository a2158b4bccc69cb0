/** The comparison of the simulated part of the run, with the frames that each number counts. */

import { type Evidence, MachineView, type Recording, RecordingIndex, rowsOfRun } from "@pushback/scenario";
import type { LiveRow } from "./lab-types.ts";

/** One row for each compared machine of the recording, in its order. */
export function liveRows(recording: Recording): LiveRow[] {
  const { rows } = rowsOfRun(recording);
  const index = new RecordingIndex(recording);
  const compared = recording.machines.filter((m) => m.role === "compared");
  return compared.map((machine, i) => {
    const view = new MachineView(index, machine);
    const evidence: Record<string, Evidence> = {};
    for (const metric of recording.scenario.catalogue.metrics) {
      const found = metric.evidence(view);
      if (found !== null) evidence[metric.key] = found;
    }
    return { machine: machine.name, row: rows[i], evidence };
  });
}
