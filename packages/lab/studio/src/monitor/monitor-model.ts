/** State of the monitor on the page: number of frames, which of them the filter selects, their order, and a cache of rows around the visible ones. */

import { proxy } from "comlink";
import type { AnalyzerApi, CaptureState, FilterPart, FrameColumn, FrameRow } from "../analyzer/analyzer-api.ts";
import { FrameList } from "../analyzer/frame-list.ts";
import type { Panel } from "./panels.ts";

/** The analyzer in the worker, called through promises. */
export type AnalyzerClient = {
  readonly [K in keyof AnalyzerApi]: (...args: Parameters<AnalyzerApi[K]>) => Promise<Awaited<ReturnType<AnalyzerApi[K]>>>;
};

export interface FilterState {
  /** The filter that holds. */
  readonly text: string;
  readonly running: { readonly done: number; readonly total: number } | null;
  readonly cancelled: boolean;
}

export interface SortState {
  readonly column: FrameColumn;
  readonly descending: boolean;
  readonly running: { readonly done: number; readonly total: number } | null;
}

/** The frame from which times are counted. */
interface ReferenceFrame {
  readonly frame: number;
  readonly timeUs: number;
}

/** Settings of one set of frames; they are reset when another capture or run is opened. */
export interface HeldSettings {
  /** The panel that is open; `null` until one was chosen. */
  readonly panel: Panel | null;
  readonly marks: ReadonlySet<number>;
  readonly reference: ReferenceFrame | null;
}

export interface MonitorView {
  readonly state: CaptureState;
  readonly held: HeldSettings;
  readonly filter: FilterState;
  /** Sort order of the rows; `null` for the order of the file. */
  readonly sort: SortState | null;
  /** Rows of the list. */
  readonly count: number;
  /** Changes when rows must be requested again: other frames, other classes, a comment. */
  readonly rowsVersion: number;
}

const EMPTY: CaptureState = { generation: -1, name: "", format: null, frames: 0, indexed: 0, firstUs: 0, lastUs: 0, problem: null };
const NOTHING_HELD: HeldSettings = { panel: null, marks: new Set(), reference: null };
const NO_FILTER: FilterState = { text: "", running: null, cancelled: false };
/** Most rows in the cache: many screens of the packet list. */
const MAX_ROWS = 6000;
/** Most rows in one request to the worker. */
const MAX_FETCH = 96;
/** Milliseconds between two updates of the list while frames are being read. */
const ADVANCE_MS = 80;

const models = new WeakMap<AnalyzerClient, MonitorModel>();

/** The model of an analyzer: it outlives the view, so that the filter, the marks and the panel are kept when the view is shown again. */
export function modelOf(analyzer: AnalyzerClient): MonitorModel {
  const known = models.get(analyzer);
  if (known) return known;
  const model = new MonitorModel(analyzer);
  models.set(analyzer, model);
  return model;
}

export class MonitorModel {
  readonly analyzer: AnalyzerClient;
  /** Serial of the latest filter request that came from outside the monitor. */
  lastRequest = 0;
  #view: MonitorView = { state: EMPTY, held: NOTHING_HELD, filter: NO_FILTER, sort: null, count: 0, rowsVersion: 0 };
  #shown: FrameList | null = null;
  /**
   * Sort order of the shown frames. `places`: index in file order by row; `rows`: row by index in file order. Rows beyond the end of the arrays are in
   * file order.
   */
  #order: { readonly places: Uint32Array; readonly rows: Uint32Array } | null = null;
  #sortRun = 0;
  readonly #rows = new Map<number, FrameRow>();
  /** Frames whose row is out of date: it is shown until the new one comes. */
  readonly #stale = new Set<number>();
  #wanted: readonly number[] = [];
  #fetching = false;
  #advancing = false;
  #again = false;
  #filterRun = 0;
  readonly #listeners = new Set<() => void>();
  readonly #rowListeners = new Set<() => void>();
  #rowsCome = 0;

