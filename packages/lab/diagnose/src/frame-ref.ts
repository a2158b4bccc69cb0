/** A frame of the capture, counted from 1 as analyzers count, and when it was captured. */
export interface FrameRef {
  readonly frame: number;
  readonly timeUs: number;
}
