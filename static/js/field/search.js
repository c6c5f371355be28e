// Finding words in guides: without regard to case and accents, in the language that is spoken here first, then in the other.

/** @typedef {import("./types.js").Guide} Guide */
/** @typedef {import("./types.js").GuidePart} GuidePart */
/** @typedef {import("./types.js").Run} Run */
/** @typedef {{guide: Guide, lang: "en"|"es", line: string}} Hit the line to show; empty: the words stand in the title */

const AROUND = 44;

/** Without case and accents. One character stays one: places in the result are places in the text. @param {string} text */
export function fold(text) {
  return Array.from({ length: text.length }, (_, at) => {
    const plain = text[at]?.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase() ?? "";
    return plain.length === 1 ? plain : (text[at] ?? "");
  }).join("");
}

/** @param {string} query @returns {string[]} */
export const words = (query) => fold(query.normalize("NFC")).split(/\s+/).filter(Boolean);

/** @param {Run} run @returns {string} its text alone */
export const plain = (run) => (typeof run === "string" ? run : run.map((piece) => (typeof piece === "string" ? piece : (piece.b ?? piece.t ?? ""))).join(""));

/** @param {GuidePart} part @returns {Run[]} */
const runs = (part) => [part.h, part.p, part.note, ...(part.list ?? []), ...(part.steps ?? [])].filter((one) => one !== undefined);

/** @type {WeakMap<GuidePart[], {text: string, folded: string}[]>} */
const read = new WeakMap();

/** @param {GuidePart[]} parts */
function lines(parts) {
  const known = read.get(parts);
  if (known) return known;
  const found = parts.flatMap(runs).map((run) => ({ text: plain(run), folded: fold(plain(run)) }));
  read.set(parts, found);
  return found;
}

/**
 * The guides that have every word, in the order of the list.
 * @param {Guide[]} guides @param {import("./types.js").Bodies} bodies @param {string} query @param {"en"|"es"} lang spoken here
 * @returns {Hit[]}
 */
export function search(guides, bodies, query, lang) {
  const asked = words(query);
  /** @param {Guide} guide @param {"en"|"es"} tongue @returns {Hit[]} */
  const look = (guide, tongue) => {
    const head = fold(`${guide.title[tongue]} ${guide.about[tongue]}`);
    const said = lines(bodies[guide.id]?.[tongue] ?? []);
    if (!asked.every((word) => head.includes(word) || said.some((one) => one.folded.includes(word)))) return [];
    if (asked.every((word) => head.includes(word))) return [{ guide, lang: tongue, line: "" }];
    const best = [...said].sort((a, b) => count(b.folded) - count(a.folded))[0];
    return [{ guide, lang: tongue, line: around(best?.text ?? "", asked) }];
  };
  /** @param {string} folded */
  const count = (folded) => asked.filter((word) => folded.includes(word)).length;
  return guides.flatMap((guide) => {
    const here = look(guide, lang);
    return here.length || guide.only ? here : look(guide, lang === "en" ? "es" : "en");
  });
}

/** @param {string} text @param {string[]} asked @returns {string} a piece of the text around its first hit */
function around(text, asked) {
  const folded = fold(text);
  const at = Math.min(...asked.map((word) => folded.indexOf(word)).filter((one) => one >= 0));
  if (text.length <= 2.5 * AROUND) return text;
  const from = at <= AROUND ? 0 : text.indexOf(" ", at - AROUND) + 1;
  const cut = text.slice(from, from + 2.5 * AROUND);
  return `${from ? "… " : ""}${from + cut.length < text.length ? `${cut.replace(/\s\S*$/, "")} …` : cut}`;
}

/**
 * A text in pieces, every second one a hit.
 * @param {string} text @param {string} query
 * @returns {string[]}
 */
export function split(text, query) {
  const asked = words(query).sort((a, b) => b.length - a.length);
  const folded = fold(text);
  const pieces = [];
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const word = asked.find((one) => folded.startsWith(one, at));
    if (!word) at += 1;
    else {
      pieces.push(text.slice(from, at), text.slice(at, at + word.length));
      from = at += word.length;
    }
  }
  return [...pieces, text.slice(from)];
}
