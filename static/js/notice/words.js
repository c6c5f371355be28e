// Words of the notice page: what, when in the place's own zone, and who, by role only.
import { getLanguage, t } from "../lib/i18n.js";

/** @typedef {import("./door.js").Alert} Alert */

/** @param {Alert["what"]} what */
export function whatOf(what) {
  if (what === "being_taken") return t("Someone is being taken");
  return what === "need_help" ? t("Somebody needs help") : t("ICE is here");
}

/** @param {string} role */
export const whoHasIt = (role) => (role === "lead" ? t("The lead of the shift has it") : t("A coordinator has it"));

/**
 * @param {number} at
 * @param {string} zone
 * @returns {string} such as `2:16 pm EST`
 */
export function time(at, zone) {
  const locale = getLanguage() === "es" ? "es-US" : "en-US";
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: "numeric", minute: "2-digit", timeZoneName: "short" }).formatToParts(at);
  return parts.map((one) => (one.type === "dayPeriod" ? one.value.toLowerCase() : one.value)).join("");
}

/**
 * The local half-day of a moment, as docs/protocol.md has it.
 * @param {number} at
 * @param {string} zone
 */
export function dayPart(at, zone) {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
  const hour = Number(new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hourCycle: "h23" }).format(at));
  const half = hour >= 4 && hour < 12 ? "morning" : hour >= 12 && hour < 17 ? "afternoon" : hour >= 17 && hour < 22 ? "evening" : "night";
  return `${day}/${half}`;
}

/**
 * @param {number} ms
 * @returns {string} minutes, rounded
 */
export function ago(ms) {
  const minutes = Math.max(0, Math.round(ms / 60000));
  return minutes < 1 ? t("just now") : t("{n} min ago", { n: minutes });
}

/**
 * The coarse cell of an alert without a place, about a kilometre wide.
 * @param {string} cell
 */
export function cellWords(cell) {
  const [lat = 0, lon = 0] = cell.split(",").map((part) => Number(part) / 100);
  return t("Within about 1 km of {lat}, {lon}", { lat: lat.toFixed(2), lon: lon.toFixed(2) });
}
