/** The column titles of the packet list, with grips that change their widths. */

import { type PointerEvent, useRef } from "react";
import { TEXT_SCALE } from "../design/text-scale.ts";
import { type Column, type ColumnId, changeColumn, clampWidth } from "./columns.ts";
import type { SortState } from "./monitor-model.ts";

type Sort = Pick<SortState, "column" | "descending">;

/** A click on a title sorts by it, the next one the other way round, and a third one puts the list back into the order of the file. */
function nextSort(sort: Sort | null, column: ColumnId): Sort | null {
  // Rows are sorted by ascending number without a sort, so the first click on "number" sorts them descending.
  if (sort?.column !== column) return { column, descending: column === "number" };
  return sort.descending ? null : { column, descending: true };
}

export function PacketListHeader({
  columns,
  onColumns,
  sort,
  onSort,
}: {
  readonly columns: readonly Column[];
  readonly onColumns: (columns: readonly Column[]) => void;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
}) {
  const drag = useRef<{ id: ColumnId; x: number; width: number } | null>(null);
  const shown = columns.filter((column) => column.shown);
  const resize = (event: PointerEvent): void => {
    const start = drag.current;
    if (start) onColumns(changeColumn(columns, start.id, { width: clampWidth(start.width + (event.clientX - start.x) / TEXT_SCALE) }));
  };
  return (
    <div className="packet-header" role="rowgroup">
      <div className="packet-header-row" role="row" aria-rowindex={1}>
        {shown.map((column, i) => (
          <span
            key={column.id}
            role="columnheader"
            data-column={column.id}
            className="packet-cell"
            aria-sort={sort?.column === column.id ? (sort.descending ? "descending" : "ascending") : undefined}
          >
            <button
              type="button"
              className="packet-sort"
              title={`Sort by ${column.title}`}
              onClick={() => onSort(nextSort(sort, column.id))}
            >
              <span>{column.title}</span>
              {sort?.column === column.id && <i aria-hidden="true">{sort.descending ? "▼" : "▲"}</i>}
            </button>
            {i < shown.length - 1 && (
              <span
                className="packet-grip"
                aria-hidden="true"
                onPointerDown={(event) => {
                  event.preventDefault();
                  event.currentTarget.setPointerCapture(event.pointerId);
                  drag.current = { id: column.id, x: event.clientX, width: column.width };
                }}
                onPointerMove={resize}
                onPointerUp={() => {
                  drag.current = null;
                }}
              />
            )}
          </span>
        ))}
      </div>
    </div>
  );
}
