/** Times and time spans as texts. Times are milliseconds since 1970 on a wall clock, spans are seconds. */

const UNITS = [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]];
const two = (number) => String(number).padStart(2, "0");

/** A span as galleria.toml reads it: `+1h46s`, `-12m`; `+0s` for none. */
export function spanText(seconds) {
  let left = Math.round(Math.abs(seconds));
  let text = "";
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count) text += `${count}${unit}`;
  }
  return `${seconds < 0 && text ? "-" : "+"}${text || "0s"}`;
}

/** The seconds of a text such as `+1h 46s`; null if it is none. */
export function spanSeconds(text) {
  const spelled = /^\s*([+-]?)\s*((?:\d{1,6}\s*(?:w|d|h|min|m|s)\s*)+)$/i.exec(text.replace("\u2212", "-"));
  if (!spelled) return /^\s*[+-]?0?\s*$/.test(text) ? 0 : null;
  const sizes = { w: 604800, d: 86400, h: 3600, m: 60, min: 60, s: 1 };
  const parts = [...spelled[2].matchAll(/(\d+)\s*(w|d|h|min|m|s)/gi)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + count * sizes[unit.toLowerCase()], 0);
  return spelled[1] === "-" ? -seconds : seconds;
}

/** Date and time of a wall clock: `2024-06-15 10:30:45`. */
export function clockText(milliseconds) {
  return new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");
}

/** An offset from UTC in minutes as `+02:00`; a dash if it is not known. */
export function offsetText(minutes) {
  if (minutes === null || minutes === undefined) return "\u2013";
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** A photo's time with its offset: `2024-06-15 10:30:45 +02:00`. */
export function timeText(clock) {
  return clock ? `${clockText(clock[0] * 1000)}${clock[1] === null ? "" : ` ${offsetText(clock[1])}`}` : "no time";
}
