// The way to media for those who load little: nothing of it is read from disk or network until something was taken on this phone.

/** @typedef {import("./types.js").MediaEntry} MediaEntry */
/** @typedef {import("./index.js").Media} Media */

export class MediaDoor {
  /** @param {import("./index.js").Parts} parts */
  constructor(parts) {
    this.parts = parts;
    /** @type {Promise<Media>|null} */
    this.loading = null;
    /** @type {Media|null} */
    this.open = null;
  }

  /** @returns {Promise<Media>} */
  load() {
    this.loading ??= import("./index.js").then(({ Media }) => (this.open = new Media(this.parts)));
    this.loading.catch(() => (this.loading = null));
    return this.loading;
  }

  /** @returns {Promise<Media|null>} null where nothing lies here */
  async #any() {
    return (await this.parts.store.read(["media"], (tx) => tx.objectStore("media").count())) ? this.load() : null;
  }

  /** @param {{draft?: string}} [which] @returns {Promise<MediaEntry[]>} see Media.list */
  async list(which) {
    return (await this.#any())?.list(which) ?? [];
  }

  /** Keeps what a kill has cut; see Media.recover. */
  async recover() {
    return (await this.#any())?.recover() ?? 0;
  }

  /** Sends what waits, after the records. @param {{eager?: boolean}} [how] */
  async drain(how) {
    await (await this.#any())?.drain(how);
  }
}
