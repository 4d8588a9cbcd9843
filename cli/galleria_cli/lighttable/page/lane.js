/** `<camera-lane>`: what is known and decided about one camera, beside its photos. */

import "./strip.js";
import { button, change, element, labelled, setText } from "./dom.js";
import { evidenceOf } from "./evidence.js";
import { store } from "./store.js";
import { spanSeconds, spanText } from "./times.js";
import { zoneList } from "./zones.js";

const STEPS = [["−1 h", -3600], ["+1 h", 3600], ["−1 min", -60], ["+1 min", 60], ["−1 s", -1], ["+1 s", 1]];

class CameraLane extends HTMLElement {
  connectedCallback() {
    if (this.strip) return;
    this.name = element("h2", { id: `name-${this.dataset.key}` });
    this.facts = element("p.facts");
    this.evidence = element("details.evidence");
    this.shift = element("input.shift", { spellcheck: "false", size: 10, change: () => this.#typed() });
    this.zone = element("input.zone", { list: zoneList(), spellcheck: "false", size: 16, change: () => this.#typed() });
    this.approve = button("Approve", () => this.#approve(), { class: "approve" });
    this.propose = button("Use the proposal", () => this.#propose());
    const steps = STEPS.map(([text, seconds]) => button(text, () => this.move(seconds), { class: "step" }));
    this.steps = element("div.steps", { role: "group", "aria-label": "Move the clock" }, ...steps);
    const fields = element("div.fields", {}, labelled("Shift", this.shift), labelled("Zone", this.zone));
    this.strip = element("lane-strip");
    this.setAttribute("role", "group");
    this.setAttribute("aria-labelledby", this.name.id);
    const title = element("div.title", {}, this.name, this.approve);
    this.append(element("div.head", {}, title, this.facts, fields, this.steps, this.evidence), this.strip);
    store.addEventListener("decisions", () => this.show());
  }

  get lane() {
    return store.lanes.find((lane) => lane.key === this.dataset.key);
  }

  show() {
    const { lane } = this;
    if (!lane) return;
    const decision = store.decisions[lane.key];
    setText(this.name, lane.label.replace("no. …", "no.\u00a0…\u2060"));
    setText(this.facts, `${lane.count} ${lane.count === 1 ? "file" : "files"}, ${lane.confidence}${lane.proven ? ", proven by GPS" : ""}`);
    this.dataset.confidence = lane.confidence;
    this.dataset.approved = decision.approved ? "yes" : "no";
    change(this.shift, { value: decision.shift || "+0s" });
    change(this.zone, { value: decision.zone });
    change(this.approve, { "aria-pressed": String(decision.approved) });
    const [asked, ask] = store.staged ? ["Asked", "Publish again"] : ["Approved", "Approve"];
    setText(this.approve, decision.approved ? asked : ask);
    this.propose.hidden = lane.proposal.shift === null && !lane.proposal.zone;
    for (const one of this.querySelectorAll("input, button")) one.disabled = !store.reading.finished;
    this.evidence.replaceChildren(...evidenceOf(lane), this.propose);
    this.evidence.hidden = !lane.evidence.length && this.propose.hidden;
    this.strip.show(lane);
  }

  /** Move the lane, and say where it is then. */
  async move(seconds) {
    const { lane } = this;
    const shift = spanText(lane.shiftOf(store.decisions[lane.key]) + seconds);
    if (await store.decide(lane, { shift })) store.say(`${lane.label}: shift ${shift}`);
  }

  #typed() {
    const seconds = spanSeconds(this.shift.value);
    const shift = seconds === null ? this.shift.value : seconds ? spanText(seconds) : "";
    store.decide(this.lane, { shift, zone: this.zone.value.trim() });
  }

  #propose() {
    const { proposal } = this.lane;
    const shift = proposal.shift ? spanText(proposal.shift) : "";
    store.decide(this.lane, { shift, zone: proposal.zone, drift: proposal.drift, drift_from: proposal.since });
  }

  async #approve() {
    const approved = !store.decisions[this.lane.key].approved;
    if (!(await store.decide(this.lane, { approved }))) return;
    const { shift, drift, zone, camera_zone: set } = store.decisions[this.lane.key];
    const written = shift || drift || zone || set ? "approved, and written into galleria.toml" : "approved; nothing is asked of its photos";
    const done = store.staged ? "asked of the photos in staging" : written;
    store.say(`${this.lane.label}: ${approved ? done : "not approved any more"}`);
  }
}

customElements.define("camera-lane", CameraLane);
