/** A Macintosh that starts: its face, the welcome, the extensions one after the other. */

import type { PhaseState } from "../../lab/machine-state.ts";
import { useStudio } from "../../state/studio-store.ts";
import type { FinderLook } from "./looks.ts";

export function Welcome({ phase, look, share }: { readonly phase: PhaseState; readonly look: FinderLook; readonly share: number }) {
  // The self test shows the face alone, before a system is there.
  if (phase.id === "happy-mac")
    return (
      <div className="boot-picture">
        <Face />
      </div>
    );
  if (phase.id === "finder")
    return (
      <div className="desktop">
        <div className="mac-menu">
          <b className="mac-dot" />
        </div>
      </div>
    );
  return (
    <div className="boot-picture">
      <div className="splash">
        <Face />
        {phase.screen.map((line) => (
          <div className="splash-line" key={line}>
            {line}
          </div>
        ))}
        {look.hasProgress && (
          <div className="splash-progress">
            <i style={{ width: `${100 * share}%` }} />
          </div>
        )}
      </div>
      {phase.id === "extensions" && <IconParade startUs={phase.startUs} />}
    </div>
  );
}

function Face() {
  return (
    <svg className="splash-mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect x="5" y="2" width="22" height="28" rx="3" fill="#fff" stroke="#000" strokeWidth="1.8" />
      <rect x="9" y="6" width="14" height="12" rx="1.5" fill="#e3e8f4" stroke="#000" strokeWidth="1.4" />
      <path d="M13 9.5v2m6-2v2m-6.5 2.6c2 2 5 2 7 0M18 24h5" fill="none" stroke="#000" strokeWidth="1.5" strokeLinecap="round" />
    </svg>
  );
}

/** Time from one extension's icon to the next one's while a Macintosh starts, in microseconds of the run. Assumption. */
const EXTENSION_US = 1_700_000;
const EXTENSION_INKS = ["#7a3fb0", "#2456c5", "#2e8b57", "#c0392b", "#e0a800", "#00807f", "#555", "#b03a7a", "#3f6fb0"];

/** Pictures of the Macintosh's extensions, one after the other along the bottom edge. They are ours. */
function IconParade({ startUs }: { readonly startUs: number }) {
  const count = useStudio(({ readUs }) => Math.max(0, Math.min(EXTENSION_INKS.length, Math.floor((readUs - startUs) / EXTENSION_US))));
  return (
    <div className="icon-parade">
      {EXTENSION_INKS.slice(0, count).map((ink, i) => (
        <svg key={ink} viewBox="0 0 32 32" aria-hidden="true">
          <path d="M3 8h9V6a4 4 0 1 1 8 0v2h9v9h-2a4 4 0 1 0 0 8h2v5H3z" fill={ink} stroke="#000" />
          {i % 3 === 0 && <circle cx="14" cy="20" r="5" fill="#fff" />}
          {i % 3 === 1 && <path d="m9 25 5-10 5 10z" fill="#fff" />}
          {i % 3 === 2 && <rect x="9" y="15" width="10" height="10" fill="#fff" />}
        </svg>
      ))}
    </div>
  );
}
