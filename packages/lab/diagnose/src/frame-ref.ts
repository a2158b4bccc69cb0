/** A time before every other. It is a double, as times are: V8 discards optimised code when a field that held small integers gets a double (docs/FLEET-PROFILE.md, "Representation of numbers"). */
export const NEVER_US = Number.NEGATIVE_INFINITY;

/** A frame of the capture, counted from 1 as analyzers count, and when it was captured. */
export interface FrameRef {
  readonly frame: number;
  readonly timeUs: number;
}
