/** The lanes of all machines on one clock, and the same as a list of events. */

import { sessionEndText } from "@pushback/scenario";
import { type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { readPalette } from "../design/tokens.ts";
import { elapsedText, preciseText, spanText } from "../lab/clock-text.ts";
import type { LabInfo } from "../lab/lab-types.ts";
import { selectEvent, selectMachine } from "../state/lab-selection.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording, theLab } from "../state/the-lab.ts";
import { AXIS_H, drawLanes, LABEL_W, type LanesPicture, MAX_LANE_H, MIN_LANE_H, markAt } from "./draw-lanes.ts";
import { EventList } from "./event-list.tsx";
import { LaneBuilder, type LaneMark } from "./lanes.ts";
import { around, follow, pan, type Span, timeToX, xToTime, zoom } from "./scale.ts";
import "./timeline.css";

export function Timeline() {
  const info = useLab((lab) => lab.info);
  if (!info) return null;
  return (
    <div className="timeline">
      <Lanes key={`${info.settings.scenario}/${info.settings.play}`} info={info} />
      <EventList info={info} />
    </div>
  );
}

/** Where a run begins to be interesting is its beginning; in free play the six hours are far too long. */
const FIRST_SPAN_US = 2.25 * 3_600_000_000;

/** Builds anew when the past has changed: the builder's recording is not the page's any more. */
function useLanes(info: LabInfo, timeUs: number) {
  // Not with every update: with every picture.
  const { version } = useLab.getState();
  const kept = useRef<{ builder: LaneBuilder; events: unknown } | null>(null);
  return useMemo(() => {
    void version;
    void timeUs;
    if (kept.current?.events !== recording.events) kept.current = { builder: new LaneBuilder(info.machines), events: recording.events };
    kept.current.builder.update(recording.events, recording.marks);
    return { lanes: kept.current.builder.lanes };
  }, [info, version, timeUs]);
}

function Lanes({ info }: { readonly info: LabInfo }) {
  const { durationUs } = info;
  const [span, setSpan] = useState<Span>({ startUs: 0, endUs: Math.min(durationUs, FIRST_SPAN_US) });
  const [size, setSize] = useState({ width: 800, height: 500 });
  const [pointed, setPointed] = useState<{
    readonly mark: LaneMark;
    readonly machine: string;
    readonly x: number;
    readonly y: number;
  } | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const drag = useRef<{ readonly x: number; readonly span: Span; moved: boolean; readonly scrub: boolean } | null>(null);
  const timeUs = useLaggingTime();
  const grown = useLanes(info, timeUs);
  const isDark = useStudio((s) => s.isDark);
  const selectedMachine = useStudio((s) => s.selectedMachine);
  const selectedEvent = useStudio((s) => s.selectedEvent);
  const selectedFrame = useStudio((s) => s.selectedFrame);
  // What has been run is drawn up to the same moment as the marks.
  const simulatedUs = Math.max(timeUs, useLab.getState().simulatedUs);
  const playing = useLab((lab) => lab.playing);
  const bookmarks = useLab((lab) => lab.bookmarks);
  const { lanes } = grown;
  const laneH = Math.max(MIN_LANE_H, Math.min(MAX_LANE_H, (size.height - AXIS_H) / Math.max(1, lanes.length)));
  const plot = size.width - LABEL_W;

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setSize({ width: entry.contentRect.width, height: entry.contentRect.height }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // The playhead stays in view while it moves; itself it moves with every frame of the screen, which the lanes need not.
  useEffect(() => setSpan((old) => follow(old, timeUs, durationUs)), [timeUs, durationUs]);

  const picture: LanesPicture = useMemo(
    () => ({ lanes, span, width: size.width, laneH, timeUs, simulatedUs, selectedMachine, selectedEvent, selectedFrame, bookmarks }),
    [lanes, span, size.width, laneH, timeUs, simulatedUs, selectedMachine, selectedEvent, selectedFrame, bookmarks],
  );

  useEffect(() => {
    const surface = canvas.current;
    const context = surface?.getContext("2d");
    if (!surface || !context) return;
    void isDark;
    void grown;
    const ratio = devicePixelRatio;
    const height = AXIS_H + lanes.length * laneH;
    const [w, h] = [Math.round(size.width * ratio), Math.round(height * ratio)];
    if (surface.width !== w || surface.height !== h) Object.assign(surface, { width: w, height: h });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawLanes(context, picture, readPalette());
  }, [picture, isDark, grown, lanes.length, laneH, size.width]);

  const zoomBy = useCallback(
    (factor: number, anchorUs?: number) => {
      const { timeUs: now } = useStudio.getState();
      setSpan((old) =>
        zoom(old, factor, anchorUs ?? (now >= old.startUs && now <= old.endUs ? now : (old.startUs + old.endUs) / 2), durationUs),
      );
    },
    [durationUs],
  );

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const x = event.clientX - element.getBoundingClientRect().left - LABEL_W;
      setSpan((old) => {
        const sideways = event.shiftKey ? event.deltaY : event.deltaX;
        if (Math.abs(sideways) > 0) return pan(old, ((old.endUs - old.startUs) * sideways) / 1000, durationUs);
        return zoom(old, 1.0015 ** -event.deltaY, xToTime(old, plot, Math.max(0, x)), durationUs);
      });
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [plot, durationUs]);

  const pointOf = (event: PointerEvent): readonly [number, number] => {
    const box = (canvas.current as HTMLCanvasElement).getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const onPointerDown = (event: PointerEvent) => {
    const [x, y] = pointOf(event);
    if (x < LABEL_W) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x, span, moved: false, scrub: y < AXIS_H };
    if (y < AXIS_H) theLab.jump(xToTime(span, plot, x - LABEL_W));
  };
  const onPointerMove = (event: PointerEvent) => {
    const [x, y] = pointOf(event);
    const dragged = drag.current;
    if (dragged?.scrub) {
      theLab.jump(xToTime(span, plot, x - LABEL_W));
      return;
    }
    if (dragged) {
      if (Math.abs(x - dragged.x) > 3) dragged.moved = true;
      if (dragged.moved) setSpan(pan(dragged.span, ((dragged.x - x) / plot) * (dragged.span.endUs - dragged.span.startUs), durationUs));
      return;
    }
    const hit = markAt(picture, x, y);
    setPointed(hit?.mark ? { mark: hit.mark, machine: hit.lane.name, x, y } : null);
  };
  const onPointerUp = (event: PointerEvent) => {
    const dragged = drag.current;
    drag.current = null;
    const [x, y] = pointOf(event);
    if (dragged?.scrub || dragged?.moved) return;
    const hit = markAt(picture, x, y);
    if (!hit) return;
    if (x <= LABEL_W) {
      selectMachine(hit.lane.name);
      return;
    }
    useStudio.getState().set({ selectedMachine: hit.lane.name });
    if (hit.mark) selectMark(hit.mark);
    else theLab.jump(xToTime(span, plot, x - LABEL_W));
  };

  return (
    <section className="lanes" aria-label="Lanes">
      <div className="lanes-bar">
        <fieldset className="zoom">
          <legend className="visually-hidden">Zoom</legend>
          <button type="button" className="button small" aria-label="Zoom out" title="Zoom out" onClick={() => zoomBy(0.5)}>
            −
          </button>
          <span className="zoom-text numbers">{spanText(span.endUs - span.startUs)}</span>
          <button type="button" className="button small" aria-label="Zoom in" title="Zoom in" onClick={() => zoomBy(2)}>
            +
          </button>
          {ZOOMS.map(([text, lengthUs]) => (
            <button
              key={text}
              type="button"
              className="button quiet small"
              onClick={() => setSpan(around(useStudio.getState().timeUs, lengthUs, durationUs))}
            >
              {text}
            </button>
          ))}
        </fieldset>
        <Legend />
      </div>
      <div className="lanes-place" ref={place}>
        <canvas
          ref={canvas}
          className={playing ? "" : "is-still"}
          style={{ width: size.width, height: AXIS_H + lanes.length * laneH }}
          role="img"
          aria-label={`Lanes of ${lanes.length} machines from ${elapsedText(span.startUs)} to ${elapsedText(span.endUs)}; the list of events says the same in words`}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onPointerLeave={() => setPointed(null)}
        />
        <Playhead span={span} plot={plot} height={AXIS_H + lanes.length * laneH} />
        {pointed && (
          <div className="lane-tip" style={{ left: Math.min(pointed.x + 12, size.width - 250), top: pointed.y + 14 }}>
            <b>{markTitle(pointed.mark)}</b>
            <span className="mono">{preciseText(pointed.mark.atUs)}</span>
            {pointed.mark.frame !== null && <span>frame {pointed.mark.frame}</span>}
            {pointed.mark.answer && (
              <span>
                answered by frame {pointed.mark.answer.frame}, {spanText(pointed.mark.answer.atUs - pointed.mark.atUs)} later
              </span>
            )}
          </div>
        )}
      </div>
    </section>
  );
}

/** Between two pictures of the lanes while time goes on. */
const REDRAW_MS = 90;

/** The playhead's time; while the clock runs, as it was a moment ago. */
function useLaggingTime(): number {
  const [timeUs, setTimeUs] = useState(useStudio.getState().timeUs);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const take = () => {
      timer = null;
      setTimeUs(useStudio.getState().timeUs);
    };
    const end = useStudio.subscribe(({ timeUs: now }, before) => {
      if (now === before.timeUs) return;
      if (!useLab.getState().playing) take();
      else timer ??= setTimeout(take, REDRAW_MS);
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return timeUs;
}

function Playhead({ span, plot, height }: { readonly span: Span; readonly plot: number; readonly height: number }) {
  const x = useStudio((s) => LABEL_W + timeToX(span, plot, s.timeUs));
  if (x < LABEL_W || x > LABEL_W + plot) return null;
  return <div className="playhead" style={{ transform: `translateX(${x}px)`, height }} aria-hidden="true" />;
}

const ZOOMS = [
  ["2 h", 7_200_000_000],
  ["5 min", 300_000_000],
  ["1 s", 1_000_000],
  ["1 ms", 1000],
  ["20 µs", 20],
] as const;

/** Playhead, event and frame go with a mark. */
function selectMark(mark: LaneMark): void {
  if (mark.event !== null) {
    selectEvent(mark.event);
    return;
  }
  theLab.jump(mark.atUs);
  if (mark.frame !== null) useStudio.getState().set({ selectedFrame: mark.frame, selectedEvent: recording.eventOfFrame(mark.frame) });
}

const TITLES: Readonly<Record<LaneMark["kind"], string>> = {
  push: "Push datagram",
  icmp: "ICMP port unreachable",
  tcp: "TCP segment",
  mail: "Mail delivered",
  read: "Message read",
  logon: "Logged on",
  probe: "Keep-alive probe",
  end: "Session ends",
  down: "Machine goes down",
  ready: "Machine ready",
  failed: "Not possible",
};

function markTitle(mark: LaneMark): string {
  if (mark.event === null) return TITLES[mark.kind];
  const e = recording.events[mark.event];
  return e?.event.type === "session-ended" ? `Session ${e.event.session} ends: ${sessionEndText(e.event)}` : TITLES[mark.kind];
}

function Legend() {
  return (
    <ul className="lane-legend" aria-label="Legend">
      {(
        [
          ["push", "Push", "M2 2h10L7 12z"],
          ["icmp", "ICMP error", "M2 12h10L7 2z"],
          ["mail", "Mail", "M1 4h12v7H1z"],
          ["session", "Session", "M1 5h12v4H1z"],
          ["probe", "Probe", "M7 1l5 6-5 6-5-6z"],
          ["danger", "End", "M5.5 1h3v12h-3z"],
        ] as const
      ).map(([colour, name, d]) => (
        <li key={name}>
          <svg viewBox="0 0 14 14" width="12" height="12" aria-hidden="true">
            <path d={d} className={`lane-legend-${colour}`} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
