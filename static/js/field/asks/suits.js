// What suits a person: which shifts their list begins with, and what they are not asked for.
import { place } from "../find.js";
import { state } from "../state.js";

/** @typedef {import("../types.js").Shift} Shift */
/** @typedef {{places: string[], kinds: string[], days: string[]}} Likes */

/** @returns {{likes: Likes, never: Likes}} as the server or this phone said last */
export function preferences() {
  const told = state.snapshot?.personal?.preferences;
  const none = () => ({ places: [], kinds: [], days: [] });
  return { likes: { ...none(), ...told?.likes }, never: { ...none(), ...told?.never } };
}

/** Weekday from Monday and half of the day, on the place's clocks. @param {Shift} one */
export function halfOf(one) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: one.zone, weekday: "short", hour: "2-digit", hourCycle: "h23" }).formatToParts(one.starts_at);
  const part = (/** @type {string} */ type) => parts.find((found) => found.type === type)?.value ?? "";
  return `${["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday"))}${Number(part("hour")) < 13 ? "m" : "a"}`;
}

/** @param {Shift[]} shifts of one day @returns {Shift[]} one's own, then what suits, then the rest; each soonest first */
export function suited(shifts) {
  const { likes, never } = preferences();
  if (![...Object.values(likes), ...Object.values(never)].some((list) => list.length)) return shifts;
  const marks = (/** @type {Shift} */ one) => ({ places: [one.place], kinds: [place(one.place)?.kind ?? "", one.kind ?? ""], days: [halfOf(one)] });
  const rank = (/** @type {Shift} */ one) => {
    if (one.mine) return -9;
    const found = marks(one);
    const hits = (/** @type {Likes} */ said) => Object.entries(found).filter(([part, values]) => values.some((value) => said[/** @type {keyof Likes} */ (part)].includes(value))).length;
    return hits(never) ? 1 : -hits(likes);
  };
  return [...shifts].sort((a, b) => rank(a) - rank(b) || a.starts_at - b.starts_at);
}
