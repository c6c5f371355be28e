// Sends what is saved until a verified receipt has come for all of it. One drainer per phone; any number of calls is harmless.
import { canonical } from "../lib/canonical.js";
import { MAX_BATCH_RECORDS } from "../lib/protocol.js";
import { classify, judge } from "./answer.js";
import { applyAnswer, putOff } from "./apply.js";
import { asOnlyDrainer } from "./lock.js";
import { batch, nextDue, ready, shuffled } from "./pick.js";
import { NetworkError, post } from "./post.js";
import { ALERT_PATIENCE_MS, Quiet } from "./quiet.js";
import { hear, serverIn } from "./server.js";

/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Tag} Tag */
/** @typedef {import("./answer.js").Sent} Sent */
/** @typedef {"unknown"|"ok"|"offline"|"portal"|"busy"|"trouble"} Link how the last request went */
/** @typedef {{effects: Effects, store: import("./store.js").Store, vault: import("./vault.js").Vault, tags: import("./tags.js").Tags,
 *   keyring: import("./server.js").ServerKeyring, url: string, auto: boolean, changed: () => void}} Parts */

const TIMER_MAX_MS = 300000;
/** The database failed: look again after this. */
const TROUBLE_MS = 30000;
/** With nothing to send, one original that is still held asks for news this often. */
const PROBE_MS = 21600000;

