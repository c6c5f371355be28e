// Dates, times and places as people say them: in the place's own zone, always saying which.
import { getLanguage, plural, t } from "../lib/i18n.js";

/** @typedef {import("./types.js").Place} Place */
/** @typedef {import("./types.js").Text} Text */

const DAY = 86400000;
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string} zone
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(zone, options) {
  const locale = getLanguage() === "es" ? "es-US" : "en-US";
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options })));
  return found;
}

/** The zone of this phone. */
export const phoneZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * @param {Text|Partial<Text>|undefined} text
 * @returns {string} in the language set
 */
export function say(text) {
  return (getLanguage() === "es" ? text?.es : text?.en) ?? text?.en ?? "";
}

/**
 * @param {number} at @param {string} zone
 * @returns {{clock: string, half: string}} such as `1:00` and `pm`
 */
function parts(at, zone) {
  const found = format(zone, { hour: "numeric", minute: "2-digit" }).formatToParts(at);
  const half = (found.find((one) => one.type === "dayPeriod")?.value ?? "").toLowerCase();
  const clock = found.filter((one) => one.type === "hour" || one.type === "minute").map((one) => one.value);
  return { clock: clock.join(":"), half };
}

/** @param {number} at @param {string} zone @returns {string} `1:00 pm`, without the zone */
export function time(at, zone) {
  const { clock, half } = parts(at, zone);
  return half ? `${clock} ${half}` : clock;
}

/** @param {number} at @param {string} zone @returns {string} `EST` */
export function zoneShort(at, zone) {
  return format(zone, { hour: "numeric", timeZoneName: "short" }).formatToParts(at).find((one) => one.type === "timeZoneName")?.value ?? zone;
}

/** @param {number} at @param {string} zone @returns {string} `1:00 pm EST` */
export function timeZoned(at, zone) {
  return `${time(at, zone)} ${zoneShort(at, zone)}`;
}

/** @param {number} from @param {number} to @param {string} zone @returns {string} `1:00 to 4:30 pm` */
export function range(from, to, zone) {
  const [a, b] = [parts(from, zone), parts(to, zone)];
  const first = a.half && a.half !== b.half ? `${a.clock} ${a.half}` : a.clock;
  return t("{from} to {to}", { from: first, to: b.half ? `${b.clock} ${b.half}` : b.clock });
}

/** @param {number} at @param {string} zone @returns {string} `New York time (EST)` */
export function zoneLong(at, zone) {
  const city = (zone.split("/").pop() ?? zone).replaceAll("_", " ");
  return t("{city} time ({zone})", { city: t(city), zone: zoneShort(at, zone) });
}

/** @param {number} at @param {string} zone @returns {string} the local day as `2026-11-23` */
export function dayKey(at, zone) {
  const parts = format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at);
  const part = Object.fromEntries(parts.map((one) => [one.type, one.value])); // no locale puts them in this order in every browser
  return `${part.year}-${part.month}-${part.day}`;
}

/** @param {number} at @param {string} zone @returns {string} `Monday, November 23` */
export function dayLong(at, zone) {
  return format(zone, { weekday: "long", month: "long", day: "numeric" }).format(at);
}

/** @param {number} at @param {string} zone @returns {string} `Thu, Nov 26` */
export function dayShort(at, zone) {
  return format(zone, { weekday: "short", month: "short", day: "numeric" }).format(at);
}

/** @param {number} at @param {string} zone @returns {string} `Nov 26` */
export function date(at, zone) {
  return format(zone, { month: "short", day: "numeric" }).format(at);
}

/**
 * A day as a heading: what people call it, and its date.
 * @param {number} at @param {number} now @param {string} zone
 * @returns {{name: string, rest: string}}
 */
export function dayHead(at, now, zone) {
  const key = dayKey(at, zone);
  if (key === dayKey(now, zone)) return { name: t("Today"), rest: format(zone, { weekday: "long", month: "short", day: "numeric" }).format(at) };
  if (key === dayKey(now + DAY, zone)) return { name: t("Tomorrow"), rest: format(zone, { weekday: "long", month: "short", day: "numeric" }).format(at) };
  const weekday = format(zone, { weekday: "long" }).format(at);
  return { name: weekday.charAt(0).toUpperCase() + weekday.slice(1), rest: date(at, zone) };
}

/** @param {number} at @param {number} now @returns {string} `Starts in 40 min` */
export function startsIn(at, now) {
  const minutes = Math.round((at - now) / 60000);
  if (minutes <= 0) return t("Has started");
  if (minutes < 90) return t("Starts in {n} min", { n: minutes });
  const hours = Math.round(minutes / 60);
  if (hours < 36) return t("Starts in {n} h", { n: hours });
  return plural("Starts in {n} day", "Starts in {n} days", Math.round(hours / 24));
}

/**
 * A half-day as people say it: `this afternoon`, `Friday morning`. `part` is the record's `day_part`.
 * @param {string} part @param {number} now @param {string} zone
 * @returns {string}
 */
export function halfDay(part, now, zone) {
  const [day = "", half = ""] = part.split("/");
  const at = Date.parse(`${day}T12:00:00Z`);
  const names = { morning: t("morning"), afternoon: t("afternoon"), evening: t("evening"), night: t("night") };
  const name = names[/** @type {keyof typeof names} */ (half)] ?? half;
  if (day === dayKey(now, zone)) return thisHalf(half, dayPart(now, zone).split("/")[1] ?? "");
  const near = Math.abs(now - at) < 6 * DAY;
  return t("{day} {half}", { day: near ? format("UTC", { weekday: "long" }).format(at) : date(at, "UTC"), half: name });
}

/** A day's night is its first hours and its last ones. @param {string} half @param {string} now the half-day it is */
function thisHalf(half, now) {
  if (half === "night" && now !== "night") return t("last night");
  if (half === "morning") return t("this morning");
  if (half === "afternoon") return t("this afternoon");
  return half === "evening" ? t("this evening") : t("tonight");
}

/** Local half-day of a moment, as docs/protocol.md has it. @param {number} at @param {string} zone */
export function dayPart(at, zone) {
  const hour = Number(new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" }).format(at));
  const half = hour >= 4 && hour < 12 ? "morning" : hour >= 12 && hour < 17 ? "afternoon" : hour >= 17 && hour < 22 ? "evening" : "night";
  return `${dayKey(at, zone)}/${half}`;
}

/** @param {Place|undefined} place @returns {string} address and city, without saying the city twice */
export function address(place) {
  if (!place) return "";
  const parts = [place.address, place.address.includes(place.city) ? "" : place.city];
  return parts.filter(Boolean).join(", ");
}

/** What people call a place in one line: its address's first part, where there is one. @param {Place|undefined} place */
export function placeShort(place) {
  return place ? place.address.split(",")[0] || place.name : "";
}
