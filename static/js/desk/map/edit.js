// Setting a point and drawing an area. The inputs under the map are the truth; the map fills them in and follows them.
import { t } from "../../lib/i18n.js";
import { drawMap } from "./base.js";
import { cornersOf, linesOf } from "./corners.js";
import { pinShape } from "./shapes.js";

/** @typedef {import("./corners.js").Corner} Corner */
const AMERICA = /** @type {[[number, number], [number, number]]} */ ([[-124.7, 24.5], [-66.9, 49.4]]);

/**
 * @param {string} lat
 * @param {string} lon
 * @returns {Corner|null}
 */
function pointOf(lat, lon) {
  return cornersOf(`${lat}, ${lon}`)[0] ?? null;
}

/** @param {HTMLElement} box */
export async function editMap(box) {
  const part = box.closest("[data-edit-map]") ?? box.parentElement ?? box;
  const inputs = {
    lat: /** @type {HTMLInputElement|null} */ (part.querySelector("[name=lat]")),
    lon: /** @type {HTMLInputElement|null} */ (part.querySelector("[name=lon]")),
    area: /** @type {HTMLTextAreaElement|null} */ (part.querySelector("[name=area]")),
  };
  const state = {
    point: inputs.lat && inputs.lon ? pointOf(inputs.lat.value, inputs.lon.value) : pointOf(box.dataset.lat ?? "", box.dataset.lon ?? ""),
    corners: inputs.area ? cornersOf(inputs.area.value) : /** @type {Corner[]} */ (JSON.parse(box.dataset.area ?? "[]")),
    tool: "point",
  };
  const all = [...state.corners, ...(state.point ? [state.point] : [])];
  const map = await drawMap(box, [], all.length ? around(all) : AMERICA);
  const drawing = draw(map, box, state);
  drawing();
  if (box.dataset.editable) wire(map, part, inputs, state, drawing);
}

/**
 * @param {Corner[]} corners
 * @returns {[[number, number], [number, number]]}
 */
function around(corners) {
  const lats = corners.map(([lat]) => lat);
  const lons = corners.map(([, lon]) => lon);
  const room = corners.length > 1 ? 0.002 : 0.35;
  return [[Math.min(...lons) - room, Math.min(...lats) - room], [Math.max(...lons) + room, Math.max(...lats) + room]];
}

/** @typedef {{point: Corner|null, corners: Corner[], tool: string}} State */

/**
 * Draws point, outline and corners; returns the function that draws them anew.
 * @param {import("maplibre-gl").Map} map
 * @param {HTMLElement} box
 * @param {State} state
 */
