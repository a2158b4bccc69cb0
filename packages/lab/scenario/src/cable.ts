/** A machine's network cable, as the scenario's steps and the machine's boots change it. */

export interface Cable {
  /** Whether the cable is plugged in, on the segment that the machine is on. */
  readonly plugged: boolean;
  /** For a machine that was moved to another segment and has not booted since: whether the cable is plugged in there. `null` otherwise. */
  readonly pluggedThere: boolean | null;
}

/** The cable at the beginning of a run. */
export const PLUGGED_IN: Cable = { plugged: true, pluggedThere: null };

/** The cable after a step that the machine has carried out. Steps that are not about the cable leave it as it is. */
export function cableAfterStep({ plugged, pluggedThere }: Cable, action: string): Cable {
  // The cable is taken out here, and the machine is on the other segment from its next boot on.
  if (action === "move") return { plugged: false, pluggedThere: true };
  if (action !== "plug" && action !== "unplug") return { plugged, pluggedThere };
  const isIn = action === "plug";
  return pluggedThere === null ? { plugged: isIn, pluggedThere } : { plugged, pluggedThere: isIn };
}

/** The cable once the machine boots: a machine that was moved is then on the other segment. */
export function cableAfterBoot({ plugged, pluggedThere }: Cable): Cable {
  return { plugged: pluggedThere ?? plugged, pluggedThere: null };
}
