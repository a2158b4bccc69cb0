/** The runs that were kept for comparison: settings and actions, on the page's side and in the browser's storage. A run is made again when it is compared. */

import { create } from "zustand";
import type { PlayedRun } from "../lab/lab-types.ts";
import { useLab } from "./lab-view.ts";
import { parsePlayedRun } from "./run-document.ts";

const KEPT_RUNS_KEY = "pushback.kept-runs";

/** Most runs that are kept; a further one replaces the oldest. */
const MOST_KEPT = 20;

export interface KeptRun {
  /** Greater than the ids of the runs that this browser kept before. */
  readonly id: number;
  readonly title: string;
  /** Simulated time of the run in microseconds. */
  readonly atUs: number;
  readonly run: PlayedRun;
}

function readKept(value: unknown): KeptRun | null {
  if (typeof value !== "object" || value === null) return null;
  const { id, title, atUs, run } = value as Readonly<Record<string, unknown>>;
  const played = parsePlayedRun(run);
  if (!Number.isSafeInteger(id) || typeof title !== "string" || typeof atUs !== "number" || played === null) return null;
  return { id: id as number, title, atUs, run: played };
}

function readAll(): readonly KeptRun[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEPT_RUNS_KEY) ?? "[]");
    return Array.isArray(value) ? value.flatMap((one) => readKept(one) ?? []) : [];
  } catch {
    // Text that another build wrote, or a browser that blocks storage for this page.
    return [];
  }
}

/** Whether the storage has the runs of this page. */
let isStored = true;

/** Changes the kept runs. Other tabs may have kept or forgotten some since this page read them, so that the storage is read again. */
function change(changed: (runs: readonly KeptRun[]) => readonly KeptRun[]): void {
  const runs = changed(isStored ? readAll() : useKeptRuns.getState().runs);
  useKeptRuns.setState({ runs });
  try {
    localStorage.setItem(KEPT_RUNS_KEY, JSON.stringify(runs));
    isStored = true;
  } catch {
    // If the browser blocks storage, the kept runs last as long as the page.
    isStored = false;
  }
}

export const useKeptRuns = create<{ readonly runs: readonly KeptRun[] }>()(() => ({ runs: readAll() }));

/** Keeps the open run with its actions; `null` if no run is open. */
export function keepThisRun(): KeptRun | null {
  const { info, actions, simulatedUs } = useLab.getState();
  if (info === null) return null;
  let kept: KeptRun | null = null;
  change((runs) => {
    // The page may still show a run that another tab has forgotten.
    const ids = [...runs, ...useKeptRuns.getState().runs].map((run) => run.id);
    const id = Math.max(0, ...ids) + 1;
    kept = { id, title: info.title, atUs: simulatedUs, run: { settings: info.settings, actions } };
    return [...runs, kept].slice(-MOST_KEPT);
  });
  return kept;
}

/** Forgets a kept run. The result keeps it again, under its id and before the later ones. */
export function forgetRun(forgotten: KeptRun): () => void {
  const without = (runs: readonly KeptRun[]) => runs.filter(({ id }) => id !== forgotten.id);
  change(without);
  return () => change((runs) => [...without(runs), forgotten].sort((a, b) => a.id - b.id).slice(-MOST_KEPT));
}
