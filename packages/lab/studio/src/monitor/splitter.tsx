/** The line between two parts of a grid: drawn with the pointer, or moved with arrows. */

import { type KeyboardEvent, type PointerEvent, useRef } from "react";

interface SplitterProps {
  readonly label: string;
  /** Share of the first part, 0 to 1. */
  readonly share: number;
  readonly onShare: (share: number) => void;
  /** Direction in which the two parts are arranged. */
  readonly direction: "vertical" | "horizontal";
}

const clamp = (share: number): number => Math.min(0.85, Math.max(0.15, share));

export function Splitter({ label, share, onShare, direction }: SplitterProps) {
  const dragging = useRef(false);
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!dragging.current || !box) return;
    onShare(clamp(direction === "vertical" ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const [less, more] = direction === "vertical" ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    // The page's own keys must not act on these arrows.
    event.stopPropagation();
    onShare(clamp(share + (event.key === more ? 0.03 : -0.03)));
  };
  return (
    <div
      className="splitter"
      role="separator"
      aria-label={label}
      aria-orientation={direction === "vertical" ? "horizontal" : "vertical"}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={15}
      aria-valuemax={85}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        dragging.current = true;
      }}
      onPointerMove={move}
      onPointerUp={() => {
        dragging.current = false;
      }}
    />
  );
}
