/** `<reading-progress>`: how many photos have been read. */

import { change, element, setText } from "./dom.js";
import { store } from "./store.js";

class ReadingProgress extends HTMLElement {
  connectedCallback() {
    this.bar = element("progress", { "aria-label": "Photos read" });
    this.words = element("span");
    this.append(this.bar, this.words);
    store.addEventListener("table", () => {
      const { done, total, finished } = store.reading;
      change(this.bar, { value: done, max: Math.max(total, 1) });
      this.bar.hidden = finished;
      setText(this.words, finished ? `${total} files` : `${done} of ${total} files read`);
    });
  }
}

customElements.define("reading-progress", ReadingProgress);
