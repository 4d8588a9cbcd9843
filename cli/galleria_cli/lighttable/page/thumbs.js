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
      setText(made.lastChild, place.count > 1 ? `+${place.count - 1}` : "");
      if (place.current) this.currentId = made.id;
      if (place.current || !made.hasAttribute("aria-label")) name(made, place, total, nameOf);
    }
    for (const [, made] of free) made.remove();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settle(places, total, nameOf), SETTLED);
  }

  #fresh(photo, old) {
    const made = old ?? element("div.thumb", { role: "option" }, element("img", { alt: "" }), element("span.count"));
    made.firstChild.removeAttribute("src");
    made.removeAttribute("aria-label");
    made.id = `photo-${photo.id}`;
    made.dataset.photo = photo.id;
    made.dataset.kind = photo.kind;
    if (!old) this.list.append(made);
    return made;
  }

  /** Once nothing moves: name all, and ask for the pictures; a film, or what has no picture, stays a plain card. */
  #settle(places, total, nameOf) {
    for (const place of places) {
      const made = this.#used.get(place.photo.id);
      name(made, place, total, nameOf);
      if (!made.firstChild.hasAttribute("src")) made.firstChild.src = picture(place.photo.id);
    }
  }
}

/** Say to screen readers what an element shows. */
function name(made, place, total, nameOf) {
  const label = nameOf(place);
  change(made, { "aria-selected": String(place.selected), "aria-posinset": place.at + 1, "aria-setsize": total, "aria-label": label });
}
