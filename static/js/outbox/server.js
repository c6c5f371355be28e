// What the phone believes of the server: pinned root and server keys, epoch, clock, newest checkpoint, how far backups reach.
import { headerInteger } from "../lib/clock.js";
import { decode, utf8 } from "../lib/b64.js";
import * as p from "../lib/protocol.js";
import { certifiedKeys } from "../lib/receipt.js";
import { publicJwk } from "../lib/sign.js";
import { OutboxError } from "./errors.js";

/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Heard} Heard */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").ServerState} ServerState */
/** @typedef {import("./types.js").Trust} Trust */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Tx} Tx */

/** @type {ServerState} */
const NOTHING = { epochs: [], backups: false, through: null, clock: null, checkpoint: null, heard_at: null };

/**
 * @param {Tx} tx over meta
 * @returns {Promise<ServerState>}
 */
export async function serverIn(tx) {
  const row = await tx.objectStore("meta").get("server");
  return row ? row.state : NOTHING;
}

/**
 * @param {Tx} tx over meta
 * @param {ServerState} state
 */
export async function putServer(tx, state) {
  await tx.objectStore("meta").put({ k: "server", state });
}

/**
 * The Fieldapp headers of an answer.
 * @param {{get: (name: string) => string|null}} headers
 * @returns {Heard}
 */
export function hear(headers) {
  const encoded = headers.get(p.HEADER_CHECKPOINT);
  let checkpoint = null;
  try {
    checkpoint = encoded ? new TextDecoder("utf-8", { fatal: true }).decode(decode(encoded)) : null;
  } catch {
    // A checkpoint that cannot be read is none.
  }
  const epoch = headers.get(p.HEADER_EPOCH);
  return {
    time: headerInteger(headers.get(p.HEADER_TIME)),
    epoch: epoch && /^[A-Za-z0-9_-]{1,40}$/.test(epoch) ? epoch : null,
    checkpoint: checkpoint && utf8(checkpoint).length <= 4096 ? checkpoint : null,
    through: headerInteger(headers.get(p.HEADER_BACKED_UP_THROUGH)),
  };
}

/**
 * What is known after an answer that can be trusted. An answer of an epoch that has passed is stale: it says nothing of the server
 * that is there now. A new epoch forgets how far the old one's backups reached.
 * @param {ServerState} state
 * @param {Heard} heard
 * @param {number} now
 * @returns {{state: ServerState, stale: boolean, newEpoch: boolean}}
 */
export function fold(state, heard, now) {
  const current = state.epochs.at(-1) ?? null;
  if (heard.epoch !== null && heard.epoch !== current && state.epochs.includes(heard.epoch)) return { state, stale: true, newEpoch: false };
  const fresh = heard.epoch !== null && heard.epoch !== current;
  const through = fresh ? heard.through : later(state.through, heard.through);
  return {
    state: {
      epochs: fresh ? [...state.epochs, /** @type {string} */ (heard.epoch)] : state.epochs,
      backups: state.backups || heard.through !== null,
      through,
      clock: heard.time === null ? state.clock : { phone: now, server: heard.time },
      checkpoint: heard.checkpoint ?? state.checkpoint,
      heard_at: now,
    },
    stale: false,
    newEpoch: fresh && current !== null,
  };
}

/**
 * @param {number|null} a
 * @param {number|null} b
 * @returns {number|null}
 */
