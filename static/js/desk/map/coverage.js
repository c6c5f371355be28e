// The map of coverage: every place as its worst window ahead. A pin chooses its cell in the grid; the grid marks its pin.
import { drawMap } from "./base.js";
import { Pins } from "./overlay.js";
import { atFirst, bounds } from "./pins.js";

/** @typedef {import("./pins.js").Pin & {cell: string}} Covered */

/** @param {HTMLElement} box */
export async function coverageMap(box) {
  /** @type {Covered[]} */
  const pins = JSON.parse(box.dataset.pins ?? "[]");
  const busy = pins.filter((pin) => pin.state !== "none");
  const view = bounds(atFirst(busy.length ? busy : pins)) ?? [[-124.7, 24.5], [-66.9, 49.4]];
  box.dataset.whole = JSON.stringify(bounds(pins) ?? view);
  const map = await drawMap(box, pins, view);
  const shown = new Pins(map, box, (pin, event) => {
    const cell = /** @type {Covered} */ (pin).cell;
    if (!cell || pin.state === "alert") return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("choose", { detail: cell }));
  });
  shown.show(pins);
  document.addEventListener("chosen", (event) => shown.choose(event instanceof CustomEvent ? String(event.detail) : ""));
  document.addEventListener("live", (event) => {
    if (event instanceof CustomEvent && event.detail.name === "coverage") shown.show(event.detail.data.pins);
  });
}
