// Opens the tags of records, once each: a tag never changes.
import { OutboxError } from "./errors.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Tag} Tag */

export class Tags {
  /** @param {import("./vault.js").Vault} vault */
  constructor(vault) {
    this.vault = vault;
    /** @type {Map<string, Tag>} */
    this.opened = new Map();
  }

  /**
   * @param {Item[]} items
   * @returns {Promise<Map<string, Tag>>} without those that cannot be read
   */
  async of(items) {
    const missing = items.filter((one) => !this.opened.has(one.id));
    await Promise.all(
      missing.map(async (one) => {
        try {
          this.opened.set(one.id, JSON.parse(await this.vault.unlock(`tag ${one.id}`, one.tag)));
        } catch (error) {
          if (!(error instanceof OutboxError) || error.code !== "unreadable") throw error;
        }
      }),
    );
    return new Map(items.flatMap((one) => (this.opened.has(one.id) ? [[one.id, /** @type {Tag} */ (this.opened.get(one.id))]] : [])));
  }
}
