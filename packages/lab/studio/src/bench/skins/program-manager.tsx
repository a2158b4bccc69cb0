/** Program Manager of Windows 3.x and NT 3.51: the group of the mail client open, the others as icons below. */

import type { ReactNode } from "react";
import { type GlassMenu, GlassMenus } from "./glass-menu.tsx";

const MENUS: readonly GlassMenu[] = [
  { title: "File", items: [{ label: "New…" }, { label: "Open" }, { label: "Run…" }] },
  { title: "Options", items: [{ label: "Auto Arrange" }, { label: "Minimize on Use" }] },
  { title: "Window", items: [{ label: "Cascade" }, { label: "Tile" }] },
  { title: "Help", items: [{ label: "Contents" }] },
];

/** Without `children` it is just coming up. */
export function ProgramManager({ groups, children }: { readonly groups: readonly string[]; readonly children?: ReactNode }) {
  return (
    <div className="program-manager">
      <div className="title-bar">
        <i className="box close" />
        <span>Program Manager</span>
        <i className="box minimize" />
        <i className="box zoom" />
      </div>
      <GlassMenus className="menu-bar" menus={MENUS} />
      <div className="program-area">
        {children !== undefined && (
          <div className="program-group">
            <div className="title-bar">
              <i className="box close" />
              <span>Microsoft Exchange</span>
            </div>
            {children}
          </div>
        )}
        <div className="program-groups">
          {groups.map((name) => (
            <div key={name}>
              <i />
              <span>{name}</span>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
