/** Draws the lanes: spans in the background, marks in front; dense marks are merged per pixel column. */

import type { Palette } from "../design/tokens.ts";
import type { Lane, LaneMark, MarkKind } from "./lanes.ts";
import { type Span, ticks, tickText, timeToX } from "./scale.ts";

export const AXIS_H = 26;
export const LABEL_W = 186;

/** Width of the plot beside the labels, in pixels; at least 1, so that a narrow window has a scale too. */
export function plotWidth(width: number): number {
  return Math.max(1, width - LABEL_W);
}

export const MAX_LANE_H = 150;
export const MIN_LANE_H = 50;

/** Rows of a lane, top to bottom, as shares of its height: power and boot, session, then frames by kind. */
const ROW = { boot: 0.14, session: 0.34, arp: 0.48, push: 0.6, icmp: 0.84 } as const;

export interface LanesPicture {
  readonly lanes: readonly Lane[];
  readonly span: Span;
  readonly width: number;
  readonly laneH: number;
  readonly timeUs: number;
  readonly simulatedUs: number;
  readonly selectedMachine: string | null;
  readonly selectedEvent: number | null;
  readonly selectedFrame: number | null;
  readonly bookmarks: readonly { readonly atUs: number }[];
}

const ROW_OF: Readonly<Record<MarkKind, number>> = {
  push: ROW.push,
  tcp: ROW.push,
  arp: ROW.arp,
  icmp: ROW.icmp,
  mail: ROW.session,
  read: ROW.session,
  logon: ROW.session,
  probe: ROW.push,
  end: ROW.session,
  down: ROW.boot,
  ready: ROW.boot,
  failed: ROW.boot,
};

function colourOf(kind: MarkKind, palette: Palette): string {
  switch (kind) {
    case "push":
    case "icmp":
    case "mail":
    case "probe":
      return palette[kind];
    case "read":
      return palette.mail;
    case "logon":
      return palette.session;
    case "end":
    case "down":
    case "failed":
      return palette.danger;
    default:
      return palette["ink-3"];
  }
}

export function drawLanes(context: CanvasRenderingContext2D, picture: LanesPicture, palette: Palette): void {
  const { lanes, span, width, laneH } = picture;
  const plot = plotWidth(width);
  const height = AXIS_H + lanes.length * laneH;
  const x = (us: number) => LABEL_W + timeToX(span, plot, us);
  context.clearRect(0, 0, width, height);
  context.textBaseline = "middle";

  const { stepUs, times } = ticks(span, plot);
  context.font = `11px ${FONT}`;
  for (const us of times) {
    const at = Math.round(x(us)) + 0.5;
    context.fillStyle = palette["line-1"];
    context.fillRect(at - 0.5, AXIS_H - 6, 1, height - AXIS_H + 6);
    context.fillStyle = palette["ink-3"];
    context.textAlign = at > width - 40 ? "right" : "left";
    context.fillText(tickText(us, stepUs), at + (at > width - 40 ? -4 : 4), AXIS_H / 2);
  }
  context.textAlign = "left";
  lanes.forEach((lane, i) => {
    drawLane(context, lane, AXIS_H + i * laneH, picture, palette, x);
  });

  // Time that has not been simulated yet is marked as unknown, not drawn as empty.
  const known = Math.max(LABEL_W, x(picture.simulatedUs));
  if (known < width) {
    context.globalAlpha = 0.5;
    context.fillStyle = palette["surface-2"];
    context.fillRect(known, AXIS_H, width - known, height - AXIS_H);
    context.globalAlpha = 1;
  }
  context.fillStyle = palette.probe;
  for (const { atUs } of picture.bookmarks) if (atUs >= span.startUs && atUs <= span.endUs) context.fillRect(x(atUs) - 1, 0, 2, height);
}

const FONT = 'system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';

function drawLane(
  context: CanvasRenderingContext2D,
  lane: Lane,
  top: number,
  picture: LanesPicture,
  palette: Palette,
  x: (us: number) => number,
): void {
  const { span, width, laneH, simulatedUs } = picture;
  context.save();
  context.beginPath();
  context.rect(LABEL_W, top, width - LABEL_W, laneH);
  context.clip();
  for (const s of lane.spans) {
    const end = s.endUs ?? simulatedUs;
    if (end < span.startUs || s.startUs > span.endUs) continue;
    const from = Math.max(x(s.startUs), LABEL_W - 20);
    const to = Math.min(x(end), width + 20);
    const w = Math.max(1.5, to - from);
    if (s.kind === "session") {
      context.globalAlpha = 0.2;
      context.fillStyle = palette.session;
      context.fillRect(from, top + laneH * (ROW.session - 0.08), w, laneH * 0.16);
      context.globalAlpha = 1;
      context.fillRect(from, top + laneH * (ROW.session + 0.07), w, 1.5);
    } else if (s.kind === "stack") {
      context.fillStyle = palette["ink-3"];
      context.fillRect(from, top + laneH * (ROW.boot + 0.08), w, 2);
    } else {
      context.globalAlpha = s.kind === "boot" ? 0.35 : 0.14;
      context.fillStyle = palette.boot;
      context.fillRect(from, top + laneH * (ROW.boot - 0.07), Math.max(1, w - 1), laneH * 0.14);
      context.globalAlpha = 1;
    }
    if (w > 70 && s.kind !== "stack") {
      context.fillStyle = palette["ink-1"];
      context.font = `10.5px ${FONT}`;
      context.textAlign = "center";
      const middle = (Math.max(from, LABEL_W) + Math.min(to, width)) / 2;
      context.fillText(clip(s.label, w), middle, top + laneH * (s.kind === "session" ? ROW.session : ROW.boot));
      context.textAlign = "left";
    }
  }
  drawMarks(context, lane.marks, top, picture, palette, x);
  context.restore();

  const isSelected = picture.selectedMachine === lane.name;
  context.fillStyle = isSelected ? palette["accent-soft"] : palette["surface-1"];
  context.fillRect(0, top, LABEL_W, laneH);
  context.fillStyle = palette["line-1"];
  context.fillRect(0, top + laneH - 1, width, 1);
  context.fillStyle = palette["ink-1"];
  context.font = `600 12px ${FONT}`;
  const [name, ...rest] = lane.title.split(", ");
  context.fillText(clip(name, LABEL_W - 20, 7.3), 16, top + laneH / 2 - (rest.length > 0 ? 8 : 0));
  if (rest.length > 0) {
    context.fillStyle = palette["ink-3"];
    context.font = `11px ${FONT}`;
    context.fillText(clip(rest.join(", "), LABEL_W - 20, 6), 16, top + laneH / 2 + 8);
  }
}

