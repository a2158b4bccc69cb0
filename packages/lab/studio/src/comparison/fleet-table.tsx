/** A fleet's run so far: one row for each variant, and one for all machines. */

import type { FleetSummary, NumberFormat } from "@pushback/scenario";
import { useEffect, useState } from "react";
import { elapsedText } from "../lab/clock-text.ts";
import { useLab } from "../state/lab-view.ts";
import { labRemote } from "../worker/client.ts";
import { FLEET_COLUMNS, STUDIO_FORMAT } from "./row-fields.ts";

const REFRESH_MS = 800;

/** The busiest second of a fleet begins with a whole second. */
const FLEET_FORMAT: NumberFormat = { ...STUDIO_FORMAT, time: (us) => elapsedText(us) };

/** Queries the worker again whenever the run has grown since the last answer. */
function useFleet(): FleetSummary | null {
  const [fleet, setFleet] = useState<FleetSummary | null>(null);
  useEffect(() => {
    let current = true;
    let asking = false;
    let answered = "";
    const ask = async () => {
      const { simulatedUs, restarts } = useLab.getState();
      const now = `${simulatedUs}/${restarts}`;
      if (asking || answered === now) return;
      asking = true;
      const summary = await (await labRemote()).fleet();
      asking = false;
      answered = now;
      if (current) setFleet(summary);
    };
    void ask();
    const timer = setInterval(() => void ask(), REFRESH_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, []);
  return fleet;
}

export function FleetTable() {
  const fleet = useFleet();
  if (!fleet) return null;
  const parts = fleet.variants.length === 1 ? fleet.variants : [...fleet.variants, fleet.all];
  return (
    <table className="fleet-table">
      <thead>
        <tr>
          <td />
          {FLEET_COLUMNS.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <tr key={part.variant ?? "all"}>
            <th scope="row">{part.variant ?? "all"}</th>
            {FLEET_COLUMNS.map((column) => (
              <td key={column.title}>{column.text(part, FLEET_FORMAT)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
