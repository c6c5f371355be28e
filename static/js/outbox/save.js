// Save: seal, then one strict transaction writes record and clears its draft. When it is done, it is "Saved on this phone".
import { utf8 } from "../lib/b64.js";
import { canonical } from "../lib/canonical.js";
import { serverNow } from "../lib/clock.js";
import { VOID_AFTER } from "../lib/protocol.js";
import { OutboxError } from "./errors.js";
import { claimMedia, mediaOf } from "./media/rows.js";
import { readPerson, requirePerson } from "./person.js";
import { isEvidence, sealRecord } from "./seal.js";
import { serverIn, trustIn } from "./server.js";

/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Envelope} Envelope */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").KeyRow} KeyRow */
/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./types.js").Tag} Tag */
/** @typedef {import("./types.js").Writing} Writing */
/** @typedef {import("./store.js").Tx} Tx */
/** @typedef {{id: string, again: boolean}} Saved `again`: this draft was saved before, as this record; nothing was written now */

const ALERT_KINDS = new Set(["alert", "alert_cancel", "alert_details", "acknowledge"]);

/**
 * @param {string} kind
 * @returns {number} 0 alerts, 1 other operations, 2 evidence
 */
export function rankOf(kind) {
  return isEvidence(kind) ? 2 : ALERT_KINDS.has(kind) ? 0 : 1;
}

/**
 * The record that the server must have before this one makes sense to it.
 * @param {Writing} writing
 * @returns {string|null}
 */
function needsOf(writing) {
  if (writing.amends) return writing.amends.id;
  const alert = writing.kind === "alert_cancel" || writing.kind === "alert_details" ? writing.answers?.find((one) => one.path === "/alert")?.value : null;
  return typeof alert === "string" ? alert : null;
}

/**
 * An operation's void_after, where the screen gave none and it counts from now: by the server's clock, the phone's may be wrong.
 * @param {Writing} writing
 * @param {number} now server time, ms
 * @returns {Writing}
 */
function withVoidAfter(writing, now) {
  if (isEvidence(writing.kind) || writing.void_after !== undefined) return writing;
  const rule = Object.entries(VOID_AFTER).find(([kind]) => kind === writing.kind)?.[1];
  if (rule?.base !== "now") throw new OutboxError("bad_answer", "void_after");
  return { ...writing, void_after: now + rule.ms };
}

export class Saver {
  /**
   * @param {{effects: Effects, store: import("./store.js").Store, vault: import("./vault.js").Vault, keys: import("./keys.js").Keys,
   *   boxes: import("./boxes.js").Boxes, app: string}} parts
   */
  constructor(parts) {
    this.parts = parts;
  }

  /** Loads what the first save needs, so that it is fast: database, at-rest key, sealing. */
  async warm() {
    await Promise.all([this.parts.vault.key(), this.parts.effects.sealer()]);
  }

  /**
   * Saves one record of the person who wrote it. Throws OutboxError; then nothing was saved and the draft is still there.
   * @param {Writing} writing
   * @param {Person} person whose words these are, as the screen knows
   * @returns {Promise<Saved>}
   */
  async save(writing, person) {
    if (writing.kind === "check_in" && writing.shift !== undefined) await this.#rotate(writing, writing.shift, person);
    const named = await this.parts.boxes.named(person);
    const { again: before, key, around, media } = await this.parts.keys.take(person, (tx) => this.#look(tx, writing, named));
    if (before) return { id: before, again: true };
    if (!key) throw new OutboxError("storage_failed", "no key");
    const complete = withVoidAfter(await this.#withMedia(writing, media), serverNow(this.parts.effects.now(), around.clock));
    const { id, envelope } = await sealRecord(complete, person, key, around, this.parts.effects);
    return this.#keep(complete, person, key.row, id, envelope);
  }

  /**
   * With what was photographed, filmed or recorded for its draft: the digests in the body, all else sealed.
   * @param {Writing} writing
   * @param {import("./media/types.js").MediaRow[]} rows
   * @returns {Promise<Writing>}
   */
  async #withMedia(writing, rows) {
    return rows.length ? (await import("./media/index.js")).attach(writing, rows, this.parts.vault) : writing;
  }

  /**
   * A new shift, a new key; not for a draft that was saved before.
   * @param {Writing} writing
   * @param {string} shift
   * @param {Person} person
   */
  async #rotate(writing, shift, person) {
    const before = await this.parts.store.read(["drafts"], (tx) => savedBefore(tx, writing.draft));
    if (!before) await this.parts.keys.rotate(person, shift);
  }

