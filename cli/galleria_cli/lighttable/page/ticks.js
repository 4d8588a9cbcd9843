/** Which times the axis names at a zoom: pure. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const STEPS = [1, 5, 15, 30].map((n) => n * SECOND)
  .concat([1, 5, 15, 30].map((n) => n * MINUTE), [1, 3, 6, 12].map((n) => n * HOUR), [1, 2, 7, 14, 28, 91, 365].map((n) => n * DAY));
const LEAST_PIXELS = 90;
const NIGHT = [22 * HOUR, 30 * HOUR]; // from ten in the evening until six

/** The step between two named times. */
export function stepOf(perPixel) {
  return STEPS.find((step) => step / perPixel >= LEAST_PIXELS) ?? STEPS.at(-1);
}

/** Times on the wall clock from `start` to `end` that are named, with their names. */
export function* ticks(start, end, perPixel) {
  const step = stepOf(perPixel);
  for (let time = Math.ceil(start / step) * step; time <= end; time += step) {
    const text = new Date(time).toISOString();
    const midnight = time % DAY === 0;
    yield { time, midnight, name: midnight || step >= DAY ? text.slice(0, 10) : text.slice(11, step < MINUTE ? 19 : 16) };
  }
}

/** Nights between two times, if a night is wide enough to be seen. */
export function* nights(start, end, perPixel) {
  if (DAY / perPixel < 24) return;
  for (let day = Math.floor(start / DAY) * DAY - DAY; day <= end; day += DAY) {
    yield [day + NIGHT[0], day + NIGHT[1]];
  }
}

/** Nights as a pattern that repeats each day, in pixels from `start` on; a period of 0: too narrow to be seen. */
export function nightsBehind(start, perPixel) {
  const period = DAY / perPixel;
  if (period < 24) return { period: 0, start: 0, length: 0 };
  const since = (((start - NIGHT[0]) % DAY) + DAY) % DAY;
  return { period, start: -since / perPixel, length: (NIGHT[1] - NIGHT[0]) / perPixel };
}
