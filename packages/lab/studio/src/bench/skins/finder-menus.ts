/** The Finder's menus, and the desktop settings that they change. The settings live in the page only and are no part of the run. */

import type { GlassMenu } from "./glass-menu.tsx";
import type { FinderLook } from "./looks.ts";
import type { ScreenProps } from "./screen-props.ts";

/** Colours of System 7's labels, by name. */
const LABELS: Readonly<Record<string, string>> = { Essential: "#b34700", Hot: "#b00000", "In Progress": "#8a1f8a", Cool: "#006080" };

export interface FinderSettings {
  readonly areAllSelected: boolean;
  /** Name of the view that is checked. */
  readonly view: string | null;
  /** Colour of the mail client's icon. */
  readonly label: string | null;
  readonly showsBalloons: boolean;
}

export const INITIAL_FINDER: FinderSettings = { areAllSelected: false, view: null, label: null, showsBalloons: false };

export function finderMenus(
  { menus, views, hasSleep }: FinderLook,
  act: ScreenProps["act"],
  finder: FinderSettings,
  set: (change: Partial<FinderSettings>) => void,
): GlassMenu[] {
  const view = finder.view ?? views[0];
  const own: Readonly<Record<string, GlassMenu["items"]>> = {
    Label: [
      { label: "None", checked: finder.label === null, run: () => set({ label: null }) },
      ...Object.entries(LABELS).map(([label, colour]) => ({
        label,
        checked: finder.label === colour,
        run: () => set({ label: colour }),
      })),
    ],
    Special: [
      { label: "Clean Up Desktop" },
      { label: "Empty Trash…" },
      ...(hasSleep ? [{ label: "Sleep" }] : []),
      { label: "Restart", run: () => act("restart") },
      { label: "Shut Down", run: () => act("shutdown") },
    ],
    Help: [
      {
        label: finder.showsBalloons ? "Hide Balloons" : "Show Balloons",
        run: () => set({ showsBalloons: !finder.showsBalloons }),
      },
    ],
  };
  return [
    { title: "File", items: [{ label: "New Folder" }, { label: "Open Exchange", run: () => act("logon") }, { label: "Get Info" }] },
    {
      title: "Edit",
      items: [
        { label: "Undo" },
        { label: "Cut" },
        { label: "Copy" },
        { label: "Paste" },
        { label: "Select All", run: () => set({ areAllSelected: true }) },
      ],
    },
    { title: "View", items: views.map((label) => ({ label, checked: label === view, run: () => set({ view: label }) })) },
    ...menus.map((title) => ({ title, items: own[title] })),
  ];
}
