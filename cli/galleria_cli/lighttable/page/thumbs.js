/** The elements of a strip's photos: few, and used again as others come into sight. */

import { picture } from "./api.js";
import { change, element, setText } from "./dom.js";

const SETTLED = 90; // ms without a change before pictures are asked for

export class Thumbs {
  #used = new Map(); // photo id -> element
  #timer = 0;

  constructor(list) {
    this.list = list;
    this.currentId = null;
  }

  /** Show these photos and no others. */
  show(places, total, nameOf) {
    const wanted = new Set(places.map((place) => place.photo.id));
    const free = [...this.#used].filter(([id]) => !wanted.has(id));
    for (const [id] of free) this.#used.delete(id);
    this.currentId = null;
    for (const place of places) {
      const made = this.#used.get(place.photo.id) ?? this.#fresh(place.photo, free.pop()?.[1]);
      this.#used.set(place.photo.id, made);
      made.style.transform = `translateX(${Math.round(place.x)}px)`;
      made.classList.toggle("current", place.current);
      made.classList.toggle("refused", Boolean(place.photo.refused) || place.state?.well === false);
      change(made, { "aria-selected": String(place.selected), "aria-posinset": place.at + 1, "aria-setsize": total });
      change(made, { "aria-label": nameOf(place) });
      setText(made.lastChild, place.count > 1 ? `+${place.count - 1}` : "");
      if (place.current) this.currentId = made.id;
    }
    for (const [, made] of free) made.remove();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), SETTLED);
  }

  #fresh(photo, old) {
    const made = old ?? element("div.thumb", { role: "option" }, element("img", { alt: "" }), element("span.count"));
    made.firstChild.removeAttribute("src");
    made.id = `photo-${photo.id}`;
    made.dataset.photo = photo.id;
    made.dataset.kind = photo.kind;
    if (!old) this.list.append(made);
    return made;
  }

  /** Ask for the pictures that are in sight; a film, or what has no picture, stays a plain card. */
  #load() {
    for (const [id, made] of this.#used) {
      if (!made.firstChild.hasAttribute("src")) made.firstChild.src = picture(id);
    }
  }
}
