/** `<lane-strip>`: the photos of one camera where its clock put them; only those in sight are in the page. */

import { whenColoursChange } from "./colours.js";
import { drawDensity, showNights } from "./density.js";
import { onceAFrame, element, change } from "./dom.js";
import { draggable } from "./drag.js";
import { keys } from "./keys.js";
import { shown } from "./slots.js";
import { store } from "./store.js";
import { Thumbs } from "./thumbs.js";
import { clockText } from "./times.js";

class LaneStrip extends HTMLElement {
  current = -1;

  connectedCallback() {
    if (this.thumbs) return;
    this.list = element("div.photos", { role: "listbox", tabindex: "0", "aria-orientation": "horizontal" });
    this.canvas = element("canvas.density", { "aria-hidden": "true" });
    this.bubble = element("output.bubble", { hidden: true });
    this.thumbs = new Thumbs(this.list);
    this.append(this.canvas, this.list, this.bubble);
    this.render = onceAFrame(() => this.#render());
    whenColoursChange(this.render);
    store.view.addEventListener("change", this.render);
    store.addEventListener("decisions", this.render);
    store.addEventListener("states", this.render);
    store.addEventListener("selection", () => this.#selected());
    keys(this);
    draggable(this);
  }

  show(lane) {
    const before = this.lane?.photos[this.current];
    this.lane = lane;
    this.current = before ? lane.photos.findIndex((photo) => photo.id === before.id) : -1;
    change(this.list, { "aria-label": `Photos of ${lane.label}` });
    this.render();
  }

  /** Make a photo the current one, bring it into sight, and select it. */
  go(index) {
    if (!this.lane.photos.length) return;
    this.current = Math.min(Math.max(index, 0), this.lane.photos.length - 1);
    store.view.reveal(this.lane.times[this.current] + this.lane.dragged * 1000);
    store.select(this.lane.photos[this.current]);
    this.#render();
  }

  #selected() {
    const index = store.selected ? this.lane.photos.findIndex((photo) => photo.id === store.selected.id) : -1;
    if (index >= 0 && index !== this.current) this.current = index;
    this.render();
  }

  #render() {
    const { lane } = this;
    const { view } = store;
    if (!lane) return;
    const moved = lane.dragged * 1000;
    const found = shown(lane.times, view.start - moved, view.end - moved, view.perPixel, this.current);
    const places = found.map(({ index, count }) => ({
      photo: lane.photos[index],
      x: view.toX(lane.times[index] + moved),
      count,
      at: index,
      current: index === this.current,
      selected: store.selected?.id === lane.photos[index].id,
      state: store.states.get(lane.photos[index].name),
    }));
    this.thumbs.show(places, lane.photos.length, ({ photo, at, count }) => {
      const clock = clockText(lane.times[at] + moved + store.offset * 60_000);
      const told = store.states.get(photo.name);
      return `${photo.name}, ${clock}${told ? `, ${told.state}` : ""}${count > 1 ? `, +${count - 1}` : ""}`;
    });
    change(this.list, { "aria-activedescendant": this.thumbs.currentId });
    drawDensity(this.canvas, lane.times, view, moved);
    showNights(this, view, store.offset * 60_000);
  }
}

customElements.define("lane-strip", LaneStrip);
