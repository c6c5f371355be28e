// Pages with a map. The table or the numbers beside a map always say the same: where it cannot be drawn, nothing is lost.
import "./lib/es/map.js";
import { setLanguage, t } from "./lib/i18n.js";
import { coverageMap } from "./desk/map/coverage.js";
import { editMap } from "./desk/map/edit.js";
import { placesMap } from "./desk/map/places.js";

const KINDS = /** @type {Record<string, (box: HTMLElement) => Promise<void>>} */ ({ edit: editMap, places: placesMap, coverage: coverageMap });

setLanguage(document.documentElement.lang || "en");
for (const box of document.querySelectorAll("[data-map]")) {
  if (!(box instanceof HTMLElement)) continue;
  KINDS[box.dataset.map ?? ""]?.(box).catch((error) => {
    console.warn("no map:", error);
    const said = box.querySelector(".map-wait") ?? box.appendChild(Object.assign(document.createElement("p"), { className: "map-wait" }));
    said.textContent = t("This browser cannot draw the map. What stands beside it says the same.");
  });
}
