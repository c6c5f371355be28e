// Sends media piece by piece, also while it is being recorded, and frees it for nothing but a verified receipt. Alerts, operations and records go first.
import { canonical } from "../../lib/canonical.js";
import { isDue } from "../../lib/clock.js";
import { MAX_MEDIA_PATCH_BYTES } from "../../lib/protocol.js";
import { backoff, wait } from "../apply.js";
import { asOnlyDrainer } from "../lock.js";
import { NetworkError } from "../post.js";
import { Quiet } from "../quiet.js";
import { verifyMediaReceipt } from "./receipt.js";
import { framesOf } from "./rows.js";
import { tagOf } from "./tag.js";
import { ask, checksum } from "./tus.js";

/** @typedef {import("../types.js").Bytes} Bytes */
/** @typedef {import("./types.js").MediaRow} MediaRow */
/** @typedef {import("./types.js").MediaTag} MediaTag */
/** @typedef {import("./tus.js").Said} Said */
/** @typedef {{effects: import("../types.js").Effects, store: import("../store.js").Store, vault: import("../vault.js").Vault,
 *   keyring: import("../server.js").ServerKeyring, url: string, auto: boolean, changed: () => void, records: () => Promise<void>|null}} Parts
 *   `records`: the drain of records while it is under way */

const LOCK = "fieldapp-media";
const CHUNK_MIN = 65536;
const CHUNK_FIRST = 524288;
const TIMER_MAX_MS = 300000;
const ATTENTION_MS = 900000;
const RECEIVED_KEPT_MS = 14 * 86400000;

