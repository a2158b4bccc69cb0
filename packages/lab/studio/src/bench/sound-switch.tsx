/** The switch for the machines' sounds: off at first, and kept. */

import { useEffect } from "react";
import { prefer, usePreferences } from "../state/preferences.ts";

async function listen(): Promise<void> {
  const { listenToMachines } = await import("./sounds/player.ts");
  listenToMachines();
}

/** The switch shows on only when the player follows the machines, so that the next sound is heard. */
async function switchOn(): Promise<void> {
  await listen();
  prefer({ sounds: true });
}

export function SoundSwitch() {
  const sounds = usePreferences((p) => p.sounds);
  useEffect(() => {
    if (sounds) void listen();
  }, [sounds]);
  return (
    <button
      type="button"
      className="button small icon sound-switch"
      aria-label="Sounds of the machines"
      aria-pressed={sounds}
      title={sounds ? "Sounds are on: starts, new mail, errors" : "Sounds are off: starts, new mail, errors"}
      onClick={() => (sounds ? prefer({ sounds: false }) : void switchOn())}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d="M2 6h3l4-3.5v11L5 10H2z" fill="currentColor" />
        <path
          d={sounds ? "M11 5.5a3.5 3.5 0 0 1 0 5M12.8 3.5a6.4 6.4 0 0 1 0 9" : "m11 6 4 4m0-4-4 4"}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
        />
      </svg>
    </button>
  );
}
