/** The analyzer: one source of frames at a time, its history, the filter that holds, and everything that is asked about its frames. */

import type { Diagnosis } from "@pushback/diagnose";
import { diagnosisReport } from "@pushback/diagnosis-report";
import { type Completion, compileFilter, completeFilter, type Filter, FrameHistory } from "@pushback/dissect";
import type {
  AnalyzerApi,
  CaptureState,
  DiagnosisView,
  ExpertView,
  FilterCheck,
  FilterOutcome,
  FilterPart,
  FindingRow,
  FindingView,
  FindQuery,
  FindResult,
  FollowedStream,
  FrameColumn,
  FrameDetails,
  FrameRow,
  FrameRule,
  FrameScope,
  IoGraph,
  OpenResult,
  TcpGraph,
  TrafficView,
} from "./analyzer-api.ts";
import { CompletionValues } from "./completion-values.ts";
import { DiagnosisRun, diagnosisView, findingRow, markPushes } from "./diagnosis-run.ts";
import { expertsOf } from "./expert-view.ts";
import { exportFrames } from "./export-frames.ts";
import { finderOf, frameOfNumber } from "./find-frame.ts";
import { FrameList } from "./frame-list.ts";
import { sortFrames } from "./frame-order.ts";
import { type FrameSource, NO_FRAMES } from "./frame-source.ts";
import { FrameViews } from "./frame-views.ts";
import { graphOf } from "./io-graph.ts";
import { type FileSource, loadCapture } from "./load-capture.ts";
import { SourcePackets } from "./source-packet.ts";
import { tcpGraphOf } from "./tcp-graph.ts";
import { FRAMES_PER_LOOK, TimeSlices } from "./time-slices.ts";
import { countTraffic } from "./traffic-count.ts";

/** Number of frames that are indexed before a diagnosis gets precedence: enough for several screens of the list. */
const INDEXED_FIRST = 1_000;
/** While a diagnosis runs, indexing gets a time slice of `sliceMs` every `pauseMs`, so that the answer comes first. */
const BESIDE_DIAGNOSIS = { sliceMs: 5, pauseMs: 100 };

/** Time between two messages on how far a file has been read: the page draws itself anew for each. */
const PROGRESS_MS = 400;

interface AppliedFilter {
  readonly text: string;
  filter: Filter;
  readonly shown: FrameList;
  /** The first frame that is not tested. */
  next: number;
  /** Number of frames of `shown` that the page has received. */
  given: number;
}

export class Analyzer implements AnalyzerApi {
  #generation = 0;
  #name = "";
  #format: string | null = null;
  #problem: string | null = null;
  #packets = new SourcePackets(NO_FRAMES);
  #history = new FrameHistory();
  #views = new FrameViews(this.#history, this.#packets, []);
  #applied: AppliedFilter | null = null;
  /** Incremented by each cancellation; long work that started with a lower number stops. */
  #task = 0;
  /** Like `#task`, for the traffic statistics, which applying a filter does not cancel. */
  #trafficTask = 0;
  /** Like `#task`, for the experts' remarks. */
  #expertTask = 0;
  /** Like `#task`, for the diagnosis. */
  #diagnosisTask = 0;
  /** Number of diagnoses under way. */
  #diagnosing = 0;
  /** Like `#task`, for sorting the frames. */
  #orderTask = 0;
  #advancing: Promise<void> | null = null;
  #values = new CompletionValues();
  #filtering = false;
  #diagnosis = new DiagnosisRun(this.#packets);
  /** The latest diagnosis that the page was given, and how many it was given before. */
  #given: { readonly serial: number } & Pick<Diagnosis, "findings" | "packets"> = { serial: 0, findings: [], packets: 0 };

  /** Replaces the frames by those of a source in this worker. */
  useSource(source: FrameSource, name: string, format: string | null = null): void {
    this.#use(new DiagnosisRun(new SourcePackets(source)), name, format, null);
  }

