// The map of all places: a dot each, a click opens the place.
import { drawMap } from "./base.js";
import { Pins } from "./overlay.js";
import { atFirst, bounds } from "./pins.js";

/** @param {HTMLElement} box */
export async function placesMap(box) {
  /** @type {import("./pins.js").Pin[]} */
  const pins = JSON.parse(box.dataset.places ?? "[]").map((/** @type {any} */ one) => ({ ...one, state: "none", missing: 0, says: [one.name, one.city].filter(Boolean).join(", ") }));
  const view = bounds(atFirst(pins)) ?? [[-124.7, 24.5], [-66.9, 49.4]];
  box.dataset.whole = JSON.stringify(bounds(pins) ?? view);
  const map = await drawMap(box, pins, view);
  new Pins(map, box, () => {}).show(pins);
}
