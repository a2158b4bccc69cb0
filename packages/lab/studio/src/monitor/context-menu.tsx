/** A menu at a place: arrows, Home, End, a letter, Enter, Escape; the focus goes back to where it came from. */

import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";

export interface MenuItem {
  readonly title: string;
  readonly detail?: string;
  readonly shortcut?: string;
  readonly disabled?: boolean;
  /** Begins a group of this name. */
  readonly group?: string;
  readonly run: () => void;
}

export interface MenuRequest {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly items: readonly MenuItem[];
}

export function ContextMenu({ request, onClose }: { readonly request: MenuRequest; readonly onClose: () => void }) {
  const menu = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: request.x, top: request.y });
  const origin = useRef<Element | null>(null);

  useLayoutEffect(() => {
    const element = menu.current;
    if (!element) return;
    const box = element.getBoundingClientRect();
    setPlace({
      left: Math.max(4, Math.min(request.x, window.innerWidth - box.width - 4)),
      top: Math.max(4, Math.min(request.y, window.innerHeight - box.height - 4)),
    });
    origin.current = document.activeElement;
    element.querySelector<HTMLElement>('[role="menuitem"]:not([aria-disabled="true"])')?.focus();
  }, [request]);

  useEffect(() => {
    const outside = (event: PointerEvent): void => {
      if (!menu.current?.contains(event.target as Node)) onClose();
    };
    window.addEventListener("pointerdown", outside, true);
    return () => window.removeEventListener("pointerdown", outside, true);
  }, [onClose]);

  const close = (): void => {
    (origin.current as HTMLElement | null)?.focus?.();
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('[role="menuitem"]:not([aria-disabled="true"])') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    event.stopPropagation();
    if (to !== undefined) {
      event.preventDefault();
      items[to % items.length]?.focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
    } else if (event.key.length === 1 && event.key !== " ") {
      const letter = event.key.toLowerCase();
      const found = [...items.slice(at + 1), ...items].find((item) => item.textContent?.trim().toLowerCase().startsWith(letter));
      found?.focus();
    }
  };

  return (
    <div className="context-menu" role="menu" aria-label={request.label} tabIndex={-1} ref={menu} style={place} onKeyDown={onKeyDown}>
      {request.items.map((item, i) => (
        <div key={`${item.group ?? ""}${item.title}${i}`} role="none">
          {item.group !== undefined && (
            <div className="context-menu-group" role="presentation">
              {item.group}
            </div>
          )}
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            aria-disabled={item.disabled || undefined}
            className="context-menu-item"
            onClick={() => {
              if (item.disabled) return;
              close();
              item.run();
            }}
          >
            <span>{item.title}</span>
            {item.detail && <span className="context-menu-detail mono">{item.detail}</span>}
            {item.shortcut && <kbd>{item.shortcut}</kbd>}
          </button>
        </div>
      ))}
    </div>
  );
}
