// A record and its amendments, merged by path for reading. The same rules as fieldapp/observations/readout.py.
// Nothing is hidden by an amendment: the newest value stands, the earlier ones stay beside it, to be shown struck through. What each
// record says of its own making (when it was saved, by which clock) is no answer: an amendment's own replaces nothing.
import { locate } from "./definition.js";

/** @typedef {{path: string, value: unknown}} Said */
/** What one record discloses, in the open and from opened boxes. @typedef {{record: string, open?: Said[], sealed?: Said[]}} Source */
/** @typedef {{value: unknown, record: string, sealed: boolean}} Version */
/** @typedef {{path: string, now: Version, before: Version[], known: boolean}} Entry */

const OWN = new Set(["/_/captured_at", "/_/clock", "/_/not_before", "/_/seq"]);

/**
 * Entries in the form's order, then the system's, then unknown ones. `records` is the original, then its amendments, oldest
 * first. Without a definition every path is unknown.
 * @param {import("./definition.js").Definition | null} defn @param {Source[]} records @returns {Entry[]}
 */
export function readOut(defn, records) {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  for (const [at, { record, open = [], sealed = [] }] of records.entries()) {
    for (const [cells, locked] of /** @type {[Said[], boolean][]} */ ([[open, false], [sealed, true]])) {
      for (const { path, value } of cells) {
        if (at > 0 && OWN.has(path)) continue;
        const entry = entries.get(path);
        const version = { value, record, sealed: locked };
        if (entry) {
          entry.before.push(entry.now);
          entry.now = version;
        } else entries.set(path, { path, now: version, before: [], known: !!defn && locate(defn, path) !== null });
      }
    }
  }
  const rank = ranking(defn);
  const ranked = [...entries.values()].map((entry) => ({ entry, key: rank(entry.path) }));
  return ranked.sort((a, b) => compare(a.key, b.key)).map(({ entry }) => entry);
}

/** @param {import("./definition.js").Definition | null} defn @returns {(path: string) => (number | string)[]} */
function ranking(defn) {
  /** @type {Map<string, number>} */
  const rows = new Map();
  return (path) => {
    const place = defn ? locate(defn, path) : null;
    if (place?.row && !rows.has(place.row)) rows.set(place.row, rows.size);
    const row = place?.row ? /** @type {number} */ (rows.get(place.row)) : -1;
    if (!place) return [2, 0, row, 0, path];
    if (!place.field) return [1, 0, row, 0, path];
    const columns = (place.field.columns ?? []).map((column) => column.id);
    return [0, defn?.fields.indexOf(place.field) ?? 0, row, place.column ? columns.indexOf(place.column.id) : 0, path];
  };
}

/** @param {(number | string)[]} a @param {(number | string)[]} b */
function compare(a, b) {
  const at = a.findIndex((one, position) => one !== b[position]);
  return at < 0 ? 0 : (a[at] ?? "") < (b[at] ?? "") ? -1 : 1;
}
