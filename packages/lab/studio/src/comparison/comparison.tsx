/** The platforms side by side as far as the run has gone, perhaps beside a second run; and below it the same run with other settings. */

import { type Metric, metricText, NO_VALUE } from "@pushback/scenario";
import { useEffect, useState } from "react";
import type { StudioHost } from "../host/studio-host.ts";
import type { LabInfo, LiveRow, RunChange } from "../lab/lab-types.ts";
import { useLab } from "../state/lab-view.ts";
import { showFrames } from "../state/studio-store.ts";
import { labRemote } from "../worker/client.ts";
import "./comparison.css";
import { FleetTable } from "./fleet-table.tsx";
import { ROW_GROUPS, STUDIO_FORMAT } from "./row-fields.ts";
import { RunPicker, useBeside } from "./run-picker.tsx";
import { WhatIf } from "./what-if.tsx";

/** Interval at which the rows are computed anew while the run goes on. */
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
  /** Rows of the same platforms in the other run; `undefined` for a platform that it lacks. */
  readonly other: readonly (LiveRow | undefined)[];
  /** Why the other run could not be opened; `null` where it could. */
  readonly fault: string | null;
}

const NO_ROWS: Rows = { rows: [], other: [], fault: null };

/** Queries the worker again whenever the run has grown since the last answer. */
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
  const differing = ROW_GROUPS.flatMap((group) => group.metrics).reduce((sum, metric) => {
    const differs = (r: LiveRow, i: number) => {
      const beside = other[i];
      return isPaired && beside !== undefined && rowText(metric, r) !== rowText(metric, beside);
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what has the focus */}
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
            {ROW_GROUPS.map((group) => (
              <tbody key={group.title}>
                <tr className="group">
                  <th scope="rowgroup" colSpan={rows.length + 1}>
                    {group.title}
                  </th>
                </tr>
                {group.metrics.map((metric) => (
                  <tr key={metric.key}>
                    <th scope="row" title={metric.about}>
                      {metric.title}
                    </th>
                    {rows.map((live, i) => {
                      const text = rowText(metric, live);
                      const otherRow = isPaired ? other[i] : undefined;
                      const beside = otherRow ? rowText(metric, otherRow) : null;
                      const differs = beside !== null && beside !== text;
                      return (
                        <td key={live.machine} className={differs ? "differs" : ""}>
                          <Cell live={live} metric={metric} text={text} title={`${metric.title}, ${titleOf(live.machine)}`} />
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

function rowText(metric: Metric, { row }: LiveRow): string {
  return metricText(metric, row, STUDIO_FORMAT);
}

/** A number with frames behind it opens them in the monitor. */
function Cell(props: { readonly live: LiveRow; readonly metric: Metric; readonly text: string; readonly title: string }) {
  const { live, metric, text, title } = props;
  const evidence = live.evidence[metric.key];
  if (!evidence || evidence.firstFrame === null || text === NO_VALUE || text === "0") return <span className="value">{text}</span>;
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
