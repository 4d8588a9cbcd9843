/** Photos of one moment: they say how far a camera's clock is off, and several say whether it drifts. */

import { api } from "./api.js";
import { store } from "./store.js";
import { spanText } from "./times.js";

class Pairing extends EventTarget {
  first = null;
  words = "";
  pairs = []; // [number of the photo with the wrong clock, number of the other or a time]

  /** The text of the button for a photo. */
  labelFor(photo) {
    return this.first && this.first.id !== photo.id ? `Same moment as ${this.first.name}` : "Same moment as…";
  }

  /** Whether a photo can be chosen: the other one of a pair must be of another camera. */
  fits(photo) {
    return Boolean(photo.before) && (!this.first || this.first.camera !== photo.camera);
  }

  /** The pairs that tell of a lane. */
  of(lane) {
    return this.pairs.filter(([wrong]) => store.photos.get(wrong).camera === lane.key);
  }

  start(photo) {
    this.first = photo;
    this.words = photo ? `Now choose the photo of the same moment in the lane of another camera. ${store.laneOf(photo).label} will be moved.` : "";
    if (photo) store.say(this.words);
    this.dispatchEvent(new Event("change"));
  }

  async choose(photo) {
    if (!this.fits(photo)) return;
    if (!this.first) this.start(photo);
    else await this.#add(this.first, photo.id);
  }

  /** A clock in the photo shows this time. */
  shown(photo, time) {
    return this.#add(photo, time);
  }

  /** A QR code in the photo says what time it was. */
  async code(photo) {
    try {
      const { time } = await api.clockIn(photo.id);
      if (time) await this.shown(photo, time);
      else store.say("No QR code with a time was found in this photo, or no decoder is installed (zxing-cpp).");
    } catch (error) {
      store.say(error.message, "wrong");
    }
  }

  /** The photo has this time of its own. */
  async own(photo, time) {
    if (await store.change(api.typeTime(photo.id, time))) store.say(`${photo.name}: ${time}`);
  }

  async #add(photo, other) {
    const lane = store.laneOf(photo);
    const ofLane = this.of(lane);
    const pairs = [...ofLane.filter(([wrong]) => wrong !== photo.id), [photo.id, other]];
    try {
      const solved = await api.solve(pairs);
      const shift = Math.abs(solved.shift) >= 0.5 ? spanText(solved.shift) : "";
      if (!(await store.decide(lane, { shift, ...driftOf(solved) }))) return;
      this.pairs = [...this.pairs.filter((pair) => !ofLane.includes(pair)), ...pairs];
      this.first = null;
      this.words = `${lane.label}: ${wordsOf(solved, pairs.length)}`;
      store.say(this.words);
    } catch (error) {
      store.say(error.message, "wrong");
    }
    this.dispatchEvent(new Event("change"));
  }
}

function driftOf(solved) {
  return { drift: solved.drift, drift_from: solved.drift ? solved.since : "" };
}

function wordsOf(solved, count) {
  const drift = solved.drift ? `, and ${Math.abs(solved.drift).toFixed(1)} s ${solved.drift > 0 ? "slow" : "fast"} each day` : "";
  const doubt = solved.outliers ? `; ${solved.outliers} of ${count} pairs contradict the others` : "";
  return `shift ${spanText(solved.shift)}${drift}, from ${count} ${count === 1 ? "pair" : "pairs"}${doubt}`;
}

export const pairing = new Pairing();