  /** Replaces the frames by those of a diagnosis. `problem` is the fault at which reading their file stopped. */
  #use(diagnosis: DiagnosisRun, name: string, format: string | null, problem: string | null): void {
    this.#generation++;
    this.#task++;
    this.#name = name;
    this.#format = format;
    this.#problem = problem;
    this.#packets = diagnosis.packets;
    this.#diagnosis = diagnosis;
    this.#given = { serial: this.#given.serial + 1, findings: [], packets: 0 };
    this.#history = new FrameHistory();
    this.#views = new FrameViews(this.#history, this.#packets, this.#views.rules);
    this.#applied = null;
    this.#advancing = null;
    this.#values = new CompletionValues();
    this.#filtering = false;
  }

  async openCapture(
    name: string,
    content: Uint8Array | FileSource,
    onPart: (done: number, total: number) => void = () => {},
  ): Promise<OpenResult> {
    // The diagnosis follows the reader: a piece's packets are still in the processor's cache, and the next piece is on its way.
    let diagnosis: DiagnosisRun | undefined;
    const slices = new TimeSlices();
    const progress = new TimeSlices(PROGRESS_MS);
    const loaded = await loadCapture(content, async (frames, leftOut, done, total) => {
      diagnosis ??= new DiagnosisRun(new SourcePackets(frames), leftOut);
      diagnosis.readOn();
      if (!slices.isOver) return;
      await slices.pause();
      if (!progress.isOver) return;
      progress.restart();
      onPart(done, total);
    });
    if (!loaded.ok) return loaded;
    const { frames, leftOut, format, problem } = loaded;
    diagnosis ??= new DiagnosisRun(new SourcePackets(frames), leftOut);
    diagnosis.endFile(problem);
    const why = frames.count === 0 ? diagnosis.whyUnreadable() : null;
    if (why !== null) return { ok: false, message: why };
    this.#use(diagnosis, name, format, problem);
    // The diagnosis goes on in the background while the page shows the capture. Later the page asks for its result.
    const finish = diagnosis;
    void slices.pause().then(() => finish.readOn());
    return { ok: true, state: this.state() };
  }

  state(): CaptureState {
    const { source } = this.#packets;
    return {
      generation: this.#generation,
      name: this.#name,
      format: this.#format,
      frames: source.count,
      indexed: this.#history.count,
      firstUs: source.count > 0 ? this.#packets.timeUsOf(1) : 0,
      lastUs: source.count > 0 ? this.#packets.timeUsOf(source.count) : 0,
      problem: this.#problem,
    };
  }

  /** Indexes new frames for one slice of time; call again until all are indexed. */
  async advance(): Promise<{ readonly state: CaptureState; readonly shown: Uint32Array | null }> {
    // After an action in the past a lab has fewer and different frames.
    if (this.#packets.source.count < this.#history.count) this.useSource(this.#packets.source, this.#name, this.#format);
    await this.#indexSlice();
    const applied = this.#applied;
    // During its first run, the filter passes the frames that it selects to its own callback.
    if (!applied || this.#filtering) return { state: this.state(), shown: null };
    const shown = applied.shown.since(applied.given);
    applied.given = applied.shown.count;
    return { state: this.state(), shown };
  }

  async #indexSlice(): Promise<void> {
    this.#advancing ??= this.#index().finally(() => {
      this.#advancing = null;
    });
    await this.#advancing;
  }

  async #index(): Promise<void> {
    const history = this.#history;
    const isBeside = this.#diagnosing > 0 && history.count >= INDEXED_FIRST;
    if (isBeside) await new Promise((resolve) => setTimeout(resolve, BESIDE_DIAGNOSIS.pauseMs));
    const slices = new TimeSlices(isBeside ? BESIDE_DIAGNOSIS.sliceMs : undefined);
    const packets = this.#packets;
    const until = packets.source.count;
    let frame = history.count + 1;
    for (; frame <= until; frame++) {
      history.add(packets.packetOf(frame));
      if (frame % FRAMES_PER_LOOK === 0 && slices.isOver) break;
    }
    // While the filter's first pass over the frames is running, that pass tests the new frames too.
    const applied = this.#applied;
    if (!applied || this.#filtering) return;
    while (applied.next <= packets.source.count && this.#applied === applied) {
      this.#test(applied);
      if (applied.next % FRAMES_PER_LOOK === 0 && slices.isOver) await slices.pause();
    }
  }

  #test(applied: AppliedFilter): void {
    const frame = applied.next++;
    if (applied.filter.matches(this.#packets.packetOf(frame))) applied.shown.push(frame);
  }

  #isIndexed(frame: number): boolean {
    return frame >= 1 && frame <= this.#history.count;
  }

  rows(frames: readonly number[]): FrameRow[] {
    return frames.filter((frame) => this.#isIndexed(frame)).map((frame) => this.#views.row(frame));
  }

  setRules(rules: readonly FrameRule[]): ({ readonly message: string; readonly offset: number } | null)[] {
    return [...this.#views.setRules(rules)];
  }

  details(frame: number): FrameDetails | null {
    return this.#isIndexed(frame) ? this.#views.details(frame) : null;
  }

  quoted(frame: number): number | null {
    return this.#isIndexed(frame) ? this.#views.quoted(frame) : null;
  }

  checkFilter(text: string): FilterCheck {
    const result = compileFilter(text);
    return result.ok ? { ok: true } : { ok: false, message: result.message, offset: result.offset };
  }

  async applyFilter(text: string, onPart: (part: FilterPart) => void): Promise<FilterOutcome> {
    const compiled = compileFilter(text);
    if (!compiled.ok) return { kind: "fault", message: compiled.message, offset: compiled.offset };
    const task = ++this.#task;
    if (text.trim() === "") {
      this.#applied = null;
      return { kind: "done", matches: this.#packets.source.count };
    }
    const applied: AppliedFilter = { text, filter: compiled.filter, shown: new FrameList(), next: 1, given: 0 };
    this.#applied = applied;
    this.#filtering = true;
    const report = (): void => {
      const frames = applied.shown.since(applied.given);
      applied.given = applied.shown.count;
      onPart({ done: applied.next - 1, total: this.#packets.source.count, frames });
    };
    const slices = new TimeSlices();
    while (applied.next <= this.#packets.source.count) {
      this.#test(applied);
      if (applied.next % FRAMES_PER_LOOK === 0 && slices.isOver) {
        report();
        await slices.pause();
        if (this.#task !== task) {
          // The result so far stays; from now on only new frames are tested.
          applied.next = this.#packets.source.count + 1;
          if (this.#applied === applied) this.#filtering = false;
          return { kind: "cancelled" };
        }
      }
    }
    this.#filtering = false;
    report();
    return { kind: "done", matches: applied.shown.count };
  }

  cancel(): void {
    this.#task++;
  }

  async order(column: FrameColumn, descending: boolean, onPart: (done: number, total: number) => void): Promise<Uint32Array | null> {
    const task = ++this.#orderTask;
    const packets = this.#packets;
    const views = this.#views;
    const { count, frameAt } = this.#scope("shown");
    const isWanted = (): boolean => this.#orderTask === task && this.#packets === packets;
    return await sortFrames(count, (i) => views.sortKey(column, frameAt(i)), descending, isWanted, onPart);
  }

  stopOrder(): void {
    this.#orderTask++;
  }

  complete(text: string, cursor: number): Completion {
    return completeFilter(text, cursor, (field) => this.#values.of(field, this.#packets));
  }

  /** The number of frames in the scope, and a function that returns the `i`th. */
  #scope(scope: FrameScope): { readonly count: number; readonly frameAt: (i: number) => number } {
    const applied = this.#applied;
    if (scope === "shown" && applied) return { count: applied.shown.count, frameAt: (i) => applied.shown.at(i) };
    return { count: this.#history.count, frameAt: (i) => i + 1 };
  }

  async find(query: FindQuery, from: number, forward: boolean): Promise<FindResult> {
    if (query.kind === "frame") return frameOfNumber(query.pattern, this.#history.count);
    const test = finderOf(query, this.#packets, (frame) => this.#views.row(frame));
    if ("kind" in test) return test;
    const task = ++this.#task;
    const { count, frameAt } = this.#scope("shown");
    const start = this.#applied ? this.#applied.shown.indexOf(forward ? from + 1 : from) : forward ? from : from - 1;
    const slices = new TimeSlices();
    // Filters need their frames in order: they are asked about all of them first.
    if (test.prepare) {
      for (let frame = 1; frame <= this.#history.count; frame++) {
        test.prepare(frame);
        if (frame % FRAMES_PER_LOOK === 0 && slices.isOver) {
          await slices.pause();
          if (this.#task !== task) return { kind: "cancelled" };
        }
      }
    }
    for (let step = 0; step < count; step++) {
      const i = forward ? (start + step) % count : (((start - 1 - step) % count) + count) % count;
      const frame = frameAt(i);
      const hit = test.look(frame);
      if (hit) return { kind: "found", frame, ...hit, wrapped: forward ? frame <= from : frame >= from };
      if (step % 64 === 63 && slices.isOver) {
        await slices.pause();
        if (this.#task !== task) return { kind: "cancelled" };
      }
    }
    return { kind: "none" };
  }

  follow(frame: number): FollowedStream | null {
    return this.#isIndexed(frame) ? this.#views.follow(frame) : null;
  }

  graph(scope: FrameScope, maxBuckets: number): IoGraph {
    const { count, frameAt } = this.#scope(scope);
    const { firstUs, lastUs } = this.state();
    const history = this.#history;
    return graphOf(
      count,
      frameAt,
      (frame) => this.#packets.timeUsOf(frame),
      (frame) => history.classOf(frame),
      firstUs,
      lastUs,
      maxBuckets,
    );
  }

  tcpGraph(frame: number, reversed: boolean): TcpGraph | null {
    const stream = this.#isIndexed(frame) ? this.#history.streamOf(frame) : null;
    if (stream?.protocol !== "tcp") return null;
    return tcpGraphOf(this.#history.framesOf(stream), stream.stream, this.#packets.packetOf, reversed);
  }

  async traffic(scope: FrameScope, onPart: (done: number, total: number) => void): Promise<TrafficView | null> {
    const task = ++this.#trafficTask;
    const packets = this.#packets;
    const { count, frameAt } = this.#scope(scope);
    const isWanted = (): boolean => this.#trafficTask === task && this.#packets === packets;
    return await countTraffic(packets, this.#history, count, frameAt, isWanted, onPart);
  }

  stopTraffic(): void {
    this.#trafficTask++;
  }

  async experts(scope: FrameScope, onPart: (done: number, total: number) => void): Promise<ExpertView | null> {
    const task = ++this.#expertTask;
    const packets = this.#packets;
    const shown = scope === "shown" ? (this.#applied?.shown ?? null) : null;
    const isWanted = (): boolean => this.#expertTask === task && this.#packets === packets;
    return await expertsOf(packets, this.#history.count, shown, isWanted, onPart);
  }

  stopExperts(): void {
    this.#expertTask++;
  }

  async diagnosisReport(name: string): Promise<string | null> {
    const run = this.#diagnosis;
    const diagnosis = await run.read(
      () => run === this.#diagnosis,
      () => {},
    );
    return diagnosis ? diagnosisReport(name, diagnosis) : null;
  }

  async diagnose(onPart: (done: number, total: number) => void): Promise<DiagnosisView | null> {
    const task = ++this.#diagnosisTask;
    const run = this.#diagnosis;
    const isWanted = (): boolean => this.#diagnosisTask === task && this.#diagnosis === run;
    this.#diagnosing++;
    const diagnosis = await run.read(isWanted, onPart).finally(() => this.#diagnosing--);
    if (!diagnosis) return null;
    this.#given = { serial: this.#given.serial + 1, findings: diagnosis.findings, packets: diagnosis.packets };
    return diagnosisView(diagnosis, this.#given.serial);
  }

  async markPushes(): Promise<boolean> {
    const { serial, findings, packets } = this.#given;
    const history = this.#history;
    const isWanted = (): boolean => this.#given.serial === serial && this.#history === history;
    return await markPushes(findings, history, this.#packets, packets, () => this.#indexSlice(), isWanted);
  }

  stopDiagnosis(): void {
    this.#diagnosisTask++;
  }

  findingRows(serial: number, numbers: readonly number[]): FindingRow[] {
    const { findings } = this.#given;
    if (serial !== this.#given.serial) return [];
    return numbers.filter((number) => findings[number - 1]).map((number) => findingRow(findings[number - 1], number));
  }

  finding(serial: number, number: number): FindingView | null {
    return serial === this.#given.serial ? (this.#given.findings[number - 1] ?? null) : null;
  }

  exportFrames(scope: FrameScope | readonly number[]): Uint8Array {
    if (typeof scope !== "string") return exportFrames(this.#packets, scope.length, (i) => scope[i]);
    const { count, frameAt } = this.#scope(scope);
    return exportFrames(this.#packets, count, frameAt);
  }

  setComment(frame: number, text: string): void {
    this.#packets.comments.set(frame, text.trim() === "" ? null : text);
  }
}
