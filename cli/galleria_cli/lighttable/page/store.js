/** The table in the page: photos, lanes and decisions as the command told them, and what is selected. */

import { api } from "./api.js";
import { Lane } from "./lane-model.js";
import { View } from "./view.js";

export class Store extends EventTarget {
  view = new View();
  photos = new Map();
  lanes = [];
  decisions = {};
  remove = [];
  offset = 0;
  reading = { done: 0, total: 0, finished: false };
  selected = null;
  staged = false; // whether this is staging, not a folder
  states = new Map(); // of each key in staging and in public

  /** Take the whole table. */
  load(table) {
    this.title = table.title;
    this.staged = table.staged;
    this.reading = table.reading;
    this.photos = new Map(table.photos.map((photo) => [photo.id, photo]));
    this.lanes = table.cameras.map((camera) => new Lane(camera));
    this.#decided(table);
    this.#place();
    this.#tell("table");
  }

  /** Take what a change of the decisions changed. */
  update(answer) {
    for (const [id, [after, refused]] of Object.entries(answer.after)) {
      Object.assign(this.photos.get(Number(id)), { after, refused });
    }
    this.#decided(answer);
    this.#place();
    this.#tell("decisions");
  }

  /** Do something at the command, and take its answer; a refusal is told. */
  async change(work) {
    try {
      this.update(await work);
      return true;
    } catch (error) {
      this.say(error.message, "wrong");
      this.#tell("decisions");
      return false;
    }
  }

  decide(lane, changes) {
    return this.change(api.decide(lane.key, { approved: false, ...changes }));
  }

  /** Take what both buckets hold. */
  take(states) {
    this.states = new Map(states.map((state) => [state.key, state]));
    this.#tell("states");
  }

  /** Say that something is being published. */
  follow() {
    this.#tell("run");
  }

  named(name) {
    return [...this.photos.values()].find((photo) => photo.name === name);
  }

  select(photo) {
    this.selected = photo;
    this.#tell("selection");
  }

  /** Say something to everybody, on the screen and to screen readers. */
  say(words, kind = "") {
    this.dispatchEvent(new CustomEvent("say", { detail: { words, kind } }));
  }

  laneOf(photo) {
    return this.lanes.find((lane) => lane.key === photo.camera);
  }

  /** The moment at which a photo is on the axis, in ms; null without a time. */
  momentOf(photo) {
    return photo.after ? (photo.after[0] - (photo.after[1] ?? this.offset) * 60) * 1000 : null;
  }

  /** Show all photos. */
  fit() {
    const lanes = this.lanes.filter((lane) => lane.times.length);
    if (!lanes.length) return;
    this.view.fit(Math.min(...lanes.map((lane) => lane.times[0])), Math.max(...lanes.map((lane) => lane.times.at(-1))));
  }

  #decided(answer) {
    this.offset = answer.offset;
    for (const name of ["decisions", "times", "remove", "zone", "rules", "commands", "can_undo", "can_redo"]) this[name] = answer[name];
  }

  #place() {
    const photos = Map.groupBy(this.photos.values(), (photo) => photo.camera);
    for (const lane of this.lanes) lane.place(photos.get(lane.key) ?? [], (photo) => this.momentOf(photo));
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}

export const store = new Store();
