/** One character of a pixel face, its rows from top to bottom, `#` for ink; `topPx` is the height of the first above the baseline. */
export interface Glyph {
  readonly codePoint: number;
  readonly advancePx: number;
  readonly topPx: number;
  readonly rows: readonly string[];
}
