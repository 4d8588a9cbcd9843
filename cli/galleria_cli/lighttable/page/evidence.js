/** What the evidence about a camera says, in words. */

import { element } from "./dom.js";
import { spanText } from "./times.js";

const MEANINGS = {
  right: "The clock is proven to be right",
  certain: "The clock is proven to be wrong",
  likely: "Several things agree",
  guess: "Worth a look",
  unknown: "No evidence",
};

/** The summary and the list of a lane's evidence. */
export function evidenceOf(lane) {
  const { shift, zone } = lane.proposal;
  const proposed = lane.confidence === "unknown" ? "" : [shift === null ? "" : `shift ${spanText(shift)}`, zone ? `zone ${zone}` : ""].filter(Boolean).join(", ");
  const summary = element("summary", {}, `${MEANINGS[lane.confidence]}${proposed ? `: ${proposed}` : ""}`);
  const items = lane.evidence.map((one) =>
    element(`li.${one.agrees ? "agrees" : "disagrees"}`, {}, `${one.source}: ${one.words}${one.agrees ? "" : " (disagrees)"}`));
  return [summary, element("ul", {}, ...items)];
}
