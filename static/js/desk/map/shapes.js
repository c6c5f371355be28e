// The pins' drawings: the shape says the state before the colour does. Triangle with the number missing, half disc, ticked square.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} name
 * @param {Record<string, string|number>} attributes
 * @returns {SVGElement}
 */
function part(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** @type {Record<import("./pins.js").State, () => SVGElement[]>} */
const DRAWN = {
  alert: () => [part("path", { class: "sh", d: "M10 3h8l6 6v8l-6 6h-8l-6-6V9z" }), part("path", { class: "mark", d: "M14 8v6M14 18v.2" })],
  gap: () => [part("path", { class: "sh", d: "M14 2l12 21.5H2z" })],
  wait: () => [part("circle", { class: "sh", cx: 14, cy: 14, r: 7.5 }), part("path", { class: "half", d: "M14 6.5a7.5 7.5 0 0 0 0 15z" })],
  ok: () => [part("rect", { class: "sh", x: 6, y: 6, width: 16, height: 16, rx: 4 }), part("path", { class: "tick", d: "M10 14l3 3 5-6" })],
  none: () => [part("circle", { class: "sh", cx: 14, cy: 14, r: 5.5 })],
};

/**
 * A number that is drawn, not text: the pin's name says it in words.
 * @param {string} name class
 * @param {string} shown
 * @returns {HTMLElement}
 */
function number(name, shown) {
  const made = Object.assign(document.createElement("span"), { className: name });
  made.dataset.n = shown;
  return made;
}

/**
 * One pin's drawing, 28 pixels square.
 * @param {import("./pins.js").State} state
 * @param {number} missing
 * @returns {HTMLElement}
 */
export function pinShape(state, missing) {
  const holder = Object.assign(document.createElement("span"), { className: `pin-in ${state}` });
  const svg = part("svg", { viewBox: "0 0 28 28", width: 28, height: 28, "aria-hidden": "true" });
  svg.append(...DRAWN[state]());
  holder.append(svg);
  if (state === "gap") holder.append(number("pin-n", missing ? String(missing) : "!"));
  return holder;
}

/**
 * A group's drawing: a dark disc with the number of places, carrying its worst pin.
 * @param {number} count
 * @param {import("./pins.js").Pin} worst
 * @returns {HTMLElement[]}
 */
export function groupShape(count, worst) {
  const disc = number("pin-disc", `×${count}`);
  return worst.state === "none" ? [disc] : [disc, pinShape(worst.state, worst.missing)];
}
