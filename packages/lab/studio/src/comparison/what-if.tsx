/** The ICMP errors with other settings: the article runs again for every point of the plot. */

import { useEffect, useId, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { spanText } from "../lab/clock-text.ts";
import type { LabInfo, LabSettings, WhatIfPoint, WhatIfSettings } from "../lab/lab-types.ts";
import { useStudio } from "../state/studio-store.ts";
import { labRemote } from "../worker/client.ts";
import { MARKER_SIGNS, markerPaths } from "./markers.ts";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;

const CHOICES = {
  keepAliveUs: { title: "KeepAliveTime", values: [5, 15, 30, 60, 90, 120, 180, 240].map((m) => m * MINUTE) },
  intervalUs: { title: "Notification interval", values: [15, 30, 60, 120, 300, 600].map((s) => s * SECOND) },
  relogonUs: { title: "Log on again after", values: [10, 20, 40, 60, 90, 130, 180].map((m) => m * MINUTE) },
} as const;
type Axis = keyof typeof CHOICES;

const ICMP_TITLES = { ignored: "passes over them", honoured: "stops at the first one" } as const;

const NEVER = "never";

export function WhatIf({ info }: { readonly info: LabInfo }) {
  const [axis, setAxis] = useState<Axis>("keepAliveUs");
  const [settings, setSettings] = useState<WhatIfSettings>({
    keepAliveUs: info.keepAliveUs,
    intervalUs: info.notificationIntervalUs,
    relogonUs: 130 * MINUTE,
    honourIcmp: false,
  });
  const { points, done } = useSweep(info.settings, axis, settings);
  const machines = useMemo(() => Object.keys(points[0]?.icmp ?? {}), [points]);
  const total = (p: WhatIfPoint) => Object.values(p.icmp).reduce((sum, n) => sum + n, 0);
  const wanted = CHOICES[axis].values.length;

  return (
    <section className="what-if" aria-label="What if">
      <div className="comparison-bar">
        <h2>What if</h2>
        <span className="what-if-state" role="status">
          {done ? "" : `${points.length} of ${wanted} runs`}
        </span>
      </div>
      <p className="what-if-about">The article’s course of events with other settings. Each point is a whole run of all machines.</p>
      <div className="what-if-controls">
        {(Object.keys(CHOICES) as Axis[]).map((name) => (
          <Choice
            key={name}
            axis={name}
            isAxis={axis === name}
            value={settings[name]}
            onAxis={() => setAxis(name)}
            onChange={(value) => setSettings((old) => ({ ...old, [name]: value }))}
          />
        ))}
        <IcmpChoice value={settings.honourIcmp} onChange={(honourIcmp) => setSettings((old) => ({ ...old, honourIcmp }))} />
      </div>
      <Plot points={points} axis={axis} machines={machines} />
      <table className="what-if-table">
        <caption>ICMP errors by {CHOICES[axis].title}</caption>
        <thead>
          <tr>
            <th scope="col">{CHOICES[axis].title}</th>
            <th scope="col">All</th>
            <th scope="col">Session ends after</th>
          </tr>
        </thead>
        <tbody>
          {points.map((p) => (
            <tr key={String(p.settings[axis])}>
              <th scope="row">{p.settings[axis] === null ? NEVER : spanText(p.settings[axis] as number)}</th>
              <td>{total(p).toLocaleString("en")}</td>
              <td>{endText(p)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Not an axis: there are only two values, the product's behaviour and a hypothetical server that honours ICMP errors. */
function IcmpChoice({ value, onChange }: { readonly value: boolean; readonly onChange: (value: boolean) => void }) {
  const id = useId();
  return (
    <div className="choice is-wide">
      <label htmlFor={id}>Server and ICMP errors</label>
      <select
        id={id}
        className="field"
        value={value ? "honoured" : "ignored"}
        onChange={(event) => onChange(event.target.value === "honoured")}
      >
        <option value="ignored">{ICMP_TITLES.ignored}</option>
        <option value="honoured">{ICMP_TITLES.honoured}</option>
      </select>
    </div>
  );
}

/** Text with the time at which the last stale session ended. */
function endText(point: WhatIfPoint): string {
  const ends = Object.values(point.sessionEndedUs);
  if (ends.length === 0 || ends.some((us) => us === null)) return "not by itself";
  return spanText(Math.max(...(ends as number[])));
}

function Choice(props: {
  readonly axis: Axis;
  readonly isAxis: boolean;
  readonly value: number | null;
  readonly onAxis: () => void;
  readonly onChange: (value: number | null) => void;
}) {
  const { axis, isAxis, value, onAxis, onChange } = props;
  const { title, values } = CHOICES[axis];
  const id = useId();
  const all = value === null || values.includes(value as never) ? values : [...values, value].sort((a, b) => a - b);
  return (
    <div className={`choice ${isAxis ? "is-axis" : ""}`}>
      <label htmlFor={id}>{title}</label>
      <select
        id={id}
        className="field"
        disabled={isAxis}
        value={value === null ? NEVER : String(value)}
        onChange={(event) => onChange(event.target.value === NEVER ? null : Number(event.target.value))}
      >
        {all.map((v) => (
          <option key={v} value={String(v)}>
            {spanText(v)}
          </option>
        ))}
        {axis === "relogonUs" && <option value={NEVER}>never</option>}
      </select>
      <button type="button" className="button small" aria-pressed={isAxis} onClick={onAxis} aria-label={`Vary ${title}`}>
        Vary
      </button>
    </div>
  );
}

interface Sweep {
  /** The key: the axis and all settings. */
  readonly of: string;
  readonly points: readonly WhatIfPoint[];
  readonly done: boolean;
}

const NOT_YET: Sweep = { of: "", points: [], done: false };

/** Finished sweeps by their key: the same settings give the same points. */
const made = new Map<string, Sweep>();

/** One run per value of the axis. Between the runs the worker serves other requests. */
function useSweep(run: LabSettings, axis: Axis, settings: WhatIfSettings): Sweep {
  const [state, setState] = useState<Sweep>(NOT_YET);
  // The setting on the axis is not part of the key.
  const fixed = JSON.stringify({ ...settings, [axis]: 0 });
  const of = `${axis}/${fixed}/${JSON.stringify(run)}`;
  useEffect(() => {
    if (made.has(of)) return;
    let current = true;
    void (async () => {
      const lab = await labRemote();
      const points: WhatIfPoint[] = [];
      for (const value of CHOICES[axis].values) {
        const point = await lab.whatIf({ ...(JSON.parse(fixed) as WhatIfSettings), [axis]: value });
        if (!current) return;
        points.push(point);
        setState({ of, points: [...points], done: false });
      }
      const sweep = { of, points, done: true };
      made.set(of, sweep);
      setState(sweep);
    })();
    return () => {
      current = false;
    };
  }, [axis, fixed, of]);
  // Points of other settings must not be shown.
  return made.get(of) ?? (state.of === of ? state : NOT_YET);
}

/** Dashes in pixels: with the markers they tell curves apart without colour. */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 4], [10, 4, 2, 4], [4, 3], [14, 5]];
const LINES = ["push", "icmp", "mail", "probe", "good", "danger"] as const;
const PLOT_H = 230;
const TICK_STEPS_US = [...[15, 30].map((s) => s * SECOND), ...[1, 2, 5, 10, 15, 30, 60, 120].map((m) => m * MINUTE)];

function Plot({
  points,
  axis,
  machines,
}: {
  readonly points: readonly WhatIfPoint[];
  readonly axis: Axis;
  readonly machines: readonly string[];
}) {
  const place = useRef<HTMLDivElement>(null);
  const isDark = useStudio((s) => s.isDark);
  useEffect(() => {
    const element = place.current;
    if (!element || points.length === 0) return;
    void isDark;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const axes: uPlot.Axis[] = [0, 1].map((side) => ({
      stroke: colour("ink-2"),
      grid: { stroke: colour("line-1"), width: 1 },
      ticks: { stroke: colour("line-1"), width: 1 },
      size: side === 0 ? 34 : 46,
      ...(side === 0 && { values: (_: uPlot, ticks: number[]) => ticks.map((us) => spanText(us)), incrs: TICK_STEPS_US, space: 56 }),
    }));
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: PLOT_H,
        scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(10, max * 1.08)] } },
        axes,
        series: [
          { label: CHOICES[axis].title, value: (_, us) => (us === null ? "–" : spanText(us)) },
          ...machines.map((label, i) => ({
            label: `${MARKER_SIGNS[i % MARKER_SIGNS.length]} ${label}`,
            dash: [...DASHES[i % DASHES.length]],
            stroke: colour(LINES[i % LINES.length]),
            // Earlier lines are wider, so that coinciding lines all stay visible.
            width: 1.5 + 1.5 * (machines.length - 1 - i),
            points: { show: true, size: 7 + 2 * (machines.length - 1 - i), fill: colour("surface-1"), paths: markerPaths(i) },
          })),
        ],
      },
      [points.map((p) => p.settings[axis] as number), ...machines.map((name) => points.map((p) => p.icmp[name] ?? null))],
      element,
    );
    const observer = new ResizeObserver(([entry]) => plot.setSize({ width: entry.contentRect.width, height: PLOT_H }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [points, axis, machines, isDark]);
  return (
    <figure className="plot">
      <div ref={place} role="img" aria-label={`ICMP errors by ${CHOICES[axis].title}; the table below says the same`} />
    </figure>
  );
}
