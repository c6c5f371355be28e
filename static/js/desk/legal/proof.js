// Four plain checks of one record, made on counsel's own computer: signed, received, in the log, unchanged.
import { canonical } from "../../lib/canonical.js";
import { DOMAIN_RECORD } from "../../lib/protocol.js";
import { certifiedKeys, verifyReceipt } from "../../lib/receipt.js";
import { digest, importPublic, leafHash, thumbprint, verify } from "../../lib/sign.js";

/** @typedef {import("../../lib/sign.js").Jwk} Jwk */
/** @typedef {[string, string, unknown]} Disclosure */
/** @typedef {{body: string, digest: string, sig: string, open: Disclosure[], boxes: string[], jwk: Jwk|null, leaf_index: number|null,
 *   receipt: import("../../lib/receipt.js").Signed, flags: string[]}} Version */
/** @typedef {{root: Jwk, server_keys: import("../../lib/receipt.js").Signed[]}} Trust */
/** @typedef {{signed: boolean, received: boolean, receivedAt: number|null, quarantined: boolean, logged: boolean, unchanged: boolean}} Verdict */

/**
 * @param {Version} version
 * @param {Trust} trust
 * @param {Disclosure[]} opened what this computer decrypted, none before it did
 * @returns {Promise<Verdict>}
 */
export async function check(version, trust, opened = []) {
  const receipt = await receiptOf(version, trust);
  return {
    signed: await isSigned(version),
    received: receipt !== null,
    receivedAt: receipt?.received_at ?? null,
    quarantined: receipt?.outcome === "quarantined",
    logged: version.leaf_index !== null && receipt !== null,
    unchanged: (await digest(version.body)) === version.digest && (await committed(version, opened)),
  };
}

/** @param {Version} version @returns {Promise<boolean>} */
async function isSigned({ body, sig, jwk }) {
  if (!jwk) return false;
  try {
    const named = JSON.parse(body).key === (await thumbprint(jwk));
    return named && (await verify(await importPublic(jwk), DOMAIN_RECORD, body, sig));
  } catch {
    return false;
  }
}

/** @param {Version} version @param {Trust} trust */
async function receiptOf({ body, digest: named, receipt }, { root, server_keys }) {
  const mine = { id: JSON.parse(body).id, digest: named, leaf: await leafHash(body) };
  const verdict = await verifyReceipt(receipt, mine, await certifiedKeys(server_keys, root));
  return verdict.ok ? verdict.receipt : null;
}

/**
 * Every word shown has its commitment in what was signed.
 * @param {Version} version @param {Disclosure[]} opened
 */
async function committed({ body, open }, opened) {
  const promised = new Set(JSON.parse(body).commitments);
  const made = await Promise.all([...open, ...opened].map((one) => digest(canonical(one))));
  return made.every((one) => promised.has(one));
}
