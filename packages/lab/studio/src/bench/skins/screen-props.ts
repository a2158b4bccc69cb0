/** What a skin is given: the state it shows, and what a click on its glass may do. */

import type { MachineState } from "../machine-state.ts";

export interface ScreenProps {
  readonly machine: MachineState;
  readonly mailTitle: string;
  act(action: "logon" | "read" | "restart"): void;
}
