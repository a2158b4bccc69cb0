/** Program Manager's menus, and the settings that they change. The settings live in the page only and are no part of the run. */

import type { GlassMenu } from "./glass-menu.tsx";
import type { ProgramManagerLook } from "./looks.ts";

export interface ProgramSettings {
  readonly arranges: boolean;
  readonly saves: boolean;
  readonly isTiled: boolean;
  readonly showsAbout: boolean;
}

export const INITIAL_PROGRAMS: ProgramSettings = { arranges: false, saves: true, isTiled: false, showsAbout: false };

/** Actions of the menu entries; `null` while the system starts, when all entries are greyed out. */
export interface ProgramActions {
  open(): void;
  /** Opens the question whether to shut down the system. */
  exit(): void;
}

export function programMenus(
  { exit }: ProgramManagerLook,
  actions: ProgramActions | null,
  { arranges, saves, showsAbout }: ProgramSettings,
  set: (change: Partial<ProgramSettings>) => void,
): GlassMenu[] {
  const now = (run: (() => void) | undefined) => (actions === null ? undefined : run);
  return [
    {
      title: "File",
      items: [
        { label: "New…" },
        { label: "Open", run: actions?.open },
        { label: "Properties…" },
        { label: "Run…" },
        { label: exit, run: actions?.exit },
      ],
    },
    {
      title: "Options",
      items: [
        { label: "Auto Arrange", checked: arranges, run: now(() => set({ arranges: !arranges })) },
        { label: "Minimize on Use" },
        { label: "Save Settings on Exit", checked: saves, run: now(() => set({ saves: !saves })) },
      ],
    },
    {
      title: "Window",
      items: [
        { label: "Cascade", run: now(() => set({ isTiled: false })) },
        { label: "Tile", run: now(() => set({ isTiled: true })) },
        { label: "1 Microsoft Exchange", checked: true, run: now(() => set({})) },
      ],
    },
    {
      title: "Help",
      items: [{ label: "Contents" }, { label: "About Program Manager…", run: now(() => set({ showsAbout: !showsAbout })) }],
    },
  ];
}
