/** The column titles of the packet list, with grips that change their widths. */

import { type PointerEvent, useRef } from "react";
import { type Column, type ColumnId, changeColumn, clampWidth } from "./columns.ts";

export function PacketListHeader({
  columns,
  onColumns,
}: {
  readonly columns: readonly Column[];
  readonly onColumns: (columns: readonly Column[]) => void;
}) {
  const drag = useRef<{ id: ColumnId; x: number; width: number } | null>(null);
  const shown = columns.filter((column) => column.shown);
  const resize = (event: PointerEvent): void => {
    const start = drag.current;
    if (start) onColumns(changeColumn(columns, start.id, { width: clampWidth(start.width + event.clientX - start.x) }));
  };
  return (
    <div className="packet-header" role="rowgroup">
      <div className="packet-header-row" role="row" aria-rowindex={1}>
        {shown.map((column, i) => (
          <span key={column.id} role="columnheader" data-column={column.id} className="packet-cell">
            {column.title}
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