function clip(text: string, width: number, charW = 5.6): string {
  const most = Math.floor((width - 8) / charW);
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

/** One path per kind and lane: a thousand small shapes then cost little more than one. */
function drawMarks(
  context: CanvasRenderingContext2D,
  marks: readonly LaneMark[],
  top: number,
  picture: LanesPicture,
  palette: Palette,
  x: (us: number) => number,
): void {
  const { span, laneH, timeUs, selectedEvent, selectedFrame } = picture;
  const paths = new Map<string, { readonly kind: MarkKind; readonly isPast: boolean; readonly path: Path2D; column: number }>();
  const joins = new Path2D();
  let selected: readonly [number, number] | null = null;
  for (const mark of marks) {
    if (mark.atUs < span.startUs || mark.atUs > span.endUs) continue;
    const at = x(mark.atUs);
    const y = top + laneH * ROW_OF[mark.kind];
    if ((mark.event !== null && mark.event === selectedEvent) || (mark.frame !== null && mark.frame === selectedFrame)) selected = [at, y];
    const isPast = mark.atUs <= timeUs;
    const key = `${mark.kind}${isPast}`;
    let group = paths.get(key);
    if (group === undefined) {
      group = { kind: mark.kind, isPast, path: new Path2D(), column: -1 };
      paths.set(key, group);
    }
    // At two hours a screen, many marks fall on one column.
    const column = Math.round(at);
    if (group.column === column) continue;
    group.column = column;
    addShape(group.path, mark.kind, at, y);
    if (mark.kind === "push" && mark.answer) {
      joins.moveTo(at, y + 5);
      joins.lineTo(x(mark.answer.atUs), top + laneH * ROW.icmp - 5);
    }
  }
  context.strokeStyle = palette.icmp;
  context.lineWidth = 1.5;
  context.stroke(joins);
  for (const { kind, isPast, path } of paths.values()) {
    context.globalAlpha = isPast ? 1 : 0.4;
    context.fillStyle = colourOf(kind, palette);
    context.fill(path);
  }
  context.globalAlpha = 1;
  if (selected === null) return;
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.strokeRect(selected[0] - 8, selected[1] - 9, 16, 18);
}

function addShape(path: Path2D, kind: MarkKind, x: number, y: number): void {
  switch (kind) {
    case "tcp":
      path.rect(x - 0.5, y - 3, 1, 6);
      return;
    // A small cross: a datagram that waits for a hardware address has one before it.
    case "arp":
      path.rect(x - 2.5, y - 0.5, 5, 1);
      path.rect(x - 0.5, y - 2.5, 1, 5);
      return;
    case "push":
      path.moveTo(x - 4, y - 5);
      path.lineTo(x + 4, y - 5);
      path.lineTo(x, y + 5);
      break;
    case "icmp":
      path.moveTo(x - 4, y + 5);
      path.lineTo(x + 4, y + 5);
      path.lineTo(x, y - 5);
      break;
    case "probe":
      path.moveTo(x, y - 6);
      path.lineTo(x + 5, y);
      path.lineTo(x, y + 6);
      path.lineTo(x - 5, y);
      break;
    case "mail":
      path.rect(x - 6, y - 4, 12, 8);
      break;
    case "read":
      path.rect(x - 2, y - 4, 4, 8);
      break;
    case "logon":
    case "ready":
      path.moveTo(x + 4.5, y);
      path.arc(x, y, 4.5, 0, 2 * Math.PI);
      break;
    default:
      path.rect(x - 1.5, y - 7, 3, 14);
  }
  path.closePath();
}

/** The mark nearest to a point, within a finger's width. */
export function markAt(picture: LanesPicture, px: number, py: number): { readonly lane: Lane; readonly mark: LaneMark | null } | null {
  const lane = picture.lanes[Math.floor((py - AXIS_H) / picture.laneH)];
  if (!lane || py < AXIS_H) return null;
  const top = AXIS_H + picture.lanes.indexOf(lane) * picture.laneH;
  let best: LaneMark | null = null;
  let bestDistance = 10;
  for (const mark of lane.marks) {
    const dx = LABEL_W + timeToX(picture.span, plotWidth(picture.width), mark.atUs) - px;
    if (Math.abs(dx) > 10) continue;
    const distance =
      Math.hypot(dx, (top + picture.laneH * ROW_OF[mark.kind] - py) * 0.8) + (mark.kind === "tcp" || mark.kind === "arp" ? 3 : 0);
    if (distance < bestDistance) {
      best = mark;
      bestDistance = distance;
    }
  }
  return { lane, mark: best };
}
