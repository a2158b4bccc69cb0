/** The packet list's columns and the ways of telling time. */

import type { FrameColumn, FrameRow } from "../analyzer/analyzer-api.ts";

export type ColumnId = FrameColumn;

export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  readonly shown: boolean;
  /** Width in pixels at a text size of 16 px; the last shown column also takes the remaining width. */
  readonly width: number;
}

export const DEFAULT_COLUMNS: readonly Column[] = [
  { id: "number", title: "No.", shown: true, width: 76 },
  { id: "time", title: "Time", shown: true, width: 126 },
  { id: "delta", title: "Since previous", shown: false, width: 110 },
  { id: "source", title: "Source", shown: true, width: 128 },
  { id: "destination", title: "Destination", shown: true, width: 128 },
  { id: "protocol", title: "Protocol", shown: true, width: 84 },
  { id: "length", title: "Length", shown: true, width: 68 },
  { id: "class", title: "Kind", shown: false, width: 130 },
  { id: "rule", title: "Rule", shown: false, width: 150 },
  { id: "info", title: "Info", shown: true, width: 460 },
  { id: "comment", title: "Comment", shown: false, width: 280 },
];

export const MIN_WIDTH = 40;
export const MAX_WIDTH = 1200;

/** Restores stored columns: unknown ones are dropped, missing ones added, widths clamped. */
export function restoreColumns(kept: unknown): readonly Column[] {
  if (!Array.isArray(kept)) return DEFAULT_COLUMNS;
  const columns: Column[] = [];
  for (const entry of kept as readonly Partial<Column>[]) {
    const known = DEFAULT_COLUMNS.find((column) => column.id === entry?.id);
    if (!known || columns.some((column) => column.id === known.id)) continue;
    const width = typeof entry.width === "number" && Number.isFinite(entry.width) ? clampWidth(entry.width) : known.width;
    columns.push({ ...known, width, shown: typeof entry.shown === "boolean" ? entry.shown : known.shown });
  }
  for (const known of DEFAULT_COLUMNS) if (!columns.some((column) => column.id === known.id)) columns.push(known);
  return columns.some((column) => column.shown) ? columns : DEFAULT_COLUMNS;
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
}

/** The columns with the one of `id` moved by `by` places. */
export function moveColumn(columns: readonly Column[], id: ColumnId, by: number): readonly Column[] {
  const from = columns.findIndex((column) => column.id === id);
  const to = Math.min(columns.length - 1, Math.max(0, from + by));
  const moved = [...columns];
  const [column] = moved.splice(from, 1);
  moved.splice(to, 0, column);
  return moved;
}

export function changeColumn(columns: readonly Column[], id: ColumnId, change: Partial<Column>): readonly Column[] {
  return columns.map((column) => (column.id === id ? { ...column, ...change } : column));
}

export const TIME_FORMATS = ["first", "absolute", "delta", "reference"] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];
export const TIME_FORMAT_TITLES: Readonly<Record<TimeFormat, string>> = {
  first: "Since the first frame",
  absolute: "Date and time (UTC)",
  delta: "Since the frame before",
  reference: "Since the reference frame",
};

/** Seconds with six digits behind the point. */
export function formatSeconds(us: number): string {
  const whole = Math.abs(us);
  return `${us < 0 ? "-" : ""}${Math.floor(whole / 1e6)}.${String(Math.floor(whole % 1e6)).padStart(6, "0")}`;
}

/** "1996-11-04 09:00:00.000123", in UTC. */
export function formatAbsolute(us: number): string {
  const ms = Math.floor(us / 1000);
  if (!(Math.abs(ms) <= 8.64e15)) return "—";
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, iso.length - 5).replace("T", " ")}.${String(us - Math.floor(us / 1e6) * 1e6).padStart(6, "0")}`;
}

export function formatTime(row: FrameRow, format: TimeFormat, firstUs: number, referenceUs: number | null): string {
  switch (format) {
    case "first":
      return formatSeconds(row.timeUs - firstUs);
    case "absolute":
      return formatAbsolute(row.timeUs);
    case "delta":
      return formatSeconds(row.deltaUs);
    case "reference":
      return formatSeconds(row.timeUs - (referenceUs ?? firstUs));
  }
}
