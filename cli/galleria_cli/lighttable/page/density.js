/** What is beneath the photos of a lane: nights, and a line for each photo, so that bursts and gaps show at every zoom. */

import { colours } from "./colours.js";
import { firstAt } from "./slots.js";
import { nights } from "./ticks.js";

const LINE = 10;

/** Draw both; `moved` is by how much the lane is being dragged, and `wall` the axis' offset from UTC, in ms. */
export function drawDensity(canvas, height, times, view, moved, wall) {
  const width = Math.ceil(view.width);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = colours().night;
  for (const [from, to] of nights(view.start + wall, view.end + wall, view.perPixel)) {
    pen.fillRect(view.toX(from - wall), 0, (to - from) / view.perPixel, height);
  }
  pen.fillStyle = colours().accent;
  let last = -1;
  for (let index = firstAt(times, view.start - moved); index < times.length; index += 1) {
    const x = Math.floor(view.toX(times[index] + moved));
    if (x > width) break;
    if (x !== last) pen.fillRect(x, height - LINE - 4, 1, LINE);
    last = x;
  }
}