  /**
   * What a record is written with, all in the transaction that takes its key: one instead of five before the words are sealed.
   * @param {Tx} tx over drafts, meta and media
   * @param {Writing} writing
   * @param {Person} named as boxes list them
   * @returns {Promise<{again: string|null, around: import("./seal.js").Surroundings, media: import("./media/types.js").MediaRow[]}>}
   */
  async #look(tx, writing, named) {
    const { boxes, app } = this.parts;
    const [again, trust, addresses, server, media] = await Promise.all([
      savedBefore(tx, writing.draft), trustIn(tx), boxes.addressesIn(tx, named), serverIn(tx), isEvidence(writing.kind) ? mediaOf(tx, writing.draft) : [],
    ]);
    if (!trust && !again) throw new OutboxError("not_enrolled");
    return { again, around: { log: trust?.log ?? "", app, boxes: writing.dispatch ? { ...addresses, dispatch: writing.dispatch } : addresses, clock: server.clock, checkpoint: server.checkpoint }, media };
  }

  /**
   * @param {Writing} writing
   * @param {Person} person
   * @param {KeyRow} key
   * @param {string} id
   * @param {Envelope} envelope
   * @returns {Promise<Saved>}
   */
  async #keep(writing, person, key, id, envelope) {
    const { effects, vault, store } = this.parts;
    const now = effects.now();
    /** @type {Tag} */
    const tag = {
      person: person.id, kind: writing.kind, key: key.kid, digest: envelope.digest, form: writing.form ?? null,
      form_hash: writing.form_hash ?? null, purpose: writing.purpose, shift: writing.shift ?? null,
      needs: needsOf(writing), saved_at: now, label: writing.label ?? null,
    };
    const text = JSON.stringify(envelope);
    const [lockedTag, body] = await Promise.all([vault.lock(`tag ${id}`, canonical(tag)), vault.lock(`body ${id}`, text)]);
    /** @type {Item} */
    const item = {
      id, rank: rankOf(writing.kind), order: 0, size: utf8(text).length, state: "waiting", code: null, tries: 0, not_before: 0, set_at: 0,
      void_after: isEvidence(writing.kind) ? null : (writing.void_after ?? 0), outcome: null, received_at: null, let_go_at: null, epoch: null,
      held: 0, tag: lockedTag,
    };
    return store.write(["items", "bodies", "drafts", "keys", "meta", "media"], async (tx) => {
      await requirePerson(tx, person);
      const order = await nextOrder(tx);
      const before = await closeDraft(tx, writing.draft, id, order);
      if (before) return { id: before, again: before !== id };
      if (await tx.objectStore("items").get(id)) return { id, again: false };
      if (isEvidence(writing.kind)) await claimMedia(tx, writing, id);
      await tx.objectStore("bodies").put({ id, ...body });
      await tx.objectStore("items").put({ ...item, order });
      await keepKey(tx, key, writing.kind === "alert" ? (writing.void_after ?? 0) : 0);
      return { id, again: false };
    });
  }
}

/**
 * @param {Tx} tx over drafts
 * @param {string|undefined} draft
 * @returns {Promise<string|null>} the record it became, if it did
 */
async function savedBefore(tx, draft) {
  return draft === undefined ? null : ((await tx.objectStore("drafts").get(draft))?.done ?? null);
}

/**
 * Marks a draft as saved; the mark stays, so that neither a late write of the draft nor a second tab makes a second record of it.
 * @param {Tx} tx over drafts
 * @param {string|undefined} draft
 * @param {string} id
 * @param {number} order of the record
 * @returns {Promise<string|null>} the record it became before, if it did
 */
async function closeDraft(tx, draft, id, order) {
  if (draft === undefined) return null;
  const drafts = tx.objectStore("drafts");
  const row = await drafts.get(draft);
  if (row?.done) return row.done;
  await drafts.put({ id: draft, done: id, order });
  return null;
}

/**
 * @param {Tx} tx over meta
 * @returns {Promise<number>}
 */
async function nextOrder(tx) {
  const meta = tx.objectStore("meta");
  const n = ((await meta.get("order"))?.n ?? 0) + 1;
  await meta.put({ k: "order", n });
  return n;
}

/**
 * The key stays known, with its proof, while something it signed is here; that of an alert may ask for its answer until the alert is void.
 * @param {Tx} tx over keys
 * @param {KeyRow} key as it was taken
 * @param {number} until
 */
async function keepKey(tx, key, until) {
  const row = /** @type {KeyRow} */ ((await tx.objectStore("keys").get(key.kid)) ?? { ...key, use: "retired", priv: null });
  await tx.objectStore("keys").put({ ...row, keep_until: Math.max(row.keep_until, until) });
}

/**
 * @param {import("./store.js").Store} store
 * @returns {Promise<Person>}
 */
export async function requireSignedIn(store) {
  const person = await readPerson(store);
  if (!person) throw new OutboxError("not_signed_in");
  return person;
}
