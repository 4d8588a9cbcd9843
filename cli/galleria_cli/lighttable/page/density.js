/** What is beneath the photos of a lane: nights, and a line for each photo, so that bursts and gaps show at every zoom. */

import { colours } from "./colours.js";
import { firstAt } from "./slots.js";
import { nightsBehind } from "./ticks.js";

const LINE = 10; // pixels, all that is drawn: a large canvas would cost more than everything else in a frame

/** Draw a line for each photo; `moved` is by how much the lane is being dragged, in ms. */
export function drawDensity(canvas, times, view, moved) {
  const width = Math.ceil(view.width);
  if (canvas.width !== width || canvas.height !== LINE) Object.assign(canvas, { width, height: LINE });
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, LINE);
  pen.fillStyle = colours().accent;
  let last = -1;
  for (let index = firstAt(times, view.start - moved); index < times.length; index += 1) {
    const x = Math.floor(view.toX(times[index] + moved));
    if (x > width) break;
    if (x !== last) pen.fillRect(x, 0, 1, LINE);
    last = x;
  }
}

/** Let nights be the background of an element; `wall` is the axis' offset from UTC, in ms. */
export function showNights(element, view, wall) {
  const { period, start, length } = nightsBehind(view.start + wall, view.perPixel);
  element.style.backgroundImage = period ? `linear-gradient(90deg, var(--night) ${length}px, transparent ${length}px)` : "none";
  element.style.backgroundSize = `${period}px 100%`;
  element.style.backgroundPosition = `${start}px 0`;
}
