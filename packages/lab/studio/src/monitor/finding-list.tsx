/** All findings, grouped by verdict: groups open and close, a finding opens in its place. Only lines in sight have elements. */

import { describeHarm, VERDICT_INFO } from "@pushback/diagnose";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { DiagnosisView, FindingView } from "../analyzer/analyzer-api.ts";
import { FindingCard } from "./finding-card.tsx";
import { findingLines, groupKey, groupPlace, nextPlace } from "./finding-lines.ts";
import type { AnalyzerClient } from "./monitor-model.ts";
import { useFindingRows } from "./use-finding-rows.ts";

interface FindingListProps {
  readonly analyzer: AnalyzerClient;
  readonly diagnosis: DiagnosisView;
  /** Key of the group that is open at first. */
  readonly firstOpen: string | null;
  readonly selected: number | null;
  readonly onSelect: (frame: number) => void;
  readonly onFilter: (filter: string) => void;
}

const ROW_H = 28;
const PAGE_ROWS = 10;
/** Height of a finding in full before it is measured. */
const CARD_H = 320;

export function FindingList({ analyzer, diagnosis, firstOpen, selected, onSelect, onFilter }: FindingListProps) {
  const { serial, groups } = diagnosis;
  const [openGroups, setOpenGroups] = useState<ReadonlySet<string>>(() => new Set(firstOpen === null ? [] : [firstOpen]));
  const [openFinding, setOpenFinding] = useState<number | null>(null);
  const [card, setCard] = useState<{ readonly number: number; readonly finding: FindingView } | null>(null);
  const lines = useMemo(() => findingLines(groups, openGroups, openFinding), [groups, openGroups, openFinding]);
  const [chosen, setChosen] = useState(() =>
    Math.max(
      0,
      lines.findIndex((line) => line.kind === "group" && groupKey(line.group) === firstOpen),
    ),
  );
  const place = Math.min(chosen, lines.length - 1);
  const cardPlace = lines.findIndex((line) => line.kind === "card");

  // Ordinals of findings are valid within one diagnosis only.
  useEffect(() => {
    setOpenFinding(null);
    setCard(null);
  }, [serial]);
  useEffect(() => {
    let current = true;
    if (openFinding !== null)
      void analyzer.finding(serial, openFinding).then((finding) => {
        if (current && finding) setCard({ number: openFinding, finding });
      });
    return () => {
      current = false;
    };
  }, [analyzer, serial, openFinding]);

  const grid = useRef<HTMLDivElement>(null);
  const scroller = useRef<Element | null>(null);
  /** Distance in pixels from the top of the panel's scrolled content to the first line. */
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    scroller.current = grid.current?.closest(".tab-panel") ?? null;
    const [list, box] = [grid.current?.getBoundingClientRect(), scroller.current?.getBoundingClientRect()];
    if (list && box) setMargin(Math.round(list.top - box.top + (scroller.current?.scrollTop ?? 0)));
  });
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (lines[i].kind === "card" ? CARD_H : ROW_H),
    getItemKey: (i) => {
      const line = lines[i];
      return line.kind === "group" ? groupKey(line.group) : `${line.kind} ${line.number}`;
    },
    // The active line and the open finding stay: the focus may be in them.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), place, cardPlace])].filter((i) => i >= 0 && i < lines.length).sort((a, b) => a - b),
    scrollMargin: margin,
    scrollPaddingEnd: 8,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const rows = useFindingRows(
    analyzer,
    serial,
    items.flatMap(({ index }) => {
      const line = lines[index];
      return line.kind === "row" ? [line.number] : [];
    }),
  );

  const choose = (to: number): void => {
    setChosen(to);
    virtual.scrollToIndex(to, { align: "auto" });
  };
  const toggle = (i: number, open?: boolean): void => {
    const line = lines[i];
    setChosen(i);
    if (line.kind === "group") {
      const key = groupKey(line.group);
      const next = new Set(openGroups);
      if (open ?? !openGroups.has(key)) next.add(key);
      else next.delete(key);
      setOpenGroups(next);
    } else if (line.kind === "row") {
      // The card of an earlier finding closes: the lines below it move up.
      if (cardPlace >= 0 && cardPlace < i) setChosen(i - 1);
      setOpenFinding((open ?? openFinding !== line.number) ? line.number : null);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || lines.length === 0) return;
    if (event.target !== grid.current) {
      // Escape moves the focus from a link of the open finding back to the list.
      if (event.key !== "Escape") return;
      grid.current?.focus();
      event.preventDefault();
      return;
    }
    const line = lines[place];
    const isOpen = line.kind === "group" ? openGroups.has(groupKey(line.group)) : line.number === openFinding;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE_ROWS, PageUp: -PAGE_ROWS, Home: -lines.length, End: lines.length }[event.key];
    if (steps !== undefined) choose(nextPlace(lines, place, steps));
    else if (event.key === "Enter" || event.key === " ") toggle(place);
    else if (event.key === "ArrowRight") {
      if (isOpen) choose(nextPlace(lines, place, 1));
      else toggle(place, true);
    } else if (event.key === "ArrowLeft") {
      if (isOpen) toggle(place, false);
      else choose(groupPlace(lines, place));
    } else return;
    // The list has used the key, so the page's own shortcuts must not act on it.
    event.stopPropagation();
    event.preventDefault();
  };

  return (
    <div
      className="finding-list"
      role="treegrid"
      aria-label="All findings"
      aria-rowcount={lines.length}
      aria-activedescendant={lines.length > 0 ? `finding-line-${place}` : undefined}
      tabIndex={0}
      ref={grid}
      onKeyDown={onKeyDown}
    >
      <div className="finding-lines" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start, key }) => {
          const line = lines[index];
          const shared = {
            id: `finding-line-${index}`,
            "aria-rowindex": index + 1,
            style: { transform: `translateY(${start - margin}px)` },
          };
          if (line.kind === "card")
            return (
              <div key={key} {...shared} role="row" aria-level={3} className="finding-open" data-index={index} ref={virtual.measureElement}>
                <div role="gridcell">
                  {card?.number === line.number ? (
                    <FindingCard
                      finding={card.finding}
                      firstUs={diagnosis.firstUs}
                      selected={selected}
                      onSelect={onSelect}
                      onFilter={onFilter}
                    />
                  ) : (
                    <p className="panel-none">Reading…</p>
                  )}
                </div>
              </div>
            );
          const isGroup = line.kind === "group";
          const isOpen = isGroup ? openGroups.has(groupKey(line.group)) : line.number === openFinding;
          return (
            // The grid has the focus and the keys, and names its active row.
            <div
              key={key}
              {...shared}
              role="row"
              aria-level={isGroup ? 1 : 2}
              aria-expanded={isOpen}
              aria-selected={index === place}
              className={isGroup ? "finding-line finding-group" : "finding-line"}
              data-benign={isGroup ? line.group.benign : undefined}
              data-finding={isGroup ? undefined : line.number}
              onClick={() => toggle(index)}
            >
              <span role="gridcell">
                <span className="finding-twisty" aria-hidden="true">
                  {isOpen ? "▾" : "▸"}
                </span>
                {isGroup ? (
                  <>
                    <b className="numbers">{line.group.numbers.length.toLocaleString("en")}</b>{" "}
                    <span className="finding-tag">{describeHarm(line.group.benign)}</span> {VERDICT_INFO[line.group.verdict].title}
                  </>
                ) : (
                  <>
                    <span className="finding-number numbers">{line.number.toLocaleString("en")}</span> {rows.get(line.number)?.flow ?? "…"}{" "}
                    <span className="finding-sure">{rows.get(line.number)?.confidence}</span>
                  </>
                )}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
