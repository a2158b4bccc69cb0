/** Two frames side by side: fields, what differs in words and marks, and the bytes. */

import { useMemo, useState } from "react";
import type { DetailNode } from "../analyzer/analyzer-api.ts";
import { Modal } from "../controls/modal.tsx";
import { type ComparedRow, compareFrames, type Difference } from "./compare-frames.ts";
import { counted } from "./counted.ts";
import type { KeptFrame } from "./kept-frame.ts";
import "./compare-dialog.css";

interface CompareDialogProps {
  readonly first: KeptFrame;
  readonly second: KeptFrame;
  readonly onClose: () => void;
}

/** Number of rows that the dialog shows when it opens. */
const ROWS_SHOWN = 300;
const MAX_CHARS = 200;
const PER_LINE = 16;
/** Largest number of bytes shown of each frame. */
const MAX_BYTES = 2048;

export function CompareDialog({ first, second, onClose }: CompareDialogProps) {
  const [onlyDifferences, setOnlyDifferences] = useState(false);
  const [most, setMost] = useState(ROWS_SHOWN);
  const { rows, counts, firstBytes, secondBytes } = useMemo(() => compareFrames(first.details, second.details), [first, second]);
  const isOfOneCapture = first.document === second.document;
  const titleOf = ({ details, capture }: KeptFrame): string =>
    isOfOneCapture ? `Frame ${details.row.frame}` : `Frame ${details.row.frame} of ${capture}`;
  const [titleFirst, titleSecond] = [titleOf(first), titleOf(second)];
  const words: Readonly<Record<Difference, string>> = {
    same: "same",
    differs: "differs",
    "only-first": "left only",
    "only-second": "right only",
  };
  const shown = onlyDifferences ? rows.filter(({ difference }) => difference !== "same") : rows;
  return (
    <Modal title={`${titleFirst} and ${titleSecond[0].toLowerCase()}${titleSecond.slice(1)}`} onClose={onClose} wide>
      <div className="compare-bar">
        <p role="status">
          {counted(counts.differs, "different field")}, {counted(counts.same, "equal one")}, {counts["only-first"].toLocaleString("en")}{" "}
          only on the left, {counts["only-second"].toLocaleString("en")} only on the right.
        </p>
        <label>
          <input
            type="checkbox"
            data-first-focus
            checked={onlyDifferences}
            onChange={(event) => setOnlyDifferences(event.target.checked)}
          />{" "}
          Differences only
        </label>
      </div>
      {/* The table and the bytes scroll: with the keyboard, too. */}
      <section className="compare-place" aria-label="Fields and bytes of both frames" tabIndex={0}>
        <table className="compare-table">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">{titleFirst}</th>
              <th scope="col">{titleSecond}</th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, most).map((row, i) => (
              <CompareRow key={i} row={row} word={words[row.difference]} titles={[titleFirst, titleSecond]} />
            ))}
          </tbody>
        </table>
        {shown.length > most && (
          <p className="compare-more">
            {most.toLocaleString("en")} of {shown.length.toLocaleString("en")} rows{" "}
            <button type="button" className="button small" onClick={() => setMost(most * 2)}>
              More rows
            </button>
          </p>
        )}
        <div className="compare-bytes">
          <ComparedBytes title={titleFirst} bytes={first.details.bytes} marks={firstBytes} />
          <ComparedBytes title={titleSecond} bytes={second.details.bytes} marks={secondBytes} />
        </div>
      </section>
    </Modal>
  );
}

function CompareRow(props: { readonly row: ComparedRow; readonly word: string; readonly titles: readonly [string, string] }) {
  const { row, word, titles } = props;
  return (
    <tr data-difference={row.difference} data-group={row.isGroup || undefined}>
      <th scope="row" title={row.name} style={{ paddingInlineStart: `${8 + 14 * row.level}px` }}>
        {row.title}
      </th>
      <td className="mono" data-of={titles[0]}>
        {textOf(row.first)}
      </td>
      <td className="mono" data-of={titles[1]}>
        {textOf(row.second)}
      </td>
      <td>{word}</td>
    </tr>
  );
}

function textOf(node: DetailNode | null): string {
  if (node === null) return "—";
  const value = node.value.length > MAX_CHARS ? `${node.value.slice(0, MAX_CHARS)}…` : node.value;
  return node.meaning === null ? value : `${value} (${node.meaning})`;
}

interface ComparedBytesProps {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly marks: Uint8Array;
}

function ComparedBytes({ title, bytes, marks }: ComparedBytesProps) {
  const lines = Math.ceil(Math.min(bytes.length, MAX_BYTES) / PER_LINE);
  const marked = marks.reduce((sum, mark) => sum + mark, 0);
  return (
    <section>
      <h3>{title}</h3>
      <p className="panel-hint">
        {marked === 0
          ? `Each of the ${bytes.length} bytes has its equal in the other frame.`
          : `Marked: ${marked} of ${bytes.length} bytes, which have no equal in the other frame.`}
      </p>
      <section className="compare-hex mono" aria-label={`Bytes of ${title}`} tabIndex={0}>
        {Array.from({ length: lines }, (_, line) => (
          <div key={line}>
            <span className="hex-offset">{(line * PER_LINE).toString(16).padStart(4, "0")} </span>
            {[...bytes.subarray(line * PER_LINE, (line + 1) * PER_LINE)].map((byte, i) => {
              const text = byte.toString(16).padStart(2, "0");
              return marks[line * PER_LINE + i] ? <mark key={i}>{text}</mark> : <span key={i}>{text}</span>;
            })}
          </div>
        ))}
        {bytes.length > MAX_BYTES && <div>… {(bytes.length - MAX_BYTES).toLocaleString("en")} more bytes</div>}
      </section>
    </section>
  );
}
