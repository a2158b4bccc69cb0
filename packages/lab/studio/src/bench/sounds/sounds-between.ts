/** Which sounds a machine makes when it goes from one state to another. */

import type { MachineState } from "../../lab/machine-state.ts";
import type { Look } from "../skins/looks.ts";
import type { SoundKind } from "./scores.ts";

/** Systems whose startup sound comes at the self test (Macintosh, MS-DOS). Windows plays its sound when it has started. */
const SOUNDS_AT_SELF_TEST: readonly Look["family"][] = ["platinum", "system-7", "text-80x25"];

export function soundsBetween(before: MachineState, after: MachineState, family: Look["family"]): SoundKind[] {
  const kinds: SoundKind[] = [];
  const isStarted = SOUNDS_AT_SELF_TEST.includes(family)
    ? after.power === "booting" && before.power !== "booting"
    : after.power === "ready" && before.power !== "ready";
  if (isStarted) kinds.push("startup");
  // `newMail` can be true before the list is fetched, and because of earlier mail. So the sound comes when the list has grown.
  if (after.newMail && after.inbox.length > before.inbox.length) kinds.push("mail");
  if (after.problem !== null && after.problem !== before.problem) kinds.push("error");
  return kinds;
}
