/** The clock and what moves it, below every view. */

import { type CSSProperties, useState } from "react";
import { elapsedText, preciseText, wallClockText } from "../lab/clock-text.ts";
import { EVENT_KINDS, type EventKind } from "../lab/event-kinds.ts";
import { addBookmark } from "../state/lab-selection.ts";
import { SPEEDS, useLab } from "../state/lab-view.ts";
import { keyHint, usePreferences } from "../state/preferences.ts";
import { useStudio } from "../state/studio-store.ts";
import { theLab } from "../state/the-lab.ts";
import { leaveTourClock, useTour } from "../state/tour.ts";

export function Transport() {
  const playing = useLab((lab) => lab.playing);
  const preferences = usePreferences();
  const ready = useLab((lab) => lab.info !== null);
  return (
    <section className="transport" aria-label="Time">
      <div className="transport-buttons">
        <button
          type="button"
          className="button icon"
          aria-label="Back to the start"
          title="Back to the start"
          disabled={!ready}
          onClick={() => theLab.jump(0)}
        >
          <Glyph d="M4 3v10M13 3 6 8l7 5z" />
        </button>
        <button
          type="button"
          className="button icon"
          aria-label="Previous event"
          title="Previous event (←)"
          disabled={!ready}
          onClick={() => void theLab.stepEvent(-1)}
        >
          <Glyph d="M11 3 5 8l6 5z" />
        </button>
        <button
          type="button"
          className="button primary play"
          title={`${playing ? "Pause" : "Play"}${keyHint(" ", preferences)}`}
          disabled={!ready}
          onClick={() => (playing ? theLab.pause() : theLab.play())}
        >
          <Glyph d={playing ? "M5 3h2v10H5zM9 3h2v10H9z" : "M5 3l8 5-8 5z"} />
          {playing ? "Pause" : "Play"}
        </button>
        <button
          type="button"
          className="button icon"
          aria-label="Next event"
          title="Next event (→)"
          disabled={!ready}
          onClick={() => void theLab.stepEvent(1)}
        >
          <Glyph d="M5 3l6 5-6 5z" />
        </button>
      </div>
      <UndoButtons />
      <Clock />
      <Scrubber />
      <SpeedSelect />
      <RunTo />
      <button
        type="button"
        className="button icon"
        aria-label="Bookmark this time"
        title={`Bookmark this time${keyHint("b", preferences)}`}
        disabled={!ready}
        onClick={addBookmark}
      >
        <Glyph d="M4.5 2.5h7v11L8 10.5l-3.5 3z" />
      </button>
    </section>
  );
}

function UndoButtons() {
  const undos = useLab((lab) => lab.undos.length);
  const redos = useLab((lab) => lab.redos.length);
  return (
    <div className="transport-buttons">
      <button
        type="button"
        className="button icon"
        aria-label="Undo the last action"
        title="Undo the last action (Ctrl+Z)"
        disabled={undos === 0}
        onClick={() => void theLab.undo()}
      >
        <Glyph d="M7 3 3 6.5 7 10V7.6c3 0 4.6 1 5.4 4.4C13 7.4 10.5 5.4 7 5.4z" />
      </button>
      <button
        type="button"
        className="button icon"
        aria-label="Redo the action"
        title="Redo the action (Ctrl+Shift+Z)"
        disabled={redos === 0}
        onClick={() => void theLab.redo()}
      >
        <Glyph d="M9 3l4 3.5L9 10V7.6c-3 0-4.6 1-5.4 4.4C3 7.4 5.5 5.4 9 5.4z" />
      </button>
    </div>
  );
}

function Glyph({ d }: { readonly d: string }) {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={d} fill="currentColor" stroke="currentColor" strokeWidth="1.2" strokeLinejoin="round" />
    </svg>
  );
}

