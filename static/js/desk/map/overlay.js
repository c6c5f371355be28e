// Pins over the map as ordinary links and buttons: they take focus, have names, and wear the page's colours.
import { plural } from "../../lib/i18n.js";
import { bounds, cluster, fan, labels, westward } from "./pins.js";
import { groupShape, pinShape } from "./shapes.js";

/** @typedef {import("./pins.js").Pin} Pin */
const NEAR = 41; // pixels at which two pins become one group: none covers another
const SIZE = 30; // pixels that one fanned pin needs
const OPEN = 8; // zoom from which pins of one spot are fanned out without a click
const MANY = 400; // pins up to which all are drawn, wherever they are
const MOST = 12; // more pins of one spot than this stay a list

/** A layer of pins over one map. */
export class Pins {
  #map;
  #layer;
  /** @type {Pin[]} */
  #pins = [];
  /** @type {{element: HTMLElement, lon: number, lat: number, dx: number, dy: number}[]} */
  #drawn = [];
  #opened = "";
  #chosen = "";
  /** @type {(pin: Pin, event: Event) => void} */
  #pick;

  /**
   * @param {import("maplibre-gl").Map} map
   * @param {HTMLElement} box
   * @param {(pin: Pin, event: Event) => void} pick a pin was chosen
   */
  constructor(map, box, pick) {
    this.#map = map;
    this.#pick = pick;
    this.#layer = box.appendChild(Object.assign(document.createElement("div"), { className: "pins" }));
    map.on("move", () => this.#place());
    map.on("zoomend", () => this.#group());
    map.on("moveend", () => this.#group());
    map.on("resize", () => this.#group());
  }

  /** @param {Pin[]} pins */
  show(pins) {
    this.#pins = pins;
    this.#group();
  }

  /** @param {string} id marks this place's pin */
  choose(id) {
    if (id === this.#chosen) return;
    this.#chosen = id;
    for (const pin of this.#layer.querySelectorAll("[data-pin]")) {
      if (pin instanceof HTMLElement) pin.classList.toggle("on", pin.dataset.pin?.split(" ").includes(id) ?? false);
    }
  }

  #group() {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.pin : undefined;
    const groups = cluster(this.#near(), (pin) => this.#map.project([westward(pin.lon), pin.lat]), NEAR);
    this.#drawn = [];
    const made = groups.flatMap((group) => this.#draw(group));
    const named = this.#names(groups);
    this.#layer.replaceChildren(...made, ...named);
    this.#place();
    if (focused) this.#layer.querySelector(`[data-pin="${CSS.escape(focused)}"]`)?.dispatchEvent(new Event("refocus"));
  }

  /** Of many pins, those in sight and a little beyond: the others need no drawing. */
  #near() {
    if (this.#pins.length <= MANY) return this.#pins;
    const { width, height } = this.#map.getCanvas().getBoundingClientRect();
    return this.#pins.filter((pin) => {
      const { x, y } = this.#map.project([westward(pin.lon), pin.lat]);
      return x > -width / 2 && y > -height / 2 && x < width * 1.5 && y < height * 1.5;
    });
  }

  /**
   * @param {import("./pins.js").Group} group
   * @returns {Node[]}
   */
  #draw(group) {
    const key = group.pins.map((pin) => pin.id).join(" ");
    const wide = group.same && group.pins.length <= MOST && (this.#map.getZoom() >= OPEN || this.#opened === key);
    if (group.pins.length > 1 && !wide) return [this.#keep(this.#cluster(group, key), group.worst, this.#map.unproject([group.x, group.y]))];
    const offsets = fan(group.pins.length, SIZE);
    const spot = { lng: westward(group.worst.lon), lat: group.worst.lat };
    const legs = wide ? [this.#keep(legsOf(offsets), group.worst, spot)] : [];
    return [...legs, ...group.pins.map((pin, i) => this.#keep(this.#single(pin), pin, spot, offsets[i]))];
  }

  /**
   * @param {HTMLElement} element
   * @param {Pin} _pin
   * @param {{lng: number, lat: number}} at
   * @param {{x: number, y: number}} [offset]
   */
  #keep(element, _pin, at, offset = { x: 0, y: 0 }) {
    this.#drawn.push({ element, lon: at.lng, lat: at.lat, dx: offset.x, dy: offset.y });
    return element;
  }

  /** @param {Pin} pin */
  #single(pin) {
    const link = Object.assign(document.createElement("a"), { className: `pin ${pin.state}`, href: pin.href });
    link.dataset.pin = pin.id;
    link.setAttribute("aria-label", pin.says);
    link.classList.toggle("on", pin.id === this.#chosen);
    link.append(pinShape(pin.state, pin.missing));
    link.addEventListener("click", (event) => this.#pick(pin, event));
    link.addEventListener("refocus", () => link.focus({ preventScroll: true }));
    return link;
  }

  /**
   * @param {import("./pins.js").Group} group
   * @param {string} key
   */
  #cluster(group, key) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: `pin group ${group.worst.state}` });
    button.dataset.pin = key;
    button.setAttribute("aria-label", `${plural("{n} place", "{n} places", group.pins.length)}. ${group.worst.says}`);
    button.classList.toggle("on", key.split(" ").includes(this.#chosen));
    button.append(...groupShape(group.pins.length, group.worst));
    button.addEventListener("refocus", () => button.focus({ preventScroll: true }));
    button.addEventListener("click", () => {
      if (group.same) {
        this.#opened = this.#opened === key ? "" : key;
        this.#group();
      } else {
        const view = bounds(group.pins);
        if (view) this.#map.fitBounds(view, { padding: 60, maxZoom: 12, animate: !matchMedia("(prefers-reduced-motion: reduce)").matches });
      }
    });
    return button;
  }

  /**
   * City names where there is room for them.
   * @param {import("./pins.js").Group[]} groups
   */
  #names(groups) {
    const size = { width: this.#layer.clientWidth, height: this.#layer.clientHeight };
    const inside = groups.filter(({ x, y }) => x > -20 && y > -20 && x < size.width + 20 && y < size.height + 20);
    const wanted = inside.map((group) => {
      const one = new Set(group.pins.map((pin) => pin.city)).size === 1;
      return { group, text: one ? group.worst.city : "" };
    });
    const spots = labels(wanted.map(({ group, text }) => ({ x: group.x, y: group.y, width: widthOf(text) })), size, 15);
    return wanted.flatMap(({ group, text }, i) => {
      const spot = spots[i];
      if (!spot || !text) return [];
      const name = Object.assign(document.createElement("span"), { className: "pin-name", textContent: text });
      name.setAttribute("aria-hidden", "true");
      const at = this.#map.unproject([group.x, group.y]);
      return [this.#keep(name, group.worst, at, { x: spot.x - group.x, y: spot.y - group.y })];
    });
  }

  /** Moves every pin to where it stands now; one outside the map is hidden, so that the Tab key does not go there. */
  #place() {
    const { clientWidth: width, clientHeight: height } = this.#layer;
    for (const { element, lon, lat, dx, dy } of this.#drawn) {
      const { x, y } = this.#map.project([lon, lat]);
      element.hidden = x < 0 || y < 0 || x > width || y > height;
      element.style.setProperty("transform", `translate(${Math.round(x + dx)}px, ${Math.round(y + dy)}px)`);
    }
  }
}

const pen = document.createElement("canvas").getContext("2d");

/**
 * @param {string} text
 * @returns {number} its width in pixels, in the font that labels have
 */
function widthOf(text) {
  if (!pen) return text.length * 7;
  pen.font = `600 11.5px ${getComputedStyle(document.body).fontFamily}`;
  return Math.ceil(pen.measureText(text).width) + 2;
}

/**
 * Thin lines from a spot to its fanned pins.
 * @param {{x: number, y: number}[]} offsets
 * @returns {HTMLElement}
 */
function legsOf(offsets) {
  const holder = Object.assign(document.createElement("span"), { className: "pin-legs" });
  holder.setAttribute("aria-hidden", "true");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-100 -100 200 200");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", offsets.map(({ x, y }) => `M0 0L${x} ${y}`).join(""));
  svg.append(line);
  holder.append(svg);
  return holder;
}
