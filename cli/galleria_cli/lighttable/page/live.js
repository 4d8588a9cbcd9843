/** `<live-region>`: the last thing that was said, on the screen and to screen readers. */

import { change, element, setText } from "./dom.js";
import { store } from "./store.js";

class LiveRegion extends HTMLElement {
  connectedCallback() {
    this.polite = element("p", { role: "status" });
    this.alert = element("p", { role: "alert" });
    this.append(this.polite, this.alert);
    store.addEventListener("say", ({ detail }) => {
      const wrong = detail.kind === "wrong";
      setText(this.polite, wrong ? "" : detail.words);
      setText(this.alert, wrong ? detail.words : "");
      change(this, { "data-kind": detail.kind || "said" });
    });
  }
}

customElements.define("live-region", LiveRegion);
