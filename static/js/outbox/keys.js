// This phone's signing keys: a pool per person, made and registered ahead, one in use, a new one with each shift, old ones deleted.
import { encode } from "../lib/b64.js";
import { canonical } from "../lib/canonical.js";
import { DOMAIN_DEVICE_KEY, DOMAIN_NOTICE, VERSION } from "../lib/protocol.js";
import { generate, sign, thumbprint } from "../lib/sign.js";
import { personIn, readPerson, requirePerson } from "./person.js";
import { aliasOf } from "./vault.js";

/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").KeyRow} KeyRow */
/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Tx} Tx */
/** @typedef {{kid: string, privateKey: CryptoKey, seq: number, row: KeyRow}} Taken */

/** Spare keys to hold ready: a shift each, so a fortnight without network at least. */
const POOL = 16;
/** A key that its person no longer uses is forgotten after this, witness or not (the server forgets whose it was then, too). */
const WITNESS_MS = 30 * 86400000;

/**
 * @param {Tx} tx over keys
 * @param {string} person
 * @returns {Promise<KeyRow[]>} oldest first
 */
export async function rowsOf(tx, person) {
  const all = /** @type {KeyRow[]} */ (await tx.objectStore("keys").getAll());
  return all.filter((row) => row.person === person).sort((a, b) => a.made_at - b.made_at || (a.kid < b.kid ? -1 : 1));
}

/**
 * Takes the private key of a row away, unless an alert still needs it. The row stays, with the proof: a restored server may have to be
 * told of the key again before it takes what the key signed.
 * @param {Tx} tx over keys
 * @param {KeyRow} row
 * @param {number} now
 */
function retire(tx, row, now) {
  return tx.objectStore("keys").put({ ...row, use: "retired", priv: row.keep_until > now ? row.priv : null });
}

/**
 * A person leaves the phone: their private keys go, at once. What has signed stays listed, under their alias.
 * @param {Tx} tx over keys
 * @param {string} person
 * @param {string} alias
 */
async function dropKeysOf(tx, person, alias) {
  for (const row of await rowsOf(tx, person)) {
    if (row.seq > 0) await tx.objectStore("keys").put({ ...row, person: alias, use: "retired", priv: null, keep_until: 0 });
    else await tx.objectStore("keys").delete(row.kid);
  }
}

/**
 * Signs a person in on this phone, or out (null). Whoever leaves takes the power to sign with them: their private keys are deleted. What
 * they saved stays signed by their own key and is still sent as theirs.
 * @param {Effects} effects
 * @param {Store} store
 * @param {Person|null} person
 * @param {boolean} welcome a passkey was used here to sign them in; that counts until they leave
 */
export async function setPerson(effects, store, person, welcome) {
  const was = await readPerson(store);
  const [left, came] = await Promise.all([was, person].map((one) => (one ? aliasOf(effects, store, one.id) : "")));
  await store.write(["meta", "keys"], async (tx) => {
    const before = await personIn(tx);
    if (before && before.id !== person?.id) await dropKeysOf(tx, before.id, (before.id === was?.id && left) || before.id);
    if (before && before.id !== person?.id) await tx.objectStore("meta").delete("reading"); // with which they read details of alerts (dispatch.js)
    if (person) for (const row of await rowsOf(tx, came ?? "")) await tx.objectStore("keys").put({ ...row, person: person.id });
    const { id, chapter, parents } = person ?? { id: null, chapter: null, parents: [] };
    const known = welcome || (before?.id === id && before?.welcome);
    await tx.objectStore("meta").put({ k: "person", id, chapter, parents: parents ?? [], ...(known && { welcome: true }) });
  });
}

export class Keys {
  /** @param {Effects} effects @param {Store} store @param {number} [pool] spare keys to hold ready */
  constructor(effects, store, pool = POOL) {
    this.effects = effects;
    this.store = store;
    this.pool = pool;
    /** @type {string|null} the key taken last: looked at first, so that the whole pool need not be read for each record */
    this.last = null;
  }

