// The phone's outbox: what is saved here is sent, once, as its writer's, and kept until the server has proved that it holds it.
import { Boxes } from "./boxes.js";
import { Drafts } from "./drafts.js";
import { Drainer } from "./drain.js";
import { Keys, setPerson } from "./keys.js";
import { readPerson } from "./person.js";
import { Registration } from "./registration.js";
import { requireSignedIn, rankOf, Saver } from "./save.js";
import { MediaDoor } from "./media/door.js";
import { hear, note, serverIn, ServerKeyring, setTrust } from "./server.js";
import { entryOf } from "./status.js";
import { Store } from "./store.js";
import { tidy } from "./tidy.js";
import { Tags } from "./tags.js";
import { Vault } from "./vault.js";

export { OutboxError } from "./errors.js";

/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./types.js").Signed} Signed */
/** @typedef {import("./types.js").Trust} Trust */
/** @typedef {import("./types.js").Writing} Writing */
/** @typedef {import("./status.js").Entry} Entry */
/** @typedef {{effects: Effects, app: string, url?: string, media?: string, auto?: boolean, pool?: number}} Options
 *   `app` is the build; `auto` sends what waits by a timer; `pool` signing keys held ready */
/** @typedef {{unsent: number, attention: number, others: number, oldest: number|null, link: import("./drain.js").Link}} Counts
 *   of the person signed in: not received yet, of those needing a person's eye; `others`: unsent of someone else; `oldest` saved_at */

export class Outbox {
  /** @param {Options} options */
  constructor({ effects, app, url = "/api/v1/sync", media = "/api/v1/media", auto = true, pool }) {
    this.effects = effects;
    this.store = new Store(effects);
    this.vault = new Vault(effects, this.store);
    this.tags = new Tags(this.vault);
    this.keys = new Keys(effects, this.store, pool);
    this.registration = new Registration({ effects, store: this.store, keys: this.keys });
    this.boxes = new Boxes(effects, this.store);
    this.drafts = new Drafts(effects, this.store, this.vault);
    this.saver = new Saver({ effects, store: this.store, vault: this.vault, keys: this.keys, boxes: this.boxes, app });
    const keyring = new ServerKeyring(effects, this.store);
    const changed = () => this.#notify();
    this.drainer = new Drainer({ effects, store: this.store, vault: this.vault, tags: this.tags, keyring, url, auto, changed });
    const records = () => this.drainer.running;
    /** Photo, video and sound. */
    this.media = new MediaDoor({ effects, store: this.store, vault: this.vault, keys: this.keys, boxes: this.boxes, keyring, url: media, auto, changed, records });
    /** @type {Set<(counts: Counts) => void>} */
    this.listeners = new Set();
    this.notifying = false;
    effects.channel?.listen((message) => {
      if (message === "hurry") this.#hurry();
      this.#notify(false);
    });
  }

  /** Loads what the first save needs, so that Save is fast: call when a form opens. */
  async warm() {
    await this.saver.warm();
  }

  /**
   * Saves one record. When it resolves the screen may say "Saved on this phone"; sending starts by itself. Throws OutboxError (see
   * errors.js); then nothing was saved and the draft is still there.
   * @param {Writing} writing
   * @param {Person} [person] whose words these are, as the screen knew when it opened; default: who is signed in
   * @returns {Promise<import("./save.js").Saved>}
   */
  async save(writing, person) {
    const saved = await this.saver.save(writing, person ?? (await requireSignedIn(this.store)));
    if (writing.draft !== undefined) this.drafts.forget(writing.draft);
    if (rankOf(writing.kind) === 0) {
      this.#hurry();
      this.effects.channel?.post("hurry");
    }
    this.#notify();
    void this.drain().catch(() => undefined); // Saved is saved; what goes wrong with sending shows in the list.
    return saved;
  }

