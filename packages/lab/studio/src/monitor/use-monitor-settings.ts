/** What the monitor remembers from one visit to the next. */

import type { ColourRule } from "./colour-rules.ts";
import type { Column, TimeFormat } from "./columns.ts";
import { useKept } from "./kept.ts";
import { type ProfileSettings, RESTORE, restoreProfiles, storedProfiles } from "./profiles.ts";
import { type ProfileWays, useProfiles } from "./use-profiles.ts";

/** Groups of the field tree that are open at first. */
const OPEN_AT_FIRST: readonly string[] = ["udp", "icmp", "icmp/ip", "icmp/udp", "arp", "mapi", "dcerpc"];

const restoreStrings = (kept: unknown): readonly string[] => (Array.isArray(kept) ? kept.filter((entry) => typeof entry === "string") : []);
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
  readonly profiles: ProfileWays;
}

export function useMonitorSettings(): MonitorSettings {
  const [columns, setColumns] = useKept("columns", RESTORE.columns);
  const [timeFormat, setTimeFormat] = useKept("time", RESTORE.timeFormat);
  const [coloured, setColoured] = useKept("coloured", RESTORE.coloured);
  const [rules, setRules] = useKept("rules", RESTORE.rules);
  const [history, setHistory] = useKept("filters", restoreStrings);
  const [openGroups, setOpenGroups] = useKept("open", restoreGroups);
  const [listShare, setListShare] = useKept("split", RESTORE.listShare);
  const [treeShare, setTreeShare] = useKept("split-frame", RESTORE.treeShare);
  const [profiles, setProfiles] = useKept("profiles", restoreProfiles, storedProfiles);
  const present: ProfileSettings = { columns, timeFormat, coloured, rules, listShare, treeShare };
  const apply = (settings: ProfileSettings): void => {
    setColumns(settings.columns);
    setTimeFormat(settings.timeFormat);
    setColoured(settings.coloured);
    setRules(settings.rules);
    setListShare(settings.listShare);
    setTreeShare(settings.treeShare);
  };
  return {
    ...present,
    setColumns,
    setTimeFormat,
    setColoured,
    setRules,
    setListShare,
    setTreeShare,
    history,
    setHistory,
    openGroups,
    setOpenGroups,
    profiles: useProfiles(profiles, setProfiles, present, apply),
  };
}
