/** 80×25 cells, or 40×20 where those would be too small to read, drawn so that they always fill the glass. */

import { type MouseEvent, memo, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { useStudio } from "../../state/studio-store.ts";
import { memoryShare } from "./memory-count.ts";
import type { ScreenProps } from "./screen-props.ts";
import { TEXT_ROWS, type TextRow, type TextRun, textRows } from "./text-rows.ts";
import { wallTime } from "./wall-time.ts";

/** Of a cell, in the picture's units; the baseline is that far below a row's top. */
const LARGE = { width: 8, height: 16, baseline: 12 };
const SMALL = { width: 8, height: 10, baseline: 8 };
type Cell = typeof LARGE;

/** A narrower glass, in pixels, has 40 columns. */
const LARGE_FROM_PX = 520;
/** Below the title, the menu and the list's head. */
const FIRST_MESSAGE_ROW = 3;

export const TextScreen = memo(function TextScreen({ machine, mailTitle, draft, act, closeMessage }: ScreenProps) {
  const startUs = machine.phases.length === 1 ? machine.phases[0].startUs : null;
  const counted = useStudio(({ readUs }) => (startUs === null ? 1 : memoryShare(readUs - startUs)));
  const picture = useRef<SVGSVGElement>(null);
  const isSmall = useIsNarrow(picture);
  const [columns, cell] = isSmall ? ([40, SMALL] as const) : ([80, LARGE] as const);
  const rows = textRows(machine, { mailTitle, draft, counted, columns, time: wallTime });
  const onClick = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor((TEXT_ROWS[columns] * (event.clientY - box.top)) / box.height) - FIRST_MESSAGE_ROW;
    const isOnMessage = machine.message === null && row >= 0 && row < machine.inbox.length;
    if (machine.message !== null) closeMessage();
    else if (machine.mail === "logged-on") act("read", isOnMessage ? machine.inbox.length - row : undefined);
    else if (machine.power === "ready") act("logon");
  };
  return (
    <svg
      ref={picture}
      className={isSmall ? "text-screen is-small" : "text-screen"}
      viewBox={`0 0 ${columns * cell.width} ${TEXT_ROWS[columns] * cell.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      onClick={onClick}
    >
      {rows.map((row, y) => (
        <g key={y}>{placed(row).map(({ run, column }) => renderRun(run, cell, column, y))}</g>
      ))}
    </svg>
  );
});

/** Whether the picture is too narrow for 80 columns; measured again whenever its size changes. */
function useIsNarrow(picture: RefObject<SVGSVGElement | null>): boolean {
  const [isNarrow, setIsNarrow] = useState(true);
  useLayoutEffect(() => {
    const element = picture.current;
    if (element === null) return;
    const measure = () => setIsNarrow(element.getBoundingClientRect().width < LARGE_FROM_PX);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [picture]);
  return isNarrow;
}

/** Each run with the column in which it begins. */
function placed(row: TextRow): { readonly run: TextRun; readonly column: number }[] {
  let column = 0;
  return row.map((run) => {
    const at = column;
    column += run.text.length;
    return { run, column: at };
  });
}

function renderRun({ text, style }: TextRun, cell: Cell, column: number, y: number) {
  const visible = text.trimEnd();
  const x = column * cell.width;
  return (
    <g key={column}>
      {style !== "plain" && style !== "bright" && (
        <rect className={`text-${style}`} x={x} y={y * cell.height} width={text.length * cell.width + 0.5} height={cell.height + 0.5} />
      )}
      {visible !== "" && (
        <text
          className={`text-${style}`}
          x={x}
          y={y * cell.height + cell.baseline}
          textLength={visible.length * cell.width}
          lengthAdjust="spacingAndGlyphs"
        >
          {visible}
        </text>
      )}
    </g>
  );
}
