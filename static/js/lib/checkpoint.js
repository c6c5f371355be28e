// C2SP signed checkpoints: parse, and verify the log's own Ed25519 signature.
import { fromStd, utf8 } from "./b64.js";

/** @typedef {import("./b64.js").Bytes} Bytes */
/** @typedef {{origin: string, size: number, root: string, signed: string, signatures: {name: string, hash: Bytes, sig: Bytes}[]}} Checkpoint
 *   `root` is standard base64, `signed` the text that the signatures cover */
/** @typedef {{ok: true, verified: boolean, reason: null|"ed25519_unavailable", checkpoint: Checkpoint}
 *   |{ok: false, verified: false, reason: "bad_shape"|"other_origin"|"no_signature"|"bad_signature", checkpoint: null}} CheckpointVerdict */

const SIGNATURE_LINE = /^\u2014 (\S+) (\S+)$/;

/**
 * Reads a checkpoint without verifying it; null when it is not one.
 * @param {string} text
 * @returns {Checkpoint|null}
 */
export function parseCheckpoint(text) {
  const cut = text.indexOf("\n\n");
  if (cut < 0 || !text.endsWith("\n")) return null;
  const signed = text.slice(0, cut + 1);
  const [origin, size, root] = signed.split("\n");
  if (!origin || !size || !/^(0|[1-9][0-9]{0,15})$/.test(size) || !root) return null;
  try {
    if (fromStd(root).length !== 32) return null;
    const signatures = text.slice(cut + 2, -1).split("\n").map(readSignature);
    return signatures.length ? { origin, size: Number(size), root, signed, signatures } : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} line
 * @returns {{name: string, hash: Bytes, sig: Bytes}}
 */
function readSignature(line) {
  const found = SIGNATURE_LINE.exec(line);
  if (!found?.[1] || !found[2]) throw new TypeError("not a signature line");
  const bytes = fromStd(found[2]);
  if (bytes.length < 5) throw new TypeError("not a signature");
  return { name: found[1], hash: bytes.slice(0, 4), sig: bytes.slice(4) };
}

/**
 * Verifies a checkpoint under the log's key. Where the platform has no Ed25519 the answer is `ok` but not `verified`, and says so.
 * @param {string} text
 * @param {string} origin the log's origin
 * @param {Bytes} publicKey 32 bytes
 * @param {SubtleCrypto} [subtle]
 * @returns {Promise<CheckpointVerdict>}
 */
export async function verifyCheckpoint(text, origin, publicKey, subtle = crypto.subtle) {
  /** @param {"bad_shape"|"other_origin"|"no_signature"|"bad_signature"} reason @returns {CheckpointVerdict} */
  const no = (reason) => ({ ok: false, verified: false, reason, checkpoint: null });
  const checkpoint = parseCheckpoint(text);
  if (!checkpoint) return no("bad_shape");
  if (checkpoint.origin !== origin) return no("other_origin");
  const hash = await keyHash(origin, publicKey, subtle);
  const mine = checkpoint.signatures.filter((one) => one.name === origin && one.hash.every((byte, i) => byte === hash[i]));
  if (!mine.length) return no("no_signature");
  let key;
  try {
    key = await subtle.importKey("raw", publicKey, { name: "Ed25519" }, true, ["verify"]);
  } catch {
    return { ok: true, verified: false, reason: "ed25519_unavailable", checkpoint };
  }
  const message = utf8(checkpoint.signed);
  const good = await Promise.all(mine.map((one) => subtle.verify({ name: "Ed25519" }, key, one.sig, message)));
  return good.every(Boolean) ? { ok: true, verified: true, reason: null, checkpoint } : no("bad_signature");
}

/**
 * The first four bytes of SHA-256(origin LF 0x01 key).
 * @param {string} origin
 * @param {Bytes} publicKey
 * @param {SubtleCrypto} subtle
 * @returns {Promise<Bytes>}
 */
async function keyHash(origin, publicKey, subtle) {
  const name = utf8(`${origin}\n`);
  const input = new Uint8Array(name.length + 1 + publicKey.length);
  input.set(name);
  input[name.length] = 1;
  input.set(publicKey, name.length + 1);
  return new Uint8Array(await subtle.digest("SHA-256", input)).slice(0, 4);
}
