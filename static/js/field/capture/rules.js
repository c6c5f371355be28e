// Where a photo, film or recording may be taken. Devices stay off in court, so forms of a sitting have no camera; what is seen of officials in
// and around a building, or on the street, may have one. By the form's id: a released definition never changes, and its hash names it.
import { t } from "../../lib/i18n.js";

const ALLOWED = new Set(["ice_courthouse", "salute"]);

/** @param {string} form id of the definition */
export const mayTake = (form) => ALLOWED.has(form);

/** What the place's own rule asks, before anything is taken there. @param {import("../types.js").Place|undefined} place @returns {string} empty: nothing */
export function placeRule(place) {
  if (place?.phones === "off_in_courtroom") return t("Phones are off in the courtrooms here: only outside them.");
  if (place?.phones === "locker" || place?.phones === "not_allowed") return t("Phones may not be used inside this building: only outside it.");
  return "";
}