  #hurry() {
    this.drainer.hurry();
    this.media.open?.uploads.hurry();
  }

  /**
   * Sends what can be sent now; see Drainer.drain. Media follow, by themselves: send() waits for those too. Call on launch, `online`, `visibilitychange`, a push tap and a sync event.
   * @param {{eager?: boolean}} [how]
   * @returns {Promise<void>}
   */
  async drain(how) {
    await this.drainer.drain(how);
    await tidy(this.store, this.tags, this.keys, this.effects.now());
    void this.media.drain(how).catch(() => undefined);
  }

  /** drain(), and media: for a worker that is put to rest when it says that it is done. @param {{eager?: boolean}} [how] */
  async send(how) {
    await this.drain(how);
    await this.media.drain(how);
  }

  /**
   * The records of the person signed in, newest first.
   * @returns {Promise<Entry[]>}
   */
  async list() {
    const person = await readPerson(this.store);
    const items = await this.#items();
    const tags = await this.tags.of(items);
    return items
      .sort((a, b) => b.order - a.order)
      .flatMap((item) => {
        const tag = tags.get(item.id);
        return tag && tag.person === person?.id ? [entryOf(item, tag, this.drainer.sending.has(item.id))] : [];
      });
  }

  /** @returns {Promise<Item[]>} */
  #items() {
    return this.store.read(["items"], (tx) => tx.objectStore("items").getAll());
  }

  /** @returns {Promise<Counts>} */
  async counts() {
    const person = await readPerson(this.store);
    const unsent = (await this.#items()).filter((item) => item.state !== "received");
    const tags = await this.tags.of(unsent);
    const mine = unsent.filter((item) => person && tags.get(item.id)?.person === person.id);
    const saved = mine.map((item) => tags.get(item.id)?.saved_at ?? 0);
    return {
      unsent: mine.length,
      attention: mine.filter((item) => item.state === "attention" || item.state === "sign_in").length,
      others: unsent.length - mine.length,
      oldest: saved.length ? Math.min(...saved) : null,
      link: this.drainer.link,
    };
  }

  /**
   * What to say before someone signs out or another signs in: how much of theirs is not sent, and how many drafts they have.
   * @param {(ring: string) => boolean} [theirs] whether a key that opens locked drafts is theirs
   * @returns {Promise<{unsent: number, drafts: number}>}
   */
  async onSignOutCounts(theirs = () => true) {
    await this.drafts.flush();
    const [{ unsent }, { drafts, locked }] = await Promise.all([this.counts(), this.drafts.list()]);
    return { unsent, drafts: drafts.length + locked.filter(theirs).length };
  }

  /**
   * Calls back with the counts after each change, in this tab or another.
   * @param {(counts: Counts) => void} listener
   * @returns {() => void} ends it
   */
  subscribe(listener) {
    this.listeners.add(listener);
    this.#notify(false);
    return () => this.listeners.delete(listener);
  }

  /** @param {boolean} [tell] the other tabs too */
  #notify(tell = true) {
    if (tell) this.effects.channel?.post("changed");
    if (this.notifying || !this.listeners.size) return;
    this.notifying = true;
    void Promise.resolve().then(async () => {
      this.notifying = false;
      const counts = await this.counts();
      for (const listener of this.listeners) listener(counts);
    }).catch(() => undefined);
  }

  /** @returns {Promise<Person|null>} who is signed in on this phone */
  person() {
    return readPerson(this.store);
  }

  /**
   * Who is signed in from now on; null signs out. The private keys of whoever leaves are deleted; what they saved is still sent as theirs.
   * @param {Person|null} person
   * @param {boolean} [welcome] a passkey was used here to sign them in, which no server alone can make up (boxes.js)
   */
  async setPerson(person, welcome = false) {
    await this.drafts.flush();
    await setPerson(this.effects, this.store, person, welcome);
    this.#notify();
  }

  /**
   * Takes a welcome: pins the root at enrolment, learns server keys, log origin and epoch. Throws OutboxError root_changed.
   * @param {Trust & {epoch: string}} welcome
   */
  async setTrust(welcome) {
    await setTrust(this.store, welcome);
    await note(this.store, this.effects, { time: null, epoch: welcome.epoch, checkpoint: null, through: null });
    void this.drain().catch(() => undefined);
  }

  /**
   * Takes the manifests of a snapshot. What does not chain to what this phone has pinned, and a new box that nobody known stands for, is not
   * used: tell the person.
   * @param {import("../lib/manifest.js").FirstManifest[]} manifests
   */
  setBoxes(manifests) {
    return this.boxes.offer(manifests);
  }

  /**
   * The box addresses this person's forms seal to, by purpose; no `legal` means that sealed fields cannot be filled in.
   * @returns {Promise<Record<string, import("./seal.js").BoxAddress>>}
   */
  async boxAddresses() {
    const person = await readPerson(this.store);
    return person ? this.boxes.addresses(person) : {};
  }

  /** @returns {Promise<boolean>} whether a new box waits for somebody who holds a known one to stand for it: the person must be told */
  async boxWaits() {
    const person = await readPerson(this.store);
    return person !== null && this.boxes.waiting(person);
  }

  /**
   * Hears the headers of a snapshot that had the right shape: server time, epoch, checkpoint, how far backups reach.
   * @param {{get: (name: string) => string|null}} headers
   */
  async noteHeaders(headers) {
    await note(this.store, this.effects, hear(headers));
    void this.drain().catch(() => undefined);
  }

  /** @returns {Promise<import("./types.js").ServerState>} clock pair, epoch, checkpoint, backups */
  serverState() {
    return this.store.read(["meta"], serverIn);
  }

  /**
   * What to tell the server of this phone's keys (`body` of POST /api/v1/device), or null when it knows all it needs. Cheap to ask often:
   * after each sign-in and snapshot. Answer with registered() or registrationRefused().
   * @param {{name: string, fieldName: string}} called the device, and the person (sealed into the witness, never in the clear)
   * @returns {Promise<import("./registration.js").Offer|null>}
   */
  async registrationOffer(called) {
    const person = await readPerson(this.store);
    return person && this.registration.offer(person, called, (await this.boxAddresses()).legal);
  }

  /**
   * @param {import("./registration.js").Offer} offer
   * @param {{device: string, keys: string[]}} answer of POST /api/v1/device
   */
  async registered(offer, answer) {
    await this.registration.accepted(offer, answer);
    void this.drain().catch(() => undefined);
  }

  /**
   * @param {import("./registration.js").Offer} offer
   * @param {string} code of the error that POST /api/v1/device gave
   */
  registrationRefused(offer, code) {
    return this.registration.refused(offer, code);
  }

  /** @returns {Promise<string|null>} this phone's device id, of the person signed in; null before registering */
  async device() {
    const person = await readPerson(this.store);
    return person && this.registration.device(person);
  }

  /** Ends timers, requests and the database connection of this tab. */
  close() {
    this.drainer.close();
    this.media.open?.close();
    this.store.close();
  }
}

/**
 * Opens the outbox of this phone. Page, service worker and tests alike; nothing here touches the DOM.
 * @param {Options} options
 * @returns {Outbox}
 */
export function openOutbox(options) {
  return new Outbox(options);
}
