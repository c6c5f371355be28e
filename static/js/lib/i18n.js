// Words in two languages. The English text is the key; a table gives the other language's text.

/** @typedef {string|Partial<Record<Intl.LDMLPluralRule, string>>} Entry a text, or one per plural category */
/** @typedef {Record<string, string|number>} Vars */

/** @type {Map<string, Map<string, Entry>>} */
const tables = new Map();
/** @type {Map<string, Intl.PluralRules>} */
const rules = new Map();
let language = "en";

/**
 * Sets the language of all texts from now on.
 * @param {string} lang
 */
export function setLanguage(lang) {
  language = lang;
}

/** @returns {string} the language set last, English at first */
export function getLanguage() {
  return language;
}

/**
 * Adds texts of a language. A plural entry is filed under the English plural text.
 * @param {string} lang
 * @param {Record<string, Entry>} entries
 */
export function register(lang, entries) {
  const table = tables.get(lang) ?? new Map();
  for (const [key, entry] of Object.entries(entries)) table.set(key, entry);
  tables.set(lang, table);
}

/**
 * @param {string} lang
 * @param {number} n
 * @returns {Intl.LDMLPluralRule}
 */
function category(lang, n) {
  const rule = rules.get(lang) ?? new Intl.PluralRules(lang);
  rules.set(lang, rule);
  return rule.select(n);
}

/**
 * @param {Entry} entry
 * @param {Vars} vars
 * @returns {string}
 */
function fill(entry, vars) {
  const n = Number(vars.n);
  const text = typeof entry === "string" ? entry : (entry[category(language, n)] ?? entry.other ?? "");
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in vars ? shown(vars[name]) : whole));
}

/**
 * @param {string|number|undefined} value
 * @returns {string}
 */
function shown(value) {
  return typeof value === "number" ? new Intl.NumberFormat(language).format(value) : String(value);
}

/**
 * The text in the language set, `{name}` filled from vars. Without a translation: English.
 * @param {string} text English
 * @param {Vars} [vars]
 * @returns {string}
 */
export function t(text, vars = {}) {
  return fill(tables.get(language)?.get(text) ?? text, vars);
}

/**
 * A text that counts; `{n}` is the number.
 * @param {string} one English, for one
 * @param {string} other English, for any other number; the key of the translation
 * @param {number} n
 * @param {Vars} [vars]
 * @returns {string}
 */
export function plural(one, other, n, vars = {}) {
  const entry = tables.get(language)?.get(other) ?? (new Intl.PluralRules("en").select(n) === "one" ? one : other);
  return fill(entry, { ...vars, n });
}

/**
 * English texts that a language lacks, of those given: for the test that Spanish is complete.
 * @param {string} lang
 * @param {Iterable<string>} texts
 * @returns {string[]}
 */
export function missing(lang, texts) {
  const table = tables.get(lang);
  return [...texts].filter((text) => !table?.has(text));
}
