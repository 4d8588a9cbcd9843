/** Which photos of a lane are shown at a zoom: one for each slot of the axis that holds any. Pure. */

const SLOT = 112; // pixels, at least

/** The first index in ascending `times` that is not before `time`. */
export function firstAt(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The width of a slot in milliseconds: powers of two, so that slots stay the same between zooms. */
export function slotOf(perPixel) {
  return 2 ** Math.ceil(Math.log2(SLOT * perPixel));
}

/**
 * The photos to show.
 * @param {Float64Array} times ascending
 * @param {number} start first time in sight
 * @param {number} end last time in sight
 * @param {number} current index that is shown whatever else is in its slot; -1 for none
 * @returns {{index: number, count: number}[]} an index, and how many photos its slot holds
 */
export function shown(times, start, end, perPixel, current = -1) {
  const slot = slotOf(perPixel);
  const found = [];
  let index = firstAt(times, Math.floor(start / slot) * slot - slot);
  while (index < times.length && times[index] <= end) {
    const next = firstAt(times, (Math.floor(times[index] / slot) + 1) * slot);
    const last = found.at(-1);
    if (last && times[index] - times[last.first] < SLOT * perPixel) last.count += next - index; // it would be hidden
    else found.push({ first: index, index, count: next - index });
    const group = found.at(-1);
    if (current >= group.first && current < next) group.index = current;
    index = next;
  }
  return found;
}