function later(a, b) {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/**
 * Whether the original of a received record must stay on the phone: until a backup of the epoch that confirmed it holds it. An operation
 * that was not applied, or is past its void_after by the server's own clock, can do nothing more.
 * @param {Item} item received
 * @param {ServerState} state
 * @returns {boolean}
 */
export function mustHold(item, state) {
  if (!state.backups) return false;
  if (item.void_after !== null && (item.outcome !== "stored" || (state.clock?.server ?? 0) > item.void_after)) return false;
  const safe = item.epoch === state.epochs.at(-1) && item.received_at !== null && state.through !== null && state.through > item.received_at;
  return !safe;
}

/**
 * A restored server may have forgotten keys that it had: all are told again at the next sign-in.
 * @param {Tx} tx over keys
 */
async function tellKeysAgain(tx) {
  const keys = tx.objectStore("keys");
  for (const row of await keys.getAll()) await keys.put({ ...row, registered: false, witnessed: false });
}

/**
 * After something was heard: lets go of originals that are safe now, and offers again what a new epoch may lack.
 * @param {Tx} tx over items, bodies and keys
 * @param {ServerState} state
 * @param {boolean} newEpoch
 */
export async function settleHeld(tx, state, newEpoch) {
  if (newEpoch) await tellKeysAgain(tx);
  const items = tx.objectStore("items");
  for (const item of /** @type {Item[]} */ (await items.index("state").getAll("received"))) {
    if (!item.held) continue;
    if (!mustHold(item, state)) {
      await tx.objectStore("bodies").delete(item.id);
      await items.put({ ...item, held: 0 });
    } else if (newEpoch) {
      await items.put({ ...item, state: "waiting", code: "new_epoch", tries: 0, not_before: 0, set_at: 0, held: 0 });
    }
  }
}

/**
 * Hears an answer outside of a sync, such as the snapshot's, whose shape the caller has checked.
 * @param {Store} store
 * @param {Effects} effects
 * @param {Heard} heard
 */
export async function note(store, effects, heard) {
  const now = effects.now();
  await store.write(["meta", "keys", "items", "bodies"], async (tx) => {
    const folded = fold(await serverIn(tx), heard, now);
    if (folded.stale) return;
    await putServer(tx, folded.state);
    await settleHeld(tx, folded.state, folded.newEpoch);
  });
}

/**
 * Pins the installation's root at enrolment, and takes log origin and server keys from a welcome or snapshot. Throws OutboxError
 * root_changed when the root is another than the one pinned: then nothing is changed.
 * @param {Store} store
 * @param {Trust} trust
 */
export async function setTrust(store, trust) {
  const root = publicJwk(trust.root);
  await store.write(["meta", "items"], async (tx) => {
    const meta = tx.objectStore("meta");
    const known = (await meta.get("trust"))?.trust;
    if (known && (known.root.x !== root.x || known.root.y !== root.y)) throw new OutboxError("root_changed");
    await meta.put({ k: "trust", trust: { log: trust.log, root, server_keys: trust.server_keys, log_key: trust.log_key } });
    const items = tx.objectStore("items");
    for (const item of /** @type {Item[]} */ (await items.index("state").getAll("waiting"))) {
      if (item.code === "unknown_server_key") await items.put({ ...item, code: null, not_before: 0, set_at: 0 });
    }
  });
}

/**
 * @param {Store} store
 * @returns {Promise<Trust|null>}
 */
export async function readTrust(store) {
  return store.read(["meta"], trustIn);
}

/**
 * @param {Tx} tx over meta
 * @returns {Promise<Trust|null>}
 */
export async function trustIn(tx) {
  return (await tx.objectStore("meta").get("trust"))?.trust ?? null;
}

/** Server keys under the pinned root, verified once per set of certificates. */
export class ServerKeyring {
  /** @param {Effects} effects @param {Store} store */
  constructor(effects, store) {
    this.effects = effects;
    this.store = store;
    this.cached = { of: "", keys: /** @type {import("../lib/receipt.js").ServerKeys} */ (new Map()) };
  }

  /** @returns {Promise<import("../lib/receipt.js").ServerKeys>} empty before enrolment */
  async keys() {
    const trust = await readTrust(this.store);
    if (!trust) return new Map();
    const of = JSON.stringify([trust.root, trust.server_keys]);
    if (this.cached.of !== of) this.cached = { of, keys: await certifiedKeys(trust.server_keys, trust.root, this.effects.subtle) };
    return this.cached.keys;
  }
}
