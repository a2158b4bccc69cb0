/**
 * One machine in full screen, for an audience: its lamps, its screen, which can be used, what goes over its wire, the server's sessions while the tour
 * looks at them, and the tour's caption in letters that the last row can read.
 */

import { type KeyboardEvent, useEffect, useRef } from "react";
import { elapsedText } from "../lab/clock-text.ts";
import type { LabMachine } from "../lab/lab-types.ts";
import { momentAt } from "../lab/tour-plan.ts";
import { useLab } from "../state/lab-view.ts";
import { singleCommand } from "../state/preferences.ts";
import { useStudio } from "../state/studio-store.ts";
import { theLab } from "../state/the-lab.ts";
import { stepTour, useTour } from "../state/tour.ts";
import { MachineLamps } from "./machine-lamps.tsx";
import "./presenter.css";
import { Sessions } from "./sessions.tsx";
import { useIsLookedAt } from "./use-is-looked-at.ts";
import { useMachineScreen } from "./use-machine-screen.tsx";
import { WireList } from "./wire-list.tsx";

const doNothing = () => {};

/** The commands that run and pause the clock, in the whole window as in the presenter. */
const isOfClock = (command: string | null): boolean => command === " " || command === "k";

/** Closed when the run has no such machine any more. */
export function Presenter({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const lab = useLab((s) => s.info?.machines.find((m) => m.name === name));
  const isHere = useLab((s) => s.state?.machines[name] !== undefined) && lab !== undefined;
  useEffect(() => {
    if (!isHere) onClose();
  }, [isHere, onClose]);
  return isHere ? <Stage lab={lab} onClose={onClose} /> : null;
}

function Stage({ lab, onClose }: { readonly lab: LabMachine; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const place = useMachineScreen(lab, lab.title);
  const playing = useLab((s) => s.playing);
  const sessions = useLab((s) => s.state?.server.sessions);
  const isLookedAt = useIsLookedAt(lab.name);
  const readUs = useStudio((s) => s.readUs);
  const moments = useTour((tour) => tour.moments);
  const at = useStudio((s) => momentAt(moments, s.timeUs));
  useEffect(() => {
    const element = dialog.current;
    if (!element || element.open) return;
    element.showModal();
    if (document.fullscreenElement !== null) return;
    // A dialog itself can't be shown in full screen. Where the browser refuses the page too, the dialog fills the window.
    const entered = document.documentElement.requestFullscreen?.().then(
      () => true,
      () => false,
    );
    return () => {
      void entered?.then((isFull) => {
        if (isFull && document.fullscreenElement !== null) void document.exitFullscreen().catch(doNothing);
      });
    };
  }, []);
  if (place === null) return null;
  const { shown: machine, screen, compose } = place;
  const toggle = () => (playing ? theLab.pause() : theLab.play());
  // A presenter's remote control sends the page keys.
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    // Space activates a focused button. A machine's screen has keys of its own, and what it used is no command.
    const isTaken =
      event.defaultPrevented ||
      target.closest("input, textarea, select") !== null ||
      (event.key === " " && target.closest("button") !== null);
    if (event.key === "PageDown" || event.key === "ArrowRight") stepTour(1);
    else if (event.key === "PageUp" || event.key === "ArrowLeft") stepTour(-1);
    else if (!isTaken && !event.ctrlKey && !event.altKey && !event.metaKey && isOfClock(singleCommand(event))) toggle();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <dialog className="presenter" aria-label={`${lab.title} in full screen`} ref={dialog} onClose={onClose} onKeyDown={onKeyDown}>
        <div className="presenter-bar">
          <b>{lab.title}</b>
          <span className="numbers">{elapsedText(readUs)}</span>
          <MachineLamps machine={machine} sessions={sessions ?? []} />
          <span className="presenter-problem">{machine.problem}</span>
          <div className="presenter-buttons">
            <button type="button" className="button" onClick={toggle}>
              {playing ? "Pause the clock" : "Run the clock"}
            </button>
            {moments.length > 0 && (
              <>
                <button type="button" className="button" onClick={() => stepTour(-1)}>
                  Previous
                </button>
                <button type="button" className="button" onClick={() => stepTour(1)}>
                  Next
                </button>
              </>
            )}
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              Close
            </button>
          </div>
        </div>
        <div className="presenter-stage">
          <div className={`presenter-screen ${isLookedAt ? "is-looked-at" : ""}`}>{screen}</div>
          <div className="presenter-side">
            {at !== null && moments[at].machine === "server" && (
              <>
                <h2>Microsoft Exchange Server 4.0</h2>
                <Sessions />
              </>
            )}
            <WireList address={machine.address} title={lab.title} untilUs={readUs} />
          </div>
        </div>
        {at !== null && (
          <p className="presenter-caption" role="status">
            {moments[at].caption}
          </p>
        )}
      </dialog>
      {compose}
    </>
  );
}
