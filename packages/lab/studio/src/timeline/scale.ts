/** Where a time is on the lanes, and which times the axis names. */

export interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

export const MIN_SPAN_US = 20;

export function timeToX(span: Span, width: number, us: number): number {
  return ((us - span.startUs) / (span.endUs - span.startUs)) * width;
}

export function xToTime(span: Span, width: number, x: number): number {
  return span.startUs + (x / width) * (span.endUs - span.startUs);
}

/** Closer by `factor` > 1, farther by less; the time at `anchorUs` stays where it is. Never beyond 0 and `durationUs`. */
export function zoom(span: Span, factor: number, anchorUs: number, durationUs: number): Span {
  const length = Math.min(durationUs, Math.max(MIN_SPAN_US, (span.endUs - span.startUs) / factor));
  const share = (anchorUs - span.startUs) / (span.endUs - span.startUs);
  return fitInto({ startUs: anchorUs - share * length, endUs: anchorUs + (1 - share) * length }, durationUs);
}

/** A span of `lengthUs` with `us` in its middle, or as near to its middle as the ends of the run allow. */
export function around(us: number, lengthUs: number, durationUs: number): Span {
  return fitInto({ startUs: us - lengthUs / 2, endUs: us + lengthUs / 2 }, durationUs);
}

export function pan(span: Span, byUs: number, durationUs: number): Span {
  return fitInto({ startUs: span.startUs + byUs, endUs: span.endUs + byUs }, durationUs);
}

function fitInto({ startUs, endUs }: Span, durationUs: number): Span {
  const length = Math.min(endUs - startUs, durationUs);
  const start = Math.min(Math.max(0, startUs), durationUs - length);
  return { startUs: start, endUs: start + length };
}

/** The span with `us` in it: the same where it is, else moved so that it is a fifth from the near edge. */
export function follow(span: Span, us: number, durationUs: number): Span {
  if (us >= span.startUs && us <= span.endUs) return span;
  const length = span.endUs - span.startUs;
  const start = us > span.endUs ? us - 0.2 * length : us - 0.8 * length;
  return fitInto({ startUs: start, endUs: start + length }, durationUs);
}

const SECOND = 1_000_000;
const STEPS_US = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400].map((s) => s * SECOND),
];

/** Times of the axis labels, at least `minPx` pixels apart; empty if `width` is not positive. */
export function ticks(span: Span, width: number, minPx = 90): { readonly stepUs: number; readonly times: readonly number[] } {
  if (!(width > 0)) return { stepUs: STEPS_US.at(-1) as number, times: [] };
  const atLeast = ((span.endUs - span.startUs) / width) * minPx;
  const stepUs = STEPS_US.find((step) => step >= atLeast) ?? (STEPS_US.at(-1) as number);
  const times: number[] = [];
  for (let us = Math.ceil(span.startUs / stepUs) * stepUs; us <= span.endUs; us += stepUs) times.push(us);
  return { stepUs, times };
}

/** Label of a tick on the time axis, with as many digits as the distance between two ticks needs. */
export function tickText(us: number, stepUs: number): string {
  const total = Math.floor(us / SECOND);
  const two = (n: number) => String(n).padStart(2, "0");
  const clock = `${Math.floor(total / 3600)}:${two(Math.floor(total / 60) % 60)}`;
  if (stepUs >= 60 * SECOND) return clock;
  const seconds = `${clock}:${two(total % 60)}`;
  if (stepUs >= SECOND) return seconds;
  const digits = stepUs >= 1000 ? 3 : 6;
  return `${seconds}.${String(Math.round(us) % SECOND)
    .padStart(6, "0")
    .slice(0, digits)}`;
}
