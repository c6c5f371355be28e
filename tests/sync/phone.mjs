// One phone: a database that survives, tabs that may die at any await, one lock manager, one clock that may be wrong.
import "fake-indexeddb/auto";
import FDBFactory from "fake-indexeddb/lib/FDBFactory";
import FDBOpenDBRequest from "fake-indexeddb/lib/FDBOpenDBRequest";
import forceCloseDatabase from "../../node_modules/fake-indexeddb/build/esm/forceCloseDatabase.js";
import { newKeyring, realSubtle, simulatedSubtle } from "./subtle.mjs";

const utf8 = new TextEncoder();

export class Phone {
  constructor(world, network, { locks, real }) {
    this.world = world;
    this.network = network;
    this.real = real;
    this.factory = new FDBFactory();
    this.keyring = newKeyring();
    this.locks = locks ? new LockManager(world) : null;
    this.skew = 0;
    this.tabs = [];
    this.serial = 0;
  }

  now() {
    return Math.floor(this.world.now + this.skew);
  }

  /** A new tab (or the app started again) with the real outbox in it. */
  open(openOutbox, sealer) {
    const tab = { name: `tab${++this.serial}`, dead: false, connections: [], heard: [], form: null };
    this.tabs.push(tab);
    tab.outbox = openOutbox({ effects: this.#effects(tab, sealer), app: "sim", auto: true, pool: 2 });
    return tab;
  }

  #effects(tab, sealer) {
    const { world } = this;
    return {
      indexedDB: { open: (name, version) => this.#openDatabase(tab, name, version) },
      name: "outbox",
      subtle: this.real ? realSubtle(world, tab) : simulatedSubtle(world, tab, this.keyring),
      bytes: (n) => world.bytes(n),
      unit: () => world.unit(),
      now: () => this.now(),
      sleep: (ms, signal) => world.sleep(tab, ms, signal),
      fetch: (url, init) => this.network.fetch(tab, url, init),
      locks: this.locks && { request: (name, options, work) => this.locks.request(tab, options, work) },
      channel: {
        post: (message) => this.tabs.forEach((one) => {
          if (one !== tab && !tab.dead) world.post(one, `hears ${message}`, () => one.heard.forEach((listener) => listener(message)));
        }),
        listen: (listener) => tab.heard.push(listener),
        close: () => undefined,
      },
      sealer: () => world.effect(tab, "sealer", () => (this.real ? this.#realSealer(tab, sealer) : cheapSeal)),
    };
  }

  #realSealer(tab, sealer) {
    return (recipient, plaintext) => this.world.realEffect(tab, "age", async () => (await sealer())(recipient, plaintext));
  }

  #openDatabase(tab, name, version) {
    if (tab.dead) return new FDBOpenDBRequest();
    const request = this.factory.open(name, version);
    request.addEventListener("success", () => {
      if (tab.dead) request.result.close();
      else tab.connections.push(request.result);
      strictOnly(request.result, this.world);
    });
    return request;
  }

  /** The process of a tab ends here, wherever it is. What was being written is rolled back, or just gets through. */
  kill(tab) {
    const { world } = this;
    world.note(`${tab.name} is killed`);
    tab.dead = true;
    this.tabs = this.tabs.filter((one) => one !== tab);
    world.bury(tab);
    this.network.bury(tab);
    this.locks?.bury(tab);
    for (const connection of tab.connections) this.#cut(connection, () => world.chance(0.5));
  }

  /** The system closes a tab's database under it, as iOS does. */
  closeDatabase(tab) {
    this.world.note(`${tab.name} loses its database`);
    const [connection] = tab.connections.splice(0, 1);
    if (!connection) return;
    this.#cut(connection, () => false);
    if (this.world.chance(0.5)) forceCloseDatabase(connection);
  }

  #cut(connection, getsThrough) {
    for (const tx of [...connection._rawDatabase.transactions]) {
      if (tx.db !== connection || tx._state === "finished" || tx.mode === "versionchange") continue;
      const idle = tx._started && tx._requests.length === 0;
      if (!idle || !getsThrough()) tx.abort();
    }
    connection.close();
    connection._rawDatabase.processTransactions();
  }

  /** Rows as they are on disk. */
  rows(store) {
    const raw = this.factory._databases.get("outbox")?.rawObjectStores.get(store);
    return raw ? [...raw.records.values()].map((one) => one.value) : [];
  }

  row(store, key) {
    return this.factory._databases.get("outbox")?.rawObjectStores.get(store)?.records.get(key)?.value;
  }
}

/** Records may be written and let go only in strict transactions. */
function strictOnly(connection, world) {
  const plain = connection.transaction.bind(connection);
  connection.transaction = (names, mode, options) => {
    if (mode === "readwrite" && [names].flat().some((one) => one === "bodies" || one === "items") && options?.durability !== "strict") {
      world.fail(`a ${options?.durability} transaction over ${names}`);
    }
    return plain(names, mode, options);
  };
}

/** Stands in for age: as long, as fast as nothing, and marked with its recipient. */
async function cheapSeal(recipient, plaintext) {
  const head = utf8.encode(`sealed to ${recipient}\n`);
  const out = new Uint8Array(head.length + plaintext.length);
  out.set(head);
  plaintext.forEach((byte, i) => (out[head.length + i] = byte ^ 0x5a));
  return out;
}

/** Web Locks: one holder, the others in turn; a dead tab's lock is free at once. */
class LockManager {
  constructor(world) {
    this.world = world;
    this.queue = [];
  }

  request(tab, { signal }, work) {
    if (tab.dead) return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      const entry = { tab, held: false, work, resolve, reject };
      if (signal?.aborted) return reject(new DOMException("aborted", "AbortError"));
      entry.forgo = () => {
        this.queue = this.queue.filter((one) => one !== entry);
        reject(new DOMException("aborted", "AbortError"));
      };
      entry.granted = () => signal?.removeEventListener("abort", entry.forgo);
      signal?.addEventListener("abort", entry.forgo);
      this.queue.push(entry);
      return this.#grant();
    });
  }

  #grant() {
    const [first] = this.queue;
    if (!first || first.held) return;
    first.held = true;
    first.granted();
    this.world.post(first.tab, "lock", () => {
      const release = (settle) => (value) => {
        this.queue = this.queue.filter((one) => one !== first);
        this.#grant();
        settle(value);
      };
      first.work().then(release(first.resolve), release(first.reject));
    });
  }

  bury(tab) {
    this.queue = this.queue.filter((one) => one.tab !== tab);
    this.#grant();
  }
}
