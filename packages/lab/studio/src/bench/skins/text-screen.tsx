/** A text screen of 80×25 cells, or of 40×20 if the cells would be too small to read, scaled to fill the machine's screen. */

import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type Ref,
  type RefObject,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useLab } from "../../state/lab-view.ts";
import { useStudio } from "../../state/studio-store.ts";
import { addressBook } from "../address-book.ts";
import { type MailWindowState, mailMenus } from "./mail-menus.ts";
import { memoryShare } from "./memory-count.ts";
import type { ScreenProps } from "./screen-props.ts";
import { pressTarget, textCommand } from "./text-keys.ts";
import { INITIAL_TEXT_VIEW, TEXT_ROWS, type TextRow, type TextRun, type TextView, targetAt, textRows } from "./text-rows.ts";
import { wallTime } from "./wall-time.ts";

/** Size of a character cell in units of the SVG; `baseline` is the distance from the top of a row to the text's baseline. */
const LARGE = { width: 8, height: 16, baseline: 12 };
const SMALL = { width: 8, height: 10, baseline: 8 };
type Cell = typeof LARGE;

/** A narrower glass, in pixels, has 40 columns. */
const LARGE_FROM_PX = 520;

/** Called with each key that the screen gets. */
export type KeyTaker = (event: KeyboardEvent) => void;

interface TextScreenProps extends ScreenProps {
  readonly keys: Ref<KeyTaker>;
}

export const TextScreen = memo(function TextScreen(props: TextScreenProps) {
  const { machine, mailTitle, draft, act } = props;
  const startUs = machine.phases.length === 1 ? machine.phases[0].startUs : null;
  const counted = useStudio(({ readUs }) => (startUs === null ? 1 : memoryShare(readUs - startUs)));
  const picture = useRef<SVGSVGElement>(null);
  const isSmall = useIsNarrow(picture);
  const [columns, cell] = isSmall ? ([40, SMALL] as const) : ([80, LARGE] as const);
  const [view, setView] = useState(INITIAL_TEXT_VIEW);
  // A command may change it more than once.
  const set = (change: Partial<TextView>) => setView((now) => ({ ...now, ...change }));
  const info = useLab((s) => s.info);
  const state: MailWindowState = {
    ...view,
    showsFolders: false,
    showsToolbar: false,
    set: ({ folder, areAllSelected, showsAddressBook }) => {
      if (folder !== undefined) props.closeMessage();
      set({
        ...(folder !== undefined && { folder, line: 0, showsAddressBook: false }),
        ...(areAllSelected !== undefined && { areAllSelected }),
        ...(showsAddressBook !== undefined && { showsAddressBook }),
      });
    },
  };
  const menus = mailMenus(props, state, true);
  const client = { ...props, view, menus, set };
  const rows = textRows(machine, {
    mailTitle,
    draft,
    canWrite: props.canWrite,
    counted,
    columns,
    view,
    menus,
    book: addressBook(info?.machines ?? []),
    epochMs: info?.epochMs ?? 0,
    time: wallTime,
  });
  useImperativeHandle(props.keys, () => (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const command = textCommand(client, event.key);
    if (command === null) return;
    // The emulated machine handles this key, so the studio's keyboard shortcuts must not.
    event.preventDefault();
    event.stopPropagation();
    command();
  });
  const onClick = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor((TEXT_ROWS[columns] * (event.clientY - box.top)) / box.height);
    const column = Math.floor((columns * (event.clientX - box.left)) / box.width);
    if (machine.mail === "logged-on") pressTarget(client, targetAt(rows, row, column));
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
