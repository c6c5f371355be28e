// The boxes that this phone seals to: manifests pinned at first sight and followed along their chain, never swapped. Whoever seals to a box
// already goes over to another (a pod's own) only when somebody who holds a known one stands for it; a box for family contacts ("intake") only ever
// when a holder of the legal box stands for it (docs/protocol.md, section 8).
import { readManifest, verifyFirst, verifyNext, vouchedFor } from "../lib/manifest.js";
import { readPerson } from "./person.js";
import { aliasOf } from "./vault.js";

/** @typedef {import("./types.js").Signed} Signed */
/** @typedef {import("../lib/manifest.js").ManifestFault} ManifestFault */
/** @typedef {import("./seal.js").BoxAddress} BoxAddress */
/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./store.js").Tx} Tx */
/** @typedef {import("../lib/manifest.js").FirstManifest} FirstManifest */
/** @typedef {Record<string, Record<string, Signed>>} Pinned chapter of the manifest, purpose, newest manifest followed to */
/**
 * What one person of this phone trusts. `used`: purpose to the chapter whose box they seal to. `waiting`: the server has offered a box that
 * nobody known stands for.
 * @typedef {{lines: Pinned, used: Record<string, string>, waiting: boolean}} Trusted
 */
/** @typedef {Record<string, Trusted>} People by alias (vault.js): what each trusts */
/** @typedef {{chapter: string, purpose: string, before: Signed|undefined, line: Line}} Followed */
/** @typedef {{box: string, version: number, fault: ManifestFault}} Rejected */

const SLOT = /** @type {const} */ ("boxes");
const INTAKE = "intake";

/** A line of boxes of one chapter and purpose, followed as far as manifests go. */
class Line {
  /** @param {Signed|undefined} pinned @param {SubtleCrypto} subtle */
  constructor(pinned, subtle) {
    this.newest = pinned;
    this.subtle = subtle;
    /** @type {Rejected[]} */
    this.rejected = [];
    /** @type {FirstManifest[]} first manifests that the line goes through */
    this.firsts = [];
  }

