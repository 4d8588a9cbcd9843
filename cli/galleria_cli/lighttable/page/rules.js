/** `<approved-rules>`: what `galleria.toml` says, and the commands that do the rest. */

import { element, setText } from "./dom.js";
import { store } from "./store.js";

class ApprovedRules extends HTMLElement {
  connectedCallback() {
    this.text = element("code");
    this.commands = element("code");
    this.append(
      element("h3", {}, "galleria.toml"), element("pre", { tabindex: 0, "aria-label": "galleria.toml" }, this.text),
      element("h3", {}, "In a terminal"), element("pre", { tabindex: 0, "aria-label": "Commands" }, this.commands));
    for (const event of ["table", "decisions"]) store.addEventListener(event, () => this.#show());
  }

  #show() {
    setText(this.text, store.rules || "# Nothing is approved yet.");
    setText(this.commands, store.commands.join("\n"));
  }
}

customElements.define("approved-rules", ApprovedRules);
