// How streets and water are drawn: quiet, under pins and areas, with nothing written. Two common schemas by their layers' names:
// Protomaps (earth, landuse, water, roads, boundaries: "kind") and OpenMapTiles (landcover, waterway, transportation, boundary: "class").

/** @typedef {(token: string) => string} Colour of a token such as --land, now */
/** @typedef {import("maplibre-gl").LayerSpecification} Layer */

const KIND = ["coalesce", ["get", "kind"], ["get", "class"], ""];
const GREEN = ["park", "nature_reserve", "forest", "wood", "grass", "grassland", "garden", "golf_course", "cemetery", "recreation_ground", "national_park", "protected_area", "scrub", "wetland", "farmland", "pitch", "playground"];
const BIG = ["highway", "motorway", "trunk"];
const MIDDLE = ["major_road", "primary", "secondary", "medium_road", "tertiary"];
const SMALL = ["minor_road", "minor", "street", "residential", "service"];

/**
 * @param {string[]} names
 * @returns {any[]}
 */
const is = (names) => ["in", KIND, ["literal", names]];

/**
 * A width that grows with the zoom.
 * @param {...number} stops zoom, width, zoom, width
 * @returns {any[]}
 */
const grows = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];
const POLYGON = ["==", ["geometry-type"], "Polygon"];
const LINE = ["==", ["geometry-type"], "LineString"];
const FIRST_ORDER = ["any", is(["country", "region"]), ["<=", ["to-number", ["coalesce", ["get", "admin_level"], ["get", "kind_detail"], 99], 99], 4]];

/**
 * Paint by layer, for the theme of now.
 * @param {Colour} colour
 * @returns {Record<string, Record<string, any>>}
 */
export function streetPaints(colour) {
  const road = (/** @type {any[]} */ width, token = "--line") => ({ "line-color": colour(token), "line-width": width });
  return {
    ground: { "fill-color": colour("--surface") },
    earth: { "fill-color": colour("--surface") },
    green: { "fill-color": colour("--ok"), "fill-opacity": 0.09 },
    water: { "fill-color": colour("--accent-wash") },
    waterway: { "line-color": colour("--accent-wash"), "line-width": grows(8, 0.5, 16, 5) },
    building: { "fill-color": colour("--sunk"), "fill-outline-color": colour("--line") },
    rail: { "line-color": colour("--edge"), "line-width": 0.8, "line-opacity": 0.6, "line-dasharray": [4, 2] },
    small: road(grows(11, 0.4, 16, 6)),
    middle: road(grows(7, 0.5, 11, 1.2, 16, 9)),
    big: { ...road(grows(4, 0.5, 9, 1.6, 16, 11), "--edge"), "line-opacity": 0.5 },
    boundary: { "line-color": colour("--ink-2"), "line-opacity": 0.35, "line-width": 0.8, "line-dasharray": [3, 2] },
    region: { "line-color": colour("--ink-2"), "line-opacity": 0.5, "line-width": 1 },
  };
}

/** What is drawn, lowest first: part, geometry, layers of the file that may hold it, which of their features, from which zoom. */
const PARTS = /** @type {[string, "fill"|"line", string[], any, number][]} */ ([
  ["earth", "fill", ["earth"], POLYGON, 0],
  ["green", "fill", ["landcover", "landuse", "park"], ["all", POLYGON, is(GREEN)], 0],
  ["water", "fill", ["water"], POLYGON, 0],
  ["waterway", "line", ["waterway", "water"], LINE, 8],
  ["building", "fill", ["buildings", "building"], POLYGON, 14],
  ["rail", "line", ["roads", "transportation"], ["all", LINE, is(["rail", "transit"])], 11],
  ["small", "line", ["roads", "transportation"], ["all", LINE, is(SMALL)], 11],
  ["middle", "line", ["roads", "transportation"], ["all", LINE, is(MIDDLE)], 7],
  ["big", "line", ["roads", "transportation"], ["all", LINE, is(BIG)], 4],
  ["boundary", "line", ["boundaries", "boundary"], ["all", LINE, ["!", FIRST_ORDER]], 7],
  ["region", "line", ["boundaries", "boundary"], ["all", LINE, FIRST_ORDER], 0],
]);

/**
 * The layers of a style for what a file has.
 * @param {Set<string>} has names of the file's layers; empty when it does not say
 * @param {Colour} colour
 * @returns {Layer[]} ids are "streets-<part>-<layer of the file>"
 */
export function streetLayers(has, colour) {
  const paints = streetPaints(colour);
  return PARTS.flatMap(([part, type, from, filter, minzoom]) =>
    from.filter((name) => has.size === 0 || has.has(name)).map((name) => {
      const layout = type === "line" && !["rail", "boundary"].includes(part) ? { "line-cap": "round", "line-join": "round" } : {};
      return /** @type {Layer} */ ({ id: `streets-${part}-${name}`, type, source: "streets", "source-layer": name, filter, minzoom, layout, paint: paints[part] });
    }),
  );
}

/**
 * Who made it, as plain text: what a file says may be HTML, and is never taken as such.
 * @param {unknown} said the file's "attribution"
 * @returns {string}
 */
export function credit(said) {
  const plain = typeof said === "string" ? said.replace(/<[^>]*>/g, " ").replace(/&copy;|&#169;/g, "©").replace(/&amp;/g, "&").replace(/\s+/g, " ").trim().slice(0, 120) : "";
  return /openstreetmap/i.test(plain) ? plain : [plain, "© OpenStreetMap contributors"].filter(Boolean).join(" ");
}
