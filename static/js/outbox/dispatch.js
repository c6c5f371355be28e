// The dispatch box on a device: a reading key of its own, the day's box that a coordinator's browser makes and grants, and what is sealed with it
// (docs/protocol.md, section 8.2). Loaded when it is needed; nothing here touches the DOM or the network.
import { decode, encode, utf8 } from "../lib/b64.js";
import { canonical } from "../lib/canonical.js";
import { verifyFirst } from "../lib/manifest.js";
import { DOMAIN_BOX_MANIFEST, VERSION } from "../lib/protocol.js";
import { sign } from "../lib/sign.js";
import { rowsOf } from "./keys.js";
import { aliasOf } from "./vault.js";

/** @typedef {import("./index.js").Outbox} Outbox */
/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./types.js").Signed} Signed */
/** @typedef {import("./seal.js").BoxAddress} BoxAddress */
/** @typedef {{identity: string, recipient: string}} ReadingKey the private half stays on this device */
/** @typedef {{device: string, recipient: string}} Reader */
/** @typedef {{device: string, sealed: string}} Granted b64u */
/** @typedef {{details: {id: string, box: string, at: number, sealed: string}[], grants: (Granted & {box: string})[]}} Sealed what the server hands out */
/** @typedef {{where?: string, plate?: string, photo?: string, position?: {lat: number, lon: number, accuracy?: number}}} Said `photo`: b64u of a JPEG; position: microdegrees */
/** @typedef {{id: string, at: number, said: Said|null}} Opened null: not for this device, or not readable */

const SLOT = "reading";
const DISPATCH = "dispatch";
const age = () => import("age-encryption");

/**
 * This device's own reading key for a person, locked at rest like the outbox; null where there is none.
 * @param {Outbox} outbox @param {Person} person
 * @returns {Promise<ReadingKey|null>}
 */
export async function readingKey({ effects, store, vault }, person) {
  const row = await store.read(["meta"], (tx) => tx.objectStore("meta").get(SLOT));
  if (!row || row.person !== (await aliasOf(effects, store, person.id))) return null;
  return { identity: await vault.unlock(SLOT, row.locked), recipient: row.recipient };
}

/**
 * The reading key, made where there is none.
 * @param {Outbox} outbox @param {Person} person
 * @returns {Promise<ReadingKey>}
 */
export async function ownReadingKey(outbox, person) {
  const known = await readingKey(outbox, person);
  if (known) return known;
  const { generateHybridIdentity, identityToRecipient } = await age();
  const identity = await generateHybridIdentity();
  const recipient = await identityToRecipient(identity);
  const [alias, locked] = await Promise.all([aliasOf(outbox.effects, outbox.store, person.id), outbox.vault.lock(SLOT, identity)]);
  await outbox.store.write(["meta"], async (tx) => {
    const other = await tx.objectStore("meta").get(SLOT); // another tab may have been first
    if (other?.person !== alias) await tx.objectStore("meta").put({ k: SLOT, person: alias, recipient, locked });
  });
  return (await readingKey(outbox, person)) ?? { identity, recipient };
}

/**
 * @param {string} recipient
 * @param {string} text
 * @returns {Promise<string>} b64u of an age file
 */
async function sealText(recipient, text) {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encode(new Uint8Array(await encrypter.encrypt(utf8(text))));
}

/**
 * @param {string} identity
 * @param {string} sealed b64u of an age file
 * @returns {Promise<string>} throws when it is sealed to somebody else
 */
async function openText(identity, sealed) {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(decode(sealed), "text");
}

/**
 * A box's private key for each of these devices.
 * @param {string} identity the box's
 * @param {Reader[]} readers
 * @returns {Promise<Granted[]>}
 */
async function sealedTo(identity, readers) {
  const granted = [];
  for (const { device, recipient } of readers) granted.push({ device, sealed: await sealText(recipient, identity) });
  return granted;
}

