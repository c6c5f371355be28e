// Neighbourhoods as shapes under the pins. The colour repeats what the pin in their middle says by its shape.
import { westward } from "./pins.js";

/** @typedef {{state: import("./pins.js").State, ring: [number, number][]}} Area longitude first */

const TOKENS = { alert: "--danger", gap: "--danger", wait: "--wait", ok: "--ok", none: "--ink-2" };

/**
 * @param {Area[]} areas
 * @returns {GeoJSON.FeatureCollection}
 */
export function shapes(areas) {
  const features = areas.filter(({ ring }) => ring.length > 2).map(({ state, ring }) => {
    const turned = ring.map(([lon, lat]) => [westward(lon), lat]);
    return { type: /** @type {const} */ ("Feature"), properties: { state }, geometry: { type: /** @type {const} */ ("Polygon"), coordinates: [[...turned, turned[0] ?? []]] } };
  });
  return { type: "FeatureCollection", features };
}

/**
 * @param {import("maplibre-gl").Map} map
 * @returns {(areas: Area[]) => void} shows other areas
 */
export function addAreas(map) {
  const colours = () => {
    const css = getComputedStyle(document.documentElement);
    return /** @type {any} */ (["match", ["get", "state"], ...Object.entries(TOKENS).flatMap(([state, token]) => [state, css.getPropertyValue(token).trim()]), css.getPropertyValue("--ink-2").trim()]);
  };
  map.addSource("areas", { type: "geojson", data: shapes([]) });
  map.addLayer({ id: "areas", type: "fill", source: "areas", paint: { "fill-color": colours(), "fill-opacity": 0.18 } });
  map.addLayer({ id: "areas-line", type: "line", source: "areas", paint: { "line-color": colours(), "line-width": 1.6 } });
  const repaint = () => {
    map.setPaintProperty("areas", "fill-color", colours());
    map.setPaintProperty("areas-line", "line-color", colours());
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return (areas) => {
    const source = map.getSource("areas");
    if (source && "setData" in source) /** @type {import("maplibre-gl").GeoJSONSource} */ (source).setData(shapes(areas));
  };
}
