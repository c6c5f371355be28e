// The locked part of a media row.
import { canonical } from "../../lib/canonical.js";

/** @typedef {import("./types.js").MediaRow} MediaRow */
/** @typedef {import("./types.js").MediaTag} MediaTag */
/** @typedef {import("../vault.js").Vault} Vault */

/**
 * Throws OutboxError unreadable.
 * @param {{id: string, tag: import("../types.js").Locked}} row
 * @param {Vault} vault
 * @returns {Promise<MediaTag>}
 */
export async function tagOf({ id, tag }, vault) {
  return JSON.parse(await vault.unlock(`media ${id}`, tag));
}

/** @param {string} id @param {MediaTag} tag @param {Vault} vault */
export const lockTag = (id, tag, vault) => vault.lock(`media ${id}`, canonical({ ...tag, token: { ...tag.token } }));
