/**
 * Maps the scroll position of an element to any number of rows of one height. Browsers limit an element's height; with more rows than
 * fit, small movements scroll by pixels and far ones in proportion.
 */

/** Chromium clamps heights at 2^25 - 1 pixels, Firefox at half of it and a little more. */
const MAX_HEIGHT = 16_000_000;

export class ScrollMap {
  readonly rowHeight: number;
  readonly #maxHeight: number;
  #count = 0;
  #viewport = 0;
  /** Pixels of all rows above the viewport, minus `scrollTop`. */
  #offset = 0;
  #scrollTop = 0;

  constructor(rowHeight: number, maxHeight = MAX_HEIGHT) {
    this.rowHeight = rowHeight;
    this.#maxHeight = maxHeight;
  }

  /** Height of the content of the element that scrolls. */
  get height(): number {
    return Math.min(this.#total, this.#maxHeight);
  }

  get #total(): number {
    return this.#count * this.rowHeight;
  }

  /** Greatest value of `top`, at which the last row is at the bottom. */
  get #range(): number {
    return Math.max(0, this.#total - this.#viewport);
  }

  get #scrollRange(): number {
    return Math.max(0, this.height - this.#viewport);
  }

  /** Pixels of all rows above the viewport. */
  get top(): number {
    return Math.min(this.#range, Math.max(0, this.#scrollTop + this.#offset));
  }

  /** Offset of row `i` in the element, in pixels. */
  placeOf(i: number): number {
    return i * this.rowHeight - this.#offset;
  }

  resize(count: number, viewport: number): void {
    this.#count = count;
    this.#viewport = viewport;
    if (this.#total <= this.#maxHeight) this.#offset = 0;
  }

  /** To be called when the element has scrolled; returns the `scrollTop` that it must be set to, or `null` if it is right. */
  scrolled(scrollTop: number): number | null {
    const moved = scrollTop - this.#scrollTop;
    this.#scrollTop = scrollTop;
    if (this.#total <= this.#maxHeight) return null;
    if (Math.abs(moved) > this.#viewport * 4) {
      this.#offset = (scrollTop / this.#scrollRange) * this.#range - scrollTop;
      return null;
    }
    // A small movement reached an end of the element that is not an end of the rows: scroll position and offset are corrected.
    const atEnd = scrollTop < this.#viewport || scrollTop > this.#scrollRange - this.#viewport;
    return atEnd ? this.#settle(this.top) : null;
  }

  /** The `scrollTop` that shows row `i` with the least movement; `null` if the row is in sight. */
  reveal(i: number): number | null {
    const at = i * this.rowHeight;
    if (at < this.top) return this.#settle(at);
    if (at + this.rowHeight > this.top + this.#viewport) return this.#settle(at + this.rowHeight - this.#viewport);
    return null;
  }

  /** The `scrollTop` that shows row `i` in the middle. */
  center(i: number): number {
    return this.#settle(i * this.rowHeight - (this.#viewport - this.rowHeight) / 2);
  }

  #settle(top: number): number {
    const wanted = Math.min(this.#range, Math.max(0, top));
    const share = this.#range === 0 ? 0 : wanted / this.#range;
    this.#scrollTop = this.#total <= this.#maxHeight ? wanted : Math.round(share * this.#scrollRange);
    this.#offset = wanted - this.#scrollTop;
    return this.#scrollTop;
  }
}
