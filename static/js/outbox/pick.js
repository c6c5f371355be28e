// What to send next: alerts, then other operations in the order they were made, then evidence in shuffled order.
import { isDue } from "../lib/clock.js";
import { MAX_BATCH_BYTES } from "../lib/protocol.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Tag} Tag */

const OVERHEAD_BYTES = 64;
/** A record that the server has failed on this often does not hold up those behind it any longer. */
const BLOCKING_TRIES = 5;

/**
 * The records that may go now, of the most urgent rank that has any, in sending order.
 * @param {Item[]} items not received
 * @param {Map<string, Tag>} tags
 * @param {number} now
 * @param {() => number} unit random in [0, 1)
 * @returns {Item[]}
 */
export function ready(items, tags, now, unit) {
  const sorted = [...items].sort((a, b) => a.order - b.order);
  const pending = new Set(sorted.filter(holdsUp).map((one) => one.id));
  const free = unblocked(sorted, tags, now).filter((one) => !pending.has(tags.get(one.id)?.needs ?? ""));
  for (const rank of [0, 1]) {
    const group = free.filter((one) => one.rank === rank);
    if (group.length) return group;
  }
  return shuffled(free, unit);
}

/**
 * @param {Item} item not received
 * @returns {boolean} whether what builds on it should wait for it
 */
function holdsUp(item) {
  return item.state === "sign_in" || (item.state === "waiting" && item.tries < BLOCKING_TRIES);
}

/**
 * Those that are due, without operations on a shift behind one that has to wait: a release must not overtake its claim.
 * @param {Item[]} sorted by order
 * @param {Map<string, Tag>} tags
 * @param {number} now
 * @returns {Item[]}
 */
function unblocked(sorted, tags, now) {
  const blocked = new Set();
  return sorted.filter((item) => {
    const tag = tags.get(item.id);
    const lane = item.rank < 2 && tag?.shift ? `${tag.person} ${tag.shift}` : null;
    const free = tag !== undefined && item.state !== "sign_in" && isDue(item, now) && !blocked.has(lane);
    if (!free && lane && holdsUp(item)) blocked.add(lane);
    return free;
  });
}

/**
 * @template T
 * @param {T[]} list
 * @param {() => number} unit
 * @returns {T[]} a shuffled copy (Fisher-Yates)
 */
export function shuffled(list, unit) {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(unit() * (i + 1));
    [out[i], out[j]] = [/** @type {T} */ (out[j]), /** @type {T} */ (out[i])];
  }
  return out;
}

/** Alerts in one request: a server takes no more of them from an address that sent too much (docs/protocol.md 3.2). */
const ALERTS = 8;

/**
 * As many as one request takes.
 * @param {Item[]} items in sending order, of one rank
 * @param {number} limit records
 * @returns {Item[]}
 */
export function batch(items, limit) {
  const most = items[0]?.rank === 0 ? Math.min(limit, ALERTS) : limit;
  let bytes = OVERHEAD_BYTES;
  let n = 0;
  for (const item of items) {
    bytes += item.size + 1;
    if (n >= most || (n > 0 && bytes > MAX_BATCH_BYTES)) break;
    n += 1;
  }
  return items.slice(0, n);
}

/**
 * When something that waits will be due, or null when nothing waits for time alone.
 * @param {Item[]} items not received
 * @param {number} now
 * @returns {number|null} ms from now
 */
export function nextDue(items, now) {
  const times = items.filter((one) => one.state !== "sign_in" && one.not_before < Number.MAX_SAFE_INTEGER);
  return times.length ? Math.min(...times.map((one) => (isDue(one, now) ? 0 : one.not_before - now))) : null;
}
