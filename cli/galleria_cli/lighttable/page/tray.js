/** `<side-tray>`: what lies beside the lanes, and what the public would learn. */

import { api } from "./api.js";
import { button, element, setText } from "./dom.js";
import { store } from "./store.js";

const PAUSE = 1000;
const MOST = 200;

class SideTray extends HTMLElement {
  connectedCallback() {
    this.className = "tray";
    this.learns = element("fieldset", {}, element("legend", {}, "What the public would learn"));
    this.groups = element("div");
    this.state = element("p.note");
    this.append(this.learns, this.state, this.groups);
    for (const event of ["table", "decisions"]) store.addEventListener(event, () => this.opened());
  }

  async opened() {
    if (!this.offsetParent || this.loading) return;
    this.loading = true;
    try {
      this.#show(await api.tray());
    } catch (error) {
      store.say(error.message, "wrong");
    }
    this.loading = false;
  }

  #show(tray) {
    setText(this.state, tray.finished ? "" : "The files are still being examined.");
    if (!tray.finished) setTimeout(() => this.opened(), PAUSE);
    this.#learns(tray.learns);
    this.groups.replaceChildren(...tray.groups.map((group) => groupOf(group)));
  }

  /** One box for each group; the focus stays where it is. */
  #learns(groups) {
    this.boxes ??= new Map(groups.map(({ group }) => {
      const box = element("input", { type: "checkbox", change: () => this.#hide() });
      this.learns.append(element("label.field", {}, box, element("span")));
      return [group, box];
    }));
    for (const { group, title, count } of groups) {
      const box = this.boxes.get(group);
      box.checked = store.remove.includes(group);
      setText(box.nextSibling, `${title}: ${count ? `in ${count} ${count === 1 ? "file" : "files"}` : "nothing found"}${box.checked ? ", removed from the copies" : ""}`);
    }
  }

  async #hide() {
    const known = [...this.boxes].filter(([, box]) => box.checked).map(([group]) => group);
    const others = store.remove.filter((group) => !this.boxes.has(group) && group !== "nothing");
    if (await store.change(api.hide([...known, ...others]))) store.say(`Removed from the copies: ${known.join(", ") || "nothing"}`);
  }
}

function groupOf({ title, note, items }) {
  const shown = items.slice(0, MOST).map((item) => element("li", {}, nameOf(item), item.note ? ` – ${item.note} ` : "", useOf(item)));
  if (items.length > MOST) shown.push(element("li", {}, `and ${items.length - MOST} more`));
  return element("section", {}, element("h3", {}, `${title} (${items.length})`), element("p.note", {}, note), element("ul", {}, ...shown));
}

/** What is found out about a photo without a time, to be used with one press. */
function useOf({ ids, names, time }) {
  if (!time) return "";
  if (store.times[names[0]] === time) return `(${time} is used)`;
  return button(`Use ${time}`, async () => {
    if (await store.change(api.typeTime(ids[0], time))) store.say(`${names[0]}: ${time}`);
  });
}

/** The names of an item; what has a picture can be selected. */
function nameOf({ ids, names }) {
  const photo = store.photos.get(ids[0]);
  const text = names.join(" and ");
  return photo ? button(text, () => store.select(photo), { class: "quiet" }) : text;
}

customElements.define("side-tray", SideTray);
