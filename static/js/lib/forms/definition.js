// Form definitions, answers and their paths. The same rules as fieldapp/observations/paths.py; docs/forms.md is the prose.

/** @typedef {{en: string, es: string}} Text */
/** @typedef {{id: string, label: Text, short?: Text, alone?: boolean}} Option */
/** @typedef {{field: string, op: string, value?: unknown}} Condition */
/**
 * @typedef {object} Field
 * @property {string} id
 * @property {string} type
 * @property {Text} label
 * @property {Text} [ask]
 * @property {Text} [help]
 * @property {Text} [placeholder]
 * @property {boolean} [star]
 * @property {string} [stage]
 * @property {boolean} [required]
 * @property {Condition[]} [when]
 * @property {string} [chain]
 * @property {string} [with]
 * @property {string} [path]
 * @property {string[]} [boxes]
 * @property {Condition[]} [box_when]
 * @property {Option[]} [options]
 * @property {string} [source]
 * @property {(string | number)[]} [common]
 * @property {boolean} [carry]
 * @property {number} [min]
 * @property {number} [max]
 * @property {Field[]} [columns]
 * @property {"saw" | "told" | "think"} [narrative]
 */
/**
 * @typedef {object} Definition
 * @property {string} id
 * @property {number} version
 * @property {Text} title
 * @property {string} icon
 * @property {Text} about
 * @property {Text} before_notes
 * @property {{monitoring: Text, counsel: Text}} purpose
 * @property {"place" | "cell"} position
 * @property {"text" | "always"} read_once
 * @property {string} [within]
 * @property {{form: string, when: Condition[]}[]} [offers]
 * @property {{form: string, when: Condition[]}[]} [cases]
 * @property {Option[]} [chips]
 * @property {boolean} [series]
 * @property {Field[]} fields
 */
/** Answers by field id; a table is {row id: {column id: value}}; `_timeline` is {row id: {at, chip}}. @typedef {Record<string, any>} Answers */
/** @typedef {{path: string, value: unknown, box: string | null}} Cell */
/** Lists of a pick: the shared ones of the snapshot and the place's own. @typedef {Record<string, {id: string, label: Text | string}[]>} Lists */
/** @typedef {{field?: Field, row?: string, column?: Field, system?: string}} Place */

export const ODD = ["not_said", "could_not_hear", "unsure"];
export const YES_NO = ["yes", "no", "could_not_tell"];
export const NOT_LISTED = "not_listed";
export const ROW_ID = /^[A-Za-z0-9_-]{6,22}$/;
/** Where the timeline lives in a draft's answers. */
export const TIMELINE = "_timeline";
const SYSTEM = ["observed_at", "captured_at", "clock", "not_before", "seq", "order", "session", "position", "paper"];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** What a record's `form` says. @param {Definition} defn */
export const formRef = (defn) => `${defn.id}@${defn.version}`;

/** Where a field's answer is kept: `/id`, unless the definition says another path. @param {Field} field */
export const pathOf = (field) => field.path ?? `/${field.id}`;

/** @param {Field[]} fields @param {string} id */
export const fieldNamed = (fields, id) => fields.find((field) => field.id === id);

/**
 * What a path of this form points at; null where the form knows no such path.
 * @param {Definition} defn @param {string} path @returns {Place | null}
 */
export function locate(defn, path) {
  const whole = defn.fields.find((field) => pathOf(field) === path && field.type !== "rows");
  if (whole) return { field: whole };
  const [start, first = "", second = "", third = "", ...more] = path.split("/");
  if (start !== "" || more.length) return null;
  if (first === "_") return locateSystem(path.slice("/_/".length), second, third);
  const field = ROW_ID.test(second) ? fieldNamed(defn.fields, first) : undefined;
  const column = field?.type === "rows" ? fieldNamed(field.columns ?? [], third) : undefined;
  return column ? { field, row: second, column } : null;
}

/** @param {string} rest @param {string} name @param {string} row @returns {Place | null} */
function locateSystem(rest, name, row) {
  if (name === "timeline" && ROW_ID.test(row)) return { row, system: "timeline" };
  return SYSTEM.includes(rest) ? { system: rest } : null;
}

/**
 * Answers out of cells; unknown paths, system paths and nulls are left out.
 * @param {Definition} defn @param {Iterable<{path: string, value: unknown}>} cells @returns {Answers}
 */
export function assemble(defn, cells) {
  /** @type {Answers} */
  const answers = {};
  for (const { path, value } of cells) {
    const place = locate(defn, path);
    if (!place?.field || value === null || value === undefined) continue;
    if (place.column && place.row) {
      const rows = (answers[place.field.id] ??= {});
      (rows[place.row] ??= {})[place.column.id] = value;
    } else answers[place.field.id] = value;
  }
  return answers;
}

/** A row id, minted once and never changed: 8 letters or digits. @returns {string} */
export function newRowId() {
  let id = "";
  while (id.length < 8) {
    // 248 is the largest multiple of 62 in a byte: above it some letters would come more often than others.
    for (const byte of crypto.getRandomValues(new Uint8Array(16))) if (byte < 248 && id.length < 8) id += LETTERS[byte % 62];
  }
  return id;
}

/**
 * The coarse cell of a position, such as `4071,-7401`: hundredths of a degree, rounded down. About 1 km.
 * @param {{lat: number, lon: number}} position microdegrees
 */
export const cellOf = ({ lat, lon }) => `${Math.floor(lat / 10000)},${Math.floor(lon / 10000)}`;