function draw(map, box, state) {
  const css = (/** @type {string} */ name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  map.addSource("drawn", { type: "geojson", data: shape(state.corners) });
  map.addLayer({ id: "drawn-fill", type: "fill", source: "drawn", filter: ["==", "$type", "Polygon"], paint: { "fill-color": css("--accent"), "fill-opacity": 0.18 } });
  map.addLayer({ id: "drawn-line", type: "line", source: "drawn", paint: { "line-color": css("--accent"), "line-width": 2 } });
  map.addLayer({ id: "drawn-dot", type: "circle", source: "drawn", filter: ["==", "$type", "Point"], paint: { "circle-radius": 4.5, "circle-color": css("--surface"), "circle-stroke-color": css("--accent"), "circle-stroke-width": 2 } });
  const pin = box.appendChild(Object.assign(document.createElement("span"), { className: "pin handle none" }));
  pin.append(pinShape("none", 0));
  const place = () => {
    pin.hidden = !state.point;
    if (!state.point) return;
    const { x, y } = map.project([state.point[1], state.point[0]]);
    pin.style.setProperty("transform", `translate(${x}px, ${y}px)`);
  };
  map.on("move", place);
  return () => {
    const source = map.getSource("drawn");
    if (source && "setData" in source) /** @type {import("maplibre-gl").GeoJSONSource} */ (source).setData(shape(state.corners));
    place();
  };
}

/**
 * @param {Corner[]} corners
 * @returns {GeoJSON.FeatureCollection}
 */
function shape(corners) {
  const ring = corners.map(([lat, lon]) => [lon, lat]);
  /** @type {GeoJSON.Geometry[]} */
  const parts = ring.map((coordinates) => ({ type: "Point", coordinates }));
  if (ring.length > 2) parts.unshift({ type: "Polygon", coordinates: [[...ring, /** @type {number[]} */ (ring[0])]] });
  else if (ring.length === 2) parts.unshift({ type: "LineString", coordinates: ring });
  return { type: "FeatureCollection", features: parts.map((geometry) => ({ type: "Feature", properties: {}, geometry })) };
}

/**
 * @param {import("maplibre-gl").Map} map
 * @param {Element} part
 * @param {{lat: HTMLInputElement|null, lon: HTMLInputElement|null, area: HTMLTextAreaElement|null}} inputs
 * @param {State} state
 * @param {() => void} drawing
 */
function wire(map, part, inputs, state, drawing) {
  const says = part.querySelector("[data-map-says]");
  const say = (/** @type {string} */ text) => says && (says.textContent = text);
  const tools = part.querySelector("[data-map-tools]");
  const areaTools = part.querySelector("[data-area-tools]");
  if (tools instanceof HTMLElement) tools.hidden = false;
  map.getCanvas().style.setProperty("cursor", "crosshair");
  const write = () => {
    if (inputs.lat && inputs.lon && state.point) [inputs.lat.value, inputs.lon.value] = [state.point[0].toFixed(6), state.point[1].toFixed(6)];
    if (inputs.area) inputs.area.value = linesOf(state.corners);
    drawing();
  };
  const choose = (/** @type {string} */ tool) => {
    state.tool = tool;
    for (const button of part.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button instanceof HTMLElement && button.dataset.tool === tool));
    if (areaTools instanceof HTMLElement) areaTools.hidden = tool !== "area";
    const details = inputs.area?.closest("details");
    if (details && tool === "area") details.open = true;
    say(tool === "area" ? t("Click the corners in order round the area, then Finish.") : t("Click where the place is, or drag its dot."));
  };
  map.on("click", ({ lngLat }) => {
    /** @type {Corner} */
    const at = [Number(lngLat.lat.toFixed(6)), Number(lngLat.wrap().lng.toFixed(6))];
    if (state.tool === "area") state.corners.push(at);
    else state.point = at;
    write();
    say(state.tool === "area" ? t("{n} corners", { n: state.corners.length }) : t("Not saved yet."));
  });
  part.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if (button.dataset.tool) choose(button.dataset.tool);
    if (button.matches("[data-undo]")) state.corners.pop();
    if (button.matches("[data-clear]")) state.corners = [];
    if (button.matches("[data-undo], [data-clear]")) {
      write();
      say(t("{n} corners", { n: state.corners.length }));
    }
    if (button.matches("[data-finish]")) {
      choose("point");
      say(state.corners.length < 3 ? t("An area needs three corners or more.") : t("The area is drawn. Not saved yet."));
    }
  });
  const read = () => {
    state.point = pointOf(inputs.lat?.value ?? "", inputs.lon?.value ?? "");
    state.corners = cornersOf(inputs.area?.value ?? "");
    drawing();
  };
  for (const input of Object.values(inputs)) input?.addEventListener("input", read);
  drag(map, part, state, write);
  choose("point");
}

/**
 * The point's dot can be dragged; the numbers do the same without a pointer.
 * @param {import("maplibre-gl").Map} map
 * @param {Element} part
 * @param {State} state
 * @param {() => void} write
 */
function drag(map, part, state, write) {
  const pin = part.querySelector(".pin.handle");
  if (!(pin instanceof HTMLElement)) return;
  pin.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pin.setPointerCapture(event.pointerId);
  });
  pin.addEventListener("pointermove", (event) => {
    if (!pin.hasPointerCapture(event.pointerId)) return;
    const box = map.getCanvas().getBoundingClientRect();
    const { lat, lng } = map.unproject([event.clientX - box.left, event.clientY - box.top]).wrap();
    state.point = [Number(lat.toFixed(6)), Number(lng.toFixed(6))];
    write();
  });
}
