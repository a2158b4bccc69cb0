/** Properties of a skin: the state it shows, and handlers for clicks on the screen. */

import type { MachineState } from "../../lab/machine-state.ts";

export interface ScreenProps {
  readonly machine: MachineState;
  readonly mailTitle: string;
  /** `message`: which one is read, by its place in the Inbox; the newest unless it is given. */
  act(action: "logon" | "read" | "restart", message?: number): void;
}
