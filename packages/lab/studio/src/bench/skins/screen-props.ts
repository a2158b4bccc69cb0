/** Properties of a skin: the state it shows, and handlers for clicks on the screen. */

import type { MachineState } from "../../lab/machine-state.ts";

/** Kinds of drafts. A reply or forward refers to the open message, otherwise to the newest message. */
export type DraftKind = "new" | "reply" | "reply-all" | "forward";

/** Actions that are available both on the machine's screen and as buttons of its card. */
export type ScreenAction = "logon" | "logoff" | "read" | "restart" | "shutdown" | "power";

export interface ScreenProps {
  readonly machine: MachineState;
  readonly mailTitle: string;
  /** Kind of the draft that is being written; `null` if there is none. */
  readonly draft: DraftKind | null;
  /** Carries out an action. `message`: position in the Inbox of the message to read; the newest if left out. */
  act(action: ScreenAction, message?: number): void;
  /** Marks a message as read or unread. `message`: its position in the Inbox, or all. Default: the newest. */
  mark(read: boolean, message?: number | "all"): void;
  /** Deletes a message. `message`: its position in the Inbox, or all. */
  remove(message: number | "all"): void;
  /** Whether a draft of this kind can be written now. If not, its menu entries, buttons and keys on the screen are dead. It follows from `machine` and the run. */
  canWrite(kind: DraftKind): boolean;
  write(kind: DraftKind): void;
  /** Closes the message that is open. */
  closeMessage(): void;
}
