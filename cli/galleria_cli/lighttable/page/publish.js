/** `<publish-panel>`: push from the page, with progress and what becomes of each photo. */

import { api } from "./api.js";
import { button, change, element, labelled, setText } from "./dom.js";
import { store } from "./store.js";

const PAUSE = 500;
const MOST = 300;
const PHASES = {
  starting: "Starting", pushing: "Pushing", asking: "Changing corrections", publishing: "Waiting for the copies", done: "Done", stopped: "Stopped", failed: "It failed",
};

class PublishPanel extends HTMLElement {
  connectedCallback() {
    this.where = element("p");
    this.folder = element("input", { spellcheck: "false", size: 24 });
    this.trial = button("Try it, and send nothing", () => this.#start(true));
    this.push = button("Push", () => this.#start(false), { class: "main" });
    this.stop = button("Stop", () => api.stopRun());
    this.bar = element("progress", { "aria-label": "Files pushed" });
    this.words = element("p", { role: "status" });
    this.body = element("tbody");
    const head = element("thead", {}, element("tr", {}, ...["Photo", "Outcome", "Asked", "Reason"].map((name) => element("th", { scope: "col" }, name))));
    this.table = element("table.outcomes", {}, element("caption", {}, "Result for each file"), head, this.body);
    const buttons = element("div.buttons", {}, labelled("Put before each name", this.folder), this.trial, this.push, this.stop);
    this.append(this.where, buttons, this.bar, this.words, this.table);
    store.addEventListener("decisions", () => store.staged && this.opened());
    this.#show(null);
  }

  async opened() {
    clearTimeout(this.timer);
    try {
      const { staging, run } = await api.run();
      setText(this.where, whereWords(staging));
      this.#show(run, Boolean(staging));
    } catch (error) {
      store.say(error.message, "wrong");
    }
  }

  async #start(dry_run) {
    try {
      await api.startPush({ prefix: this.folder.value, dry_run });
    } catch (error) {
      store.say(error.message, "wrong");
    }
    this.opened();
  }

  #show(run, ready = false) {
    const running = Boolean(run) && !["done", "stopped", "failed"].includes(run.phase);
    this.push.hidden = this.trial.hidden = this.folder.parentNode.hidden = store.staged;
    if (this.running && !running) store.follow();
    this.running = running;
    this.push.disabled = this.trial.disabled = running || !ready;
    this.stop.hidden = this.bar.hidden = !running;
    this.table.hidden = !run?.outcomes.length;
    if (!run) return;
    change(this.bar, { max: Math.max(run.total, 1), value: run.done });
    const counts = Object.entries(run.counts).map(([status, count]) => `${count} ${status}`).join(", ");
    setText(this.words, `${PHASES[run.phase]}${counts ? `: ${counts}` : ""}. ${run.notes.join(" ")}`);
    change(this, { "data-phase": run.phase });
    const wrongFirst = run.outcomes.toSorted((a, b) => (b.wrong > a.wrong) - (a.wrong > b.wrong)).slice(0, MOST);
    this.body.replaceChildren(...wrongFirst.map(rowOf));
    if (running) this.timer = setTimeout(() => this.opened(), PAUSE);
  }
}

function whereWords(staging) {
  if (store.staged) return "What you approve becomes the correction of the photos in staging, and they are published again.";
  if (!staging) return "Pushing is not set up: STAGING_BUCKET is not set. Run `galleria-storage setup`, and open the table again.";
  const open = store.lanes.filter((lane) => !store.decisions[lane.key].approved && store.decisions[lane.key].shift);
  const words = open.length ? ` Not approved, so not asked for: ${open.map((lane) => lane.label).join("; ")}.` : "";
  return `Photos go into the staging bucket ${staging}.${words}`;
}

function rowOf({ name, status, asked, reason, wrong }) {
  const state = element(`td.${wrong ? "wrong" : "good"}`, {}, status);
  return element("tr", {}, element("td", {}, name), state, element("td", {}, asked), element("td", {}, reason));
}

customElements.define("publish-panel", PublishPanel);
