/** The menu bar: the studio's commands with their keys, and the standard entries of each operating system in their usual places. */

import type { StudioCommand } from "@pushback/studio";
import type { MenuItemConstructorOptions } from "electron";

export interface MenuActions {
  command(command: StudioCommand): void;
  openRecent(path: string): void;
  clearRecent(): void;
  /** Switch for updates; `null` if the package was built without an update address. */
  readonly updates: { readonly isOn: boolean; setOn(isOn: boolean): void } | null;
}

function fileMenu(actions: MenuActions, recent: readonly string[], isMac: boolean): MenuItemConstructorOptions {
  const item = (label: string, command: StudioCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => actions.command(command),
    ...(accelerator !== undefined && { accelerator }),
  });
  const recentItems: MenuItemConstructorOptions[] = recent.map((path) => ({ label: path, click: () => actions.openRecent(path) }));
  return {
    label: "&File",
    submenu: [
      item("&Open…", "open", "CmdOrCtrl+O"),
      item("Close Cap&ture", "close", "CmdOrCtrl+F4"),
      {
        label: "Open &Recent",
        submenu:
          recentItems.length === 0
            ? [{ label: "Nothing yet", enabled: false }]
            : [...recentItems, { type: "separator" }, { label: "Clear", click: () => actions.clearRecent() }],
      },
      { type: "separator" },
      item("Export &Capture…", "export-capture", "CmdOrCtrl+E"),
      item("Export Re&cording…", "export-recording"),
      item("Save as a &Scenario File…", "save-scenario"),
      item("Save &Report…", "report", "CmdOrCtrl+Shift+E"),
      { type: "separator" },
      isMac ? { role: "close" } : { role: "quit" },
    ],
  };
}

function helpMenu({ isOn, setOn }: NonNullable<MenuActions["updates"]>): MenuItemConstructorOptions {
  const item: MenuItemConstructorOptions = {
    label: "Look for &Updates at Start",
    type: "checkbox",
    checked: isOn,
    click: ({ checked }) => setOn(checked),
  };
  return { role: "help", submenu: [item] };
}

/** Template of the application menu. `recent`: paths of files opened before, the latest first. */
export function menuTemplate(actions: MenuActions, recent: readonly string[], platform: NodeJS.Platform): MenuItemConstructorOptions[] {
  const isMac = platform === "darwin";
  const item = (label: string, command: StudioCommand, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => actions.command(command),
  });
  return [
    ...(isMac ? [{ role: "appMenu" } as const] : []),
    fileMenu(actions, recent, isMac),
    { role: "editMenu" },
    {
      label: "&Lab",
      submenu: [
        item("Play the &Article", "play-article", "CmdOrCtrl+Shift+A"),
        item("&Free Play", "free-play", "CmdOrCtrl+Shift+F"),
        { type: "separator" },
        item("Play or &Pause", "play-pause", "CmdOrCtrl+P"),
      ],
    },
    {
      label: "&View",
      submenu: [
        item("&Bench", "view-bench", "CmdOrCtrl+1"),
        item("&Timeline", "view-timeline", "CmdOrCtrl+2"),
        item("&Monitor", "view-monitor", "CmdOrCtrl+3"),
        item("&Comparison", "view-comparison", "CmdOrCtrl+4"),
        { type: "separator" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { role: "togglefullscreen" },
        { type: "separator" },
        { role: "toggleDevTools" },
      ],
    },
    { role: "windowMenu" },
    ...(actions.updates === null ? [] : [helpMenu(actions.updates)]),
  ];
}
