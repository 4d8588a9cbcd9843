/** `<photo-card>`: the selected photo, with its old and new time, and what it can tell of its camera's clock. */

import { picture } from "./api.js";
import { button, change, element, setText } from "./dom.js";
import { store } from "./store.js";
import { clockText, timeText } from "./times.js";
import { pairing } from "./pairing.js";

class PhotoCard extends HTMLElement {
  connectedCallback() {
    this.image = element("img", { alt: "" });
    this.name = element("h2");
    this.facts = element("dl");
    this.pairButton = button("Same moment as…", () => this.pair(), { "aria-keyshortcuts": "P" });
    this.cancel = button("Cancel", () => pairing.start(null));
    this.pairWords = element("p.pairing");
    this.time = element("input", { type: "datetime-local", step: 1 });
    const typed = element("form", { submit: (event) => this.#typed(event) },
      element("label.field", {}, element("span", {}, "A clock in this photo shows"), this.time),
      element("button", { type: "submit", value: "clock" }, "Set the camera by it"),
      element("button", { type: "submit", value: "own" }, "Use as this photo's time"),
      button("Read a QR code in it", () => pairing.code(store.selected)));
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Selected photo");
    const buttons = element("div.buttons", {}, this.pairButton, this.cancel);
    this.append(this.image, element("div", {}, this.name, this.facts), element("div.acts", {}, this.pairWords, buttons, typed));
    for (const event of ["selection", "decisions", "table", "states"]) store.addEventListener(event, () => this.#show());
    pairing.addEventListener("change", () => this.#show());
    this.#show();
  }

  focusFirst() {
    if (!this.hidden) this.pairButton.focus();
  }

  /** Choose the selected photo as the one, or as the other, of a pair. */
  pair() {
    if (store.selected) pairing.choose(store.selected);
  }

  #show() {
    const photo = store.selected && store.photos.get(store.selected.id);
    this.hidden = !photo;
    if (!photo) return;
    const source = picture(photo.id, "window");
    if (this.image.getAttribute("src") !== source) change(this.image, { src: source });
    setText(this.name, photo.name);
    const moment = photo.after && photo.after[1] !== null ? `${clockText(store.momentOf(photo))} UTC` : "unknown";
    const rows = [["Before", timeText(photo.before)], ["After", timeText(photo.after)], ["Moment", moment]];
    if (photo.refused) rows.push(["Would be rejected", photo.refused]);
    const state = store.states.get(photo.name);
    if (state) rows.push(["State", `${state.state}${state.reason ? `: ${state.reason}` : ""}`], ["Asked", state.asked || "nothing"]);
    this.facts.replaceChildren(...rows.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)]));
    setText(this.pairButton, pairing.labelFor(photo));
    this.pairButton.disabled = !pairing.fits(photo);
    this.cancel.hidden = !pairing.first;
    setText(this.pairWords, pairing.words);
  }

  async #typed(event) {
    event.preventDefault();
    if (!this.time.value) return;
    const time = this.time.value.replace("T", " ");
    if (event.submitter?.value === "own") await pairing.own(store.selected, time);
    else await pairing.shown(store.selected, time);
  }
}

customElements.define("photo-card", PhotoCard);