export class Drainer {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.owner = canonical([...parts.effects.bytes(8)]);
    /** @type {Promise<void>|null} */
    this.running = null;
    this.again = false;
    this.quiet = new Quiet(parts.effects, parts.store);
    this.limit = MAX_BATCH_RECORDS;
    this.probedAt = -Infinity;
    /** @type {Link} */
    this.link = "unknown";
    /** @type {Set<string>} */
    this.sending = new Set();
    /** @type {{rank: number, controller: AbortController}|null} */
    this.inFlight = null;
    /** Asked while a round was under way. */
    this.eager = false;
    /** @type {AbortController|null} */
    this.timer = null;
    this.closed = new AbortController();
  }

  /**
   * Sends what can be sent now. Resolves when nothing is left that could go at once; what waits for time is sent later by itself where
   * `auto` is set. Never rejects for a reason of the network.
   * @param {{eager?: boolean}} [how] eager: the network is back or a person asked; forget our own back-off, not the server's
   * @returns {Promise<void>}
   */
  drain({ eager = false } = {}) {
    if (eager) this.eager = true;
    this.again = true;
    this.running ??= this.#run();
    return this.running;
  }

  /** An alert was saved: a request that carries less urgent things makes way. What it carried is sent again. */
  hurry() {
    this.quiet.forget();
    if (this.inFlight && this.inFlight.rank > 0) this.inFlight.controller.abort("hurry");
  }

  close() {
    this.closed.abort();
    this.timer?.abort();
    this.inFlight?.controller.abort("closed");
  }

  async #run() {
    const { effects, store } = this.parts;
    const { signal } = this.closed;
    this.timer?.abort();
    try {
      while (this.again && !signal.aborted) {
        this.again = false;
        if (this.eager) this.quiet.forget(); // here, after the request that was under way: it may just have failed for want of the network
        this.eager = false;
        await asOnlyDrainer(effects, store, this.owner, (hold) => this.#rounds(hold), signal);
        await this.#arm();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#wake(TROUBLE_MS);
      throw error;
    } finally {
      this.running = null;
    }
  }

  /** @param {import("./lock.js").Hold} hold */
  async #rounds(hold) {
    for (;;) {
      const items = await this.#next();
      if (!items.length || this.closed.signal.aborted) return;
      if ((await this.#round(items, hold)) === "stop") return;
    }
  }

  /** @returns {Promise<Item[]>} the next batch, empty when nothing may go now */
  async #next() {
    const { effects, tags } = this.parts;
    const items = await this.#unreceived();
    const now = effects.now();
    const known = await tags.of(items);
    const group = ready(items, known, now, effects.unit);
    const held = group.length ? [] : await this.#probe(items, now);
    const chosen = batch(group.length ? group : held, this.limit);
    return chosen.length && (await this.quiet.left(chosen[0]?.rank === 0)) > 0 ? [] : chosen;
  }

  /** @returns {Promise<Item[]>} */
  #unreceived() {
    return this.parts.store.read(["items"], async (tx) => {
      const states = tx.objectStore("items").index("state");
      return (await Promise.all(["waiting", "attention", "sign_in"].map((state) => states.getAll(state)))).flat();
    });
  }

  /**
   * @param {Item[]} items not received
   * @param {number} now
   * @returns {Promise<Item[]>} one held original, when it is time to ask for news and nothing else will bring them
   */
  async #probe(items, now) {
    if (items.some((one) => one.state === "waiting") || (now >= this.probedAt && now - this.probedAt < PROBE_MS)) return [];
    const held = await this.parts.store.read(["items", "meta"], async (tx) => {
      const { heard_at } = await serverIn(tx);
      if (heard_at !== null && now >= heard_at && now - heard_at < PROBE_MS) return [];
      return (await tx.objectStore("items").index("state").getAll("received")).filter((/** @type {Item} */ one) => one.held);
    });
    if (held.length) this.probedAt = now;
    return shuffled(held, this.parts.effects.unit).slice(0, 1);
  }

  /**
   * One request.
   * @param {Item[]} items
   * @param {import("./lock.js").Hold} hold
   * @returns {Promise<"go on"|"stop">}
   */
  async #round(items, hold) {
    const { loaded, unreadable } = await this.#load(items);
    if (unreadable.length) await putOff(this.parts.store, this.parts.effects, unreadable, { kind: "attention", code: "unreadable" });
    if (!loaded.length) return "go on";
    if (!(await hold.held())) return "stop";
    const controller = new AbortController();
    this.inFlight = { rank: items[0]?.rank ?? 2, controller };
    this.sending = new Set(loaded.map((one) => one.sent.id));
    this.parts.changed();
    try {
      const { response, text } = await post(this.parts.effects, this.parts.url, loaded.map((one) => one.text), controller);
      return await this.#heard(response, text, loaded.map((one) => one.sent));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return controller.signal.reason === "hurry" ? "go on" : this.#backOff("offline");
    } finally {
      this.inFlight = null;
      this.sending = new Set();
      this.parts.changed();
    }
  }

  /**
   * @param {Item[]} items
   * @returns {Promise<{loaded: {text: string, sent: Sent}[], unreadable: string[]}>}
   */
  async #load(items) {
    const { store, vault } = this.parts;
    const rows = await store.read(["bodies"], (tx) => Promise.all(items.map((one) => tx.objectStore("bodies").get(one.id))));
    /** @type {{text: string, sent: Sent}[]} */
    const loaded = [];
    /** @type {string[]} */
    const unreadable = [];
    for (const [i, item] of items.entries()) {
      try {
        const text = await vault.unlock(`body ${item.id}`, rows[i]);
        loaded.push({ text, sent: { id: item.id, evidence: item.void_after === null, envelope: JSON.parse(text) } });
      } catch {
        unreadable.push(item.id);
      }
    }
    return { loaded, unreadable };
  }

  /**
   * @param {Response} response
   * @param {string} text
   * @param {Sent[]} sent
   * @returns {Promise<"go on"|"stop">}
   */
  async #heard(response, text, sent) {
    const { effects, store } = this.parts;
    const ids = sent.map((one) => one.id);
    const answer = classify(response, text, sent.length, effects.now());
    if (answer.kind === "answered") return this.#answered(response, answer.results, sent);
    if (answer.kind === "slow") return this.#slow(answer.wait);
    if (answer.kind === "portal") return this.#backOff("portal");
    if (answer.kind === "failed") return this.#backOff("trouble");
    this.limit = Math.max(1, Math.ceil(sent.length / 2));
    if (sent.length > 1) return this.#backOff("trouble", answer.kind === "too_much");
    // Alone and still not taken: it waits by itself, the others go on.
    if (answer.kind === "broken") await putOff(store, effects, ids, { kind: "keep", code: "server_error" });
    else await putOff(store, effects, ids, { kind: "attention", code: response.status === 413 ? "too_large" : "bad_shape" });
    return answer.kind === "broken" ? this.#backOff("trouble") : "go on";
  }

  /**
   * @param {Response} response
   * @param {import("./answer.js").Result[]} results
   * @param {Sent[]} sent
   * @returns {Promise<"go on"|"stop">}
   */
  async #answered(response, results, sent) {
    const { effects, store, vault, keyring } = this.parts;
    const heard = hear(response.headers);
    const keys = await keyring.keys();
    const decisions = await Promise.all(
      sent.map(async (one, i) => {
        const verdict = await judge(results[i] ?? {}, one, keys, heard.time, effects.subtle);
        const proof = verdict.kind === "let_go" ? await vault.lock(`receipt ${one.id}`, canonical({ ...verdict.signed })) : null;
        return { id: one.id, verdict, proof };
      }),
    );
    if (!(await applyAnswer(store, effects, heard, decisions))) return this.#backOff("trouble");
    const unproven = decisions.every((one) => one.verdict.kind === "keep" && one.verdict.code === "unproven");
    this.link = unproven ? "portal" : "ok";
    this.limit = Math.min(MAX_BATCH_RECORDS, this.limit * 2);
    this.quiet.over();
    return "go on";
  }

  /**
   * @param {Link} link
   * @param {boolean} [soon] the shortest wait: the next request will be another one
   * @returns {"stop"}
   */
  #backOff(link, soon = false) {
    this.quiet.backOff(soon);
    this.link = link;
    return "stop";
  }

  /**
   * @param {number|null} asked ms, where the server named a time
   * @returns {Promise<"stop">}
   */
  async #slow(asked) {
    if (asked !== null) await this.quiet.asked(asked);
    return this.#backOff("busy");
  }

  /** Sets the timer for what waits. */
  async #arm() {
    const { effects } = this.parts;
    const items = await this.#unreceived();
    const now = effects.now();
    const due = nextDue(items, now);
    if (due === null) return;
    const alert = items.some((one) => one.rank === 0 && one.state === "waiting");
    this.#wake(Math.min(Math.max(due, await this.quiet.left(false)), alert ? ALERT_PATIENCE_MS : TIMER_MAX_MS));
  }

  /** @param {number} ms from now, drains again; the newest call counts */
  #wake(ms) {
    this.timer?.abort();
    if (!this.parts.auto || this.closed.signal.aborted) return;
    const timer = new AbortController();
    this.timer = timer;
    void this.parts.effects.sleep(Math.max(1000, ms), timer.signal).then(() => {
      if (!timer.signal.aborted) this.drain().catch(() => undefined);
    });
  }
}
