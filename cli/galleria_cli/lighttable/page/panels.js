/** `<side-panels>`: tabs below the lanes. */

import "./publish.js";
import "./rules.js";
import "./sequence.js";
import "./tray.js";
import { element } from "./dom.js";

const PANELS = [
  ["sequence", "Before and after", "merged-sequence"],
  ["tray", "Tray", "side-tray"],
  ["rules", "Rules and commands", "approved-rules"],
  ["publish", "Publish", "publish-panel"],
];

class SidePanels extends HTMLElement {
  connectedCallback() {
    this.tabs = PANELS.map(([id, title]) => element("button", {
      type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, click: () => this.open(id),
      keydown: (event) => this.#key(event),
    }, title));
    this.panels = PANELS.map(([id, , tag]) =>
      element("div.panel", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}` }, element(tag)));
    this.append(element("div.tabs", { role: "tablist", "aria-label": "Views" }, ...this.tabs), ...this.panels);
    this.open(PANELS[0][0]);
  }

  open(id) {
    PANELS.forEach(([one], at) => {
      const chosen = one === id;
      this.tabs[at].setAttribute("aria-selected", String(chosen));
      this.tabs[at].tabIndex = chosen ? 0 : -1;
      this.panels[at].hidden = !chosen;
      if (chosen) this.panels[at].firstChild.opened?.();
    });
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const next = (this.tabs.indexOf(event.target) + step + PANELS.length) % PANELS.length;
    this.open(PANELS[next][0]);
    this.tabs[next].focus();
  }
}

customElements.define("side-panels", SidePanels);
