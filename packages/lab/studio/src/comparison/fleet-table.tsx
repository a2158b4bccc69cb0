/** A fleet's run so far: one row for each variant, and one for all; single machines have no columns. */

import type { FleetPart, FleetSummary } from "@pushback/scenario";
import { useEffect, useState } from "react";
import { elapsedText, spanText } from "../lab/clock-text.ts";
import { useLab } from "../state/lab-view.ts";
import { labRemote } from "../worker/client.ts";
import { causeText } from "./row-fields.ts";

const REFRESH_MS = 800;

/** Asks the worker again as long as the run has grown since the last answer. */
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

const number = (n: number) => n.toLocaleString("en");

/** One number where all machines agree, else the median between the extremes. */
function spread({ min, p50, max }: FleetPart["icmpPortUnreachable"]): string {
  return min === max ? number(max) : `${number(p50)} (${number(min)} to ${number(max)})`;
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
          {[
            "Machines",
            "Push datagrams",
            "Unanswered",
            "ICMP errors",
            "… of each machine",
            "Most in a second",
            "Stale for at most",
            "Ended by",
          ].map((title) => (
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
            <td>{number(part.machines)}</td>
            <td>{number(part.datagramsOnWire.sum)}</td>
            <td>{number(part.datagramsUnanswered.sum)}</td>
            <td>{number(part.icmpPortUnreachable.sum)}</td>
            <td>{spread(part.icmpPortUnreachable)}</td>
            <td>{part.peakIcmp.perSecond === 0 ? "–" : `${number(part.peakIcmp.perSecond)} at ${elapsedText(part.peakIcmp.atUs)}`}</td>
            <td>{part.staleForUs === null ? "–" : spanText(part.staleForUs.max)}</td>
            <td>
              {Object.entries(part.sessionEndCauses)
                .map(([cause, count]) => `${causeText(cause)}: ${number(count)}`)
                .join("; ") || "–"}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
