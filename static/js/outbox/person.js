// Who is signed in on this phone. Nobody's record is ever written as someone else's.
import { OutboxError } from "./errors.js";

/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").Tx} Tx */

/**
 * @param {Tx} tx over meta
 * @returns {Promise<Person|null>}
 */
export async function personIn(tx) {
  const row = await tx.objectStore("meta").get("person");
  return row?.id ? { id: row.id, chapter: row.chapter, parents: row.parents ?? [], ...(row.welcome && { welcome: true }) } : null;
}

/**
 * @param {Store} store
 * @returns {Promise<Person|null>}
 */
export function readPerson(store) {
  return store.read(["meta"], personIn);
}

/**
 * Throws OutboxError person_changed when someone else has signed in, or nobody is, since the words were written.
 * @param {Tx} tx over meta
 * @param {Person} person
 */
export async function requirePerson(tx, person) {
  if ((await personIn(tx))?.id !== person.id) throw new OutboxError("person_changed");
}
