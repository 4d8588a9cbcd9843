/** `<tool-bar>`: undo, redo and zoom. */

import { api } from "./api.js";
import { button } from "./dom.js";
import { store } from "./store.js";

class ToolBar extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", "Table");
    this.undo = button("Undo", () => this.#go("undo"), { "aria-keyshortcuts": "Control+Z" });
    this.redo = button("Redo", () => this.#go("redo"), { "aria-keyshortcuts": "Control+Y" });
    this.append(
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
    this.undo.disabled = !store.can_undo;
    this.redo.disabled = !store.can_redo;
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
