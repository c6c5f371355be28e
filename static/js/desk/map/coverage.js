// The map of coverage: every place as its worst window ahead. A pin chooses its cell in the grid; the grid marks its pin.
import { t } from "../../lib/i18n.js";
import { addAreas } from "./areas.js";
import { drawMap } from "./base.js";
import { Pins } from "./overlay.js";
import { atFirst, bounds } from "./pins.js";

/** @typedef {import("./pins.js").Pin & {cell: string}} Covered */
/** @typedef {[string, number, number, string, number, import("./pins.js").State, number, number, string, string?]} Packed */
/** @typedef {{places: Packed[], cities: string[], words: string[], areas: [number, number[]][]}} Data */

/** @param {HTMLElement} box */
export async function coverageMap(box) {
  const first = await load(box, "");
  if (!first) return;
  let { pins, tag } = first;
  const busy = pins.filter((pin) => pin.state !== "none");
  const view = bounds(atFirst(busy.length ? busy : pins)) ?? [[-124.7, 24.5], [-66.9, 49.4]];
  box.dataset.whole = JSON.stringify(bounds(pins) ?? view);
  const map = await drawMap(box, pins, view);
  const areas = addAreas(map);
  const shown = new Pins(map, box, (pin, event) => {
    const cell = /** @type {Covered} */ (pin).cell;
    if (!cell || pin.state === "alert" || !document.querySelector(`[data-cell="${CSS.escape(cell)}"]`)) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("choose", { detail: cell }));
  });
  shown.show(pins);
  areas(first.areas);
  box.dataset.drawn = String(pins.length);
  document.addEventListener("chosen", (event) => shown.choose(event instanceof CustomEvent ? String(event.detail) : ""));
  document.addEventListener("live", async (event) => {
    if (!(event instanceof CustomEvent) || event.detail.name !== "coverage") return;
    const next = await load(box, tag).catch(() => null); // the next look asks again
    if (!next) return;
    ({ pins, tag } = next);
    shown.show(pins);
    areas(next.areas);
  });
}

/**
 * The map's data; null while it is as it was.
 * @param {HTMLElement} box
 * @param {string} tag
 */
async function load(box, tag) {
  const answer = await fetch(box.dataset.src ?? "", { headers: { Accept: "application/json", ...(tag && { "If-None-Match": tag }) }, credentials: "same-origin" });
  if (answer.status === 304) return null;
  if (!answer.ok) throw new Error(`map: ${answer.status}`);
  const found = unpack(await answer.json(), box.dataset.place ?? "", box.dataset.alert ?? "");
  return { ...found, tag: answer.headers.get("ETag") ?? "" };
}

/**
 * @param {Data} data
 * @param {string} placeAt address of places
 * @param {string} alertAt address of alerts
 * @returns {{pins: Covered[], areas: import("./areas.js").Area[]}}
 */
export function unpack(data, placeAt, alertAt) {
  const pins = data.places.map(([id, lat, lon, name, city, state, missing, word, cell, alert]) => ({
    id, lat: lat / 1e5, lon: lon / 1e5, state, missing, name, city: data.cities[city] ?? "",
    says: t("{name}: {state}", { name, state: data.words[word] ?? "" }),
    href: alert ? alertAt + encodeURIComponent(alert) : placeAt + encodeURIComponent(id),
    cell: cell && `${id}.${cell}`,
  }));
  const areas = data.areas.map(([index, flat]) => {
    let [lat, lon] = [0, 0];
    /** @type {[number, number][]} */
    const ring = [];
    for (let i = 0; i + 1 < flat.length; i += 2) {
      lat += flat[i] ?? 0;
      lon += flat[i + 1] ?? 0;
      ring.push([lon / 1e5, lat / 1e5]);
    }
    return { state: pins[index]?.state ?? "none", ring };
  });
  return { pins, areas };
}
