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

const PAUSE = 700;

async function load() {
  const table = await api.table();
  const first = store.lanes.length === 0;
  store.load(table);
  if (first || table.reading.finished) store.fit();
  setText(document.getElementById("title"), table.title);
  document.title = `${table.title} – light table`;
  if (table.reading.finished) document.body.dataset.ready = "yes";
  else setTimeout(reload, PAUSE);
}

function reload() {
  load().catch((error) => store.say(error.message, "wrong"));
}

reload();
