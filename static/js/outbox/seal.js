// From answers to an envelope: split into open and sealed, commit, encrypt, canonicalise, digest, sign (docs/protocol.md, section 2).
import { encode, utf8 } from "../lib/b64.js";
import { canonical } from "../lib/canonical.js";
import { recordId } from "../lib/ids.js";
import * as p from "../lib/protocol.js";
import { digest, sign } from "../lib/sign.js";
import { OutboxError } from "./errors.js";
import { checkShape } from "./shape.js";

/** @typedef {import("./types.js").Bytes} Bytes */
/** @typedef {import("./types.js").Json} Json */
/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Envelope} Envelope */
/** @typedef {import("./types.js").Writing} Writing */
/** @typedef {{box: string, recipient: string}} BoxAddress */
/** @typedef {{log: string, app: string, boxes: Record<string, BoxAddress>, clock: import("./types.js").ClockPair|null,
 *   checkpoint: string|null}} Surroundings */
/** @typedef {{salt: string, path: string, value: Json, text: string}} Disclosure */

/**
 * @param {string} kind
 * @returns {boolean}
 */
export function isEvidence(kind) {
  return p.EVIDENCE_KINDS.includes(kind);
}

/**
 * What every piece of evidence says beyond its answers, all sealed to legal; nothing without a legal box.
 * @param {Writing} writing
 * @param {Surroundings} around
 * @param {number} seq
 * @param {number} now
 * @returns {Answer[]}
 */
function automatic(writing, around, seq, now) {
  if (!isEvidence(writing.kind) || !around.boxes.legal) return [];
  return [
    { path: "/_/captured_at", value: now, box: "legal" },
    { path: "/_/clock", value: around.clock && { phone: around.clock.phone, server: around.clock.server }, box: "legal" },
    { path: "/_/not_before", value: around.checkpoint, box: "legal" },
    { path: "/_/seq", value: seq, box: "legal" },
  ];
}

/**
 * @param {Answer[]} answers
 * @param {Effects} effects
 * @returns {Disclosure[]} in the same order
 */
function disclose(answers, effects) {
  const paths = new Set(answers.map((one) => one.path));
  if (paths.size !== answers.length) throw new OutboxError("bad_answer", "a path occurs twice");
  return answers.map(({ path, value }) => {
    const salt = encode(effects.bytes(p.SALT_BYTES));
    return { salt, path, value, text: canonical([salt, path, value]) };
  });
}

/**
 * @param {Disclosure[]} disclosures
 * @param {Effects} effects
 * @returns {Promise<string[]>} in the same order
 */
function commit(disclosures, effects) {
  return Promise.all(disclosures.map((one) => digest(one.text, effects.subtle)));
}

/**
 * Commitments and decoys, sorted; always at least one decoy.
 * @param {string[]} commitments
 * @param {Effects} effects
 * @returns {string[]}
 */
function withDecoys(commitments, effects) {
  const all = [...commitments];
  const size = (Math.floor(all.length / p.COMMITMENT_MULTIPLE) + 1) * p.COMMITMENT_MULTIPLE;
  while (all.length < size) all.push(encode(effects.bytes(32)));
  return all.sort();
}

/**
 * Text padded with spaces to a power of two, as UTF-8.
 * @param {string} text
 * @returns {Bytes}
 */
export function padded(text) {
  const bytes = utf8(text);
  let size = p.PAD_MIN_BYTES;
  while (size < bytes.length) size *= 2;
  const out = new Uint8Array(size).fill(0x20);
  out.set(bytes);
  return out;
}

/**
 * One age file per box.
 * @param {Answer[]} answers
 * @param {Disclosure[]} disclosures in the same order
 * @param {Record<string, BoxAddress>} boxes by purpose
 * @param {Effects} effects
 * @returns {Promise<{box: string, bytes: Bytes}[]>} sorted by box
 */
async function sealFiles(answers, disclosures, boxes, effects) {
  const purposes = [...new Set(answers.flatMap((one) => (one.box === null ? [] : [one.box])))];
  if (!purposes.length) return [];
  const seal = await effects.sealer();
  const files = await Promise.all(
    purposes.map(async (purpose) => {
      const address = boxes[purpose];
      if (!address) throw new OutboxError("no_box", purpose);
      const texts = disclosures.filter((_, i) => answers[i]?.box === purpose).map((one) => one.text);
      return { box: address.box, bytes: await seal(address.recipient, padded(`[${texts.join(",")}]`)) };
    }),
  );
  return files.sort((a, b) => (a.box < b.box ? -1 : 1));
}

/**
 * @template {object} T
 * @param {T} members
 * @returns {T} without those that are undefined
 */
function present(members) {
  return /** @type {T} */ (Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)));
}

/**
 * Writes one record. Throws OutboxError no_box, bad_answer or too_large, and CanonicalError for a value JSON cannot carry.
 * @param {Writing} writing
 * @param {{chapter: string}} person
 * @param {{kid: string, privateKey: CryptoKey, seq: number}} key
 * @param {Surroundings} around
 * @param {Effects} effects
 * @returns {Promise<{id: string, envelope: Envelope}>}
 */
export async function sealRecord(writing, person, key, around, effects) {
  checkShape(writing);
  const answers = [...(writing.answers ?? []), ...automatic(writing, around, key.seq, effects.now())];
  const disclosures = disclose(answers, effects);
  const [commitments, files] = await Promise.all([commit(disclosures, effects), sealFiles(answers, disclosures, around.boxes, effects)]);
  /** @type {Json[]} */
  const open = disclosures.filter((_, i) => answers[i]?.box === null).map(({ salt, path, value }) => [salt, path, value]);
  const evidence = isEvidence(writing.kind);
  const id = recordId(effects.bytes);
  const body = canonical(
    present({
      v: p.VERSION,
      log: around.log,
      id,
      kind: writing.kind,
      chapter: person.chapter,
      key: key.kid,
      form: evidence ? (writing.form ?? null) : null,
      form_hash: evidence ? (writing.form_hash ?? null) : null,
      app: around.app.slice(0, p.MAX_APP_CHARS),
      lang: writing.lang,
      purpose: writing.purpose,
      retention: writing.retention ?? "default",
      shift: writing.shift,
      place: writing.place,
      cell: writing.place === undefined ? writing.cell : undefined,
      day_part: writing.day_part,
      amends: writing.amends && { digest: writing.amends.digest, id: writing.amends.id },
      void_after: evidence ? undefined : writing.void_after,
      files: await Promise.all(
        files.map(async ({ box, bytes }) => ({ box, sha256: await digest(bytes, effects.subtle), size: bytes.length })),
      ),
      media: writing.media ?? [],
      commitments: withDecoys(commitments, effects),
      open: open.length,
    }),
  );
  const size = utf8(body).length + utf8(canonical(open)).length + files.reduce((sum, one) => sum + one.bytes.length, 0);
  if (size > p.MAX_RECORD_BYTES) throw new OutboxError("too_large", String(size));
  const sealed = Object.fromEntries(files.map(({ box, bytes }) => [box, encode(bytes)]));
  const [sig, sum] = await Promise.all([sign(key.privateKey, p.DOMAIN_RECORD, body, effects.subtle), digest(body, effects.subtle)]);
  return { id, envelope: { body, digest: sum, sig, open, sealed } };
}
