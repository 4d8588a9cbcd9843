/** One camera with its photos in the order of the axis. */

import { spanSeconds } from "./times.js";

export class Lane {
  photos = [];
  times = new Float64Array();
  dragged = 0; // seconds by which it is being moved

  constructor(camera) {
    Object.assign(this, camera);
  }

  /** Put the photos that have a time in order. */
  place(photos, momentOf) {
    const timed = photos.filter((photo) => photo.after).sort((a, b) => momentOf(a) - momentOf(b) || a.id - b.id);
    this.photos = timed;
    this.times = Float64Array.from(timed, momentOf);
    this.untimed = photos.length - timed.length;
  }

  indexOf(photo) {
    return this.photos.indexOf(photo);
  }

  get proven() {
    return this.evidence.some((one) => one.source === "GPS" && one.agrees && ["certain", "right"].includes(one.confidence));
  }

  /** Seconds by which a decision moves it. */
  shiftOf(decision) {
    return spanSeconds(decision.shift) ?? 0;
  }
}