  constructor(analyzer: AnalyzerClient) {
    this.analyzer = analyzer;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Called when rows have arrived; only the list needs it, and it is called often. */
  readonly subscribeRows = (listener: () => void): (() => void) => {
    this.#rowListeners.add(listener);
    return () => this.#rowListeners.delete(listener);
  };

  readonly rowsCome = (): number => this.#rowsCome;

  readonly view = (): MonitorView => this.#view;

  #change(change: Partial<MonitorView>): void {
    this.#view = { ...this.#view, ...change };
    const count = this.#shown ? this.#shown.count : this.#view.state.indexed;
    if (count !== this.#view.count) this.#view = { ...this.#view, count };
    for (const listener of this.#listeners) listener();
  }

  hold(change: Partial<HeldSettings>): void {
    this.#change({ held: { ...this.#view.held, ...change } });
  }

  /** The frame in row `i`. */
  frameAt(i: number): number {
    const place = this.#order && i < this.#order.places.length ? this.#order.places[i] : i;
    return this.#shown ? this.#shown.at(place) : place + 1;
  }

  /** The row of a frame, or the one where it would be. */
  rowOf(frame: number): number {
    const place = this.#shown ? this.#shown.indexOf(frame) : Math.min(Math.max(0, frame - 1), Math.max(0, this.#view.count - 1));
    return this.#order && place < this.#order.rows.length ? this.#order.rows[place] : place;
  }

  /** Sorts the list by a column; `null` puts it back into the order of the file. */
  async setSort(sort: Pick<SortState, "column" | "descending"> | null): Promise<void> {
    this.#sortRun++;
    if (sort === null || (sort.column === "number" && !sort.descending)) {
      this.#order = null;
      this.#change({ sort: null });
      await this.analyzer.stopOrder();
    } else {
      this.#change({ sort: { ...sort, running: { done: 0, total: this.#view.count } } });
      await this.#sortRows();
    }
  }

  /** Sorts the rows that the filter selects. The previous order stays on the screen until the sort is complete. */
  async #sortRows(): Promise<void> {
    const { sort } = this.#view;
    if (sort === null) return;
    const run = ++this.#sortRun;
    const onPart = (done: number, total: number): void => {
      if (run === this.#sortRun) this.#change({ sort: { ...sort, running: { done, total } } });
    };
    const places = await this.analyzer.order(sort.column, sort.descending, proxy(onPart));
    if (run !== this.#sortRun) return;
    if (places !== null) {
      const rows = new Uint32Array(places.length);
      for (let i = 0; i < places.length; i++) rows[places[i]] = i;
      this.#order = { places, rows };
    }
    this.#change({ sort: places === null && this.#order === null ? null : { ...sort, running: null } });
  }

  isShown(frame: number): boolean {
    const i = this.rowOf(frame);
    return i < this.#view.count && this.frameAt(i) === frame;
  }

  /** A frame's row; `undefined` until it has arrived. */
  row(frame: number): FrameRow | undefined {
    return this.#rows.get(frame);
  }

  /** To be called when frames may have been added, or when other rows come into view. */
  async refresh(): Promise<void> {
    if (this.#advancing) {
      this.#again = true;
      return;
    }
    this.#advancing = true;
    try {
      let told = Number.NEGATIVE_INFINITY;
      for (let more = true; more; ) {
        this.#again = false;
        const { state, shown } = await this.analyzer.advance();
        if (state.generation !== this.#view.state.generation) this.#reset(state);
        else if (this.#shown && shown) for (const frame of shown) this.#shown.push(frame);
        more = this.#again || state.indexed < state.frames;
        if (more && performance.now() - told < ADVANCE_MS) continue;
        told = performance.now();
        this.#change({ state });
      }
    } finally {
      this.#advancing = false;
    }
    // Frames that came meanwhile take their places; without the order of rows nothing was lost.
    if (this.#order && this.#order.places.length < this.#view.count) await this.#sortRows();
  }

  #reset(state: CaptureState): void {
    this.#clearRows();
    this.#shown = null;
    this.#order = null;
    this.#filterRun++;
    const { text } = this.#view.filter;
    // Settings that the user chose before the first frames arrived apply to these frames.
    const held = this.#view.state === EMPTY ? this.#view.held : NOTHING_HELD;
    this.#change({ state, held, filter: NO_FILTER, rowsVersion: this.#view.rowsVersion + 1 });
    if (text !== "") void this.applyFilter(text);
    else void this.#sortRows();
  }

  /** Announces that the rows of these frames will be shown, and fetches those that are missing. A later call takes precedence over an earlier one. */
  want(frames: readonly number[]): void {
    this.#wanted = frames;
    if (!this.#fetching) void this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    try {
      for (;;) {
        const missing = this.#wanted.filter((frame) => !this.#rows.has(frame) || this.#stale.has(frame)).slice(0, MAX_FETCH);
        if (missing.length === 0) return;
        const { generation } = this.#view.state;
        const rows = await this.analyzer.rows(missing);
        if (generation !== this.#view.state.generation) continue;
        if (rows.length === 0) return;
        if (this.#rows.size > MAX_ROWS) this.#clearRows();
        for (const row of rows) {
          this.#rows.set(row.frame, row);
          this.#stale.delete(row.frame);
        }
        this.#rowsCome++;
        for (const listener of this.#rowListeners) listener();
      }
    } finally {
      this.#fetching = false;
    }
  }

  #clearRows(): void {
    this.#rows.clear();
    this.#stale.clear();
  }

  /** Fetches all rows again after a change that affects them; the old rows are shown until the new ones arrive. */
  forgetRows(): void {
    for (const frame of this.#rows.keys()) this.#stale.add(frame);
    this.#change({ rowsVersion: this.#view.rowsVersion + 1 });
    this.want([...this.#wanted]);
  }

  /** Applies a valid filter; resolves when it has finished or was stopped. */
  async applyFilter(text: string): Promise<void> {
    const run = ++this.#filterRun;
    if (text.trim() === "") {
      this.#shown = null;
      this.#order = null;
      this.#change({ filter: NO_FILTER });
      await this.analyzer.applyFilter(
        "",
        proxy(() => {}),
      );
      await this.#sortRows();
      return;
    }
    const list = new FrameList();
    let begun = false;
    const take = (part: FilterPart): void => {
      if (run !== this.#filterRun) return;
      for (const frame of part.frames) list.push(frame);
      // The previous frames are shown until the new filter has selected a frame or has finished.
      if (!begun && list.count === 0 && part.done < part.total) return;
      begun = true;
      this.#order = null;
      this.#shown = list;
      this.#change({ filter: { text, running: part.done < part.total ? { done: part.done, total: part.total } : null, cancelled: false } });
    };
    const outcome = await this.analyzer.applyFilter(text, proxy(take));
    if (run !== this.#filterRun) return;
    if (outcome.kind === "cancelled") {
      this.#shown = list;
      this.#order = null;
      this.#change({ filter: { text, running: null, cancelled: true } });
    }
    await this.#sortRows();
  }

  stopFilter(): void {
    void this.analyzer.cancel();
  }

  async setComment(frame: number, text: string): Promise<void> {
    await this.analyzer.setComment(frame, text);
    this.#rows.delete(frame);
    this.want([...this.#wanted]);
    this.#change({ rowsVersion: this.#view.rowsVersion + 1 });
  }
}
