/** `<key-states>`: what staging and the public bucket hold of each photo; what is wrong comes first. */

import { api } from "./api.js";
import { button, element, setText } from "./dom.js";
import { store } from "./store.js";

const PAUSE = 1000;
const MOST = 500;
const COLUMNS = ["Key", "State", "Asked", "Captured", "Reason"];
const MEANINGS = {
  right: "the copy is what the original and its correction give",
  missing: "there is no copy yet",
  stale: "the original, its correction or a setting has changed since",
  rejected: "it cannot be published as it is",
  orphan: "a copy whose original is gone",
  wrong: "the copy is damaged, or somebody else has put something there",
  other: "a file of the site", ignored: "a sidecar or the like", failed: "it could not be told",
};

class KeyStates extends HTMLElement {
  connectedCallback() {
    this.words = element("p", { role: "status" });
    this.body = element("tbody");
    const head = element("thead", {}, element("tr", {}, ...COLUMNS.map((name) => element("th", { scope: "col" }, name))));
    const again = button("Look again", () => this.#ask());
    this.append(element("div.buttons", {}, again), this.words, element("table.outcomes", {}, element("caption", {}, "Photos in both buckets"), head, this.body));
    store.addEventListener("run", () => this.#ask());
    store.addEventListener("table", () => store.staged && !this.asked && this.#ask());
  }

  opened() {
    this.#ask();
  }

  async #ask() {
    this.asked = true;
    clearTimeout(this.timer);
    try {
      const { states, finished, problem } = await api.states();
      store.take(states);
      this.#show(states, finished, problem);
      if (!finished) this.timer = setTimeout(() => this.#ask(), PAUSE);
    } catch (error) {
      store.say(error.message, "wrong");
    }
  }

  #show(states, finished, problem) {
    const counts = Map.groupBy(states, ({ state }) => state);
    const words = [...counts].map(([state, all]) => `${all.length} ${state} (${MEANINGS[state]})`).join("; ");
    setText(this.words, `${problem || words || "Both buckets are empty."}${finished ? "" : " Still asking."}`);
    const wrongFirst = states.toSorted((a, b) => a.well - b.well).slice(0, MOST);
    this.body.replaceChildren(...wrongFirst.map(rowOf));
  }
}

function rowOf({ key, state, well, asked, captured, reason }) {
  const photo = store.named(key);
  const name = photo ? button(key, () => store.select(photo), { class: "quiet" }) : key;
  const cells = [name, element(`span.${well ? "good" : "wrong"}`, {}, state), asked, captured, reason];
  return element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
}

customElements.define("key-states", KeyStates);
