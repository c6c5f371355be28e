// Times are integer milliseconds UTC. A phone's clock may be wrong or jump; these helpers say what is still true then.

/**
 * A pair of clocks read at one moment: the server's time in an answer, the phone's when it came.
 * @typedef {{phone: number, server: number}} ClockPair
 */

/**
 * The server's time now, as well as the phone can tell.
 * @param {number} now phone clock, ms
 * @param {ClockPair|null} pair
 * @returns {number}
 */
export function serverNow(now, pair) {
  return pair ? now + pair.server - pair.phone : now;
}

/**
 * A time or whole number in a header; null when absent or no such number.
 * @param {string|null|undefined} text
 * @returns {number|null}
 */
export function headerInteger(text) {
  if (typeof text !== "string" || !/^[0-9]{1,16}$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/**
 * How long a Retry-After header asks to wait, in ms; null when absent or unreadable. A date is read against the answer's own
 * Date header, so that the phone's clock does not matter.
 * @param {string|null|undefined} header seconds or an HTTP date
 * @param {string|null|undefined} dateHeader
 * @param {number} now phone clock, ms; used only without a Date header
 * @returns {number|null}
 */
export function retryAfter(header, dateHeader, now) {
  if (!header) return null;
  if (/^\s*[0-9]+\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  if (Number.isNaN(at)) return null;
  const from = dateHeader ? Date.parse(dateHeader) : NaN;
  return Math.max(0, at - (Number.isNaN(from) ? now : from));
}

/**
 * Whether a wait is over: it is due, or the clock has gone back behind the moment it was set.
 * @param {{not_before: number, set_at: number}} wait
 * @param {number} now
 * @returns {boolean}
 */
export function isDue(wait, now) {
  return now >= wait.not_before || now < wait.set_at;
}
