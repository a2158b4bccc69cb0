/** Before there is a time. A double like the times that follow: a field that begins as a small integer makes optimised code invalid. */
export const NEVER_US = Number.NEGATIVE_INFINITY;

/** A frame of the capture, counted from 1 as analyzers count, and when it was captured. */
export interface FrameRef {
  readonly frame: number;
  readonly timeUs: number;
}
