/**
 * A frame as a tree of fields. Arrow keys walk through the tree, Enter opens or closes a node, and the menu key opens a menu that makes filters of the field.
 */

import { type KeyboardEvent, type RefObject, useEffect } from "react";
import type { DetailNode } from "../analyzer/analyzer-api.ts";
import { openRows } from "./detail-path.ts";

interface DetailTreeProps {
  readonly tree: readonly DetailNode[];
  readonly isOpen: (names: string) => boolean;
  readonly onToggle: (names: string, open: boolean) => void;
  readonly path: string | null;
  readonly onPath: (path: string) => void;
  readonly onMenu: (node: DetailNode, x: number, y: number) => void;
  readonly treeRef: RefObject<HTMLDivElement | null>;
}

/** Characters of a value that a line has room for. */
const MAX_CHARS = 160;

export function DetailTree({ tree, isOpen, onToggle, path, onPath, onMenu, treeRef }: DetailTreeProps) {
  const rows = openRows(tree, isOpen);
  const at = rows.findIndex((row) => row.path === path);

  useEffect(() => {
    if (path !== null) document.getElementById(`field-${path}`)?.scrollIntoView({ block: "nearest" });
  }, [path]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const row = rows[at];
    const go = (i: number): void => onPath(rows[Math.min(rows.length - 1, Math.max(0, i))].path);
    const hasChildren = row ? row.node.children.length > 0 : false;
    const open = row ? hasChildren && isOpen(row.names) : false;
    switch (event.key) {
      case "ArrowDown":
        go(at + 1);
        break;
      case "ArrowUp":
        go(at < 0 ? rows.length - 1 : at - 1);
        break;
      case "Home":
        go(0);
        break;
      case "End":
        go(rows.length - 1);
        break;
      case "PageDown":
        go(at + 12);
        break;
      case "PageUp":
        go(at - 12);
        break;
      case "ArrowRight":
        if (hasChildren && !open) onToggle(row.names, true);
        else if (open) go(at + 1);
        break;
      case "ArrowLeft":
        if (open) onToggle(row.names, false);
        else if (row?.path.includes(".")) onPath(row.path.slice(0, row.path.lastIndexOf(".")));
        break;
      case "Enter":
      case " ":
        if (hasChildren) onToggle(row.names, !open);
        break;
      case "ContextMenu":
      case "F10": {
        if (!row || (event.key === "F10" && !event.shiftKey)) return;
        const box = document.getElementById(`field-${row.path}`)?.getBoundingClientRect();
        onMenu(row.node, (box?.left ?? 0) + 60, box?.bottom ?? 0);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div
      className="detail-tree"
      role="tree"
      aria-label="Fields of the frame"
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `field-${path}` : undefined}
      ref={treeRef}
      onKeyDown={onKeyDown}
    >
      {rows.map(({ node, path: rowPath, names, level, position, siblings }) => {
        const expandable = node.children.length > 0;
        const open = expandable && isOpen(names);
        return (
          // The tree has the focus and names its active item, which the keyboard reaches through the tree.
          <div
            key={rowPath}
            id={`field-${rowPath}`}
            className="detail-row"
            role="treeitem"
            aria-level={level}
            aria-posinset={position}
            aria-setsize={siblings}
            aria-selected={rowPath === path}
            aria-expanded={expandable ? open : undefined}
            data-group={level === 1 || undefined}
            style={{ paddingInlineStart: 6 + (level - 1) * 16 }}
            onClick={(event) => {
              onPath(rowPath);
              if (expandable && (event.target as HTMLElement).closest(".detail-twist")) onToggle(names, !open);
            }}
            onDoubleClick={() => expandable && onToggle(names, !open)}
            onContextMenu={(event) => {
              event.preventDefault();
              onPath(rowPath);
              onMenu(node, event.clientX, event.clientY);
            }}
          >
            <span className="detail-twist" aria-hidden="true" data-open={open || undefined}>
              {expandable ? "▸" : ""}
            </span>
            <span className="detail-title">{node.title}</span>
            {node.value !== "" && (
              <span className="detail-value mono">
                {node.kind !== "none" ? ": " : level > 1 ? " " : ""}
                {node.value.length > MAX_CHARS ? `${node.value.slice(0, MAX_CHARS)}…` : node.value}
              </span>
            )}
            {node.meaning !== null && <span className="detail-meaning"> ({node.meaning})</span>}
            {node.kind !== "none" && <span className="detail-name mono">{node.name}</span>}
          </div>
        );
      })}
    </div>
  );
}
