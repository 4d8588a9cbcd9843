/** `<camera-lanes>`: one lane for each camera. */

import "./lane.js";
import { element } from "./dom.js";
import { store } from "./store.js";

class CameraLanes extends HTMLElement {
  connectedCallback() {
    store.addEventListener("table", () => this.#show());
    this.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** Keep the elements of lanes that stay, so that nobody loses the focus while photos are read. */
  #show() {
    const old = new Map([...this.children].map((made) => [made.dataset.key, made]));
    const lanes = store.lanes.map((lane) => {
      const made = old.get(lane.key) ?? element("camera-lane", { "data-key": lane.key });
      old.delete(lane.key);
      return made;
    });
    for (const made of old.values()) made.remove();
    lanes.forEach((made, at) => {
      if (this.children[at] !== made) this.insertBefore(made, this.children[at] ?? null);
      made.show();
    });
  }

  /** With Ctrl (as when pinching) the wheel zooms; sideways it pans. */
  #wheel(event) {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const strip = event.target.closest("lane-strip")?.getBoundingClientRect();
      store.view.zoom(Math.exp(-event.deltaY / 200), strip ? event.clientX - strip.left : undefined);
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      store.view.pan(event.deltaX);
    }
  }
}

customElements.define("camera-lanes", CameraLanes);