function Clock() {
  const timeUs = useStudio((s) => s.readUs);
  const playing = useLab((lab) => lab.playing);
  const epochMs = useLab((lab) => lab.info?.epochMs ?? 0);
  return (
    <div className="clock" role="timer" aria-label="Time since the start">
      <span className="clock-main mono" title={preciseText(timeUs)}>
        {elapsedText(timeUs, !playing)}
      </span>
      <span className="clock-wall numbers">Their clocks: {wallClockText(epochMs, timeUs)}</span>
    </div>
  );
}

const SCRUB_STEP_US = 1_000_000;

function Scrubber() {
  const timeUs = useStudio((s) => s.readUs);
  const simulatedUs = useLab((lab) => lab.simulatedUs);
  const durationUs = useLab((lab) => lab.info?.durationUs ?? 1);
  const bookmarks = useLab((lab) => lab.bookmarks);
  // While the user drags, the slider shows the thumb's position; the machines may not have run that far yet.
  const [asked, setAsked] = useState<{ readonly us: number; readonly whenUs: number } | null>(null);
  const shownUs = asked?.whenUs === timeUs ? asked.us : timeUs;
  const share = (us: number) => `${(100 * us) / durationUs}%`;
  return (
    <div className="scrubber">
      <input
        type="range"
        min={0}
        max={durationUs}
        step={SCRUB_STEP_US}
        // The browser rounds a value to the slider's step, and the rounding would look like a change by hand. So the value is rounded here.
        value={Math.round(shownUs / SCRUB_STEP_US) * SCRUB_STEP_US}
        aria-label="Playhead"
        aria-valuetext={`${elapsedText(timeUs)} of ${elapsedText(durationUs)}`}
        style={{ "--played": share(shownUs), "--simulated": share(simulatedUs) } as CSSProperties}
        onChange={(event) => {
          const us = Number(event.target.value);
          // The jump stops the clock, which may be further than what was drawn last.
          theLab.jump(us);
          setAsked({ us, whenUs: useStudio.getState().readUs });
        }}
      />
      {bookmarks.map(({ atUs, label }) => (
        <button
          key={atUs}
          type="button"
          className="bookmark"
          style={{ left: share(atUs) }}
          title={`${label}: ${elapsedText(atUs, true)}`}
          aria-label={`${label}, ${elapsedText(atUs)}`}
          onClick={() => theLab.jump(atUs)}
        />
      ))}
      <div className="scrubber-ends numbers" aria-hidden="true">
        <span>0:00:00</span>
        <span>{elapsedText(durationUs)}</span>
      </div>
    </div>
  );
}

const TOUR = "tour";

function SpeedSelect() {
  const speed = useLab((lab) => lab.speed);
  const isOfTour = useTour((tour) => tour.steers);
  const choose = (chosen: number) => {
    leaveTourClock();
    useLab.setState({ speed: chosen });
  };
  return (
    <label className="labelled">
      <span>Speed</span>
      <select className="field" value={isOfTour ? TOUR : String(speed)} onChange={(event) => choose(Number(event.target.value))}>
        {isOfTour && <option value={TOUR}>Set by the tour</option>}
        {!isOfTour && !SPEEDS.some((s) => s === speed) && <option value={String(speed)}>{`${speed.toFixed(1)}×`}</option>}
        {SPEEDS.map((s) => (
          <option key={s} value={String(s)}>
            {s === 1 ? "Real time" : Number.isFinite(s) ? `${s.toLocaleString("en")}×` : "As fast as it goes"}
          </option>
        ))}
      </select>
    </label>
  );
}

function RunTo() {
  const [kind, setKind] = useState<EventKind>("icmp");
  const ready = useLab((lab) => lab.info !== null);
  return (
    <div className="run-to">
      <label className="labelled">
        <span>Run to next</span>
        <select className="field" value={kind} onChange={(event) => setKind(event.target.value as EventKind)}>
          {(Object.keys(EVENT_KINDS) as EventKind[]).map((name) => (
            <option key={name} value={name}>
              {EVENT_KINDS[name]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="button"
        disabled={!ready}
        aria-label={`Go to the next: ${EVENT_KINDS[kind]}`}
        onClick={() => void theLab.runToNext(kind)}
      >
        Go
      </button>
    </div>
  );
}
