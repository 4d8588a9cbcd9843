/** `<tool-bar>`: the zone of all photos, undo, redo and zoom. */

import { api } from "./api.js";
import { button, change, element, labelled } from "./dom.js";
import { store } from "./store.js";
import { zoneList } from "./zones.js";

class ToolBar extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", "Table");
    this.undo = button("Undo", () => this.#go("undo"), { "aria-keyshortcuts": "Control+Z" });
    this.redo = button("Redo", () => this.#go("redo"), { "aria-keyshortcuts": "Control+Y" });
    this.zone = element("input.zone", { list: zoneList(), spellcheck: "false", size: 16, change: () => this.#place() });
    this.append(
      labelled("Zone of all photos", this.zone),
      this.undo,
      this.redo,
      button("Zoom out", () => store.view.zoom(1 / 1.6)),
      button("Zoom in", () => store.view.zoom(1.6)),
      button("Show all", () => store.fit()),
    );
    for (const event of ["table", "decisions"]) store.addEventListener(event, () => this.#show());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  #show() {
    change(this.zone, { value: store.zone });
    this.zone.disabled = !store.reading.finished;
    this.undo.disabled = !store.can_undo;
    this.redo.disabled = !store.can_redo;
  }

  async #place() {
    const zone = this.zone.value.trim();
    if (await store.change(api.place(zone))) store.say(`Zone of all photos: ${zone || "none"}`);
  }

  async #go(what) {
    if (await store.change(api[what]())) store.say(what === "undo" ? "Undone" : "Done again");
  }

  #key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea")) return;
    const redo = event.key === "y" || (event.key.toLowerCase() === "z" && event.shiftKey);
    if (!redo && event.key !== "z") return;
    event.preventDefault();
    if (redo ? store.can_redo : store.can_undo) this.#go(redo ? "redo" : "undo");
  }
}

customElements.define("tool-bar", ToolBar);
