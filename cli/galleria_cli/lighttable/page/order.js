/** The order in which guests will see the photos, and the joints in it that are doubtful. Pure. */

const HOUR = 3600;
const TOLERANCES = { right: 1, certain: 2, likely: 60, guess: HOUR, unknown: 12 * HOUR };

/** Photos in the order of the manifest: by moment, by local time without an offset; those without a time come last. */
export function inOrder(photos) {
  const key = ({ after }) => (after ? after[0] - (after[1] ?? 0) * 60 : Number.POSITIVE_INFINITY);
  return photos.filter((photo) => !photo.skip && !photo.refused)
    .sort((a, b) => key(a) - key(b) || (a.name < b.name ? -1 : 1));
}

/** By how many seconds a camera's clock may still be wrong; a person who has approved it, or paired photos, is certain. */
export function toleranceOf(lane, certain) {
  if (certain) return TOLERANCES.certain;
  return Math.max(TOLERANCES[lane.confidence], lane.proposal.tolerance);
}

/**
 * Why it is doubtful that one photo precedes another; empty if it is not.
 * @param {function} tolerance seconds by which the clock of a photo's camera may be wrong
 */
export function doubt(one, other, tolerance, labelOf) {
  if (!one.after || !other.after || one.camera === other.camera) return "";
  const gap = Math.abs(other.after[0] - one.after[0]);
  const wider = tolerance(one) >= tolerance(other) ? one : other;
  return gap < tolerance(wider) ? `The order is doubtful: the clock of ${labelOf(wider)} is not certain` : "";
}
