/** `<merged-sequence>`: all photos as guests will see them, with old and new time; only the rows in sight are made. */

import { picture } from "./api.js";
import { button, change, element, onceAFrame } from "./dom.js";
import { doubt, inOrder, toleranceOf } from "./order.js";
import { pairing } from "./pairing.js";
import { store } from "./store.js";
import { clockText, spanText, timeText } from "./times.js";

const ROW = 64;
const COLUMNS = ["Photo", "Camera", "Before", "After", "Moment (UTC)", "Change"];

class MergedSequence extends HTMLElement {
  photos = [];
  shown = new Map(); // place in the order -> row

  connectedCallback() {
    const head = element("div.row.head", { role: "row", "aria-rowindex": 1 }, ...COLUMNS.map((name) => element("span", { role: "columnheader" }, name)));
    this.rows = element("div.rows", { role: "rowgroup" });
    this.table = element("div.sequence", { role: "table", "aria-label": "Photos in order" }, element("div", { role: "rowgroup" }, head), this.rows);
    this.scroller = element("div.scroller", { tabindex: 0, role: "region", "aria-label": "Photos in the order in which guests will see them" }, this.table);
    this.append(this.scroller);
    this.render = onceAFrame(() => this.#render());
    this.scroller.addEventListener("scroll", this.render);
    for (const event of ["table", "decisions"]) store.addEventListener(event, () => this.opened());
    pairing.addEventListener("change", () => this.opened());
    new ResizeObserver(this.render).observe(this.scroller);
  }

  opened() {
    if (!this.offsetParent) return;
    this.photos = inOrder([...store.photos.values()]);
    this.rows.style.height = `${this.photos.length * ROW}px`;
    change(this.table, { "aria-rowcount": this.photos.length + 1 });
    this.rows.replaceChildren();
    this.shown.clear();
    this.render();
  }

  #render() {
    const first = Math.max(Math.floor(this.scroller.scrollTop / ROW) - 2, 0);
    const last = Math.min(first + Math.ceil(this.scroller.clientHeight / ROW) + 4, this.photos.length);
    for (const [at, row] of this.shown) {
      if ((at >= first && at < last) || row.contains(document.activeElement)) continue;
      row.remove();
      this.shown.delete(at);
    }
    for (let at = first; at < last; at += 1) {
      if (this.shown.has(at)) continue;
      this.shown.set(at, this.#row(this.photos[at], at));
      this.rows.append(this.shown.get(at));
    }
  }

  #row(photo, at) {
    const lane = store.laneOf(photo);
    const why = at ? doubt(this.photos[at - 1], photo, (one) => this.#tolerance(one), (one) => store.laneOf(one)?.label ?? "") : "";
    const moved = photo.before && photo.after ? photo.after[0] - photo.before[0] : 0;
    const cells = [lane?.label ?? "", timeText(photo.before), timeText(photo.after), momentText(photo), moved ? spanText(moved) : "none"];
    const name = element("span.name", { role: "cell" }, element("img", { alt: "", loading: "lazy", src: picture(photo.id) }),
      element("span", {}, button(photo.name, () => store.select(photo), { class: "quiet" }), why ? element("em.doubt", {}, why) : null));
    const row = element("div.row", { role: "row", "aria-rowindex": at + 2 }, name, ...cells.map((text) => element("span", { role: "cell" }, text)));
    row.classList.toggle("doubtful", Boolean(why));
    row.style.top = `${at * ROW}px`;
    return row;
  }

  #tolerance(photo) {
    const lane = store.laneOf(photo);
    return lane ? toleranceOf(lane, store.decisions[lane.key].approved || pairing.of(lane).length > 0) : 0;
  }
}

/** The moment of a photo; without an offset nobody knows it. */
function momentText(photo) {
  return photo.after && photo.after[1] !== null ? clockText(store.momentOf(photo)) : "unknown";
}

customElements.define("merged-sequence", MergedSequence);
