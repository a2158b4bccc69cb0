/** What each platform has done so far, beside each other; beside another run; and what other settings would have made of it. */

import { useEffect, useState } from "react";
import type { StudioHost } from "../host/studio-host.ts";
import type { LabInfo, LiveRow, RunChange } from "../lab/lab-types.ts";
import { useLab } from "../state/lab-view.ts";
import { showFrames } from "../state/studio-store.ts";
import { labRemote } from "../worker/client.ts";
import "./comparison.css";
import { FleetTable } from "./fleet-table.tsx";
import { FIELD_GROUPS, fieldText } from "./row-fields.ts";
import { RunPicker, useBeside } from "./run-picker.tsx";
import { WhatIf } from "./what-if.tsx";

/** Between two readings of the rows while the run goes. */
const REFRESH_MS = 400;

export function Comparison({ host }: { readonly host: StudioHost }) {
  const info = useLab((lab) => lab.info);
  if (!info) return null;
  return (
    <div className="comparison">
      <RowTable info={info} host={host} />
      <WhatIf key={JSON.stringify(info.settings)} info={info} />
    </div>
  );
}

interface Rows {
  readonly rows: readonly LiveRow[];
  /** Of the same platforms, where the other run has them. */
  readonly other: readonly (LiveRow | undefined)[];
  /** Why there is no other run. */
  readonly fault: string | null;
}

const NO_ROWS: Rows = { rows: [], other: [], fault: null };

/** Asks the worker again as long as the run has grown since the last answer. */
function useRows(change: RunChange | null): Rows {
  const [rows, setRows] = useState<Rows>(NO_ROWS);
  useEffect(() => {
    let current = true;
    let asking = false;
    let answered = "";
    const ask = async () => {
      const { simulatedUs, version, restarts } = useLab.getState();
      const now = `${simulatedUs}/${version}/${restarts}`;
      if (asking || answered === now) return;
      asking = true;
      const lab = await labRemote();
      const own = await lab.rows();
      const beside = change ? await lab.rowsBeside(change) : null;
      asking = false;
      answered = now;
      if (!current) return;
      const others = beside?.ok ? beside.rows : [];
      const other = own.map(({ row }) => others.find((o) => o.row.platform === row.platform));
      setRows({ rows: own, other: beside ? other : [], fault: beside && !beside.ok ? beside.message : null });
    };
    void ask();
    const timer = setInterval(() => void ask(), REFRESH_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [change]);
  return rows;
}

function RowTable({ info, host }: { readonly info: LabInfo; readonly host: StudioHost }) {
  const change = useBeside();
  const { rows, other, fault } = useRows(change);
  const titleOf = (machine: string) => info.machines.find((m) => m.name === machine)?.title.split(", ")[0] ?? machine;
  const isPaired = change !== null && other.some((row) => row !== undefined);
  const hasFleet = !info.machines.some((m) => m.role === "compared");
  const differing = FIELD_GROUPS.flatMap((g) => g.fields).reduce((sum, field) => {
    const differs = (r: LiveRow, i: number) => {
      const beside = other[i];
      return isPaired && beside !== undefined && fieldText(field, r.row) !== fieldText(field, beside.row);
    };
    return sum + rows.filter(differs).length;
  }, 0);
  return (
    <section className="row-table" aria-label="Platforms">
      <div className="comparison-bar">
        <h2>Platforms side by side</h2>
        {!hasFleet && <RunPicker info={info} host={host} />}
        {isPaired && (
          <span className="differing" role="status">
            {differing === 0 ? "no field differs" : `${differing} fields differ`}
          </span>
        )}
        {change !== null && !isPaired && rows.length > 0 && (
          <span className="no-other" role="status">
            {fault ?? "That run has none of these machines."}
          </span>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls by keyboard has to get there */}
      <section className="table-scroller" aria-label="Numbers by platform" tabIndex={0}>
        {hasFleet ? (
          <FleetTable />
        ) : (
          <table>
            <thead>
              <tr>
                <td />
                {rows.map((r, i) => (
                  <th key={r.machine} scope="col">
                    {titleOf(r.machine)}
                    <OtherVariant own={r} beside={isPaired ? other[i] : undefined} />
                  </th>
                ))}
              </tr>
            </thead>
            {FIELD_GROUPS.map((group) => (
              <tbody key={group.title}>
                <tr className="group">
                  <th scope="rowgroup" colSpan={rows.length + 1}>
                    {group.title}
                  </th>
                </tr>
                {group.fields.map((field) => (
                  <tr key={field.key}>
                    <th scope="row" title={field.hint || undefined}>
                      {field.title}
                    </th>
                    {rows.map((live, i) => {
                      const text = fieldText(field, live.row);
                      const otherRow = isPaired ? other[i]?.row : undefined;
                      const beside = otherRow ? fieldText(field, otherRow) : null;
                      const differs = beside !== null && beside !== text;
                      return (
                        <td key={live.machine} className={differs ? "differs" : ""}>
                          <Cell live={live} field={field.key} text={text} title={`${field.title}, ${titleOf(live.machine)}`} />
                          {beside !== null && (
                            <span className="beside" title="In the other run">
                              <span className="visually-hidden">{differs ? "differs from the other run: " : "in the other run: "}</span>
                              {differs ? `≠ ${beside}` : "="}
                            </span>
                          )}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        )}
      </section>
    </section>
  );
}

function OtherVariant({ own, beside }: { readonly own: LiveRow; readonly beside: LiveRow | undefined }) {
  if (!beside || beside.row.variant === own.row.variant) return null;
  return <span className="other-variant">beside {beside.row.variant}</span>;
}

/** A number with frames behind it opens them in the monitor. */
function Cell(props: { readonly live: LiveRow; readonly field: keyof LiveRow["row"]; readonly text: string; readonly title: string }) {
  const { live, field, text, title } = props;
  const evidence = live.evidence[field];
  if (!evidence || evidence.firstFrame === null || text === "–" || text === "0") return <span className="value">{text}</span>;
  return (
    <button
      type="button"
      className="value link"
      aria-label={`${title}: ${text}; show its frames`}
      title={`Show in the monitor: ${evidence.filter}`}
      onClick={() => showFrames(evidence.filter, evidence.firstFrame)}
    >
      {text}
    </button>
  );
}
