/**
 * Rows of one height in an element that scrolls, however many: an element can't be higher than some thirty million pixels. Above
 * that the scroll bar stands for a part of the rows; small movements stay exact, and far ones land in proportion.
 */

/** Chromium clamps heights at 2^25 - 1 pixels, Firefox at half of it and a little more. */
const MAX_HEIGHT = 16_000_000;

export class ScrollMap {
  readonly rowHeight: number;
  readonly #maxHeight: number;
  #count = 0;
  #viewport = 0;
  /** What the top of the viewport is beyond `scrollTop`, in pixels of all rows. */
  #offset = 0;
  #scrollTop = 0;

  constructor(rowHeight: number, maxHeight = MAX_HEIGHT) {
    this.rowHeight = rowHeight;
    this.#maxHeight = maxHeight;
  }

  /** Of the element that scrolls. */
  get height(): number {
    return Math.min(this.#total, this.#maxHeight);
  }

  get #total(): number {
    return this.#count * this.rowHeight;
  }

  /** How far the last row allows to scroll, in pixels of all rows. */
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

  /** Where row `i` stands in the element. */
  placeOf(i: number): number {
    return i * this.rowHeight - this.#offset;
  }

  resize(count: number, viewport: number): void {
    this.#count = count;
    this.#viewport = viewport;
    if (this.#total <= this.#maxHeight) this.#offset = 0;
  }

  /** After the element has scrolled; returns what its `scrollTop` has to be set to, or `null` where it may stay. */
  scrolled(scrollTop: number): number | null {
    const moved = scrollTop - this.#scrollTop;
    this.#scrollTop = scrollTop;
    if (this.#total <= this.#maxHeight) return null;
    if (Math.abs(moved) > this.#viewport * 4) {
      this.#offset = (scrollTop / this.#scrollRange) * this.#range - scrollTop;
      return null;
    }
    // A small movement that comes to an end of the element which is no end of the rows: both are set right.
    const atEnd = scrollTop < this.#viewport || scrollTop > this.#scrollRange - this.#viewport;
    return atEnd ? this.#settle(this.top) : null;
  }

  /** What `scrollTop` shows row `i`, moving no more than needed; `null` where it is in sight. */
  reveal(i: number): number | null {
    const at = i * this.rowHeight;
    if (at < this.top) return this.#settle(at);
    if (at + this.rowHeight > this.top + this.#viewport) return this.#settle(at + this.rowHeight - this.#viewport);
    return null;
  }

  /** The same with the row in the middle. */
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
