/** What the monitor remembers from one visit to the next. */

import { type ColourRule, restoreRules } from "./colour-rules.ts";
import { type Column, restoreColumns, TIME_FORMATS, type TimeFormat } from "./columns.ts";
import { useKept } from "./kept.ts";

/** Groups of the field tree that are open at first. */
const OPEN_AT_FIRST: readonly string[] = ["udp", "icmp", "icmp/ip", "icmp/udp", "arp", "mapi", "dcerpc"];

const restoreStrings = (kept: unknown): readonly string[] => (Array.isArray(kept) ? kept.filter((entry) => typeof entry === "string") : []);
/** A share of the space between `low` and `high`, or `otherwise` if none was kept. */
const restoreShare = (low: number, high: number, otherwise: number) => (kept: unknown) =>
  typeof kept === "number" && kept > low && kept < high ? kept : otherwise;
const restoreListShare = restoreShare(0.1, 0.9, 0.52);
const restoreTreeShare = restoreShare(0.2, 0.8, 0.55);
const restoreTimeFormat = (kept: unknown): TimeFormat => TIME_FORMATS.find((format) => format === kept) ?? "first";
const restoreGroups = (kept: unknown): readonly string[] => (Array.isArray(kept) ? restoreStrings(kept) : OPEN_AT_FIRST);

export interface MonitorSettings {
  readonly columns: readonly Column[];
  setColumns(columns: readonly Column[]): void;
  readonly timeFormat: TimeFormat;
  setTimeFormat(format: TimeFormat): void;
  readonly coloured: boolean;
  setColoured(coloured: boolean): void;
  readonly rules: readonly ColourRule[];
  setRules(rules: readonly ColourRule[]): void;
  /** Filters that were applied, the latest first. */
  readonly history: readonly string[];
  setHistory(history: readonly string[]): void;
  /** Names of the open groups of the field tree. */
  readonly openGroups: readonly string[];
  setOpenGroups(groups: readonly string[]): void;
  /** The packet list's share of the height. */
  readonly listShare: number;
  setListShare(share: number): void;
  /** The field tree's share of the width. */
  readonly treeShare: number;
  setTreeShare(share: number): void;
}

export function useMonitorSettings(): MonitorSettings {
  const [columns, setColumns] = useKept("columns", restoreColumns);
  const [timeFormat, setTimeFormat] = useKept("time", restoreTimeFormat);
  const [coloured, setColoured] = useKept("coloured", (kept) => kept !== false);
  const [rules, setRules] = useKept("rules", restoreRules);
  const [history, setHistory] = useKept("filters", restoreStrings);
  const [openGroups, setOpenGroups] = useKept("open", restoreGroups);
  const [listShare, setListShare] = useKept("split", restoreListShare);
  const [treeShare, setTreeShare] = useKept("split-frame", restoreTreeShare);
  return {
    columns,
    setColumns,
    timeFormat,
    setTimeFormat,
    coloured,
    setColoured,
    rules,
    setRules,
    history,
    setHistory,
    openGroups,
    setOpenGroups,
    listShare,
    setListShare,
    treeShare,
    setTreeShare,
  };
}
