/** One row of the packet list. */

import { FRAME_CLASS_INFO } from "@pushback/dissect";
import { memo } from "react";
import type { FrameRow } from "../analyzer/analyzer-api.ts";
import { type ColourRule, titleOfRule } from "./colour-rules.ts";
import { type Column, type ColumnId, formatTime, type TimeFormat } from "./columns.ts";

interface PacketRowProps {
  readonly frame: number;
  readonly index: number;
  readonly place: number;
  readonly row: FrameRow | undefined;
  /** The rule that colours the row. */
  readonly rule: ColourRule | null;
  readonly columns: readonly Column[];
  readonly timeFormat: TimeFormat;
  readonly firstUs: number;
  readonly reference: { readonly frame: number; readonly timeUs: number } | null;
  readonly marked: boolean;
  readonly selected: boolean;
  readonly current: boolean;
}

export const PacketRow = memo(function PacketRow({
  frame,
  index,
  place,
  row,
  rule,
  columns,
  timeFormat,
  firstUs,
  reference,
  marked,
  selected,
  current,
}: PacketRowProps) {
  return (
    // The grid has the focus and names its active row; rows are not focusable.
    <div
      className="packet-row"
      role="row"
      id={`packet-${frame}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-frame={frame}
      data-class={row?.frameClass}
      data-colour={rule?.colour}
      title={rule === null ? undefined : `Rule: ${titleOfRule(rule)}`}
      data-current={current || undefined}
      data-marked={marked || undefined}
      data-reference={reference?.frame === frame || undefined}
      style={{ transform: `translateY(${place}px)` }}
    >
      {columns.map(({ id }) => (
        <span key={id} role="gridcell" data-column={id} className="packet-cell">
          {id === "info" ? (
            <span className="packet-info">{row?.info ?? ""}</span>
          ) : row ? (
            cellText(row, rule, id, timeFormat, firstUs, reference)
          ) : id === "number" ? (
            frame
          ) : (
            ""
          )}
          {id === "number" && marked && <span className="visually-hidden">, marked</span>}
          {id === "info" && row?.comment && !columns.some((column) => column.id === "comment") && (
            <span className="packet-comment" title={row.comment}>
              <span className="visually-hidden">, comment: </span>
              {row.comment}
            </span>
          )}
        </span>
      ))}
    </div>
  );
});

function cellText(
  row: FrameRow,
  rule: ColourRule | null,
  id: ColumnId,
  format: TimeFormat,
  firstUs: number,
  reference: { readonly frame: number; readonly timeUs: number } | null,
): string | number {
  switch (id) {
    case "number":
      return row.frame;
    case "time":
      return reference?.frame === row.frame && format === "reference"
        ? "*REF*"
        : formatTime(row, format, firstUs, reference?.timeUs ?? null);
    case "delta":
      return formatTime(row, "delta", firstUs, null);
    case "class":
      return FRAME_CLASS_INFO[row.frameClass].title;
    case "rule":
      return rule === null ? "" : titleOfRule(rule);
    case "comment":
      return row.comment ?? "";
    default:
      return row[id];
  }
}
