// The boxes that this phone seals to: manifests pinned at first sight and followed along their chain, never swapped.
import { readManifest, verifyFirst, verifyNext } from "../lib/manifest.js";

/** @typedef {import("./types.js").Signed} Signed */
/** @typedef {import("../lib/manifest.js").ManifestFault} ManifestFault */
/** @typedef {import("./seal.js").BoxAddress} BoxAddress */
/** @typedef {Record<string, Record<string, Signed>>} Pinned chapter of the manifest, purpose, newest manifest followed to */
/** @typedef {{box: string, version: number, fault: ManifestFault}} Rejected */

const SLOT = /** @type {const} */ ("boxes");

/** A line of boxes of one chapter and purpose, followed as far as manifests go. */
class Line {
  /** @param {Signed|undefined} pinned @param {SubtleCrypto} subtle */
  constructor(pinned, subtle) {
    this.newest = pinned;
    this.subtle = subtle;
    /** @type {Rejected[]} */
    this.rejected = [];
  }

  /** @param {Signed} signed the next one, in order of box and version */
  async follow(signed) {
    const said = readManifest(signed.text);
    if (!said) return;
    const at = this.newest ? readManifest(this.newest.text) : null;
    if (at && said.box === at.box && said.version < at.version) return;
    if (at && said.box === at.box && said.version === at.version && this.newest?.text === signed.text) return;
    const verdict = await this.#verdict(signed, said, at);
    if (verdict.ok) this.newest = signed;
    else this.rejected.push({ box: said.box, version: said.version, fault: verdict.fault });
  }

  /**
   * @param {Signed} signed
   * @param {import("../lib/manifest.js").Manifest} said
   * @param {import("../lib/manifest.js").Manifest|null} at
   * @returns {Promise<import("../lib/manifest.js").ManifestVerdict>}
   */
  async #verdict(signed, said, at) {
    if (!this.newest || !at) return verifyFirst(signed, null, this.subtle);
    return said.box === at.box ? verifyNext(signed, this.newest, this.subtle) : verifyFirst(signed, at, this.subtle);
  }
}

/**
 * Manifests in the order to follow them: each box's versions, and a box before the one that succeeds it.
 * @param {Signed[]} signed of one chapter and purpose
 * @param {Signed|undefined} pinned
 * @returns {Signed[]}
 */
function inOrder(signed, pinned) {
  const read = signed.flatMap((one) => {
    const said = readManifest(one.text);
    return said ? [{ one, said }] : [];
  });
  read.sort((a, b) => a.said.version - b.said.version);
  const successors = new Map(read.flatMap(({ said }) => (said.successor ? [[said.box, said.successor]] : [])));
  const followed = new Set(successors.values());
  const start = (pinned && readManifest(pinned.text)?.box) ?? read.find(({ said }) => !followed.has(said.box))?.said.box;
  /** @type {Set<string>} */
  const order = new Set();
  for (let box = start; box !== undefined && !order.has(box); box = successors.get(box)) order.add(box);
  for (const { said } of read) order.add(said.box);
  return [...order].flatMap((box) => read.filter(({ said }) => said.box === box).map(({ one }) => one));
}

export class Boxes {
  /** @param {import("./types.js").Effects} effects @param {import("./store.js").Store} store */
  constructor(effects, store) {
    this.effects = effects;
    this.store = store;
    /** @type {Map<string, BoxAddress|null>} by text: what is pinned was verified, and a text never changes */
    this.read = new Map();
  }

  /**
   * Takes the manifests of a snapshot: `chapter` is whose they are, or its parent's. What does not chain is not used; the person must be told.
   * @param {Signed[]} manifests
   * @returns {Promise<{rejected: Rejected[]}>}
   */
  async offer(manifests) {
    /** @type {Map<string, Signed[]>} */
    const groups = new Map();
    for (const one of manifests) {
      const said = readManifest(one.text);
      if (said) groups.set(`${said.chapter} ${said.purpose}`, [...(groups.get(`${said.chapter} ${said.purpose}`) ?? []), one]);
    }
    const pinned = await this.#pinned();
    const rejected = [];
    for (const [name, group] of groups) {
      const [chapter = "", purpose = ""] = name.split(" ");
      const before = pinned[chapter]?.[purpose];
      const line = new Line(before, this.effects.subtle);
      for (const one of inOrder(group, before)) await line.follow(one);
      rejected.push(...line.rejected);
      if (line.newest && line.newest.text !== before?.text) await this.#pin(chapter, purpose, before, line.newest);
    }
    return { rejected };
  }

  /**
   * Moves a pin, unless another tab has moved it meanwhile.
   * @param {string} chapter
   * @param {string} purpose
   * @param {Signed|undefined} before
   * @param {Signed} newest
   */
  async #pin(chapter, purpose, before, newest) {
    await this.store.write(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      const pinned = /** @type {Pinned} */ ((await meta.get(SLOT))?.pinned ?? {});
      if (pinned[chapter]?.[purpose]?.text !== before?.text) return;
      await meta.put({ k: SLOT, pinned: { ...pinned, [chapter]: { ...pinned[chapter], [purpose]: newest } } });
    });
  }

  /** @returns {Promise<Pinned>} */
  #pinned() {
    return this.store.read(["meta"], async (tx) => (await tx.objectStore("meta").get(SLOT))?.pinned ?? {});
  }

  /**
   * Where to seal for each purpose: the chapter's own box, else that of the nearest parent with one.
   * @param {string[]} chapters the person's chapter first, then its parents
   * @returns {Promise<Record<string, BoxAddress>>}
   */
  async addresses(chapters) {
    const pinned = await this.#pinned();
    /** @type {Record<string, BoxAddress>} */
    const found = {};
    for (const chapter of [...chapters].reverse()) {
      for (const [purpose, signed] of Object.entries(pinned[chapter] ?? {})) {
        const address = this.#address(signed.text);
        if (address) found[purpose] = address;
      }
    }
    return found;
  }

  /**
   * @param {string} text of a pinned manifest
   * @returns {BoxAddress|null} null for a box that another succeeds
   */
  #address(text) {
    const known = this.read.get(text);
    if (known !== undefined) return known;
    const said = readManifest(text);
    const address = said && said.successor === null ? { box: said.box, recipient: said.recipient } : null;
    this.read.set(text, address);
    return address;
  }
}
