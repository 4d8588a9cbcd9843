/** The colours of what is drawn on canvases: read once, since asking for a style makes the browser lay out the page. */

let known = null;

/** The values of the style sheet's colours, by name: `colours().night`. */
export function colours() {
  if (!known) {
    const style = getComputedStyle(document.documentElement);
    known = Object.fromEntries(["night", "ink", "dim", "accent"].map((name) => [name, style.getPropertyValue(`--${name}`)]));
  }
  return known;
}

/** Call `redraw` whenever they change. */
export function whenColoursChange(redraw) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    known = null;
    redraw();
  });
}
