// Which places a list begins with: those one is likely to be at, then the chapter's, nearest first.
import { mine, place } from "./find.js";
import { state } from "./state.js";

/** @typedef {import("./types.js").Place} Place */

/** Likely places, the likeliest first: of one's own shifts, by how near in time, and of what was written last. @returns {string[]} */
function likely() {
  const told = state.snapshot?.personal?.shifts.mine ?? [];
  const shifts = [...mine(), ...told.filter((one) => !one.cancelled)].sort((a, b) => Math.abs(a.starts_at - state.now) - Math.abs(b.starts_at - state.now));
  const ids = [state.court?.place, state.here?.place, ...shifts.map((one) => one.place), ...state.items.map((one) => one.label.place)];
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** How far apart, as good as it need be to put places in order. @param {Place} one @param {{lat: number, lon: number}} from */
function apart(one, from) {
  if (typeof one.lat !== "number" || typeof one.lon !== "number") return Infinity;
  const [north, east] = [one.lat - from.lat, (one.lon - from.lon) * Math.cos((from.lat / 1e6) * (Math.PI / 180))];
  return north * north + east * east;
}

/** The middle of a chapter's own places, where none is likelier than the others. @param {Place[]} places @returns {{lat: number, lon: number}|null} */
function middle(places) {
  const known = places.filter((one) => typeof one.lat === "number" && typeof one.lon === "number");
  if (!known.length) return null;
  const mean = (/** @type {"lat"|"lon"} */ name) => known.reduce((sum, one) => sum + Number(one[name]), 0) / known.length;
  return { lat: mean("lat"), lon: mean("lon") };
}

/** @param {Place[]} places @returns {Place[]} likely ones, then those of one's own chapter, then of the chapters above; each nearest first */
export function nearFirst(places) {
  const first = likely();
  const chapters = [state.snapshot?.public?.chapter.id, ...(state.snapshot?.public?.above ?? [])];
  const at = first.map((id) => place(id)).find((one) => typeof one?.lat === "number");
  const from = at ? { lat: Number(at.lat), lon: Number(at.lon) } : middle(places.filter((one) => one.chapter === chapters[0]));
  const rank = (/** @type {Place} */ one) => {
    const [known, chapter] = [first.indexOf(one.id), chapters.indexOf(one.chapter)];
    return { known: known < 0 ? first.length : known, chapter: chapter < 0 ? chapters.length : chapter, far: from ? apart(one, from) : 0 };
  };
  const ranked = places.map((one) => ({ one, ...rank(one) }));
  return ranked.sort((a, b) => a.known - b.known || a.chapter - b.chapter || a.far - b.far || a.one.name.localeCompare(b.one.name)).map(({ one }) => one);
}
