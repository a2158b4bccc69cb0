/** Runs a scenario on each platform alone and on all together, and compares the results. */

import { judgeBehaviour } from "./behaviour/judge-behaviour.ts";
import { CLAIM_IDS, claimText } from "./claim-texts.ts";
import { judgeClaims } from "./claims.ts";
import { COMPANION_CLAIMS, COMPANION_ID, type CompanionSummary, claimsWith, companionScenario, failuresOf } from "./companion.ts";
import { comparisonRow } from "./comparison-row.ts";
import type { ClaimResult, ClaimSummary, Comparison, ExpectationResult, FleetSummary, PlatformRow } from "./comparison-types.ts";
import { judgeCounterparts } from "./counterparts.ts";
import { checkFleet, judgeExpectations } from "./expectations.ts";
import { summarizeFleet } from "./fleet-summary.ts";
import { type FleetTally, tallyRecording } from "./fleet-tally.ts";
import { MachineView } from "./machine-view.ts";
import { countEvents, type Metric } from "./metrics/metric.ts";
import { judgeParts } from "./part-expectations.ts";
import type { RecordedMachine } from "./recorded-event.ts";
import type { Recording } from "./recording.ts";
import { type IndexedRecording, indexed } from "./recording-index.ts";
import { type RunOptions, runScenario } from "./run.ts";
import type { Scenario } from "./scenario-file.ts";
import { ENGINE_VERSION } from "./version.ts";
import { losesFrames } from "./wires.ts";

/** Options of `compareScenario`: those of its runs, and which further runs are made. */
export interface CompareOptions extends Omit<RunOptions, "onEvent"> {
  /** Path that the capture of a run will have, by the name of the run; without it runs have no path. */
  readonly capturePath?: (run: string) => string;
  readonly onProgress?: (done: number, total: number) => void;
  /** Whether to run the companion scenario even if this one shows every claim that it expects. */
  readonly withCompanion?: boolean;
}

/** A comparison with the recordings of all its runs. */
export interface CompareResult {
  readonly comparison: Comparison;
  /** Keyed by run: the name of a platform or variant. */
  readonly recordings: ReadonlyMap<string, Recording>;
  readonly together: Recording;
  /** Recordings of the companion scenario by run, where it was run; their captures have its id in front of the name of the run. */
  readonly companion: ReadonlyMap<string, Recording>;
}

interface JudgedRow {
  readonly row: PlatformRow;
  readonly claims: readonly ClaimResult[];
}

/** Views of the machines of one recording that have these roles, in its order. */
function viewsOf(run: IndexedRecording, roles: readonly RecordedMachine["role"][]): MachineView[] {
  const { machines } = run.recording;
  if (!machines.some((machine) => machine.role === "compared")) return [];
  return machines.filter(({ role }) => roles.includes(role)).map((machine) => new MachineView(run.index, machine));
}

/** The compared machines of one recording, each with its metrics and claims. */
function judgeRecording(run: IndexedRecording, capture: string | null): JudgedRow[] {
  const views = viewsOf(run, ["compared", "other"]);
  const others = views.filter(({ machine }) => machine.role === "other");
  const compared = views.filter(({ machine }) => machine.role === "compared");
  return compared.map((view) => ({ row: comparisonRow(view, capture), claims: judgeClaims(view, others) }));
}

/** Counts the fleets of a recording; `null` if it has none. */
function tallyFleets(recording: Recording): FleetTally | null {
  return recording.machines.some((machine) => machine.role === "fleet") ? tallyRecording(recording) : null;
}

/** `outcomes`: results of claims that need a second run. */
function summarizeClaims(judged: readonly JudgedRow[], outcomes: ReturnType<typeof judgeCounterparts> = new Map()): ClaimSummary[] {
  return CLAIM_IDS.map((id) => {
    const results = judged.map(
      ({ row, claims }) => [row.variant, { ...(claims.find((c) => c.id === id) as ClaimResult), ...outcomes.get(id) }] as const,
    );
    const shown = results.filter(([, result]) => result.holds !== null);
    return {
      id,
      text: claimText(id),
      holds: shown.length === 0 ? null : shown.every(([, result]) => result.holds),
      evidence: Object.fromEntries(shown.map(([variant, result]) => [variant, result.evidence])),
      findings: Object.fromEntries(results.map(([variant, result]) => [variant, result.finding])),
    };
  });
}

