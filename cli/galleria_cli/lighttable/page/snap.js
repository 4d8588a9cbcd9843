/** Where a lane that is dragged snaps: whole hours, then the quarter hours that time zones use, then what is proposed. */

const HOUR = 3600;
const NEAR_PIXELS = { proposal: 8, hour: 12, quarter: 6 };

/**
 * The shift in seconds that a dragged lane gets.
 * @param {number} seconds the shift to which it was dragged
 * @param {number} secondsPerPixel how fine the pointer is
 * @param {?number} proposed the shift that the evidence proposes
 * @returns {{seconds: number, snapped: string}} `snapped` says to what, or nothing
 */
export function snap(seconds, secondsPerPixel, proposed = null) {
  const candidates = [
    [proposed, NEAR_PIXELS.proposal, "the proposal"],
    [Math.round(seconds / HOUR) * HOUR, NEAR_PIXELS.hour, "whole hours"],
    [Math.round(seconds / (HOUR / 4)) * (HOUR / 4), NEAR_PIXELS.quarter, "quarter hours"],
  ];
  for (const [value, pixels, name] of candidates) {
    if (value !== null && Math.abs(value - seconds) <= pixels * secondsPerPixel) return { seconds: value, snapped: name };
  }
  return { seconds: Math.round(seconds), snapped: "" };
}
