/** `<time-axis>`: the times above the lanes. Dragging it pans, the wheel zooms. */

import { colours, whenColoursChange } from "./colours.js";
import { element, onceAFrame, setText } from "./dom.js";
import { store } from "./store.js";
import { nights, ticks } from "./ticks.js";
import { offsetText } from "./times.js";

const HEIGHT = 34;

class TimeAxis extends HTMLElement {
  connectedCallback() {
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.zone = element("span.zone");
    this.append(element("div.corner", {}, "Times at ", this.zone), this.canvas);
    this.draw = onceAFrame(() => this.#draw());
    for (const event of ["table", "decisions"]) store.addEventListener(event, this.draw);
    store.view.addEventListener("change", this.draw);
    whenColoursChange(this.draw);
    new ResizeObserver(() => {
      store.view.resize(this.canvas.clientWidth);
      this.draw();
    }).observe(this.canvas);
    this.canvas.addEventListener("pointerdown", (event) => this.canvas.setPointerCapture(event.pointerId));
    this.canvas.addEventListener("pointermove", (event) => {
      if (this.canvas.hasPointerCapture(event.pointerId)) store.view.pan(-event.movementX);
    });
    this.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  #wheel(event) {
    event.preventDefault();
    store.view.zoom(Math.exp(-event.deltaY / 300), event.clientX - this.canvas.getBoundingClientRect().left);
  }

  #draw() {
    const { view, offset } = store;
    setText(this.zone, offsetText(offset));
    const pixels = devicePixelRatio;
    const [width, height] = [Math.round(view.width * pixels), Math.round(HEIGHT * pixels)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const pen = this.canvas.getContext("2d");
    pen.setTransform(pixels, 0, 0, pixels, 0, 0);
    pen.clearRect(0, 0, view.width, HEIGHT);
    const wall = offset * 60_000;
    const [start, end] = [view.start + wall, view.end + wall];
    pen.fillStyle = colours().night;
    for (const [from, to] of nights(start, end, view.perPixel)) {
      pen.fillRect(view.toX(from - wall), 0, (to - from) / view.perPixel, HEIGHT);
    }
    pen.font = "12px system-ui, sans-serif";
    for (const { time, midnight, name } of ticks(start, end, view.perPixel)) {
      const x = view.toX(time - wall);
      pen.fillStyle = midnight ? colours().ink : colours().dim;
      pen.fillRect(x, midnight ? 0 : HEIGHT - 8, 1, HEIGHT);
      pen.fillText(name, x + 4, HEIGHT - 12);
    }
  }
}

customElements.define("time-axis", TimeAxis);
