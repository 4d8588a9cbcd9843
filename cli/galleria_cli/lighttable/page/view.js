/** The piece of the time axis that is in sight: where it begins and how much time a pixel is. */

const CLOSEST = 20; // ms in a pixel: a second is 50 pixels
const FARTHEST = 86_400_000 * 30;
const PICTURE = 112; // pixels
const MARGIN = 16;

export class View extends EventTarget {
  start = 0;
  perPixel = 60_000;
  width = 1000;

  /** The pixel of a moment. */
  toX(moment) {
    return (moment - this.start) / this.perPixel;
  }

  /** The moment of a pixel. */
  toMoment(x) {
    return this.start + x * this.perPixel;
  }

  get end() {
    return this.toMoment(this.width);
  }

  /** Show from one moment to another, the picture of the last one in whole. */
  fit(first, last) {
    const perPixel = Math.max(last - first, 60_000) / Math.max(this.width - PICTURE - 3 * MARGIN, 100);
    this.set(first - MARGIN * perPixel, perPixel);
  }

  /** Zoom so that what is at `x` stays there; more than 1 comes closer. */
  zoom(factor, x = this.width / 2) {
    const fixed = this.toMoment(x);
    const perPixel = Math.min(Math.max(this.perPixel / factor, CLOSEST), FARTHEST);
    this.set(fixed - x * perPixel, perPixel);
  }

  pan(pixels) {
    this.set(this.start + pixels * this.perPixel, this.perPixel);
  }

  /** Move so that a moment is in sight. */
  reveal(moment) {
    const x = this.toX(moment);
    if (x < 0 || x > this.width - PICTURE) this.set(moment - (this.width / 2) * this.perPixel, this.perPixel);
  }

  set(start, perPixel) {
    this.start = start;
    this.perPixel = perPixel;
    this.dispatchEvent(new Event("change"));
  }

  resize(width) {
    if (width === this.width || width <= 0) return;
    this.width = width;
    this.dispatchEvent(new Event("change"));
  }
}
