/** Starts the page: defines its elements, then loads the table until all photos are read. */

import { api } from "./api.js";
import { setText } from "./dom.js";
import "./axis.js";
import "./lanes.js";
import "./live.js";
import "./panels.js";
import "./card.js";
import "./progress.js";
import "./toolbar.js";
import { store } from "./store.js";

const SOON = 150; // ms, until there is something to see
const PAUSE = 800;

/** What was last fitted into sight: as long as nobody has zoomed or panned, it is fitted again as photos come. */
let fitted = "";
const sight = () => `${store.view.start} ${store.view.perPixel}`;

async function load() {
  const table = await api.table();
  const untouched = !fitted || fitted === sight();
  store.load(table);
  if (untouched && store.lanes.length) {
    store.fit();
    fitted = sight();
  }
  setText(document.getElementById("title"), table.title);
  document.title = `${table.title} – light table`;
  if (table.reading.finished) document.body.dataset.ready = "yes";
  else setTimeout(reload, table.photos.length ? PAUSE : SOON);
}

function reload() {
  load().catch((error) => store.say(error.message, "wrong"));
}

reload();
