/** 80×25 cells, drawn so that they always fill the glass. */

import { type MouseEvent, memo } from "react";
import { useStudio } from "../../state/studio-store.ts";
import { memoryShare } from "./memory-count.ts";
import type { ScreenProps } from "./screen-props.ts";
import { type TextRow, type TextRun, textRows } from "./text-rows.ts";
import { wallTime } from "./wall-time.ts";

const CELL_W = 8;
const CELL_H = 16;
const SCREEN_ROWS = 25;
/** Below the title, the menu and the list's head. */
const FIRST_MESSAGE_ROW = 3;

export const TextScreen = memo(function TextScreen({ machine, mailTitle, draft, act, closeMessage }: ScreenProps) {
  const startUs = machine.phases.length === 1 ? machine.phases[0].startUs : null;
  const counted = useStudio(({ readUs }) => (startUs === null ? 1 : memoryShare(readUs - startUs)));
  const rows = textRows(machine, { mailTitle, draft, counted, time: wallTime });
  const onClick = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor((SCREEN_ROWS * (event.clientY - box.top)) / box.height) - FIRST_MESSAGE_ROW;
    const isOnMessage = machine.message === null && row >= 0 && row < machine.inbox.length;
    if (machine.message !== null) closeMessage();
    else if (machine.mail === "logged-on") act("read", isOnMessage ? machine.inbox.length - row : undefined);
    else if (machine.power === "ready") act("logon");
  };
  return (
    <svg className="text-screen" viewBox="0 0 640 400" preserveAspectRatio="none" aria-hidden="true" onClick={onClick}>
      {rows.map((row, y) => (
        <g key={y}>{placed(row).map(({ run, column }) => renderRun(run.text, run.style, column, y))}</g>
      ))}
    </svg>
  );
});

/** Each run with the column in which it begins. */
function placed(row: TextRow): { readonly run: TextRun; readonly column: number }[] {
  let column = 0;
  return row.map((run) => {
    const at = column;
    column += run.text.length;
    return { run, column: at };
  });
}

function renderRun(text: string, style: string, column: number, y: number) {
  const visible = text.trimEnd();
  return (
    <g key={column}>
      {style !== "plain" && style !== "bright" && (
        <rect className={`text-${style}`} x={column * CELL_W} y={y * CELL_H} width={text.length * CELL_W + 0.5} height={CELL_H + 0.5} />
      )}
      {visible !== "" && (
        <text
          className={`text-${style}`}
          x={column * CELL_W}
          y={y * CELL_H + 12.5}
          textLength={visible.length * CELL_W}
          lengthAdjust="spacingAndGlyphs"
        >
          {visible}
        </text>
      )}
    </g>
  );
}
