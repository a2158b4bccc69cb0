/** A button with a menu: arrows move, a letter finds, Escape closes and gives the focus back. */

import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";

export interface MenuItem {
  readonly label: string;
  readonly detail?: string;
  readonly disabled?: boolean;
  run(): void;
}

export function MenuButton(props: {
  readonly label: string;
  readonly accessibleName?: string;
  readonly items: readonly MenuItem[];
  readonly className?: string;
  readonly opens?: "down" | "up";
  /** Called before the menu opens, so that the parent can refresh the items. */
  readonly onOpen?: () => void;
}) {
  const { label, accessibleName, items, className = "button quiet", opens = "down", onOpen } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const entries = () => [...(place.current?.querySelectorAll<HTMLButtonElement>("[role=menuitem]:not(:disabled)") ?? [])];

  useEffect(() => {
    if (!open) return;
    entries()[0]?.focus();
    const outside = (event: PointerEvent) => {
      if (!place.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    let next: HTMLButtonElement | undefined;
    if (event.key === "ArrowDown") next = all[(at + 1) % all.length];
    else if (event.key === "ArrowUp") next = all[(at - 1 + all.length) % all.length];
    else if (event.key === "Home") next = all[0];
    else if (event.key === "End") next = all.at(-1);
    else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") setOpen(false);
    else if (/^\w$/.test(event.key)) {
      const letter = event.key.toLowerCase();
      next = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((e) => e.textContent?.toLowerCase().startsWith(letter));
    }
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  return (
    <div className="menu-place" ref={place}>
      <button
        ref={button}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={accessibleName}
        onClick={() => {
          if (!open) onOpen?.();
          setOpen(!open);
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" || open) return;
          event.preventDefault();
          event.stopPropagation();
          onOpen?.();
          setOpen(true);
        }}
      >
        {label}
        <svg viewBox="0 0 10 6" width="9" height="6" aria-hidden="true">
          <path d="m1 1 4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.5" />
        </svg>
      </button>
      {open && (
        <div className={`menu opens-${opens}`} role="menu" id={id} aria-label={accessibleName ?? label} onKeyDown={onKey}>
          {items.map((item, i) => (
            <button
              key={`${i}/${item.label}`}
              type="button"
              role="menuitem"
              className="menu-item"
              tabIndex={-1}
              disabled={item.disabled}
              onClick={() => {
                close();
                item.run();
              }}
            >
              <span>{item.label}</span>
              {item.detail && <span className="menu-detail">{item.detail}</span>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
