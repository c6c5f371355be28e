// Tells the server of this phone's keys ahead of use (POST /api/v1/device), each with a witness where there is a legal box.
import { encode } from "../lib/b64.js";
import { canonical } from "../lib/canonical.js";
import { serverNow } from "../lib/clock.js";
import { MAX_WAITING_KEYS, VERSION } from "../lib/protocol.js";
import { rowsOf } from "./keys.js";
import { padded } from "./seal.js";
import { serverIn } from "./server.js";
import { aliasOf } from "./vault.js";

/** @typedef {import("./types.js").KeyRow} KeyRow */
/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./seal.js").BoxAddress} BoxAddress */
/** @typedef {{jwk: import("./types.js").Jwk, proof: string, witness?: string}} OfferedKey */
/** @typedef {{device?: string, name: string, keys: OfferedKey[]}} DeviceRequest the body of POST /api/v1/device */
/** @typedef {{body: DeviceRequest, person: Person, witnessed: Set<string>}} Offer */

export class Registration {
  /** @param {{effects: import("./types.js").Effects, store: import("./store.js").Store, keys: import("./keys.js").Keys}} parts */
  constructor(parts) {
    this.parts = parts;
  }

  /**
   * What to tell the server now, or null when it knows all it needs.
   * @param {Person} person
   * @param {{name: string, fieldName: string}} called the device, and the person (for the witness alone)
   * @param {BoxAddress|undefined} legal
   * @returns {Promise<Offer|null>}
   */
  async offer(person, called, legal) {
    const { store, keys } = this.parts;
    const device = await this.device(person);
    if (device !== null && (await this.#enough(person, legal))) return null;
    await keys.fill(person);
    const rows = (await store.read(["keys"], (tx) => rowsOf(tx, person.id))).filter((row) => !row.registered || (legal && !row.witnessed));
    rows.sort((a, b) => Number(b.seq > 0) - Number(a.seq > 0));
    const told = rows.slice(0, MAX_WAITING_KEYS);
    if (!told.length) return null;
    const offered = await Promise.all(told.map((row) => this.#offered(row, person, called.fieldName, legal)));
    const witnessed = new Set(told.filter((_, i) => offered[i]?.witness).map((row) => row.kid));
    return { body: { ...(device === null ? {} : { device }), name: called.name, keys: offered }, person, witnessed };
  }

  /**
   * @param {Person} person
   * @param {BoxAddress|undefined} legal
   * @returns {Promise<boolean>} half the pool is ready, and the server has heard of every key
   */
  async #enough(person, legal) {
    const rows = await this.parts.store.read(["keys"], (tx) => rowsOf(tx, person.id));
    const spare = rows.filter((row) => row.use === "spare" && row.priv).length;
    return spare * 2 >= this.parts.keys.pool && rows.every((row) => row.registered && (row.witnessed || !legal));
  }

  /**
   * @param {KeyRow} row
   * @param {Person} person
   * @param {string} fieldName
   * @param {BoxAddress|undefined} legal
   * @returns {Promise<OfferedKey>}
   */
  async #offered(row, person, fieldName, legal) {
    const { effects, store } = this.parts;
    const { jwk, proof, kid } = row;
    if (!legal || row.witnessed) return { jwk, proof };
    const { clock } = await store.read(["meta"], serverIn);
    const registered_at = Math.floor(serverNow(effects.now(), clock));
    const text = canonical({ field_name: fieldName, key: kid, person: person.id, registered_at, v: VERSION });
    try {
      const seal = await effects.sealer();
      return { jwk, proof, witness: encode(await seal(legal.recipient, padded(text))) };
    } catch {
      return { jwk, proof }; // Sealing cannot be loaded now: the witness comes with a later offer, the key must not wait for it.
    }
  }

  /**
   * The server's answer to an offer.
   * @param {Offer} offer
   * @param {{device: string, keys: string[]}} answer
   */
  async accepted(offer, answer) {
    const row = await this.#row(offer.person);
    await this.parts.store.write(["meta"], (tx) => tx.objectStore("meta").put({ k: row, device: answer.device }));
    await this.parts.keys.registered(answer.keys, offer.witnessed);
  }

  /**
   * The server would not have an offer. A device that is gone or revoked is forgotten, with its keys, and the next offer makes another;
   * what its keys have signed is still sent.
   * @param {Offer} offer
   * @param {string} code of the error
   */
  async refused(offer, code) {
    if (code !== "not_found" && code !== "key_taken") return;
    const device = await this.#row(offer.person);
    await this.parts.store.write(["meta", "keys"], async (tx) => {
      await tx.objectStore("meta").delete(device);
      for (const row of await rowsOf(tx, offer.person.id)) {
        if (row.seq === 0) await tx.objectStore("keys").delete(row.kid);
        else await tx.objectStore("keys").put({ ...row, use: "retired", priv: null });
      }
    });
  }

  /**
   * @param {Person} person
   * @returns {Promise<string|null>} this phone's device id of theirs
   */
  async device(person) {
    const row = await this.#row(person);
    return this.parts.store.read(["meta"], async (tx) => (await tx.objectStore("meta").get(row))?.device ?? null);
  }

  /** @param {Person} person */
  async #row(person) {
    return `device ${await aliasOf(this.parts.effects, this.parts.store, person.id)}`;
  }
}
