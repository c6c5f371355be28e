// Wall-clock times of a place and UTC.

/** @param {number} at ms UTC @param {string} zone IANA @returns {string} such as `2026-11-23T09:30` */
export function wallOf(at, zone) {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
  const part = Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

/**
 * The moment at which clocks of the zone show this. Where they show it twice, one of the two; where never, the moment after the gap.
 * @param {string} wall such as `2026-11-23T09:30` @param {string} zone @returns {number | null} ms UTC; null for nonsense
 */
export function momentOf(wall, zone) {
  const guess = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall) ? Date.parse(`${wall}:00Z`) : Number.NaN;
  if (Number.isNaN(guess)) return null;
  const nearer = (/** @type {number} */ at) => at + guess - Date.parse(`${wallOf(at, zone)}:00Z`);
  const first = nearer(guess);
  const second = nearer(first);
  return wallOf(second, zone) === wall ? second : Math.max(first, second);
}

/** `09:30 EST`, for the screen: a time always carries its zone. @param {number} at @param {string} zone @param {string} lang */
export const shortTime = (at, zone, lang) =>
  new Intl.DateTimeFormat(lang === "es" ? "es-US" : "en-US", { timeZone: zone, hour: "numeric", minute: "2-digit", timeZoneName: "short" }).format(at);
