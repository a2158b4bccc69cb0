/** The monitor's menus, of which one at a time can be open: of a packet, of a field, for export and for profiles. */

import { useState } from "react";
import type { DetailNode } from "../analyzer/analyzer-api.ts";
import type { MenuRequest } from "./context-menu.tsx";
import { exportItems, fieldItems, type KeyName, profileItems, rowItems } from "./frame-menus.ts";
import type { MonitorModel, MonitorView } from "./monitor-model.ts";
import type { ListMenuRequest } from "./packet-list.tsx";
import type { FrameCommands } from "./use-frame-commands.ts";
import type { ProfileWays } from "./use-profiles.ts";

interface MenusProps {
  readonly model: MonitorModel;
  readonly view: MonitorView;
  readonly commands: FrameCommands;
  readonly profiles: ProfileWays;
  readonly keyName: KeyName;
  readonly onNotice: (text: string) => void;
  readonly onManageProfiles: () => void;
}

export interface MonitorMenus {
  /** The open menu; `null` for none. */
  readonly menu: MenuRequest | null;
  close(): void;
  openRow(request: ListMenuRequest): void;
  openField(node: DetailNode, x: number, y: number): void;
  /** Opens the menu under the button. */
  openExport(button: HTMLElement): void;
  openProfiles(button: HTMLElement): void;
}

function under(button: HTMLElement): { readonly x: number; readonly y: number } {
  const box = button.getBoundingClientRect();
  return { x: box.left, y: box.bottom + 2 };
}

export function useMenus({ model, view, commands, profiles, keyName, onNotice, onManageProfiles }: MenusProps): MonitorMenus {
  const [menu, setMenu] = useState<MenuRequest | null>(null);
  const { ways, waiting, isWaiting, selectedFrames, markedFrames } = commands;
  const { reference, marks } = view.held;
  return {
    menu,
    close: () => setMenu(null),
    openRow: ({ frame, column, x, y }) => {
      const row = model.row(frame);
      if (!row) return;
      const signs = { isReference: reference?.frame === frame, isMarked: marks.has(frame), waiting, isWaiting: isWaiting(frame) };
      setMenu({ x, y, label: `Frame ${frame}`, items: rowItems(row, column, signs, ways, keyName) });
    },
    openField: (node, x, y) => setMenu({ x, y, label: node.title, items: fieldItems(node, ways) }),
    openExport: (button) => {
      const counts = { shown: view.count, all: view.state.indexed, isFiltered: view.filter.text !== "" };
      setMenu({ ...under(button), label: "Export", items: exportItems(selectedFrames(), markedFrames(), counts, ways) });
    },
    openProfiles: (button) => {
      setMenu({ ...under(button), label: "Profiles", items: profileItems(profiles, onNotice, onManageProfiles) });
    },
  };
}
