/** What a skin is given: the state it shows, and what a click on its glass may do. */

import type { MachineState } from "../../lab/machine-state.ts";

export interface ScreenProps {
  readonly machine: MachineState;
  readonly mailTitle: string;
  /** `message`: which one is read, by its place in the Inbox; the newest unless it is given. */
  act(action: "logon" | "read" | "restart", message?: number): void;
}
