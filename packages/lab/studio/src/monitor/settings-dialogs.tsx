/** Columns to choose, order and widen without a mouse; and a frame's comment. */

import { useState } from "react";
import { Modal } from "../controls/modal.tsx";
import { type Column, changeColumn, clampWidth, DEFAULT_COLUMNS, MAX_WIDTH, MIN_WIDTH, moveColumn } from "./columns.ts";

export function ColumnsDialog({
  columns,
  onColumns,
  onClose,
}: {
  readonly columns: readonly Column[];
  readonly onColumns: (columns: readonly Column[]) => void;
  readonly onClose: () => void;
}) {
  return (
    <Modal title="Columns" onClose={onClose}>
      <table className="columns-table">
        <thead>
          <tr>
            <th scope="col">Shown</th>
            <th scope="col">Width</th>
            <th scope="col">Order</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column, i) => (
            <tr key={column.id}>
              <td>
                <label>
                  <input
                    type="checkbox"
                    checked={column.shown}
                    disabled={column.shown && columns.filter((c) => c.shown).length === 1}
                    onChange={(event) => onColumns(changeColumn(columns, column.id, { shown: event.target.checked }))}
                  />{" "}
                  {column.title}
                </label>
              </td>
              <td>
                <input
                  className="field numbers"
                  type="number"
                  min={MIN_WIDTH}
                  max={MAX_WIDTH}
                  step={10}
                  aria-label={`Width of ${column.title} in pixels`}
                  value={column.width}
                  onChange={(event) =>
                    onColumns(changeColumn(columns, column.id, { width: clampWidth(Number(event.target.value) || MIN_WIDTH) }))
                  }
                />
              </td>
              <td>
                <button
                  type="button"
                  className="button small"
                  aria-label={`Move ${column.title} to the left`}
                  disabled={i === 0}
                  onClick={() => onColumns(moveColumn(columns, column.id, -1))}
                >
                  ←
                </button>{" "}
                <button
                  type="button"
                  className="button small"
                  aria-label={`Move ${column.title} to the right`}
                  disabled={i === columns.length - 1}
                  onClick={() => onColumns(moveColumn(columns, column.id, 1))}
                >
                  →
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="modal-foot">
        <button type="button" className="button" onClick={() => onColumns(DEFAULT_COLUMNS)}>
          As they were at first
        </button>
      </p>
    </Modal>
  );
}

export function CommentDialog({
  frame,
  comment,
  onSave,
  onClose,
}: {
  readonly frame: number;
  readonly comment: string;
  readonly onSave: (text: string) => void;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState(comment);
  return (
    <Modal title={`Comment on frame ${frame}`} onClose={onClose}>
      <form
        className="comment-form"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(text);
        }}
      >
        <label>
          <span className="visually-hidden">Comment</span>
          <textarea
            className="field"
            data-first-focus
            rows={5}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSave(text);
            }}
          />
        </label>
        <p className="modal-foot">
          <span className="panel-hint">It goes into every pcapng file that is exported.</span>
          {comment !== "" && (
            <button type="button" className="button" onClick={() => onSave("")}>
              Remove
            </button>
          )}
          <button type="submit" className="button primary">
            Save
          </button>
        </p>
      </form>
    </Modal>
  );
}
