// The pins' drawings: the shape says the state before the colour does. Triangle with the number missing, half disc, ticked square.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} name
 * @param {Record<string, string|number>} attributes
 * @param {string} [text]
 * @returns {SVGElement}
 */
function part(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** @type {Record<import("./pins.js").State, (missing: number) => SVGElement[]>} */
const DRAWN = {
  alert: () => [part("path", { class: "sh", d: "M10 3h8l6 6v8l-6 6h-8l-6-6V9z" }), part("path", { class: "mark", d: "M14 8v6M14 18v.2" })],
  gap: (missing) => [part("path", { class: "sh", d: "M14 2l12 21.5H2z" }), part("text", { x: 14, y: 20 }, missing ? String(missing) : "!")],
  wait: () => [part("circle", { class: "sh", cx: 14, cy: 14, r: 7.5 }), part("path", { class: "half", d: "M14 6.5a7.5 7.5 0 0 0 0 15z" })],
  ok: () => [part("rect", { class: "sh", x: 6, y: 6, width: 16, height: 16, rx: 4 }), part("path", { class: "tick", d: "M10 14l3 3 5-6" })],
  none: () => [part("circle", { class: "sh", cx: 14, cy: 14, r: 5.5 })],
};

/**
 * One pin's drawing, 28 pixels square.
 * @param {import("./pins.js").State} state
 * @param {number} missing
 * @returns {SVGElement}
 */
export function pinShape(state, missing) {
  const svg = part("svg", { viewBox: "0 0 28 28", width: 28, height: 28, "aria-hidden": "true" });
  svg.append(...DRAWN[state](missing));
  return svg;
}

/**
 * A group's drawing: a dark disc with the number of places, carrying its worst pin.
 * @param {number} count
 * @param {import("./pins.js").Pin} worst
 * @returns {SVGElement}
 */
export function groupShape(count, worst) {
  const svg = part("svg", { viewBox: "0 0 40 34", width: 40, height: 34, "aria-hidden": "true" });
  svg.append(part("circle", { class: "clu", cx: 16, cy: 20, r: 13 }), part("text", { class: "clun", x: 16, y: 24 }, `×${count}`));
  if (worst.state === "none") return svg;
  const carried = part("g", { class: `pin-in ${worst.state}`, transform: "translate(19 -3) scale(.75)" });
  carried.append(...DRAWN[worst.state](worst.missing));
  svg.append(carried);
  return svg;
}
