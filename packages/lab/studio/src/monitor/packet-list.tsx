/** The packet list: a grid of any number of rows; only rows in sight have elements. */

import {
  type CSSProperties,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { TEXT_SCALE } from "../design/text-scale.ts";
import type { ColourRule } from "./colour-rules.ts";
import type { Column, ColumnId, TimeFormat } from "./columns.ts";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import { PacketListHeader } from "./packet-list-header.tsx";
import { PacketRow } from "./packet-row.tsx";
import { ScrollMap } from "./scroll-map.ts";

const ROW_HEIGHT = Math.round(22 * TEXT_SCALE);
/** Height of the header, which stays above the rows. */
const HEADER_HEIGHT = 26 * TEXT_SCALE;
/** Rows drawn above and below those in sight. */
const OVERSCAN = 6;
/** Rows requested before they come into sight. */
const PREFETCH = 120;

export interface ListMenuRequest {
  readonly frame: number;
  readonly column: ColumnId;
  readonly x: number;
  readonly y: number;
}

interface PacketListProps {
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly columns: readonly Column[];
  readonly onColumns: (columns: readonly Column[]) => void;
  readonly timeFormat: TimeFormat;
  readonly referenceFrame: { readonly frame: number; readonly timeUs: number } | null;
  readonly marks: ReadonlySet<number>;
  readonly coloured: boolean;
  readonly rules: readonly ColourRule[];
  readonly selected: number | null;
  /** First end of a selection of several rows; the selected frame is the other end. */
  readonly anchor: number | null;
  readonly onSelect: (frame: number, extend: boolean) => void;
  readonly onMenu: (request: ListMenuRequest) => void;
  readonly onOpen: (frame: number) => void;
  /** Whether the list stays at its newest row. */
  readonly tail: boolean;
  /** Called when the user scrolls away from the newest row. */
  readonly onLeaveTail: () => void;
  readonly gridRef: RefObject<HTMLDivElement | null>;
}

export function PacketList(props: PacketListProps) {
  const { model, view, columns, selected, anchor, onSelect, onMenu, onOpen, gridRef } = props;
  const { count } = view;
  useSyncExternalStore(model.subscribeRows, model.rowsCome);
  const map = useMemo(() => new ScrollMap(ROW_HEIGHT), []);
  const [viewport, setViewport] = useState(400);
  const [first, setFirst] = useState(0);
  const [, setMoved] = useState(0);
  const shown = useMemo(() => columns.filter((column) => column.shown), [columns]);
  const template = `${shown
    .map((column, i) => (i === shown.length - 1 ? `minmax(${column.width / 16}rem, 1fr)` : `${column.width / 16}rem`))
    .join(" ")}`;
  const rules = useMemo(() => new Map(props.rules.map((rule) => [rule.id, rule])), [props.rules]);
  map.resize(count, viewport);

  useEffect(() => {
    const element = gridRef.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setViewport(Math.max(ROW_HEIGHT, element.clientHeight - HEADER_HEIGHT)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [gridRef]);

  const update = (): void => {
    setFirst(Math.floor(map.top / ROW_HEIGHT));
  };
  const scrollTo = (scrollTop: number | null): void => {
    if (scrollTop === null || !gridRef.current) return;
    gridRef.current.scrollTop = scrollTop;
    setMoved((n) => n + 1);
    update();
  };

  const last = Math.min(count, first + Math.ceil(viewport / ROW_HEIGHT) + 1 + OVERSCAN);
  const start = Math.max(0, Math.min(first, count) - OVERSCAN);
  // When the list becomes shorter than the scroll position, the browser scrolls back: the first row follows.
  useLayoutEffect(() => {
    if (first > 0 && first >= count) update();
  });
  const frames: number[] = [];
  for (let i = start; i < last; i++) frames.push(model.frameAt(i));
  // Rows in sight are requested first, then rows further in the direction of scrolling.
  const heading = useRef({ first: 0, down: true });
  useEffect(() => {
    const { current: before } = heading;
    if (first !== before.first) heading.current = { first, down: first > before.first };
    const ahead: number[] = [];
    for (let k = 0; k < PREFETCH; k++) {
      const i = heading.current.down ? last + k : start - 1 - k;
      if (i >= 0 && i < count) ahead.push(model.frameAt(i));
    }
    model.want([...frames, ...ahead]);
  });

  const { tail, onLeaveTail } = props;
  // While the list stays at its newest row, it scrolls when rows are added.
  useLayoutEffect(() => {
    if (tail && count > 0) scrollTo(map.reveal(count - 1));
  }, [tail, count, viewport]);

  // A newly selected frame is scrolled into sight, whatever selected it.
  const revealed = useRef<string>("");
  useLayoutEffect(() => {
    const sorted = view.sort?.running === null ? `${view.sort.column}${view.sort.descending}` : "";
    const key = `${selected}/${view.filter.text}/${view.state.generation}/${sorted}`;
    if (selected === null || key === revealed.current || !model.isShown(selected)) return;
    const far = revealed.current !== "";
    revealed.current = key;
    const i = model.rowOf(selected);
    const near = Math.abs(i * ROW_HEIGHT - map.top) < viewport * 2;
    scrollTo(near || !far ? map.reveal(i) : map.center(i));
  });

  const current = selected !== null && model.isShown(selected) ? model.rowOf(selected) : -1;
  const anchorRow = anchor !== null && model.isShown(anchor) ? model.rowOf(anchor) : current;
  const [low, high] = anchorRow < current ? [anchorRow, current] : [current, anchorRow];

  const go = (i: number, extend: boolean): void => {
    if (count === 0) return;
    onSelect(model.frameAt(Math.min(count - 1, Math.max(0, i))), extend);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(viewport / ROW_HEIGHT) - 1);
    const from = current >= 0 ? current : first - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: count - 1,
    };
    if (event.target !== gridRef.current || event.altKey || event.metaKey) return;
    if (event.key in moves) {
      if (event.ctrlKey && !["Home", "End"].includes(event.key)) return;
      event.preventDefault();
      go(moves[event.key], event.shiftKey);
    } else if (event.key === "Enter" && selected !== null) {
      event.preventDefault();
      onOpen(selected);
    } else if ((event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) && selected !== null && current >= 0) {
      event.preventDefault();
      const box = document.getElementById(`packet-${selected}`)?.getBoundingClientRect() ?? gridRef.current.getBoundingClientRect();
      onMenu({ frame: selected, column: "info", x: box.left + 80, y: box.bottom });
    }
  };

  const columnAt = (target: EventTarget | null): ColumnId =>
    ((target as HTMLElement | null)?.closest<HTMLElement>("[data-column]")?.dataset["column"] as ColumnId | undefined) ?? "info";
  const frameOfEvent = (target: EventTarget | null): number | null => {
    const row = (target as HTMLElement | null)?.closest<HTMLElement>("[data-frame]");
    return row ? Number(row.dataset["frame"]) : null;
  };

  return (
    <div className="packet-list">
      <div
        className="packet-scroller"
        role="grid"
        aria-label="Packets"
        aria-rowcount={count + 1}
        aria-colcount={shown.length}
        aria-multiselectable="true"
        aria-activedescendant={current >= start && current < last ? `packet-${selected}` : undefined}
        tabIndex={0}
        ref={gridRef}
        onKeyDown={onKeyDown}
        style={{ "--columns": template, "--row-height": `${ROW_HEIGHT}px` } as CSSProperties}
        data-coloured={props.coloured || undefined}
        onScroll={(event) => {
          const before = map.top;
          const corrected = map.scrolled(event.currentTarget.scrollTop);
          if (corrected !== null) event.currentTarget.scrollTop = corrected;
          if (tail && map.top < before - ROW_HEIGHT) onLeaveTail();
          update();
          if (count * ROW_HEIGHT > map.height) setMoved((n) => n + 1);
        }}
      >
        <PacketListHeader columns={columns} onColumns={props.onColumns} sort={view.sort} onSort={(sort) => void model.setSort(sort)} />
        <div
          className="packet-rows"
          role="rowgroup"
          style={{ height: map.height }}
          onPointerDown={(event) => {
            const frame = frameOfEvent(event.target);
            if (frame !== null && event.button === 0) onSelect(frame, event.shiftKey);
          }}
          onDoubleClick={(event) => {
            const frame = frameOfEvent(event.target);
            if (frame !== null) onOpen(frame);
          }}
          onContextMenu={(event) => {
            const frame = frameOfEvent(event.target);
            if (frame === null) return;
            event.preventDefault();
            if (frame !== selected) onSelect(frame, false);
            onMenu({ frame, column: columnAt(event.target), x: event.clientX, y: event.clientY });
          }}
        >
          {frames.map((frame, k) => {
            const i = start + k;
            const row = model.row(frame);
            return (
              <PacketRow
                key={i % (Math.ceil(viewport / ROW_HEIGHT) + 2 * OVERSCAN + 4)}
                frame={frame}
                index={i}
                place={map.placeOf(i)}
                row={row}
                rule={rules.get(row?.rule ?? "") ?? null}
                columns={shown}
                timeFormat={props.timeFormat}
                firstUs={view.state.firstUs}
                reference={props.referenceFrame}
                marked={props.marks.has(frame)}
                selected={i >= low && i <= high && current >= 0}
                current={i === current}
              />
            );
          })}
        </div>
      </div>
      {count === 0 && <p className="packet-none">{emptyText(view)}</p>}
      {view.sort?.running && view.sort.running.done > 0 && (
        <p className="packet-sorting" role="status">
          Sorting: {Math.floor((100 * view.sort.running.done) / view.sort.running.total)} %
          <button type="button" className="button small" onClick={() => void model.setSort(null)}>
            Stop
          </button>
        </p>
      )}
    </div>
  );
}

function emptyText({ state, filter }: MonitorView): string {
  if (filter.running) return "Filtering…";
  if (filter.text !== "" && state.frames > 0) return "No frame passes the filter.";
  return state.frames > 0 ? "Reading…" : "No frames yet.";
}
