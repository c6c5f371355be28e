// When nothing is sent: our own back-off after failures, or a time that the server asked for.
import { isDue } from "../lib/clock.js";
import { backoff, wait } from "./apply.js";

/** @typedef {{not_before: number, set_at: number}} Pause */

/** An alert waits no longer than this, whatever a server or a portal has asked for. */
export const ALERT_PATIENCE_MS = 30000;
const ASKED_MAX_MS = 3600000;

export class Quiet {
  /** @param {import("./types.js").Effects} effects @param {import("./store.js").Store} store @param {string} [slot] where what the server asked for is kept */
  constructor(effects, store, slot = "quiet") {
    this.slot = slot;
    this.effects = effects;
    this.store = store;
    /** @type {Pause|null} */
    this.ours = null;
    this.failures = 0;
  }

  /** Forgets our own back-off, not what the server asked for. */
  forget() {
    this.ours = null;
  }

  /** A request went well. */
  over() {
    this.ours = null;
    this.failures = 0;
  }

  /** @param {boolean} [soon] the shortest wait: the next request will be another one */
  backOff(soon = false) {
    this.ours = wait(this.effects.now(), backoff(soon ? 0 : this.failures, this.effects.unit()));
    if (!soon) this.failures += 1;
  }

  /**
   * The server asked for quiet: kept in the database, for every tab.
   * @param {number} ms
   */
  async asked(ms) {
    const pause = wait(this.effects.now(), Math.min(Math.max(1000, ms), ASKED_MAX_MS));
    await this.store.write(["meta"], (tx) => tx.objectStore("meta").put({ k: this.slot, ...pause }), "relaxed");
  }

  /**
   * How long it still lasts.
   * @param {boolean} alert for an alert
   * @returns {Promise<number>} ms, 0 when something may be sent now
   */
  async left(alert) {
    const now = this.effects.now();
    const row = await this.store.read(["meta"], (tx) => tx.objectStore("meta").get(this.slot));
    const pause = row && !isDue(row, now) ? row : this.ours;
    if (!pause) return 0;
    const until = alert ? Math.min(pause.not_before, pause.set_at + ALERT_PATIENCE_MS) : pause.not_before;
    return isDue({ ...pause, not_before: until }, now) ? 0 : until - now;
  }
}
