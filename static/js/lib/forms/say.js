// An answer in words a person reads. The same words, over the same vectors, as fieldapp/observations/labels.py.
import { locate } from "./definition.js";
import { wallOf } from "./zone.js";

/** @typedef {import("./definition.js").Definition} Definition */
/** @typedef {import("./definition.js").Field} Field */
/** @typedef {import("./definition.js").Lists} Lists */
/** @typedef {"en" | "es"} Lang */
/** @typedef {{lists?: Lists, zone?: string}} Known */

/** What every form says alike, by id. @type {Record<string, import("./definition.js").Text>} */
export const COMMON = {
  not_said: { en: "Not said", es: "No se dijo" },
  could_not_hear: { en: "Could not hear", es: "No se oyó" },
  unsure: { en: "Unsure", es: "No sé" },
  yes: { en: "Yes", es: "Sí" },
  no: { en: "No", es: "No" },
  could_not_tell: { en: "Could not tell", es: "No se pudo saber" },
  not_listed: { en: "Not in the list", es: "No está en la lista" },
  exact: { en: "exact", es: "exacta" },
  about: { en: "about", es: "aproximada" },
  retracted: { en: "Taken back", es: "Retirado" },
  observed_at: { en: "Observed at", es: "Hora de lo observado" },
  captured_at: { en: "Saved at, by the phone's clock", es: "Guardado a las, según el teléfono" },
  clock: { en: "Phone and server clocks", es: "Relojes del teléfono y del servidor" },
  not_before: { en: "Not before this checkpoint", es: "No antes de este punto de control" },
  seq: { en: "Number in this key's sequence", es: "Número en la serie de esta llave" },
  order: { en: "Order in the session", es: "Turno en la sesión" },
  session: { en: "Court session", es: "Sesión" },
  position: { en: "Exact position", es: "Posición exacta" },
  timeline: { en: "Timeline", es: "Cronología" },
  paper: { en: "Typed in from paper: sheet, line", es: "Pasado de papel: hoja, línea" },
};

/**
 * Question and answer in words for one path and value. An answer that the form does not know stands as it was sent.
 * @param {Definition} defn @param {Lang} lang @param {string} path @param {any} value @param {Known} [known]
 * @returns {{question: string, answer: string}}
 */
export function labels(defn, lang, path, value, known = {}) {
  const place = locate(defn, path);
  if (!place) return { question: path, answer: plain(value) };
  if (!place.field) {
    const system = place.system ?? "";
    return { question: common(system, lang), answer: saySystem(defn, system, value, lang, known.zone ?? "UTC") };
  }
  const question = place.field.label[lang] + (place.column ? `: ${place.column.label[lang]}` : "");
  return { question, answer: sayValue(place.column ?? place.field, value, lang, known) };
}

/** One answer of one field or column in words. @param {Field} field @param {any} value @param {Lang} lang @param {Known} [known] @returns {string} */
export function sayValue(field, value, lang, { lists = {}, zone = "UTC" } = {}) {
  if (value === null || value === undefined) return common("retracted", lang);
  switch (field.type) {
    case "one": case "ynu": case "band": case "pick": case "many":
      return (Array.isArray(value) ? value : [value]).map((one) => sayOption(field, one, lang, lists)).join(", ");
    case "flag": return common(value === true ? "yes" : "no", lang);
    case "money": return Number.isInteger(value) ? sayMoney(value) : plain(value);
    case "time": return sayMoment(value, lang, zone);
    case "pin": return sayPosition(value);
    default: return plain(value);
  }
}

/** One option of a choice, by its id. @param {Field} field @param {any} value @param {Lang} lang @param {Lists} lists @returns {string} */
export function sayOption(field, value, lang, lists = {}) {
  if (typeof value !== "string") return plain(value);
  const found = [...(field.options ?? []), ...(lists[field.source ?? ""] ?? [])].find((one) => one.id === value);
  if (!found) return common(value, lang);
  return typeof found.label === "string" ? found.label : found.label[lang];
}

/** @param {number} cents */
function sayMoney(cents) {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `$${whole}.${String(cents % 100).padStart(2, "0")}`;
}

/** @param {Definition} defn @param {string} system @param {any} value @param {Lang} lang @param {string} zone */
function saySystem(defn, system, value, lang, zone) {
  if (value === null || value === undefined) return "-";
  switch (system) {
    case "timeline": return `${sayClock(value.at, zone)} ${sayChip(defn, value.chip, lang)}`;
    case "observed_at": return sayMoment(value, lang, zone);
    case "captured_at": return sayClock(value, zone);
    case "clock": return `${sayClock(value.phone, zone)} / ${sayClock(value.server, zone)}`;
    case "position": return sayPosition(value);
    case "paper": return typeof value === "object" ? `${plain(value.serial)}, ${plain(value.line)}` : plain(value);
    default: return plain(value);
  }
}

/** A timeline chip: the form's own by id, a chapter's own as it was written. @param {Definition} defn @param {any} chip @param {Lang} lang */
export const sayChip = (defn, chip, lang) => defn.chips?.find((one) => one.id === chip)?.label[lang] ?? plain(chip);

/** @param {any} value @param {Lang} lang @param {string} zone */
const sayMoment = (value, lang, zone) =>
  typeof value !== "object" ? plain(value) : `${sayClock(value.at, zone)} (${common(value.exact ? "exact" : "about", lang)})`;

/** `2026-11-23 14:05 America/New_York`: a time always says its zone. @param {any} at @param {string} zone */
function sayClock(at, zone) {
  const when = new Date(at);
  if (typeof at !== "number" || Number.isNaN(when.getTime())) return plain(at);
  return `${wallOf(at, zone).replace("T", " ")} ${zone}`;
}

/** @param {any} value */
function sayPosition(value) {
  if (!Number.isInteger(value?.lat) || !Number.isInteger(value?.lon)) return plain(value);
  return `${(value.lat / 1e6).toFixed(6)}, ${(value.lon / 1e6).toFixed(6)} (±${value.accuracy} m)`;
}

/** @param {string} key @param {Lang} lang */
const common = (key, lang) => (Object.hasOwn(COMMON, key) && COMMON[key] ? COMMON[key][lang] : key);

/** @param {any} value @returns {string} */
const plain = (value) => (typeof value === "string" ? value : value === null || value === undefined ? "-" : JSON.stringify(value));
