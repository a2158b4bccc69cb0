/** One machine in full screen, for an audience: its screen, the clock, and the tour's caption in letters that the last row can read. */

import { type KeyboardEvent, useEffect, useRef } from "react";
import { elapsedText } from "../lab/clock-text.ts";
import { momentAt } from "../lab/tour-plan.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { theLab } from "../state/the-lab.ts";
import { stepTour, useTour } from "../state/tour.ts";
import "./presenter.css";
import { Screen } from "./skins/screen.tsx";

const doNothing = () => {};

export function Presenter({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const lab = useLab((s) => s.info?.machines.find((m) => m.name === name));
  const machine = useLab((s) => s.state?.machines[name]);
  const playing = useLab((s) => s.playing);
  const readUs = useStudio((s) => s.readUs);
  const moments = useTour((tour) => tour.moments);
  const at = useStudio((s) => momentAt(moments, s.timeUs));
  useEffect(() => {
    const element = dialog.current;
    if (!element || element.open) return;
    element.showModal();
    // Refused where the browser or the window allows no full screen: the dialog fills the window then.
    element.requestFullscreen?.().catch(doNothing);
  }, []);
  const isHere = lab !== undefined && machine !== undefined;
  useEffect(() => {
    if (!isHere) onClose();
  }, [isHere, onClose]);
  if (!isHere) return null;
  const toggle = () => (playing ? theLab.pause() : theLab.play());
  // A presenter's remote control sends the page keys.
  const onKeyDown = (event: KeyboardEvent) => {
    const isOnButton = (event.target as HTMLElement).closest("button") !== null;
    if (event.key === "PageDown" || event.key === "ArrowRight") stepTour(1);
    else if (event.key === "PageUp" || event.key === "ArrowLeft") stepTour(-1);
    else if (event.key === " " && !isOnButton) toggle();
    else return;
    event.preventDefault();
  };
  return (
    <dialog className="presenter" aria-label={`${lab.title} in full screen`} ref={dialog} onClose={onClose} onKeyDown={onKeyDown}>
      <div className="presenter-bar">
        <b>{lab.title}</b>
        <span className="numbers">{elapsedText(readUs)}</span>
        <span className="presenter-errors">{machine.icmpSent > 0 && `${machine.icmpSent} ICMP errors sent`}</span>
        <button type="button" className="button" onClick={toggle}>
          {playing ? "Pause the clock" : "Run the clock"}
        </button>
        {moments.length > 0 && (
          <>
            <button type="button" className="button" onClick={() => stepTour(-1)}>
              Back
            </button>
            <button type="button" className="button" onClick={() => stepTour(1)}>
              On
            </button>
          </>
        )}
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      <div className="presenter-screen">
        <Screen
          machine={machine}
          lab={lab}
          label={lab.title}
          mailTitle={lab.mailTitle}
          draft={null}
          act={doNothing}
          write={doNothing}
          closeMessage={doNothing}
        />
      </div>
      {at !== null && (
        <p className="presenter-caption" role="status">
          {moments[at].caption}
        </p>
      )}
    </dialog>
  );
}
