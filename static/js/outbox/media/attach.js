// What a record says of its media: digests and coarse types in the body, everything else sealed to legal (docs/protocol.md, section 13).
import { MAX_MEDIA } from "../../lib/protocol.js";
import { OutboxError } from "../errors.js";
import { tagOf } from "./tag.js";

/** @typedef {import("./types.js").MediaRow} MediaRow */
/** @typedef {import("../types.js").Writing} Writing */

const TYPES = { photo: "image/sealed", video: "video/sealed", sound: "audio/sealed" };

/**
 * Throws OutboxError recording while one of them has not ended, too_large for more than a record may list.
 * @param {Writing} writing
 * @param {MediaRow[]} rows of its draft
 * @param {import("../vault.js").Vault} vault
 * @returns {Promise<Writing>}
 */
export async function attach(writing, rows, vault) {
  if (rows.length > MAX_MEDIA) throw new OutboxError("too_large", "media");
  const told = await Promise.all(rows.map((row) => tellOne(row, vault)));
  const media = told.map((one) => one.listed).sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  return { ...writing, media, answers: [...(writing.answers ?? []), ...told.map((one) => one.answer)] };
}

/** @param {MediaRow} row @param {import("../vault.js").Vault} vault */
async function tellOne(row, vault) {
  const { id, sha256, size, plain, frames } = row;
  if (sha256 === null) throw new OutboxError("recording");
  const { kind, mime, name, source, started_at, ended_at, sha256: original, cut } = await tagOf(row, vault);
  const value = { id, name, type: mime, size: plain, sha256: original, started_at, ended_at, source, cut, frames };
  return { listed: { sha256, size, type: TYPES[kind] }, answer: { path: `/_/media/${sha256}`, value, box: "legal" } };
}