function metricOf(row: PlatformRow, { key }: Metric): unknown {
  return (row as unknown as Readonly<Record<string, unknown>>)[key];
}

/** On a network with segments, largest time between the deliveries of one step, in microseconds. */
const SPREAD_US = 1_000_000;

/** Whether a datagram is due near the end of the run: as deliveries differ by up to SPREAD_US, it may be part of one run and not of the other. */
function endsAtDatagram({ recording, deliveriesUs }: MachineView): boolean {
  const { durationUs, notificationIntervalUs } = recording;
  return deliveriesUs.some((us) => {
    const restUs = (durationUs - us) % notificationIntervalUs;
    return restUs < SPREAD_US || notificationIntervalUs - restUs < SPREAD_US;
  });
}

/**
 * Largest difference of a count between a machine alone and among others. The server asks for the addresses of all machines by broadcast, and each broadcast
 * that a machine hears keeps its entry for the server alive (RFC 826). Whether a datagram at the moment of a boot is sent, or waits and is dropped, therefore
 * depends on the other machines: one for each boot after the first, and one for a datagram near the end of the run.
 */
function slackOf(view: MachineView): number {
  return Math.max(0, countEvents(view.events, "machine", "stack-up") - 1) + (endsAtDatagram(view) ? 1 : 0);
}

function isSame(metric: Metric, one: unknown, other: unknown, slack: number): boolean {
  if (one === other) return true;
  return metric.unit === "count" && typeof one === "number" && typeof other === "number" && Math.abs(one - other) <= slack;
}

/** Metrics in which a machine among the others differs from the same machine alone, although they must not depend on other machines of the segment. */
function differences(metrics: readonly Metric[], alone: readonly PlatformRow[], together: readonly MachineView[]): string[] {
  const shared = metrics.filter((metric) => metric.shared);
  return alone.flatMap((row) => {
    const view = together.find(({ machine }) => machine.variant === row.variant);
    if (!view) return [`${row.variant} is missing`];
    const other = comparisonRow(view, null);
    return shared
      .filter((metric) => !isSame(metric, metricOf(row, metric), metricOf(other, metric), slackOf(view)))
      .map((metric) => `${row.variant}: ${metric.key} is ${metricOf(other, metric)}, alone ${metricOf(row, metric)}`);
  });
}

const NO_FLEET: ReadonlySet<string> = new Set();

/** The seed of a single run. On wires that lose frames each run draws its own losses; otherwise the seed is the same, and so are a machine's bytes. */
function seedOf(scenario: Scenario, seed: string, run: string): string {
  return losesFrames(scenario) ? `${seed}/${run}` : seed;
}

const NO_RECORDINGS: ReadonlyMap<string, Recording> = new Map();

/** Runs of a scenario with one variant each. */
interface SingleRuns {
  readonly recordings: ReadonlyMap<string, Recording>;
  readonly judged: readonly JudgedRow[];
  readonly behaviour: readonly ExpectationResult[];
}

/** Runs the scenario once for each variant alone, without its fleets. `onRun` is called before each run with its number, from 0 on. */
function runAlone(
  scenario: Scenario,
  variants: readonly string[],
  options: CompareOptions,
  onRun: (i: number) => void = () => {},
): SingleRuns {
  const recordings = new Map<string, Recording>();
  const judged: JudgedRow[] = [];
  const behaviour: ExpectationResult[] = [];
  for (const [i, variant] of variants.entries()) {
    onRun(i);
    const name = scenario.catalogue.runName(variant);
    const seed = seedOf(scenario, options.seed, name);
    const recording = runScenario(scenario, { ...options, seed, variants: [variant], only: NO_FLEET });
    recordings.set(name, recording);
    const run = indexed(recording);
    judged.push(...judgeRecording(run, options.capturePath?.(name) ?? null));
    behaviour.push(...judgeBehaviour(run));
  }
  return { recordings, judged, behaviour };
}

/** Results of the companion: it runs each variant alone, as its claims need no joint run. */
interface CompanionResult extends CompanionSummary {
  readonly recordings: ReadonlyMap<string, Recording>;
}

