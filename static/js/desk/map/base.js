// A map of our own shapes: land, states, counties of us-atlas; streets over them where the installation has a file of them (tiles.js).
// No glyph server, no other origin; colours from the tokens.
import { Map as Canvas, setWorkerUrl } from "maplibre-gl";
import { feature, mesh } from "topojson-client";
import { t } from "../../lib/i18n.js";
import { plainScriptURL } from "../../lib/trusted.js";
import { letters } from "./states.js";

/** @typedef {import("maplibre-gl").Map} MapLibre */
const CLOSE = 4.6; // counties are drawn from this zoom on
const ROOM = { top: 34, right: 44, bottom: 34, left: 64 }; // the buttons stand at the left

/**
 * @param {string} token such as --land
 * @returns {string} its colour now
 */
function colour(token) {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}

/** Paint by layer; read anew when the theme changes. */
function paints() {
  return {
    water: { "background-color": colour("--sunk") },
    land: { "fill-color": colour("--surface") },
    counties: { "line-color": colour("--line"), "line-width": 0.7 },
    coast: { "line-color": colour("--edge"), "line-width": 1 },
    states: { "line-color": colour("--ink-2"), "line-opacity": 0.5, "line-width": 0.9 },
    letters: { "text-color": colour("--ink-2"), "text-halo-color": colour("--surface"), "text-halo-width": 1 },
  };
}

/**
 * Draws a map in `box`. Rejects where the browser cannot draw (no WebGL).
 * @param {HTMLElement} box with data-worker, data-states, data-counties
 * @param {import("./pins.js").Pin[]|{lat: number, lon: number}[]} _pins
 * @param {[[number, number], [number, number]]} view first view, west-south and east-north
 * @returns {Promise<MapLibre>}
 */
export async function drawMap(box, _pins, view) {
  setWorkerUrl(plainScriptURL(box.dataset.worker ?? ""));
  const canvas = box.querySelector(".map-canvas") ?? box.insertAdjacentElement("afterbegin", Object.assign(document.createElement("div"), { className: "map-canvas" }));
  const map = new Canvas({
    container: /** @type {HTMLElement} */ (canvas),
    style: { version: 8, sources: {}, layers: [{ id: "water", type: "background", paint: paints().water }] },
    bounds: view,
    fitBoundsOptions: { padding: ROOM, maxZoom: 9 },
    minZoom: 1,
    maxZoom: 16,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    cooperativeGestures: true,
    locale: {
      "Map.Title": t("Map"),
      "CooperativeGesturesHandler.WindowsHelpText": t("Hold Ctrl and scroll to zoom"),
      "CooperativeGesturesHandler.MacHelpText": t("Hold ⌘ and scroll to zoom"),
      "CooperativeGesturesHandler.MobileHelpText": t("Use two fingers to move the map"),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  await new Promise((done) => map.once("load", done));
  await addStates(map, box);
  addCountiesWhenClose(map, box);
  if (box.dataset.basemap) void streets(map, box);
  followTheme(map);
  controls(map, box, view);
  return map;
}

/**
 * Streets come when they come: the map is whole without them.
 * @param {MapLibre} map
 * @param {HTMLElement} box with data-basemap
 */
async function streets(map, box) {
  try {
    const { addStreets } = await import("./tiles.js");
    await addStreets(map, box);
  } catch (error) {
    box.dataset.streets = "none";
    console.warn("no map: the basemap cannot be read", error);
  }
}

/**
 * @param {string|undefined} url
 * @returns {Promise<any>}
 */
async function shapes(url) {
  const answer = await fetch(url ?? "");
  if (!answer.ok) throw new Error(`shapes: ${answer.status}`);
  return answer.json();
}

/**
 * @param {MapLibre} map
 * @param {HTMLElement} box
 */
async function addStates(map, box) {
  const atlas = await shapes(box.dataset.states);
  const paint = paints();
  map.addSource("land", { type: "geojson", data: /** @type {any} */ (feature(atlas, atlas.objects.nation)) });
  map.addSource("states", { type: "geojson", data: mesh(atlas, atlas.objects.states, (a, b) => a !== b) });
  map.addSource("coast", { type: "geojson", data: mesh(atlas, atlas.objects.states, (a, b) => a === b) });
  map.addLayer({ id: "land", type: "fill", source: "land", paint: paint.land });
  map.addLayer({ id: "coast", type: "line", source: "coast", paint: paint.coast });
  map.addLayer({ id: "states", type: "line", source: "states", paint: paint.states });
  map.addSource("letters", { type: "geojson", data: letters(/** @type {any} */ (feature(atlas, atlas.objects.states))) });
  const layout = /** @type {const} */ ({ "text-field": ["get", "text"], "text-size": 11, "text-letter-spacing": 0.1 });
  map.addLayer({ id: "letters", type: "symbol", source: "letters", minzoom: 3.6, layout: /** @type {any} */ (layout), paint: paint.letters });
}

/**
 * @param {MapLibre} map
 * @param {HTMLElement} box
 */
function addCountiesWhenClose(map, box) {
  let asked = false;
  const look = async () => {
    if (asked || map.getZoom() < CLOSE) return;
    asked = true;
    const atlas = await shapes(box.dataset.counties);
    const inner = mesh(atlas, atlas.objects.counties, (a, b) => a !== b && Math.floor(Number(a.id) / 1000) === Math.floor(Number(b.id) / 1000));
    map.addSource("counties", { type: "geojson", data: inner });
    map.addLayer({ id: "counties", type: "line", source: "counties", minzoom: CLOSE, paint: paints().counties }, "coast");
  };
  map.on("zoomend", look);
  void look();
}

/** @param {MapLibre} map */
function followTheme(map) {
  const repaint = () => {
    for (const [layer, paint] of Object.entries(paints())) {
      if (!map.getLayer(layer)) continue;
      for (const [name, value] of Object.entries(paint)) map.setPaintProperty(layer, /** @type {any} */ (name), value);
    }
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

/**
 * Our own buttons: the page has them, hidden until there is a map.
 * @param {MapLibre} map
 * @param {HTMLElement} box
 * @param {[[number, number], [number, number]]} view
 */
function controls(map, box, view) {
  const bar = box.querySelector(".map-ctl");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const move = { animate: !calm, duration: 200 };
  box.querySelector("[data-closer]")?.addEventListener("click", () => map.zoomIn(move));
  box.querySelector("[data-farther]")?.addEventListener("click", () => map.zoomOut(move));
  box.querySelector("[data-whole]")?.addEventListener("click", () => map.fitBounds(box.dataset.whole ? JSON.parse(box.dataset.whole) : view, { ...move, padding: ROOM, maxZoom: 9 }));
  if (bar instanceof HTMLElement) bar.hidden = false;
  box.querySelector(".map-wait")?.remove();
}
