// Small helpers over files.
import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Every file below `folder` whose name ends so; none when there is no such folder.
 * @param {string} folder
 * @param {string} end
 * @returns {Promise<string[]>} sorted
 */
export async function glob(folder, end) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((one) => one.isFile() && one.name.endsWith(end)).map((one) => join(one.parentPath, one.name)).sort();
}

/** @param {string|Uint8Array} content */
export function hash(content) {
  return createHash("sha256").update(content).digest("base64url").replaceAll(/[-_]/g, "").slice(0, 8).toUpperCase();
}

/**
 * Writes `content` under a name that carries its hash.
 * @param {string} folder
 * @param {string} name such as `icons.svg`
 * @param {string|Uint8Array} content
 * @returns {Promise<string>} the hashed name
 */
export async function writeHashed(folder, name, content) {
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}-${hash(content)}${name.slice(dot)}`;
  await writeFile(join(folder, hashed), content);
  return hashed;
}
