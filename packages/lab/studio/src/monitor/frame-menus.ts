/** The menus of a frame, of a field, of the export, and of the profiles. */

import type { DetailNode, FrameRow, FrameScope } from "../analyzer/analyzer-api.ts";
import type { ColumnId } from "./columns.ts";
import type { MenuItem } from "./context-menu.tsx";
import { combineFilters, FILTER_WAY_TITLES, FILTER_WAYS, filterOfCell } from "./filter-text.ts";
import type { KeptFrame } from "./kept-frame.ts";
import type { ProfileWays } from "./use-profiles.ts";

/** Actions of the menus. */
export interface FrameWays {
  /** The text in the filter field, applied or not. */
  readonly present: string;
  apply(filter: string): void;
  /** Puts a filter into the bar without applying it. */
  prepare(filter: string): void;
  follow(frame: number): void;
  showSequence(frame: number): void;
  comment(): void;
  setReference(frame: number): void;
  /** Marks the frame, or takes its mark back. */
  toggleMark(frame: number): void;
  /** The first call remembers the frame; the second opens the comparison of both. */
  compare(frame: number): void;
  /** Compares an ICMP error with the datagram that it quotes. */
  compareQuoted(frame: number): void;
  save(scope: FrameScope | readonly number[], suffix: string): void;
  /** Shows a one-line message. */
  notice(text: string): void;
}

/** Copies a text, and says whether the browser allowed it; `what` names the text. */
async function copy(what: string, text: string, { notice }: Pick<FrameWays, "notice">): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice(`Copied ${what}`);
  } catch {
    notice(`The browser does not let the page copy ${what}`);
  }
}

const MAX_SHOWN = 48;

function filterItems(filter: string, { present, apply, prepare }: FrameWays): MenuItem[] {
  return [
    ...FILTER_WAYS.map(
      (way, i): MenuItem => ({
        title: FILTER_WAY_TITLES[way],
        ...(i === 0 && { group: "Apply as filter", detail: filter.length > MAX_SHOWN ? `${filter.slice(0, MAX_SHOWN - 1)}…` : filter }),
        run: () => apply(combineFilters(present, filter, way)),
      }),
    ),
    ...(["only", "and"] as const).map(
      (way, i): MenuItem => ({
        title: FILTER_WAY_TITLES[way],
        ...(i === 0 && { group: "Prepare as filter" }),
        run: () => prepare(combineFilters(present, filter, way)),
      }),
    ),
  ];
}

/** Name of the key that calls a command at present; "" if it has none. A command is identified by its default key. */
export type KeyName = (command: string) => string;

/** State of a frame in the packet list that is not part of its row. */
interface FrameSigns {
  readonly isReference: boolean;
  readonly isMarked: boolean;
  /** The frame that was chosen first for a comparison, in this capture or another. */
  readonly waiting: KeptFrame | null;
  /** Whether this frame is the one in `waiting`. */
  readonly isWaiting: boolean;
}

export function rowItems(
  row: FrameRow,
  column: ColumnId,
  { isReference, isMarked, waiting, isWaiting }: FrameSigns,
  ways: FrameWays,
  keyName: KeyName,
): MenuItem[] {
  const { frame } = row;
  return [
    { title: "Follow conversation", shortcut: keyName("f"), group: `Frame ${frame}`, run: () => ways.follow(frame) },
    { title: "Sequence of this conversation", shortcut: keyName("s"), run: () => ways.showSequence(frame) },
    { title: row.comment ? "Edit comment…" : "Comment…", shortcut: keyName("c"), run: () => ways.comment() },
    { title: isReference ? "No time reference" : "Time reference", shortcut: keyName("t"), run: () => ways.setReference(frame) },
    { title: isMarked ? "No mark" : "Mark", shortcut: keyName("m"), run: () => ways.toggleMark(frame) },
    {
      title: isWaiting ? "Do not compare" : waiting ? `Compare with frame ${waiting.details.row.frame}` : "Compare with another frame",
      shortcut: keyName("d"),
      run: () => ways.compare(frame),
    },
    ...(row.frameClass === "icmp-error" ? [{ title: "Compare with the datagram it quotes", run: () => ways.compareQuoted(frame) }] : []),
    {
      title: "Copy as text",
      run: () =>
        void copy(
          `frame ${frame} as text`,
          `${frame}\t${row.source}\t${row.destination}\t${row.protocol}\t${row.length}\t${row.info}`,
          ways,
        ),
    },
    ...filterItems(filterOfCell(row, column), ways),
  ];
}

export function fieldItems(node: DetailNode, ways: FrameWays): MenuItem[] {
  return [
    ...filterItems(node.filter, ways),
    {
      title: "Copy value",
      group: node.name,
      disabled: node.value === "",
      run: () => void copy(`the value of ${node.name}`, node.value, ways),
    },
    { title: "Copy filter", run: () => void copy("the filter", node.filter, ways) },
  ];
}

export function profileItems({ list, current, choose }: ProfileWays, onNotice: (text: string) => void, manage: () => void): MenuItem[] {
  return [
    ...list.map(
      ({ id, name }, i): MenuItem => ({
        title: name,
        ...(i === 0 && { group: "Columns, colours, time and layout" }),
        ...(id === current.id && { detail: "in use" }),
        run: () => {
          choose(id);
          onNotice(`Profile ${name} is in use`);
        },
      }),
    ),
    { title: "Manage profiles…", group: "", run: manage },
  ];
}

interface FrameCounts {
  readonly shown: number;
  readonly all: number;
  readonly isFiltered: boolean;
}

export function exportItems(
  selected: readonly number[],
  marked: readonly number[],
  { shown, all, isFiltered }: FrameCounts,
  ways: FrameWays,
): MenuItem[] {
  const count = (n: number) => n.toLocaleString("en");
  return [
    {
      title: `Shown frames (${count(shown)})`,
      group: "As pcapng, with comments",
      disabled: shown === 0,
      run: () => ways.save("shown", isFiltered ? "-filtered" : ""),
    },
    {
      title: `Selected frames (${count(selected.length)})`,
      disabled: selected.length === 0,
      run: () => ways.save(selected, "-selected"),
    },
    {
      title: `Marked frames (${count(marked.length)})`,
      disabled: marked.length === 0,
      run: () => ways.save(marked, "-marked"),
    },
    { title: `All frames (${count(all)})`, disabled: all === 0, run: () => ways.save("all", "") },
  ];
}
