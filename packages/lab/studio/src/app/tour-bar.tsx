/** The moment of the tour: what happens, where to look, and the way to the next one. */

import { useEffect, useState } from "react";
import { Presenter } from "../bench/presenter.tsx";
import { momentAt } from "../lab/tour-plan.ts";
import { ARTICLE_SPEED, useLab } from "../state/lab-view.ts";
import { shownCapture, useStudio } from "../state/studio-store.ts";
import { theLab } from "../state/the-lab.ts";
import { endTour, steerTour, stepTour, useTour } from "../state/tour.ts";

export function TourBar() {
  const moments = useTour((tour) => tour.moments);
  const steers = useTour((tour) => tour.steers);
  const at = useStudio((s) => momentAt(moments, s.timeUs));
  const playing = useLab((lab) => lab.playing);
  const [presenting, setPresenting] = useState(false);
  // The captions are about the lab's run.
  const isCovered = useStudio((s) => shownCapture(s) !== null);
  useEffect(() => {
    if (isCovered) setPresenting(false);
  }, [isCovered]);
  if (moments.length === 0 || isCovered) return null;
  const moment = at === null ? null : moments[at];
  const shown = moments.find(({ machine }) => machine !== "server")?.machine;
  return (
    <section className="tour" aria-label="Tour">
      <p className="tour-caption" role="status">
        {moment && (
          <>
            <b>{`${(at ?? 0) + 1} of ${moments.length}: ${moment.title}.`}</b> {moment.caption}
          </>
        )}
      </p>
      <div className="tour-buttons">
        <button type="button" className="button small" disabled={at === null || at === 0} onClick={() => stepTour(-1)}>
          Previous moment
        </button>
        <button type="button" className="button small" disabled={at === moments.length - 1} onClick={() => stepTour(1)}>
          Next moment
        </button>
        {steers && (
          <button type="button" className="button small tour-pause" onClick={() => (playing ? theLab.pause() : theLab.play())}>
            {playing ? "Pause the tour" : "Go on"}
          </button>
        )}
        {!steers && (
          <button type="button" className="button small primary" onClick={() => void steerTour(ARTICLE_SPEED)}>
            Continue the tour
          </button>
        )}
        {shown !== undefined && (
          <button type="button" className="button small" onClick={() => setPresenting(true)}>
            Present
          </button>
        )}
        <button type="button" className="button small quiet" onClick={endTour}>
          End the tour
        </button>
      </div>
      {presenting && shown !== undefined && <Presenter name={shown} onClose={() => setPresenting(false)} />}
    </section>
  );
}