/**
 * Today's box of a chapter: a new key pair, its manifest signed by a key of this device, the private half sealed to each reader. Null where the
 * server does not know this device by any key.
 * @param {Outbox} outbox @param {Person} person @param {string} device @param {string} chapter @param {Reader[]} readers
 * @returns {Promise<{manifest: Signed, grants: Granted[]}|null>}
 */
export async function newBox(outbox, person, device, chapter, readers) {
  const rows = (await outbox.store.read(["keys"], (tx) => rowsOf(tx, person.id))).filter((row) => row.registered && row.priv);
  const key = rows.find((row) => row.use === "current") ?? rows[0];
  if (!key?.priv) return null;
  const { generateHybridIdentity, identityToRecipient } = await age();
  const [own, identity] = await Promise.all([ownReadingKey(outbox, person), generateHybridIdentity()]);
  const text = canonical({
    box: encode(outbox.effects.bytes(16)), chapter, created_at: outbox.effects.now(), holders: [{ holder: device, recipient: own.recipient, sign: key.jwk }],
    previous: null, purpose: DISPATCH, recipient: await identityToRecipient(identity), successor: null, type: "box_manifest", v: VERSION, version: 1,
  });
  return { manifest: { text, sig: await sign(key.priv, DOMAIN_BOX_MANIFEST, text, outbox.effects.subtle) }, grants: await sealedTo(identity, readers) };
}

/**
 * The key of a box that this device may open, sealed to more devices; none where it may not.
 * @param {ReadingKey} key @param {string} device @param {Granted[]} own @param {Reader[]} missing
 * @returns {Promise<Granted[]>}
 */
export async function moreGrants(key, device, own, missing) {
  const mine = own.find((one) => one.device === device);
  return mine ? sealedTo(await openText(key.identity, mine.sealed), missing) : [];
}

/**
 * Where the raiser's phone seals to: a box of the day of their chapter or of one above it, signed by who made it; null for anything else.
 * @param {unknown} signed @param {Person} person @param {SubtleCrypto} [subtle]
 * @returns {Promise<BoxAddress|null>}
 */
export async function addressOf(signed, { chapter, parents = [] }, subtle) {
  const verdict = signed ? await verifyFirst(/** @type {Signed} */ (signed), null, subtle) : null;
  if (!verdict?.ok) return null;
  const { purpose, box, recipient, successor, chapter: of } = verdict.manifest;
  return purpose === DISPATCH && successor === null && [chapter, ...parents].includes(of) ? { box, recipient } : null;
}

/**
 * What was sealed about an alert, opened with this device's own key; each part by itself.
 * @param {Sealed} sealed @param {ReadingKey|null} key @param {string} device
 * @returns {Promise<Opened[]>}
 */
export async function openDetails({ details, grants }, key, device) {
  /** @type {Map<string, Promise<string>>} */
  const boxes = new Map();
  for (const one of grants) if (key && one.device === device) boxes.set(one.box, openText(key.identity, one.sealed));
  return Promise.all(details.map(async ({ id, at, box, sealed }) => {
    try {
      const identity = await boxes.get(box);
      return { id, at, said: identity ? read(await openText(identity, sealed)) : null };
    } catch {
      return { id, at, said: null };
    }
  }));
}

/** @param {string} text of triples @returns {Said|null} */
function read(text) {
  const triples = JSON.parse(text);
  const found = Array.isArray(triples) ? triples.find((one) => Array.isArray(one) && one[1] === "/details")?.[2] : null;
  if (!found || typeof found !== "object") return null;
  const { where, plate, photo, position } = found;
  const text_ = (/** @type {unknown} */ one) => (typeof one === "string" && one ? one : undefined);
  const spot = position && Number.isSafeInteger(position.lat) && Number.isSafeInteger(position.lon) ? { lat: position.lat, lon: position.lon } : undefined;
  const said = { where: text_(where), plate: text_(plate), photo: text_(photo), position: spot };
  return /** @type {Said} */ (Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)));
}
