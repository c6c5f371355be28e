// Words of the notice page: what, when in the place's own zone, and who, by role only.
import { t } from "../lib/i18n.js";

/** @typedef {import("./door.js").Alert} Alert */

/** @param {Alert["what"]} what */
export function whatOf(what) {
  if (what === "being_taken") return t("Someone is being taken");
  return what === "need_help" ? t("Somebody needs help") : t("ICE is here");
}

/** @param {string} role */
export const whoHasIt = (role) => (role === "lead" ? t("The lead of the shift has it") : t("A coordinator has it"));

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
