/** What opens above the monitor: a context menu, the column and comment dialogs, and a followed stream. */

import type { FollowedStream, FrameDetails } from "../analyzer/analyzer-api.ts";
import { CompareDialog } from "./compare-dialog.tsx";
import { ContextMenu, type MenuRequest } from "./context-menu.tsx";
import { FollowDialog } from "./follow-dialog.tsx";
import type { KeptFrame } from "./kept-frame.ts";
import type { MonitorModel } from "./monitor-model.ts";
import { ProfilesDialog } from "./profiles-dialog.tsx";
import { RulesDialog } from "./rules-dialog.tsx";
import { ColumnsDialog, CommentDialog } from "./settings-dialogs.tsx";
import type { RuleFaults } from "./use-colour-rules.ts";
import type { MonitorSettings } from "./use-monitor-settings.ts";

/** The dialogs of which one at a time can be open. */
export type MonitorDialog = "columns" | "comment" | "rules" | "profiles";

interface MonitorDialogsProps {
  readonly model: MonitorModel;
  readonly settings: MonitorSettings;
  readonly menu: MenuRequest | null;
  readonly onCloseMenu: () => void;
  readonly dialog: MonitorDialog | null;
  readonly ruleFaults: RuleFaults;
  readonly onSaveFile: (name: string, bytes: Uint8Array) => void;
  readonly onComment: (() => void) | undefined;
  readonly onCloseDialog: () => void;
  /** The selected frame, for its comment. */
  readonly details: FrameDetails | null;
  readonly followed: FollowedStream | null;
  readonly onCloseFollowed: () => void;
  readonly compared: readonly [KeptFrame, KeptFrame] | null;
  readonly onCloseCompared: () => void;
  readonly firstUs: number;
  readonly onSelect: (frame: number) => void;
  readonly onFilter: (filter: string) => void;
}

export function MonitorDialogs(props: MonitorDialogsProps) {
  const { model, settings, menu, dialog, onCloseDialog, details, followed, onCloseFollowed } = props;
  return (
    <>
      {menu && <ContextMenu request={menu} onClose={props.onCloseMenu} />}
      {dialog === "columns" && <ColumnsDialog columns={settings.columns} onColumns={settings.setColumns} onClose={onCloseDialog} />}
      {dialog === "rules" && (
        <RulesDialog rules={settings.rules} onRules={settings.setRules} faults={props.ruleFaults} onClose={onCloseDialog} />
      )}
      {dialog === "profiles" && <ProfilesDialog profiles={settings.profiles} onSaveFile={props.onSaveFile} onClose={onCloseDialog} />}
      {dialog === "comment" && details && (
        <CommentDialog
          frame={details.row.frame}
          comment={details.row.comment ?? ""}
          onSave={(text) => {
            props.onComment?.();
            void model.setComment(details.row.frame, text).then(onCloseDialog);
          }}
          onClose={onCloseDialog}
        />
      )}
      {props.compared && <CompareDialog first={props.compared[0]} second={props.compared[1]} onClose={props.onCloseCompared} />}
      {followed && (
        <FollowDialog
          followed={followed}
          firstUs={props.firstUs}
          onFrame={(frame) => {
            onCloseFollowed();
            props.onSelect(frame);
          }}
          onFilter={(filter) => {
            onCloseFollowed();
            props.onFilter(filter);
          }}
          onClose={onCloseFollowed}
        />
      )}
    </>
  );
}
