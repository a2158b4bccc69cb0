/** Program Manager of Windows 3.x and NT 3.51: the group of the mail client open, the others as icons below. */

import { type ReactNode, useState } from "react";
import { GlassButton } from "./glass-button.tsx";
import { GlassMenus } from "./glass-menu.tsx";
import type { ProgramManagerLook } from "./looks.ts";
import { INITIAL_PROGRAMS, type ProgramActions, type ProgramSettings, programMenus } from "./program-menus.ts";

interface ProgramManagerProps {
  readonly look: ProgramManagerLook;
  readonly actions: ProgramActions | null;
  /** Contents of the desktop; left out while the system starts. */
  readonly children?: ReactNode;
}

export function ProgramManager({ look, actions, children }: ProgramManagerProps) {
  const [settings, setSettings] = useState(INITIAL_PROGRAMS);
  const set = (change: Partial<ProgramSettings>) => setSettings({ ...settings, ...change });
  return (
    <div className={settings.isTiled ? "program-manager is-tiled" : "program-manager"}>
      <div className="title-bar">
        <i className="box close" />
        <span>Program Manager</span>
        <i className="box minimize" />
        <i className="box zoom" />
      </div>
      <GlassMenus className="menu-bar" menus={programMenus(look, actions, settings, set)} />
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
          {look.groups.map((name) => (
            <div key={name}>
              <i />
              <span>{name}</span>
            </div>
          ))}
        </div>
      </div>
      {settings.showsAbout && (
        <div className="dialog-box">
          <div className="title-bar">
            <span>About Program Manager</span>
          </div>
          <div className="dialog-body">
            {look.logo.map((line) => (
              <div key={line}>{line}</div>
            ))}
            <div className="logon-buttons dialog-buttons">
              <GlassButton onPress={() => set({ showsAbout: false })}>OK</GlassButton>
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