/** Runs the companion if the scenario expects a claim that its runs cannot show, or if the caller wants it; `null` otherwise. */
function runCompanion(scenario: Scenario, claims: readonly ClaimSummary[], options: CompareOptions): CompanionResult | null {
  const isUnshown = claims.some(({ id, holds }) => holds === null && COMPANION_CLAIMS.includes(id) && scenario.expect.claims.includes(id));
  if (scenario.id === COMPANION_ID || options.variants.length === 0 || !(isUnshown || options.withCompanion)) return null;
  const { variants, seed, seams } = options;
  const companion = companionScenario(scenario.catalogue);
  const { recordings, judged, behaviour } = runAlone(companion, variants, { variants, seed, ...(seams && { seams }) });
  const summaries = summarizeClaims(judged);
  const rows = judged.map(({ row }) => row);
  const { results } = judgeExpectations(companion, rows, summaries);
  return { scenario: companion.id, claims: summaries, expectations: [...results, ...behaviour], recordings };
}

/** Runs the scenario once for each variant alone, without its fleets, and once with all machines together. */
export function compareScenario(scenario: Scenario, options: CompareOptions): CompareResult {
  const { capturePath, onProgress } = options;
  const variants = scenario.clients.some((client) => client.platform === "each") ? options.variants : [];
  const total = variants.length + 1;
  const { recordings, judged, behaviour } = runAlone(scenario, variants, options, (i) => onProgress?.(i, total));
  onProgress?.(variants.length, total);
  const together = runScenario(scenario, options);
  const all = indexed(together);
  onProgress?.(total, total);

  const rows = judged.map(({ row }) => row);
  const outcomes = judged.length === 0 ? undefined : judgeCounterparts(all, options);
  const own = summarizeClaims(judged, outcomes);
  const beside = runCompanion(scenario, own, options);
  const claims = beside === null ? own : claimsWith(own, beside);
  // Which frames a lossy wire drops depends on all frames sent, so on such wires the single runs may differ from the joint run in any metric.
  const isCompared = !losesFrames(scenario);
  const found = isCompared ? differences(scenario.catalogue.metrics, rows, viewsOf(all, ["compared"])) : [];
  const tally = tallyFleets(together);
  const judgedExpectations = judgeExpectations(scenario, rows, claims, together.asWritten);
  const comparison: Comparison = {
    scenario: scenario.id,
    seed: options.seed,
    engine: ENGINE_VERSION,
    platforms: rows,
    claims,
    expectations: [
      ...judgedExpectations.results,
      ...checkFleet(scenario, tally?.rows() ?? [], together.asWritten),
      ...judgeParts(all),
      ...behaviour,
      ...judgeBehaviour(all),
      ...(beside === null ? [] : failuresOf(beside)),
    ],
    notJudged: judgedExpectations.notJudged,
    fleet: tally && summarizeFleet(tally),
    together: { capture: capturePath?.("together") ?? null, agrees: isCompared ? found.length === 0 : null, differences: found },
  };
  return { comparison, recordings, together, companion: beside?.recordings ?? NO_RECORDINGS };
}

/** What one run with all its machines shows. */
export interface RunResult {
  readonly rows: readonly PlatformRow[];
  readonly claims: readonly ClaimSummary[];
  readonly fleet: FleetSummary | null;
  readonly expectations: readonly ExpectationResult[];
  /** Expectations that the run cannot judge, with the reason. */
  readonly notJudged: readonly string[];
}

/** The rows and expectations of one run with all its machines. `tally`: its fleets, if they were counted during the run. */
export function rowsOfRun(recording: Recording, tally: FleetTally | null = tallyFleets(recording)): RunResult {
  const run = indexed(recording);
  const judged = judgeRecording(run, null);
  const rows = judged.map(({ row }) => row);
  const claims = summarizeClaims(judged);
  const { results, notJudged } = judgeExpectations(recording.scenario, rows, claims, recording.asWritten);
  const expectations = [
    ...results,
    ...checkFleet(recording.scenario, tally?.rows() ?? [], recording.asWritten),
    ...judgeParts(run),
    ...judgeBehaviour(run),
  ];
  return { rows, claims, fleet: tally && summarizeFleet(tally), expectations, notJudged };
}
