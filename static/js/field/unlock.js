// The ceremony's side of a person's own key: what a passkey's PRF wraps and opens. Loaded when it is needed; it works without network.
import { decode, encode } from "../lib/b64.js";
import { t } from "../lib/i18n.js";
import { askPrf, openWith, PrfMissing, prfOf, sealWith, wrappingKey } from "../lib/prf.js";
import { heldBy, meet, openRing, take } from "./key.js";
import { readRings, writeRings } from "./keep.js";
import { outbox } from "./outbox.js";
import { makePair, openSealed } from "./sealed.js";
import { set, state } from "./state.js";

/** @typedef {import("../lib/prf.js").Bytes} Bytes */
/** @typedef {import("./keep.js").Ring} Ring */
/** @typedef {import("./keep.js").Wrap} Wrap */
/** @typedef {import("../lib/prf.js").Used} Used */

const INFO = "fieldapp/phone-key/v1";
const CHANGE = "fieldapp-rings";

/** @param {() => Promise<void>} work one tab at a time: two that sign in at once must not lose each other's keys */
const alone = (work) => (navigator.locks ? navigator.locks.request(CHANGE, work) : work());

/** @returns {Promise<string>} this phone's salt (b64u): one for all its ceremonies, so that the one that signs in unlocks too */
async function phoneSalt() {
  await alone(async () => {
    const rings = await readRings();
    if (!rings.salt) await writeRings({ ...rings, salt: encode(crypto.getRandomValues(new Uint8Array(32))) });
  });
  return (await readRings()).salt;
}

/**
 * The server's options with the question for the PRF. A phone that cannot keep a salt asks without.
 * @template {{extensions?: object}} T
 * @param {T} options
 * @returns {Promise<{options: T, salt: string}>}
 */
export async function asking(options) {
  const salt = await phoneSalt().catch(() => "");
  return { options: salt ? { ...options, extensions: { ...options.extensions, ...prfOf(decode(salt)) } } : options, salt };
}

/** The server calls a passkey by another person than this phone knows it by. */
export class StrangeWelcome extends Error {}

/**
 * Before a welcome is taken. Throws StrangeWelcome: the passkey has opened another person's things here.
 * @param {string} person
 * @param {Used} used
 */
export async function mustOwn(person, used) {
  const { rings } = await readRings();
  const owners = rings.filter(({ wraps }) => wraps.some(({ credential }) => credential === used.credential));
  if (owners.length && !owners.some((one) => one.person === person)) throw new StrangeWelcome();
}

/**
 * After signing in: the passkey that was used opens the person's key, or one is made. Without a PRF this phone's own key serves, as before.
 * @param {import("./types.js").Person} person
 * @param {Used} used
 */
export async function settle(person, used) {
  if (!heldBy(person.id)) await meet(person); // an earlier page may have handed it over
  if (used.secret) await alone(() => accept(person.id, used));
  else if (!heldBy(person.id)) await alone(() => withoutPasskey(person.id));
  await meet(person);
}

/** @param {string} person */
async function withoutPasskey(person) {
  const rings = await readRings();
  if (rings.current[person]) await writeRings({ ...rings, current: { ...rings.current, [person]: "" } });
}

/** @param {string} person @param {Used} used */
async function accept(person, used) {
  const kek = await wrappingKey(/** @type {ArrayBuffer} */ (used.secret), INFO);
  const { salt, current, rings } = await readRings();
  const theirs = rings.filter((one) => one.person === person).sort((a, b) => Number(b.id === current[person]) - Number(a.id === current[person]));
  const found = await openedBy(theirs, used, kek);
  const held = heldBy(person);
  const before = held && theirs.find((one) => one.id === held.ring);
  /** @type {{ring: Ring, raw: Bytes}} */
  let now;
  if (held && before && before !== found?.ring) {
    now = { ring: before, raw: await openWith(held.key, before.self) }; // unlocked already: this passkey opens it too from now on
    if (found) outbox.drafts.open(found.ring.id, await imported(found.raw));
  } else now = found ?? (await fresh(person));
  const wraps = now.ring.wraps.filter((one) => one.credential !== used.credential);
  const key = await imported(now.raw);
  const ring = { ...now.ring, wraps: [...wraps, await wrapped(kek, now.raw, used)], seal: now.ring.seal ?? (await makePair(key)) };
  now.raw.fill(0);
  await writeRings({ salt, current: { ...current, [person]: ring.id }, rings: [...rings.filter((one) => one.id !== ring.id), ring] });
  await openSealed(ring, key).catch(() => undefined); // those that cannot be opened now stay sealed
  await take({ person, ring: ring.id, key });
}

/** @param {Ring[]} rings @param {Used} used @param {CryptoKey} kek @returns {Promise<{ring: Ring, raw: Bytes}|null>} */
async function openedBy(rings, used, kek) {
  for (const ring of rings) {
    const wrap = ring.wraps.find((one) => one.credential === used.credential && one.salt === used.salt);
    const raw = wrap && (await openWith(kek, wrap.data).catch(() => null));
    if (raw) return { ring, raw };
  }
  return null;
}

/** @param {string} person @returns {Promise<{ring: Ring, raw: Bytes}>} */
async function fresh(person) {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  return { ring: { id: crypto.randomUUID(), person, self: await sealWith(await imported(raw), raw), wraps: [] }, raw };
}

/** @param {Bytes} raw @returns {Promise<CryptoKey>} that cannot be exported */
const imported = (raw) => crypto.subtle.importKey("raw", raw, { name: "AES-GCM" }, false, ["encrypt", "decrypt"]);

/** @param {CryptoKey} kek @param {Bytes} raw @param {Used} used @returns {Promise<Wrap>} */
async function wrapped(kek, raw, { credential, salt, transports }) {
  return { credential, salt, data: await sealWith(kek, raw), used_at: Date.now(), transports };
}

/** Unlocks with a passkey that was used here before. Says in the state what went wrong. */
export async function unlock() {
  const { person } = state;
  if (!person || state.busy) return;
  set({ busy: "unlock", lockFault: "" });
  try {
    await open(person);
  } catch (error) {
    set({ lockFault: whyLocked(error) });
  } finally {
    set({ busy: "" });
  }
}

/** @param {import("./types.js").Person} person */
async function open(person) {
  const { rings, salt } = await readRings();
  const wraps = rings.filter((one) => one.person === person.id && one.id !== openRing()).flatMap((one) => one.wraps);
  const asked = wraps.map(({ credential, salt: own, transports }) => ({ id: credential, salt: own, transports }));
  if (!asked.length) throw new PrfMissing();
  const { credential, secret } = await askPrf(decode(salt), asked);
  const wrap = wraps.find((one) => one.credential === credential);
  const used = { credential, salt: wrap?.salt ?? salt, secret, transports: wrap?.transports ?? [] };
  if (!wrap || !(await openedBy(rings, used, await wrappingKey(secret, INFO)))) throw new PrfMissing();
  await alone(() => accept(person.id, used));
}

/** @param {unknown} error @returns {string} what happened, what is safe, what to do */
function whyLocked(error) {
  const name = /** @type {{name?: string}} */ (error).name;
  if (name === "NotAllowedError" || name === "AbortError") return t("The passkey was not used. All of it is still here, locked. Try again when you are ready.");
  return t("This passkey does not open it. All of it is still here, locked. Use the passkey that you signed in with on this phone, or sign in again.");
}
