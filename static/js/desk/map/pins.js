// Which pins are drawn where: pure arithmetic on pixels, so that it can be tested without a map.

/** @typedef {"alert"|"gap"|"wait"|"ok"|"none"} State what a pin says, worst first */
/**
 * @typedef {object} Pin
 * @property {string} id
 * @property {number} lat degrees
 * @property {number} lon degrees
 * @property {State} state
 * @property {number} missing people missing in the worst window
 * @property {string} name
 * @property {string} city
 * @property {string} says one sentence for people who do not see the map
 * @property {string} href
 */
/** @typedef {{pins: Pin[], x: number, y: number, worst: Pin, same: boolean}} Group `same`: all on one coordinate */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

const ORDER = ["alert", "gap", "wait", "ok", "none"];

/**
 * Worst first: by state, then by people missing, then by id so that the order never jumps.
 * @param {Pin} a
 * @param {Pin} b
 * @returns {number}
 */
export function byWorst(a, b) {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.missing - a.missing || (a.id < b.id ? -1 : 1);
}

/**
 * @param {Pin[]} pins
 * @returns {boolean} whether they all stand on one coordinate
 */
function sameSpot(pins) {
  return pins.every((pin) => Math.abs(pin.lat - (pins[0]?.lat ?? 0)) < 1e-6 && Math.abs(pin.lon - (pins[0]?.lon ?? 0)) < 1e-6);
}

/**
 * Pins nearer than `radius` pixels become one group, at the middle of its members; each is carried by its worst. Groups that
 * come as near as that to each other are joined too, so that no two stand closer than `radius`.
 * @param {Pin[]} pins
 * @param {(pin: Pin) => {x: number, y: number}} project
 * @param {number} radius
 * @returns {Group[]} worst first
 */
export function cluster(pins, project, radius) {
  /** @type {{pins: Pin[], x: number, y: number}[]} */
  const groups = [];
  for (const pin of [...pins].sort(byWorst)) {
    let joined = { pins: [pin], ...project(pin) };
    for (let near = nearest(groups, joined, radius); near >= 0; near = nearest(groups, joined, radius)) {
      const [other] = groups.splice(near, 1);
      if (other) joined = join(other, joined);
    }
    groups.push(joined);
  }
  return groups
    .map(({ x, y, pins: inside }) => ({ x, y, pins: inside.sort(byWorst), worst: /** @type {Pin} */ (inside[0]), same: inside.length > 1 && sameSpot(inside) }))
    .sort((a, b) => byWorst(a.worst, b.worst));
}

/**
 * @param {{x: number, y: number}[]} groups
 * @param {{x: number, y: number}} to
 * @param {number} radius
 * @returns {number} the index of the first that is too near, or -1
 */
function nearest(groups, to, radius) {
  return groups.findIndex((group) => Math.hypot(group.x - to.x, group.y - to.y) < radius);
}

/**
 * @param {{pins: Pin[], x: number, y: number}} a
 * @param {{pins: Pin[], x: number, y: number}} b
 */
function join(a, b) {
  const [n, m] = [a.pins.length, b.pins.length];
  return { pins: [...a.pins, ...b.pins], x: (a.x * n + b.x * m) / (n + m), y: (a.y * n + b.y * m) / (n + m) };
}

/**
 * Where the pins of one spot go when they fan out: on a ring round it, wide enough that none covers another.
 * @param {number} count
 * @param {number} size pixels that one pin needs
 * @returns {{x: number, y: number}[]} offsets in pixels, the first at the top
 */
export function fan(count, size) {
  if (count < 2) return [{ x: 0, y: 0 }];
  const radius = Math.max(size, size / (2 * Math.sin(Math.PI / count)));
  return Array.from({ length: count }, (_, i) => {
    const turn = -Math.PI / 2 + (2 * Math.PI * i) / count;
    return { x: Math.round(radius * Math.cos(turn) * 10) / 10, y: Math.round(radius * Math.sin(turn) * 10) / 10 };
  });
}

/**
 * @param {Box} a
 * @param {Box} b
 * @returns {boolean}
 */
function cover(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/**
 * A place for each label beside its pin, or null where it would cover something. Earlier labels have the first choice.
 * @param {{x: number, y: number, width: number}[]} wanted in order of importance; width of the text in pixels
 * @param {{width: number, height: number}} size of the map
 * @param {number} pin half a pin in pixels
 * @returns {({x: number, y: number}|null)[]} left and top of each text
 */
export function labels(wanted, size, pin) {
  const high = 14;
  /** @type {Box[]} */
  const taken = wanted.map(({ x, y }) => ({ left: x - pin, top: y - pin, right: x + pin, bottom: y + pin }));
  return wanted.map(({ x, y, width }, own) => {
    const choices = [
      { x: x + pin + 2, y: y - high / 2 },
      { x: x - pin - 2 - width, y: y - high / 2 },
      { x: x - width / 2, y: y + pin },
      { x: x - width / 2, y: y - pin - high },
    ];
    const found = choices.find((at) => {
      const box = { left: at.x, top: at.y, right: at.x + width, bottom: at.y + high };
      const inside = box.left >= 2 && box.top >= 2 && box.right <= size.width - 2 && box.bottom <= size.height - 2;
      return inside && taken.every((other, i) => i === own || !cover(box, other));
    });
    if (!found) return null;
    taken.push({ left: found.x, top: found.y, right: found.x + width, bottom: found.y + high });
    return found;
  });
}

/**
 * The corners of a view that shows the pins. Those west of the date line stand east of it, so that Saipan and Guam lie beyond Hawaii.
 * @param {Pick<Pin, "lat"|"lon">[]} pins
 * @returns {[[number, number], [number, number]]|null} west-south and east-north, longitude first
 */
export function bounds(pins) {
  if (pins.length === 0) return null;
  const lons = pins.map((pin) => westward(pin.lon));
  const lats = pins.map((pin) => pin.lat);
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}

/**
 * @param {number} lon
 * @returns {number} the same meridian, counted westward from Greenwich where that is how the United States see it
 */
export function westward(lon) {
  return lon > 100 ? lon - 360 : lon;
}

/**
 * The pins that a first look shows: those of the contiguous states when there are any, else all.
 * @template {Pick<Pin, "lat"|"lon">} P
 * @param {P[]} pins
 * @returns {P[]}
 */
export function atFirst(pins) {
  const main = pins.filter(({ lat, lon }) => lat > 24 && lat < 50 && lon > -125 && lon < -66);
  return main.length ? main : pins;
}
