/** `<side-panels>`: tabs below the lanes. */

import "./publish.js";
import "./rules.js";
import "./sequence.js";
import "./states.js";
import "./tray.js";
import { element } from "./dom.js";
import { store } from "./store.js";

const PANELS = [
  ["sequence", "Before and after", "merged-sequence"],
  ["tray", "Tray", "side-tray"],
  ["rules", "Rules and commands", "approved-rules"],
  ["publish", "Publish", "publish-panel"],
  ["states", "Staging and public", "key-states"],
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
    this.tabs.at(-1).hidden = true;
    store.addEventListener("table", () => {
      this.tabs.at(-1).hidden = !store.staged;
    });
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
    const shown = this.tabs.filter((tab) => !tab.hidden);
    const next = shown[(shown.indexOf(event.target) + step + shown.length) % shown.length];
    this.open(PANELS[this.tabs.indexOf(next)][0]);
    next.focus();
  }
}

customElements.define("side-panels", SidePanels);