  /** @param {Signed} signed the next one, in order of box and version */
  async follow(signed) {
    const said = readManifest(signed.text);
    if (!said) return;
    const at = this.newest ? readManifest(this.newest.text) : null;
    if (at && said.box === at.box && said.version < at.version) return;
    if (at && said.box === at.box && said.version === at.version && this.newest?.text === signed.text) return;
    const verdict = await this.#verdict(signed, said, at);
    if (verdict.ok) {
      if (said.version === 1) this.firsts.push(signed);
      this.newest = { text: signed.text, sig: signed.sig };
    } else this.rejected.push({ box: said.box, version: said.version, fault: verdict.fault });
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

/**
 * @param {FirstManifest[]} manifests
 * @param {string[]} chapters nearest first; what is of others is left out
 * @returns {{chapter: string, purpose: string, signed: FirstManifest[]}[]} the highest chapter first
 */
function grouped(manifests, chapters) {
  /** @type {Map<string, {chapter: string, purpose: string, signed: FirstManifest[]}>} */
  const groups = new Map();
  for (const one of manifests) {
    const said = readManifest(one.text);
    if (!said || !chapters.includes(said.chapter)) continue;
    const name = `${said.chapter} ${said.purpose}`;
    const group = groups.get(name) ?? { chapter: said.chapter, purpose: said.purpose, signed: [] };
    group.signed.push(one);
    groups.set(name, group);
  }
  return [...groups.values()].sort((a, b) => chapters.indexOf(b.chapter) - chapters.indexOf(a.chapter));
}

/** @param {FirstManifest[]} firsts @param {import("../lib/manifest.js").Manifest[]} known @param {SubtleCrypto} subtle */
async function vouchedForOne(firsts, known, subtle) {
  for (const first of firsts) if (await vouchedFor(first, known, subtle)) return true;
  return false;
}

/** @param {Tx} tx over meta @returns {Promise<People>} */
const peopleIn = async (tx) => (await tx.objectStore("meta").get(SLOT))?.people ?? {};

/** @param {Person} person @returns {string[]} their chapter, then those above */
const chain = (person) => [person.chapter, ...(person.parents ?? [])];

/**
 * What a person trusts; whoever is new on this phone begins with what others here trust of the same chapters.
 * @param {People} people
 * @param {Person} person
 * @returns {Trusted}
 */
function trustOf(people, person) {
  const own = people[person.id];
  if (own && Object.keys(own.lines).length) return own;
  /** @type {Pinned} */
  const lines = {};
  for (const { lines: theirs } of Object.values(people)) {
    for (const chapter of chain(person)) if (theirs[chapter]) lines[chapter] = { ...theirs[chapter], ...lines[chapter] };
  }
  return { lines, used: {}, waiting: own?.waiting ?? false };
}

/** @param {Trusted[]} all @param {string} purpose @returns {boolean} whether any of them knows a box for it */
const knownTo = (all, purpose) => all.some(({ lines }) => Object.values(lines).some((line) => line[purpose]));

/**
 * The box whose holders may stand for a new one: the nearest known above it, else the nearest below; where none is known in the person's chapters
 * (they have moved, or the server says so), the one that they seal to. Not those of a chapter left earlier: its holders may be anybody by now.
 * @param {Followed} one
 * @param {Followed[]} trusted
 * @param {Trusted} trust
 * @param {string[]} chapters nearest first
 * @returns {Signed|undefined} its newest manifest
 */
function standsFor({ chapter, purpose }, trusted, { lines, used }, chapters) {
  const known = chapters.flatMap((at, i) => {
    const signed = trusted.find((other) => other.chapter === at && other.purpose === purpose)?.line.newest ?? lines[at]?.[purpose];
    return signed ? [{ i, signed }] : [];
  });
  const own = chapters.indexOf(chapter);
  return (known.find(({ i }) => i > own) ?? known.at(-1))?.signed ?? lines[used[purpose] ?? ""]?.[purpose];
}

/**
 * The legal box whose holders may stand for a box of family contacts: of the same chapter, else the nearest above.
 * @param {string} chapter
 * @param {Followed[]} trusted
 * @param {Trusted} trust
 * @param {string[]} chapters nearest first
 * @returns {Signed|undefined} its newest manifest
 */
function legalOver(chapter, trusted, { lines }, chapters) {
  const known = chapters.slice(chapters.indexOf(chapter)).map((at) => trusted.find((other) => other.chapter === at && other.purpose === "legal")?.line.newest ?? lines[at]?.legal);
  return known.find((one) => one);
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
   * Takes the manifests of a snapshot: of the chapter of whoever is signed in, and of those above. What does not chain is not used. Nor is,
   * for somebody who seals to a box already, one that is new to them, until a holder of a box that they know stands for it. Tell the person of both.
   * @param {FirstManifest[]} manifests
   * @returns {Promise<{rejected: Rejected[], unconfirmed: boolean}>}
   */
  async offer(manifests) {
    const signedIn = await readPerson(this.store);
    if (!signedIn) return { rejected: [], unconfirmed: false };
    const person = await this.named(signedIn);
    const people = await this.#people();
    const { lines } = trustOf(people, person);
    const groups = grouped(manifests, chain(person)).map((group) => ({ ...group, before: lines[group.chapter]?.[group.purpose] }));
    /** @type {Followed[]} */
    const followed = await Promise.all(groups.map(async (group) => ({ ...group, line: await this.#follow(group.signed, group.before) })));
    const { trusted, unconfirmed } = await this.#sorted(followed, people, person);
    await this.#keep(person, trusted, unconfirmed);
    return { rejected: followed.flatMap(({ line }) => line.rejected), unconfirmed };
  }

  /** @param {FirstManifest[]} signed @param {Signed|undefined} before */
  async #follow(signed, before) {
    const line = new Line(before, this.effects.subtle);
    for (const one of inOrder(signed, before)) await line.follow(one);
    return line;
  }

  /**
   * Which lines to go on with: those known, and of new ones those that somebody known stands for. Where this person knows none for the purpose,
   * all: if nobody on this phone knows one, or the person was signed in here by a passkey; a server's word alone makes nobody new. One for family
   * contacts is never the first of its kind: it comes after the legal ones, and one that is not stood for is as if there were none.
   * @param {Followed[]} followed the highest chapter first
   * @param {People} people
   * @param {Person} person
   * @returns {Promise<{trusted: Followed[], unconfirmed: boolean}>}
   */
  async #sorted(followed, people, person) {
    const trust = trustOf(people, person);
    const trusted = followed.filter(({ before }) => before);
    let unconfirmed = false;
    for (const one of [...followed].sort((a, b) => Number(a.purpose === INTAKE) - Number(b.purpose === INTAKE))) {
      if (one.before || !one.line.newest) continue;
      if (await this.#mayBegin(one, trusted, people, person, trust)) trusted.push(one);
      else if (one.purpose !== INTAKE) unconfirmed = true;
    }
    return { trusted, unconfirmed };
  }

  /**
   * @param {Followed} one new to the person
   * @param {Followed[]} trusted
   * @param {People} people
   * @param {Person} person
   * @param {Trusted} trust
   * @returns {Promise<boolean>}
   */
  async #mayBegin(one, trusted, people, person, trust) {
    const chapters = chain(person);
    if (one.purpose !== INTAKE && !knownTo([trust], one.purpose)) return person.welcome === true || !knownTo(Object.values(people), one.purpose);
    const stands = one.purpose === INTAKE ? legalOver(one.chapter, trusted, trust, chapters) : standsFor(one, trusted, trust, chapters);
    const known = readManifest(stands?.text ?? "");
    return known !== null && vouchedForOne(one.line.firsts, [known], this.effects.subtle);
  }

  /**
   * Moves the pins, each unless another tab has moved it meanwhile, and notes whose box is sealed to now.
   * @param {Person} person
   * @param {Followed[]} trusted
   * @param {boolean} waiting
   */
  async #keep(person, trusted, waiting) {
    await this.store.write(["meta"], async (tx) => {
      const meta = tx.objectStore("meta");
      const people = /** @type {People} */ ((await meta.get(SLOT))?.people ?? {});
      const now = trustOf(people, person);
      const lines = { ...now.lines };
      for (const { chapter, purpose, before, line } of trusted) {
        if (line.newest && lines[chapter]?.[purpose]?.text === before?.text) lines[chapter] = { ...lines[chapter], [purpose]: line.newest };
      }
      const used = { ...now.used, ...this.#nearest(lines, chain(person)) };
      await meta.put({ k: SLOT, people: { ...people, [person.id]: { lines, used, waiting } } });
    });
  }

  /** @param {Person} person @returns {Promise<Person>} by their alias, as they are listed here */
  async named(person) {
    return { ...person, id: await aliasOf(this.effects, this.store, person.id) };
  }

  /** @returns {Promise<People>} */
  #people() {
    return this.store.read(["meta"], peopleIn);
  }

  /**
   * @param {Pinned} lines
   * @param {string[]} chapters nearest first
   * @returns {Record<string, string>} purpose to the nearest chapter with a box for it
   */
  #nearest(lines, chapters) {
    /** @type {Record<string, string>} */
    const found = {};
    for (const chapter of [...chapters].reverse()) {
      for (const [purpose, signed] of Object.entries(lines[chapter] ?? {})) if (this.#address(signed.text)) found[purpose] = chapter;
    }
    return found;
  }

  /**
   * Where a person seals to for each purpose: to their chapter's own box, else that of the nearest parent with one; where none of those is
   * known, to the one that they used until now (not for family contacts: only an office of theirs takes those).
   * @param {Person} person
   * @returns {Promise<Record<string, BoxAddress>>}
   */
  async addresses(person) {
    const named = await this.named(person);
    return this.store.read(["meta"], (tx) => this.addressesIn(tx, named));
  }

  /**
   * `addresses` in a transaction of the caller's.
   * @param {Tx} tx over meta
   * @param {Person} person as named() gives them
   * @returns {Promise<Record<string, BoxAddress>>}
   */
  async addressesIn(tx, person) {
    const { lines, used } = trustOf(await peopleIn(tx), person);
    const nearest = this.#nearest(lines, chain(person));
    /** @type {Record<string, BoxAddress>} */
    const found = {};
    for (const [purpose, chapter] of Object.entries({ ...used, ...nearest })) {
      if (purpose === INTAKE && !nearest[purpose]) continue;
      const address = this.#address(lines[chapter]?.[purpose]?.text ?? "");
      if (address) found[purpose] = address;
    }
    return found;
  }

  /**
   * @param {Person} person
   * @returns {Promise<boolean>} whether a box of theirs waits for somebody to stand for it
   */
  async waiting(person) {
    return trustOf(await this.#people(), await this.named(person)).waiting;
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