export class Uploads {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.owner = canonical([...parts.effects.bytes(8)]);
    this.quiet = new Quiet(parts.effects, parts.store, "quiet media");
    /** How many bytes the server holds, as it said last; where another tab went on, it says so (409). @type {Map<string, number>} */
    this.offsets = new Map();
    /** Whose length it knows. @type {Set<string>} */
    this.lengths = new Set();
    this.chunk = CHUNK_FIRST;
    /** @type {{id: string, controller: AbortController}|null} */
    this.inFlight = null;
    /** @type {Promise<void>|null} */
    this.running = null;
    this.again = false;
    this.eager = false;
    /** @type {AbortController|null} */
    this.timer = null;
    this.closed = new AbortController();
  }

  /**
   * Sends what can be sent now; see Drainer.drain.
   * @param {{eager?: boolean}} [how]
   * @returns {Promise<void>}
   */
  drain({ eager = false } = {}) {
    if (eager) this.eager = true;
    this.again = true;
    this.running ??= this.#run();
    return this.running;
  }

  /** An alert was saved: what is under way makes way. It goes on from where the server says that it is. */
  hurry() {
    this.inFlight?.controller.abort("hurry");
  }

  /** What was thrown away is not sent on. */
  async look() {
    const { inFlight } = this;
    if (inFlight && !(await this.#row(inFlight.id))) inFlight.controller.abort("gone");
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
        if (this.eager) this.quiet.forget();
        this.eager = false;
        await asOnlyDrainer(effects, store, this.owner, (hold) => this.#rounds(hold), signal, LOCK);
        await this.#tidy();
        await this.#arm();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#wake(TIMER_MAX_MS / 10);
      throw error;
    } finally {
      this.running = null;
      this.parts.changed();
    }
  }

  /** @param {import("../lock.js").Hold} hold */
  async #rounds(hold) {
    while (!this.closed.signal.aborted) {
      await this.parts.records()?.catch(() => undefined);
      if ((await this.quiet.left(false)) > 0) return;
      const row = await this.#next();
      if (!row || !(await hold.held()) || (await this.#step(row)) === "stop") return;
    }
  }

  /** @param {string} id @returns {Promise<MediaRow|undefined>} */
  #row(id) {
    return this.parts.store.read(["media"], (tx) => tx.objectStore("media").get(id));
  }

  /** @returns {Promise<MediaRow[]>} without a receipt */
  async #unreceived() {
    const rows = /** @type {MediaRow[]} */ (await this.parts.store.read(["media"], (tx) => tx.objectStore("media").getAll()));
    return rows.filter((row) => row.let_go_at === null);
  }

  /** @returns {Promise<MediaRow|undefined>} what is being recorded now first: the phone may not be there for long */
  async #next() {
    const now = this.parts.effects.now();
    const ready = (await this.#unreceived()).filter((row) => isDue(row, now) && this.#hasMore(row));
    const live = (/** @type {MediaRow} */ row) => (row.state === "recording" ? 0 : 1);
    return ready.sort((a, b) => live(a) - live(b) || a.order - b.order)[0];
  }

  /** @param {MediaRow} row */
  #hasMore(row) {
    if (row.state !== "recording") return true;
    return row.size > (this.offsets.get(row.id) ?? (row.told ? -1 : 0));
  }

  /**
   * One request.
   * @param {MediaRow} row
   * @returns {Promise<"go on"|"stop">}
   */
  async #step(row) {
    const controller = new AbortController();
    this.inFlight = { id: row.id, controller };
    this.parts.changed();
    try {
      const tag = await tagOf(row, this.parts.vault).catch(() => null);
      return tag ? await this.#ask(row, tag, controller) : await this.#putOff(row, "unreadable", ATTENTION_MS);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.offsets.delete(row.id);
      const { reason } = controller.signal;
      if (reason === "hurry" || reason === "gone") return "go on";
      this.chunk = Math.max(CHUNK_MIN, Math.floor(this.chunk / 2));
      this.quiet.backOff();
      return "stop";
    } finally {
      this.inFlight = null;
    }
  }

  /** @param {MediaRow} row @param {MediaTag} tag @param {AbortController} controller @returns {Promise<"go on"|"stop">} */
  async #ask(row, tag, controller) {
    const { effects, url } = this.parts;
    const own = `${url}/${row.id}`;
    const ended = row.state !== "recording";
    if (!row.told) {
      /** @type {Record<string, string>} */
      const headers = ended ? { "Upload-Length": String(row.size) } : { "Upload-Defer-Length": "1" };
      return this.#created(row, await ask(effects, url, "POST", tag.token, { headers, controller }));
    }
    const offset = this.offsets.get(row.id);
    if (offset === undefined) return this.#found(row, await ask(effects, own, "HEAD", tag.token, { controller }));
    if (offset < row.size || (ended && !this.lengths.has(row.id))) return this.#patch(row, tag, offset, controller);
    return this.#proof(row, await ask(effects, `${own}/receipt`, "GET", tag.token, { controller }));
  }

  /** @param {MediaRow} row @param {Said} said */
  async #created(row, said) {
    if (said.kind !== "ok") return this.#other(row, said);
    await this.#put(row.id, { told: true });
    return "go on";
  }

  /** @param {MediaRow} row @param {Said} said */
  async #found(row, said) {
    if (said.kind !== "ok") return this.#other(row, said);
    const { offset, length } = said;
    if (offset === null) return this.#other(row, { kind: "portal" });
    if (offset > row.size || (length !== null && row.state !== "recording" && length !== row.size)) return this.#putOff(row, "mismatch", ATTENTION_MS);
    this.offsets.set(row.id, offset);
    if (length !== null) this.lengths.add(row.id);
    if (offset !== row.sent) await this.#put(row.id, { sent: offset });
    return "go on";
  }

  /** @param {MediaRow} row @param {MediaTag} tag @param {number} offset @param {AbortController} controller @returns {Promise<"go on"|"stop">} */
  async #patch(row, tag, offset, controller) {
    const { effects, url } = this.parts;
    const body = await this.#bytes(row.id, offset, Math.min(this.chunk, row.size - offset));
    if (!body.length && offset < row.size) return (await this.#row(row.id)) ? this.#putOff(row, "lost", ATTENTION_MS) : "go on"; // thrown away meanwhile
    const ended = row.state !== "recording";
    const headers = {
      "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset), "Upload-Checksum": await checksum(body, effects.subtle),
      ...(ended && { "Upload-Length": String(row.size) }),
    };
    const said = await ask(effects, `${url}/${row.id}`, "PATCH", tag.token, { headers, body, controller });
    if (said.kind !== "ok" || said.offset !== offset + body.length) return this.#other(row, said.kind === "ok" ? { kind: "wrong_offset" } : said);
    this.offsets.set(row.id, said.offset);
    if (ended) this.lengths.add(row.id);
    this.chunk = Math.min(MAX_MEDIA_PATCH_BYTES, this.chunk * 2);
    this.quiet.over();
    await this.#put(row.id, { sent: said.offset, tries: 0, code: null });
    return "go on";
  }

  /**
   * A piece of the ciphertext, from as many frames as it takes.
   * @param {string} id @param {number} offset @param {number} length
   * @returns {Promise<Bytes>} shorter where there is no more
   */
  #bytes(id, offset, length) {
    return this.parts.store.read(["frames"], async (tx) => {
      const out = new Uint8Array(length);
      let filled = 0;
      const frames = tx.objectStore("frames");
      const first = length ? await frames.openKeyCursor(IDBKeyRange.bound([id, 0], [id, offset]), "prev") : null;
      for (let at = /** @type {any} */ (first?.primaryKey)?.[1]; at !== undefined && filled < length; ) {
        const frame = await frames.get([id, at]);
        if (!frame) break;
        const piece = frame.bytes.subarray(offset + filled - at, offset + length - at);
        out.set(piece, filled);
        filled += piece.length;
        at += frame.bytes.length;
      }
      return filled === length ? out : out.slice(0, filled);
    });
  }

  /** @param {MediaRow} row @param {Said} said */
  async #proof(row, said) {
    const { effects, vault, keyring } = this.parts;
    if (said.kind !== "ok") return this.#other(row, said);
    const mine = { id: row.id, sha256: row.sha256 ?? "", size: row.size };
    const verdict = await verifyMediaReceipt(said.body?.receipt, mine, await keyring.keys(), effects.subtle);
    if (!verdict.ok) {
      if (verdict.fault === "bad_shape") return this.#other(row, { kind: "portal" });
      return this.#putOff(row, verdict.fault === "unknown_server_key" ? "unknown_server_key" : verdict.fault === "not_mine" ? "mismatch" : "unproven");
    }
    const { text, sig } = said.body.receipt;
    await this.#free(row.id, verdict.receipt, await vault.lock(`receipt ${row.id}`, canonical({ text, sig })));
    return "go on";
  }

  /**
   * The one place where media leave the phone that nobody has thrown away.
   * @param {string} id
   * @param {import("./receipt.js").MediaReceipt} receipt verified
   * @param {import("../types.js").Locked} proof
   */
  async #free(id, receipt, proof) {
    const now = this.parts.effects.now();
    await this.parts.store.write(["media", "frames", "receipts"], async (tx) => {
      const row = /** @type {MediaRow|undefined} */ (await tx.objectStore("media").get(id));
      if (!row || row.sha256 !== receipt.sha256 || row.id !== receipt.media) return;
      await tx.objectStore("receipts").put({ id, ...proof });
      await tx.objectStore("frames").delete(framesOf(id));
      await tx.objectStore("media").put({ ...row, sent: row.size, code: null, tries: 0, received_at: receipt.received_at, let_go_at: now });
    });
    this.offsets.delete(id);
  }

  /**
   * An answer that did not bring it on.
   * @param {MediaRow} row @param {Said} said
   * @returns {Promise<"go on"|"stop">}
   */
  async #other(row, said) {
    this.offsets.delete(row.id);
    switch (said.kind) {
      case "unknown": // the server has been restored, or never had it: from the beginning
        await this.#put(row.id, { told: false, sent: 0 });
        return this.#putOff(row, "unknown_media");
      case "wrong_offset": // asked anew at once, but not for ever
        if (row.tries >= 3) return this.#putOff(row, "wrong_offset");
        await this.#put(row.id, { tries: row.tries + 1 });
        return "go on";
      case "refused":
        return this.#putOff(row, said.code, ATTENTION_MS);
      case "slow":
        if (said.wait !== null) await this.quiet.asked(said.wait);
        await this.#put(row.id, { code: said.code || null });
        this.quiet.backOff();
        return "stop";
      case "failed":
        if (said.code === "unknown_key") await this.#tellAgain(row.key);
        if (said.code !== "unknown_key" && said.code !== "checksum") {
          this.quiet.backOff();
          return "stop";
        }
        return this.#putOff(row, said.code);
      default:
        this.quiet.backOff();
        return "stop";
    }
  }

  /** The server does not know this key, whatever the phone believed: it is told again at the next sign-in. @param {string} kid */
  async #tellAgain(kid) {
    await this.parts.store.write(["keys"], async (tx) => {
      const row = await tx.objectStore("keys").get(kid);
      if (row) await tx.objectStore("keys").put({ ...row, registered: false, witnessed: false });
    });
  }

  /**
   * One waits by itself, so that it does not hold up the others.
   * @param {MediaRow} row @param {string} code @param {number} [ms]
   * @returns {Promise<"go on">}
   */
  async #putOff(row, code, ms) {
    const { effects } = this.parts;
    const often = Math.min(row.tries, 10);
    await this.#put(row.id, { code, tries: row.tries + 1, ...wait(effects.now(), ms ? ms * 2 ** Math.min(often, 6) : backoff(often, effects.unit())) });
    return "go on";
  }

  /** @param {string} id @param {Partial<MediaRow>} change */
  async #put(id, change) {
    await this.parts.store.write(["media"], async (tx) => {
      const row = await tx.objectStore("media").get(id);
      if (row) await tx.objectStore("media").put({ ...row, ...change });
    }, "relaxed"); // the server's word is asked for again after a kill
    this.parts.changed();
  }

  /** Forgets what the server has had for a fortnight, as with records. */
  async #tidy() {
    const before = this.parts.effects.now() - RECEIVED_KEPT_MS;
    await this.parts.store.write(["media", "receipts"], async (tx) => {
      for (const row of /** @type {MediaRow[]} */ (await tx.objectStore("media").getAll())) {
        if (row.let_go_at === null || row.let_go_at >= before || row.state !== "saved") continue;
        await tx.objectStore("receipts").delete(row.id);
        await tx.objectStore("media").delete(row.id);
      }
    }, "relaxed");
  }

  /** Sets the timer for what waits. */
  async #arm() {
    const now = this.parts.effects.now();
    const rows = (await this.#unreceived()).filter((row) => row.state !== "recording" || row.size > row.sent);
    if (!rows.length) return;
    const due = Math.min(...rows.map((row) => (isDue(row, now) ? 0 : row.not_before - now)));
    this.#wake(Math.min(Math.max(due, await this.quiet.left(false)), TIMER_MAX_MS));
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
