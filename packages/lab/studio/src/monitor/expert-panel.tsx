/** The experts' remarks, by severity and message: a row goes to its first frame, or filters by its message. Only rows in sight have elements. */

import { EXPERT_SEVERITIES, type ExpertRow, type ExpertSeverity, expertSections } from "@pushback/dissect";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ExpertView, FrameScope } from "../analyzer/analyzer-api.ts";
import { CountBar } from "./count-bar.tsx";
import { counted } from "./counted.ts";
import { useKept } from "./kept.ts";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import { useCounted } from "./use-counted.ts";
import "./expert-panel.css";

interface ExpertPanelProps {
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly onSelect: (frame: number) => void;
  readonly onFilter: (filter: string) => void;
}

const ROW_H = 26;
const PAGE_ROWS = 10;
const TITLES: Readonly<Record<ExpertSeverity, string>> = {
  error: "Errors",
  warning: "Warnings",
  note: "Notes",
  chat: "Chats",
  comment: "Comments",
};
const COLUMNS = ["Remarks", "First frame", "Message", "Group", "Protocol"] as const;

type Line =
  | { readonly kind: "heading"; readonly severity: ExpertSeverity; readonly total: number }
  | { readonly kind: "row"; readonly row: ExpertRow };

/** The rows of this severity and graver ones, each severity below a heading. */
function linesOf(rows: readonly ExpertRow[], least: ExpertSeverity): Line[] {
  return expertSections(rows, least).flatMap(({ severity, total, rows: found }): Line[] => [
    { kind: "heading", severity, total },
    ...found.map((row): Line => ({ kind: "row", row })),
  ]);
}

function sumOf(remarks: number, { frames, left }: ExpertView): string {
  return `${counted(remarks, "remark")} on ${counted(frames, "frame")}${left > 0 ? `; ${counted(left, "remark")} not listed` : ""}`;
}

const capitalised = (word: string): string => `${word[0].toUpperCase()}${word.slice(1)}`;

export function ExpertPanel({ model, view, onSelect, onFilter }: ExpertPanelProps) {
  const [scope, setScope] = useState<FrameScope>("all");
  const [least, setLeast] = useKept("expert-severity", (kept) => EXPERT_SEVERITIES.find((each) => each === kept) ?? "comment");
  const [chosen, setChosen] = useState(-1);
  const { analyzer } = model;
  const count = useCallback(
    (wanted: FrameScope, onPart: (done: number, total: number) => void) => analyzer.experts(wanted, onPart),
    [analyzer],
  );
  const stopCount = useCallback(() => analyzer.stopExperts(), [analyzer]);
  const experts = useCounted(view, scope, count, stopCount);
  const { result } = experts;
  const lines = useMemo(() => linesOf(result?.rows ?? [], least), [result, least]);
  const remarks = lines.reduce((sum, line) => sum + (line.kind === "row" ? line.row.count : 0), 0);

  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_H, overscan: 12 });
  const place = Math.min(chosen, lines.length - 1);
  const items = rows.getVirtualItems();
  const choose = (i: number): void => setChosen(Math.max(0, Math.min(lines.length - 1, i)));
  useEffect(() => {
    if (place >= 0) rows.scrollToIndex(place, { align: "auto" });
  }, [rows, place]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || lines.length === 0) return;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + PAGE_ROWS,
      PageUp: place - PAGE_ROWS,
      Home: 0,
      End: lines.length - 1,
    };
    const to = moves[event.key];
    const line = lines[place];
    if (to !== undefined) choose(to);
    else if (event.key === "Enter" && line?.kind === "row") {
      if (event.shiftKey) onFilter(line.row.filter);
      else onSelect(line.row.firstFrame);
    } else return;
    event.preventDefault();
  };

  return (
    <div className="expert-panel">
      <div className="panel-bar">
        <label>
          At least{" "}
          <select className="field small" value={least} onChange={(event) => setLeast(event.target.value as ExpertSeverity)}>
            {EXPERT_SEVERITIES.map((severity) => (
              <option key={severity} value={severity}>
                {TITLES[severity]}
              </option>
            ))}
          </select>
        </label>
        <CountBar
          scope={scope}
          onScope={setScope}
          counted={experts}
          verb="Reading"
          again="Read again"
          className="expert-sum"
          sum={result ? sumOf(remarks, result) : ""}
        />
        <span className="panel-hint">Enter goes to the first frame, Shift+Enter filters.</span>
      </div>
      {result && lines.length === 0 && <p className="panel-none">The dissectors have no remark on these frames.</p>}
      <div
        className="expert-list"
        hidden={result !== null && lines.length === 0}
        role="grid"
        aria-label="Experts’ remarks"
        aria-rowcount={lines.length + 1}
        aria-colcount={COLUMNS.length}
        aria-activedescendant={items.some(({ index }) => index === place) ? `expert-${place}` : undefined}
        tabIndex={0}
        ref={scroller}
        onKeyDown={onKeyDown}
      >
        <div className="expert-head" role="row" aria-rowindex={1}>
          {COLUMNS.map((title) => (
            <span key={title} role="columnheader">
              {title}
            </span>
          ))}
        </div>
        <div className="expert-rows" role="rowgroup" style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const line = lines[index];
            return (
              // The grid has the focus and the keys, and names its active row.
              <div
                key={index}
                id={`expert-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={index === place}
                className={line.kind === "heading" ? "expert-row expert-heading" : "expert-row"}
                data-severity={line.kind === "heading" ? line.severity : line.row.severity}
                style={{ transform: `translateY(${start}px)`, height: ROW_H }}
                onPointerDown={() => setChosen(index)}
                onDoubleClick={() => line.kind === "row" && onSelect(line.row.firstFrame)}
              >
                {line.kind === "heading" ? (
                  <span role="gridcell" aria-colspan={COLUMNS.length}>
                    {TITLES[line.severity]} ({line.total.toLocaleString("en")})
                  </span>
                ) : (
                  <ExpertCells row={line.row} onSelect={onSelect} onFilter={onFilter} />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** The buttons are for pointers: the grid's keys do the same. */
function ExpertCells({
  row,
  onSelect,
  onFilter,
}: {
  readonly row: ExpertRow;
  readonly onSelect: (frame: number) => void;
  readonly onFilter: (filter: string) => void;
}) {
  return (
    <>
      <span role="gridcell" className="numbers">
        {row.count.toLocaleString("en")}
      </span>
      <span role="gridcell" className="numbers">
        <button
          type="button"
          className="expert-link"
          tabIndex={-1}
          title={`Go to frame ${row.firstFrame}`}
          onClick={() => onSelect(row.firstFrame)}
        >
          {row.firstFrame.toLocaleString("en")}
        </button>
      </span>
      <span role="gridcell">
        <button type="button" className="expert-link" tabIndex={-1} title={`Filter: ${row.filter}`} onClick={() => onFilter(row.filter)}>
          {row.message}
        </button>
      </span>
      <span role="gridcell">{capitalised(row.group)}</span>
      <span role="gridcell">{row.protocol}</span>
    </>
  );
}
