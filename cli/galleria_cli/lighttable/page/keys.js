/** The keys of a strip: arrows go from photo to photo, with Shift they move the lane, and plus and minus zoom. */

import { store } from "./store.js";

const HOUR = 3600;
const PAGE = 10;

export function keys(strip) {
  const lane = () => strip.closest("camera-lane");
  const step = (event) => (event.ctrlKey || event.metaKey ? 1 : event.altKey ? 60 : HOUR);
  const acts = {
    ArrowLeft: (event) => (event.shiftKey ? lane().move(-step(event)) : strip.go(strip.current - 1)),
    ArrowRight: (event) => (event.shiftKey ? lane().move(step(event)) : strip.go(strip.current + 1)),
    PageUp: () => strip.go(strip.current - PAGE),
    PageDown: () => strip.go(strip.current + PAGE),
    Home: () => strip.go(0),
    End: () => strip.go(Number.MAX_SAFE_INTEGER),
    "+": () => store.view.zoom(1.5, store.view.toX(strip.lane.times[Math.max(strip.current, 0)])),
    "-": () => store.view.zoom(1 / 1.5),
    Enter: () => document.querySelector("photo-card").focusFirst(),
    p: () => document.querySelector("photo-card").pair(),
  };
  strip.list.addEventListener("keydown", (event) => {
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  });
  strip.list.addEventListener("focus", () => {
    if (strip.current < 0 && strip.list.matches(":focus-visible")) strip.go(0);
  });
}
