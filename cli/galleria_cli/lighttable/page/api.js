/** The command's JSON interface. */

/** What the command answers to a request, or an error with its words. */
async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const found = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
  if (!answer.ok) throw new Error(found?.error ?? `the command answered ${answer.status}; is it still running?`);
  return found;
}

export const api = {
  table: () => ask("GET", "/api/table"),
  decide: (camera, changes) => ask("PUT", `/api/cameras/${camera}`, changes),
  typeTime: (photo, time) => ask("PUT", `/api/photos/${photo}/time`, { time }),
  clockIn: (photo) => ask("GET", `/api/photos/${photo}/clock`),
  solve: (pairs) => ask("POST", "/api/solve", { pairs }),
  undo: () => ask("POST", "/api/undo"),
  redo: () => ask("POST", "/api/redo"),
  tray: () => ask("GET", "/api/tray"),
  place: (zone) => ask("PUT", "/api/zone", { zone }),
  hide: (groups) => ask("PUT", "/api/remove", { groups }),
  startPush: (options) => ask("POST", "/api/push", options),
  run: () => ask("GET", "/api/run"),
  stopRun: () => ask("DELETE", "/api/run"),
  states: () => ask("GET", "/api/states"),
};

/** Where the picture of a photo is. */
export const picture = (photo, size = "lane") => `/pictures/${size}/${photo}`;
