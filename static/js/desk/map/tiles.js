// Streets from one PMTiles file of our own origin, read in ranges. Loaded only where the page says that there is one.
import { addProtocol } from "maplibre-gl";
import { FetchSource, PMTiles } from "pmtiles";
import { t } from "../../lib/i18n.js";
import { credit, streetLayers, streetPaints } from "./streets.js";

/** @typedef {import("maplibre-gl").Map} MapLibre */
const UNDER = "letters"; // the states' letters, pins and areas stay above
/** @type {PMTiles|undefined} */
let archive;

/** @param {string} token */
function colour(token) {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}

/**
 * @param {string} address
 * @returns {PMTiles} one for all maps of the page; MapLibre asks it for tiles
 */
function open(address) {
  if (archive) return archive;
  const opened = new PMTiles(new FetchSource(new URL(address, location.href).href, new Headers(), "same-origin"));
  addProtocol("streets", async ({ url }, stop) => {
    const [z = 0, x = 0, y = 0] = url.split("/").slice(-3).map(Number);
    const tile = await opened.getZxy(z, x, y, stop.signal);
    return { data: tile ? tile.data : new ArrayBuffer(0) };
  });
  archive = opened;
  return opened;
}

/**
 * Draws streets over the map's own land, where the file has any. Rejects when the file cannot be read.
 * @param {MapLibre} map
 * @param {HTMLElement} box with data-basemap; gets data-streets when they are drawn
 */
export async function addStreets(map, box) {
  const file = open(box.dataset.basemap ?? "");
  const { minLon, minLat, maxLon, maxLat, minZoom, maxZoom } = await file.getHeader();
  const said = /** @type {{attribution?: unknown, vector_layers?: {id: string}[]}} */ (await file.getMetadata());
  const has = new Set((Array.isArray(said.vector_layers) ? said.vector_layers : []).map(({ id }) => id));
  map.addSource("streets", { type: "vector", tiles: ["streets://tile/{z}/{x}/{y}"], minzoom: minZoom, maxzoom: maxZoom, bounds: [minLon, minLat, maxLon, maxLat] });
  if (!has.has("earth")) {
    // A file without land of its own: its water is finer than our coast, so what it covers begins as land.
    const ring = [[minLon, minLat], [maxLon, minLat], [maxLon, maxLat], [minLon, maxLat], [minLon, minLat]];
    map.addSource("ground", { type: "geojson", data: { type: "Polygon", coordinates: [ring] } });
    map.addLayer({ id: "streets-ground-", type: "fill", source: "ground", minzoom: minZoom, paint: streetPaints(colour).ground }, UNDER);
  }
  for (const layer of streetLayers(has, colour)) map.addLayer(layer, UNDER);
  followTheme(map);
  sign(box, credit(said.attribution));
  await new Promise((done) => map.once("idle", done));
  box.dataset.streets = "drawn";
}

/** @param {MapLibre} map */
function followTheme(map) {
  const repaint = () => {
    const paints = streetPaints(colour);
    for (const id of map.getLayersOrder()) {
      const part = /^streets-(\w+)-/.exec(id)?.[1];
      for (const [name, value] of Object.entries(paints[part ?? ""] ?? {})) map.setPaintProperty(id, /** @type {any} */ (name), value);
    }
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

/**
 * Names who made the data, as its licence (ODbL) asks.
 * @param {HTMLElement} box
 * @param {string} text
 */
function sign(box, text) {
  const link = Object.assign(document.createElement("a"), { href: "https://www.openstreetmap.org/copyright", rel: "noopener noreferrer", target: "_blank", textContent: text, title: t("Opens openstreetmap.org") });
  const line = Object.assign(document.createElement("p"), { className: "map-credit" });
  line.append(link);
  box.append(line);
}
