/** The lanes of all machines on one clock: a picture that can be zoomed, dragged and clicked. */

import { type PointerEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { readPalette } from "../design/tokens.ts";
import { elapsedText } from "../lab/clock-text.ts";
import type { LabInfo } from "../lab/lab-types.ts";
import { selectMachine } from "../state/lab-selection.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import { recording, theLab } from "../state/the-lab.ts";
import { AXIS_H, drawLanes, LABEL_W, type LanesPicture, MAX_LANE_H, MIN_LANE_H, markAt, plotWidth } from "./draw-lanes.ts";
import { LaneLegend } from "./lane-legend.tsx";
import { LaneTip, type PointedMark, selectMark } from "./lane-marks.tsx";
import { LaneBuilder } from "./lanes.ts";
import { around, follow, pan, type Span, timeToX, xToTime, zoom } from "./scale.ts";
import { useLaggingTime } from "./use-lagging-time.ts";
import { ZoomBar } from "./zoom-bar.tsx";

/** Span shown at first: a run of the article fits; the six hours of free play would be too much to see anything. */
const FIRST_SPAN_US = 2.25 * 3_600_000_000;

/** The lanes of the recording up to now; rebuilt when the recording was replaced. */
function useLanes(info: LabInfo, timeUs: number) {
  // The version is read without subscribing, so that the lanes are updated once per animation frame, not with every response of the worker.
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

export function Lanes({ info }: { readonly info: LabInfo }) {
  const { durationUs } = info;
  const [span, setSpan] = useState<Span>({ startUs: 0, endUs: Math.min(durationUs, FIRST_SPAN_US) });
  const [size, setSize] = useState({ width: 800, height: 500 });
  const [pointed, setPointed] = useState<PointedMark | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const drag = useRef<{ readonly x: number; readonly span: Span; moved: boolean; readonly scrub: boolean } | null>(null);
  const timeUs = useLaggingTime();
  const grown = useLanes(info, timeUs);
  const isDark = useStudio((s) => s.isDark);
  const selectedMachine = useStudio((s) => s.selectedMachine);
  const selectedEvent = useStudio((s) => s.selectedEvent);
  const selectedFrame = useStudio((s) => s.selectedFrame);
  // The part that has been simulated is drawn up to the same moment as the marks.
  const simulatedUs = Math.max(timeUs, useLab.getState().simulatedUs);
  const playing = useLab((lab) => lab.playing);
  const bookmarks = useLab((lab) => lab.bookmarks);
  const { lanes } = grown;
  const laneH = Math.max(MIN_LANE_H, Math.min(MAX_LANE_H, (size.height - AXIS_H) / Math.max(1, lanes.length)));
  const plot = plotWidth(size.width);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setSize({ width: entry.contentRect.width, height: entry.contentRect.height }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // The span follows the playhead. The playhead itself moves with every frame of the screen; the lanes are redrawn less often.
  useEffect(() => setSpan((old) => follow(old, timeUs, durationUs)), [timeUs, durationUs]);

  const picture: LanesPicture = useMemo(
    () => ({ lanes, span, width: size.width, laneH, timeUs, simulatedUs, selectedMachine, selectedEvent, selectedFrame, bookmarks }),
    [lanes, span, size.width, laneH, timeUs, simulatedUs, selectedMachine, selectedEvent, selectedFrame, bookmarks],
  );

  const height = AXIS_H + lanes.length * laneH;
  useCanvas(canvas, picture, height, `${isDark}`, grown);

  const zoomBy = useCallback(
    (factor: number) => {
      const { timeUs: now } = useStudio.getState();
      setSpan((old) => zoom(old, factor, now >= old.startUs && now <= old.endUs ? now : (old.startUs + old.endUs) / 2, durationUs));
    },
    [durationUs],
  );

  useWheel(place, plot, durationUs, setSpan);

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
    setPointed(hit?.mark ? { mark: hit.mark, x, y } : null);
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
        <ZoomBar
          spanUs={span.endUs - span.startUs}
          onZoom={zoomBy}
          onSpan={(lengthUs) => setSpan(around(useStudio.getState().timeUs, lengthUs, durationUs))}
        />
        <LaneLegend />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls by keyboard has to get there */}
      <section className="lanes-place" ref={place} aria-label="Lanes of the machines" tabIndex={0}>
        <canvas
          ref={canvas}
          className={playing ? "" : "is-still"}
          style={{ width: size.width, height }}
          role="img"
          aria-label={`Lanes of ${lanes.length} machines from ${elapsedText(span.startUs)} to ${elapsedText(span.endUs)}; the list of events says the same in words`}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onPointerLeave={() => setPointed(null)}
        />
        <Playhead span={span} plot={plot} height={height} />
        {pointed && <LaneTip pointed={pointed} width={size.width} />}
      </section>
    </section>
  );
}

/** Draws the picture whenever it changes, and when `theme` or `content` changes: the lanes in `picture` grow in place, and its colours come from the style sheet. */
function useCanvas(
  canvas: RefObject<HTMLCanvasElement | null>,
  picture: LanesPicture,
  height: number,
  theme: string,
  content: unknown,
): void {
  useEffect(() => {
    const surface = canvas.current;
    const context = surface?.getContext("2d");
    if (!surface || !context) return;
    void theme;
    void content;
    const ratio = devicePixelRatio;
    const [w, h] = [Math.round(picture.width * ratio), Math.round(height * ratio)];
    if (surface.width !== w || surface.height !== h) Object.assign(surface, { width: w, height: h });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawLanes(context, picture, readPalette());
  }, [canvas, picture, height, theme, content]);
}

/** The wheel zooms around the pointer; sideways, or with Shift, it moves the span. */
function useWheel(
  place: RefObject<HTMLDivElement | null>,
  plot: number,
  durationUs: number,
  setSpan: (change: (old: Span) => Span) => void,
): void {
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
    // React's own wheel listeners are passive, so that they can't keep the page from scrolling.
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [place, plot, durationUs, setSpan]);
}

function Playhead({ span, plot, height }: { readonly span: Span; readonly plot: number; readonly height: number }) {
  const x = useStudio((s) => LABEL_W + timeToX(span, plot, s.timeUs));
  if (x < LABEL_W || x > LABEL_W + plot) return null;
  return <div className="playhead" style={{ transform: `translateX(${x}px)`, height }} aria-hidden="true" />;
}
