/** The names of time zones that the browser knows, as one list for all fields. */

import { element } from "./dom.js";

const ID = "zones";

/** The id of the list; made at the first call. */
export function zoneList() {
  if (!document.getElementById(ID)) {
    const names = Intl.supportedValuesOf("timeZone");
    document.body.append(element("datalist", { id: ID }, ...names.map((value) => element("option", { value }))));
  }
  return ID;
}
