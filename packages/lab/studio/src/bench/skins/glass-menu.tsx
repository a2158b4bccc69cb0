/** Menus on a machine's screen. They are for the mouse: the screen is hidden from assistive technology, and every entry is a control on the machine's card. */

import { useState } from "react";

interface GlassItem {
  readonly label: string;
  /** Whether a check mark is shown in front of the label. */
  readonly checked?: boolean;
  /** Called for the entry. Default: the entry is grey. */
  readonly run?: (() => void) | undefined;
}

export interface GlassMenu {
  readonly title: string;
  readonly items: readonly GlassItem[];
}

export function GlassMenus({ menus, className }: { readonly menus: readonly GlassMenu[]; readonly className: string }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <div className={className} onPointerLeave={() => setOpen(null)}>
      {menus.map(({ title, items }) => (
        <div key={title} className={open === title ? "glass-menu is-open" : "glass-menu"}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the controls beside it */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
          <span
            onClick={() => setOpen(open === title ? null : title)}
            onPointerEnter={() => {
              if (open !== null) setOpen(title);
            }}
          >
            {title}
          </span>
          {open === title && (
            <div className="glass-items">
              {items.map(({ label, checked, run }) => (
                // biome-ignore lint/a11y/noStaticElementInteractions: as above
                // biome-ignore lint/a11y/useKeyWithClickEvents: as above
                <div
                  key={label}
                  className={run === undefined ? "is-grey" : ""}
                  onClick={() => {
                    if (run === undefined) return;
                    setOpen(null);
                    run();
                  }}
                >
                  <i>{checked ? "✓" : ""}</i>
                  {label}
                </div>
              ))}
            </div>
          )}
        </div>
      ))}
    </div>
  );
}
