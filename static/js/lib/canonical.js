// Canonical JSON (RFC 8785) with the protocol's narrowing: integers below 2^53 only, no U+0000, no lone surrogate, no repeated key.
import canonicalize from "canonicalize";

/** @typedef {null|boolean|number|string|Json[]|{[key: string]: Json}} Json */
/** @typedef {"bad_number"|"bad_string"|"duplicate_key"|"not_canonical"|"bad_shape"} CanonicalCode */

/** A value or text that has no canonical form; `code` says why. */
export class CanonicalError extends Error {
  /** @param {CanonicalCode} code @param {string} [detail] */
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "CanonicalError";
    this.code = code;
  }
}

// Under the u flag a pair is one character, so this finds lone surrogates only.
const LONE = /[\uD800-\uDFFF]/u;

/** @param {string} text */
function checkString(text) {
  if (text.includes("\u0000")) throw new CanonicalError("bad_string", "U+0000");
  if (LONE.test(text)) throw new CanonicalError("bad_string", "lone surrogate");
}

const MAX_DEPTH = 32;

/** @param {unknown} value @param {number} depth */
function check(value, depth = 0) {
  if (depth > MAX_DEPTH) throw new CanonicalError("bad_shape", "too deep");
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string") return checkString(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new CanonicalError("bad_number");
    return;
  }
  if (Array.isArray(value)) return value.forEach((item) => check(item, depth + 1));
  const plain = typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!plain) throw new CanonicalError("bad_shape", typeof value);
  for (const [key, member] of Object.entries(/** @type {object} */ (value))) {
    checkString(key);
    check(member, depth + 1);
  }
}

/**
 * The one text of a value. Throws CanonicalError.
 * @param {unknown} value JSON values only: no undefined, no Date, no class
 * @returns {string}
 */
export function canonical(value) {
  check(value);
  return /** @type {string} */ (canonicalize(value));
}

/**
 * The value of a text that must be canonical already. Throws CanonicalError.
 * @param {string} text
 * @returns {Json}
 */
export function parseCanonical(text) {
  const value = parseStrict(text);
  if (canonical(value) !== text) throw new CanonicalError("not_canonical");
  return value;
}

/**
 * JSON.parse that names what it does not take: repeated keys, fractions, exponents and numbers of 2^53 and more.
 * @param {string} text
 * @returns {Json}
 */
export function parseStrict(text) {
  try {
    JSON.parse(text);
  } catch {
    throw new CanonicalError("bad_shape");
  }
  try {
    const value = new Reader(text).value();
    check(value);
    return value;
  } catch (error) {
    if (error instanceof RangeError) throw new CanonicalError("bad_shape", "too deep");
    throw error;
  }
}

const TOKEN = /[ \t\r\n]*([{}[\]:,]|"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null)/y;

/** Reads text that JSON.parse has found well formed, so only what the protocol forbids is left to find. */
class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  /** @returns {string} the next token */
  next() {
    TOKEN.lastIndex = this.at;
    const found = TOKEN.exec(this.text);
    if (!found) throw new CanonicalError("bad_shape");
    this.at = TOKEN.lastIndex;
    return found[1] ?? "";
  }

  /** @returns {Json} */
  value(token = this.next()) {
    if (token === "{") return this.object();
    if (token === "[") return this.array();
    if (token[0] === '"' || token === "true" || token === "false" || token === "null") return JSON.parse(token);
    if (!/^-?[0-9]+$/.test(token)) throw new CanonicalError("bad_number", token);
    return Number(token) === 0 ? 0 : Number(token);
  }

  /** @returns {Json} */
  array() {
    const items = [];
    for (let token = this.next(); token !== "]"; token = this.next()) {
      if (token !== ",") items.push(this.value(token));
    }
    return items;
  }

  /** @returns {Json} */
  object() {
    /** @type {Map<string, Json>} */
    const members = new Map();
    for (let token = this.next(); token !== "}"; token = this.next()) {
      if (token === ",") continue;
      const key = JSON.parse(token);
      this.next();
      if (members.has(key)) throw new CanonicalError("duplicate_key", key);
      members.set(key, this.value());
    }
    return Object.fromEntries(members);
  }
}
