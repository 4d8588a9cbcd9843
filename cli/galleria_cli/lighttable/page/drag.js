/** Dragging a lane: the shift is shown live and snaps; Alt lets it move freely, Escape puts it back. */

import { setText } from "./dom.js";
import { snap } from "./snap.js";
import { store } from "./store.js";
import { spanText } from "./times.js";

const CLICK = 4; // pixels that a hand trembles

export function draggable(strip) {
  let from = null;

  const move = (event) => {
    if (!from || Math.abs(event.clientX - from.x) < CLICK && !from.moved) return;
    from.moved = true;
    const seconds = from.shift + ((event.clientX - from.x) * store.view.perPixel) / 1000;
    const { shift } = strip.lane.proposal;
    const got = event.altKey ? { seconds: Math.round(seconds), snapped: "" } : snap(seconds, store.view.perPixel / 1000, shift);
    from.seconds = got.seconds;
    strip.lane.dragged = got.seconds - from.shift;
    strip.bubble.hidden = false;
    setText(strip.bubble, `${spanText(got.seconds)}${got.snapped ? ` (${got.snapped})` : ""}`);
    strip.render();
  };

  const end = async (keep) => {
    const { moved, seconds } = from;
    from = null;
    strip.classList.remove("dragged");
    if (moved && keep) {
      const shift = seconds ? spanText(seconds) : "";
      if (await store.decide(strip.lane, { shift })) store.say(`${strip.lane.label}: shift ${spanText(seconds)}`);
    }
    strip.lane.dragged = 0;
    strip.bubble.hidden = true;
    strip.render();
  };

  strip.addEventListener("pointerdown", (event) => {
    if (event.button || !store.reading.finished) return;
    from = { x: event.clientX, shift: strip.lane.shiftOf(store.decisions[strip.lane.key]), moved: false };
    strip.setPointerCapture(event.pointerId);
    strip.classList.add("dragged");
    from.photo = Number(event.target.closest(".thumb")?.dataset.photo ?? Number.NaN);
  });
  strip.addEventListener("pointermove", move);
  strip.addEventListener("pointerup", () => {
    if (!from) return;
    const index = from.moved ? -1 : strip.lane.photos.findIndex((photo) => photo.id === from.photo);
    end(true);
    strip.list.focus({ preventScroll: true });
    if (index >= 0) strip.go(index);
  });
  strip.addEventListener("pointercancel", () => from && end(false));
  strip.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && from) end(false);
  });
}