  /**
   * A new key of a person, with the proof made now: later the private key may be gone.
   * @param {string} person
   * @returns {Promise<KeyRow>}
   */
  async #make(person) {
    const { subtle } = this.effects;
    const { privateKey, jwk } = await generate(subtle);
    const kid = await thumbprint(jwk, subtle);
    const proof = await sign(privateKey, DOMAIN_DEVICE_KEY, canonical({ key: kid, person, v: VERSION }), subtle);
    const made_at = this.effects.now();
    return { kid, person, jwk, proof, priv: privateKey, use: "spare", registered: false, witnessed: false, shift: null, seq: 0, made_at, keep_until: 0 };
  }

  /**
   * The key to sign the next record with, and that record's sequence number, taken in one transaction with what else `beside` reads in it.
   * Offline, with no registered key left, a new one is made: the server will know it after the next sign-in. No key is taken where
   * `beside` says `again`.
   * @template {{again: string|null}} T
   * @param {Person} person
   * @param {(tx: Tx) => Promise<T>} beside over drafts, meta and media
   * @returns {Promise<T & {key: Taken|null}>}
   */
  async take(person, beside) {
    const found = await this.#take(person, null, beside);
    return found.key || found.again ? found : this.#take(person, await this.#make(person.id), beside);
  }

  /**
   * @template {{again: string|null}} T
   * @param {Person} person
   * @param {KeyRow|null} fresh
   * @param {(tx: Tx) => Promise<T>} beside
   * @returns {Promise<T & {key: Taken|null}>}
   */
  async #take(person, fresh, beside) {
    return this.store.write(["drafts", "keys", "meta", "media"], async (tx) => {
      const found = await beside(tx);
      if (found.again) return { ...found, key: null };
      await requirePerson(tx, person);
      const row = (await this.#lastOf(tx, person)) ?? (await this.#choose(tx, person)) ?? fresh;
      if (!row?.priv) return { ...found, key: null };
      const taken = /** @type {KeyRow} */ ({ ...row, use: "current", seq: row.seq + 1 });
      await tx.objectStore("keys").put(taken);
      this.last = row.kid;
      return { ...found, key: { kid: row.kid, privateKey: row.priv, seq: taken.seq, row: taken } };
      // Relaxed: the record's own strict transaction follows on the same disk; a number lost before it was never used.
    }, "relaxed");
  }

  /** @param {Tx} tx @param {Person} person @returns {Promise<KeyRow|null>} the key taken last, if it is still theirs and in use */
  async #lastOf(tx, person) {
    const row = /** @type {KeyRow|undefined} */ (this.last === null ? undefined : await tx.objectStore("keys").get(this.last));
    return row?.person === person.id && row.use === "current" && row.priv ? row : null;
  }

  /** @param {Tx} tx @param {Person} person @returns {Promise<KeyRow|undefined>} the key in use, else a registered one, else any */
  async #choose(tx, person) {
    const rows = (await rowsOf(tx, person.id)).filter((row) => row.priv && row.use !== "retired");
    return rows.find((one) => one.use === "current") ?? rows.find((one) => one.registered) ?? rows[0];
  }

  /**
   * Takes a new key into use for a shift and deletes the private key of the one before. Does nothing a second time for the
   * same shift, or while no registered spare is there.
   * @param {Person} person
   * @param {string} shift
   * @returns {Promise<boolean>} whether it rotated
   */
  async rotate(person, shift) {
    return this.store.write(["keys", "meta"], async (tx) => {
      await requirePerson(tx, person);
      const rows = await rowsOf(tx, person.id);
      const current = rows.find((row) => row.use === "current");
      const spare = rows.find((row) => row.use === "spare" && row.registered && row.priv);
      if (!spare || current?.shift === shift) return false;
      if (current) await retire(tx, current, this.effects.now());
      await tx.objectStore("keys").put({ ...spare, use: "current", shift });
      return true;
    });
  }

  /**
   * Makes spare keys until the pool is full.
   * @param {Person} person
   */
  async fill(person) {
    const rows = await this.store.read(["keys"], (tx) => rowsOf(tx, person.id));
    const spare = rows.filter((row) => row.use === "spare" && row.priv).length;
    const made = await Promise.all(Array.from({ length: Math.max(0, this.pool - spare) }, () => this.#make(person.id)));
    if (!made.length) return;
    await this.store.write(["keys", "meta"], async (tx) => {
      await requirePerson(tx, person);
      const now = (await rowsOf(tx, person.id)).filter((row) => row.use === "spare" && row.priv).length; // Another tab may have filled it.
      for (const row of made.slice(0, Math.max(0, this.pool - now))) await tx.objectStore("keys").put(row);
    });
  }

  /**
   * The server has these keys, and the witnesses of those in `witnessed`. What was waiting for a sign-in may be offered again.
   * @param {string[]} kids
   * @param {Set<string>} witnessed
   */
  async registered(kids, witnessed) {
    await this.store.write(["keys", "items"], async (tx) => {
      const keys = tx.objectStore("keys");
      for (const kid of kids) {
        const row = /** @type {KeyRow|undefined} */ (await keys.get(kid));
        if (row) await keys.put({ ...row, registered: true, witnessed: row.witnessed || witnessed.has(kid) });
      }
      const items = tx.objectStore("items");
      for (const item of /** @type {Item[]} */ (await items.index("state").getAll("sign_in"))) {
        await items.put({ ...item, state: "waiting", code: null, not_before: 0, set_at: 0 });
      }
    });
  }

  /**
   * Deletes private keys whose alert is over, and retired keys that nothing needs any more.
   * @param {Set<string>} needed keys that signed something of which the phone still holds the original
   */
  async prune(needed) {
    const now = this.effects.now();
    await this.store.write(["keys"], async (tx) => {
      const keys = tx.objectStore("keys");
      for (const row of /** @type {KeyRow[]} */ (await keys.getAll())) {
        if (row.use !== "retired" || (row.priv && row.keep_until > now)) continue;
        const told = row.registered && (row.witnessed || now - row.made_at > WITNESS_MS);
        if (told && !needed.has(row.kid)) await keys.delete(row.kid);
        else if (row.priv) await keys.put({ ...row, priv: null });
      }
    });
  }

  /**
   * A signed request for the notice door: for a notice that a push announced, or for the answer to an alert of one's own.
   * @param {Person} person
   * @param {{notice: string}|{alert: string, key: string}} what `key` is the one that raised the alert
   * @returns {Promise<{text: string, sig: string}|null>} null when that key is gone
   */
  async signNotice(person, what) {
    const rows = await this.store.read(["keys"], (tx) => rowsOf(tx, person.id));
    const row = rows.find((one) => ("alert" in what ? one.kid === what.key : one.use === "current")) ??
      ("alert" in what ? undefined : rows.find((one) => one.registered && one.priv));
    if (!row?.priv) return null;
    const name = "alert" in what ? { alert: what.alert } : { notice: what.notice };
    const text = canonical({ ...name, key: row.kid, nonce: encode(this.effects.bytes(16)), type: "notice", v: VERSION });
    return { text, sig: await sign(row.priv, DOMAIN_NOTICE, text, this.effects.subtle) };
  }

  /**
   * A key that the server knows this phone by: the one in use, else a spare.
   * @param {Person} person
   * @returns {Promise<string|null>}
   */
  async known(person) {
    const rows = (await this.store.read(["keys"], (tx) => rowsOf(tx, person.id))).filter((row) => row.registered && row.priv);
    return (rows.find((row) => row.use === "current") ?? rows[0])?.kid ?? null;
  }

  /**
   * @param {Person} person
   * @returns {Promise<{spare: number, registered: boolean}>} spare registered keys, and whether the one in use is registered
   */
  async state(person) {
    const rows = await this.store.read(["keys"], (tx) => rowsOf(tx, person.id));
    const spare = rows.filter((row) => row.use === "spare" && row.registered && row.priv).length;
    return { spare, registered: rows.some((row) => row.use === "current" && row.registered) };
  }
}
