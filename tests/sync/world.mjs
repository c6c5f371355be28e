// A seeded world: every effect of the outbox is a task here, and the seed alone decides the order in which tasks happen.
// Virtual time moves only when nothing else can happen, or when the seed says that something took long.

const turn = globalThis.setImmediate;

/** What a run is failed with: the invariant that broke. */
export class Broken extends Error {}

export class World {
  constructor(seed, { tracing = false } = {}) {
    this.seed = seed;
    this.state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) >>> 0;
    this.now = 1_795_000_000_000;
    this.idb = [];
    this.tasks = [];
    this.timers = [];
    this.real = 0;
    this.steps = 0;
    this.serial = 0;
    this.trace = tracing ? [] : null;
    this.afterStep = () => undefined;
    for (let i = 0; i < 8; i++) this.unit();
  }

  /** @returns random number in [0, 1), from the seed (mulberry32) */
  unit() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  int(n) {
    return Math.floor(this.unit() * n);
  }

  chance(p) {
    return this.unit() < p;
  }

  pick(list) {
    return list[this.int(list.length)];
  }

  bytes(n) {
    const out = new Uint8Array(n);
    for (let i = 0; i < n; i++) out[i] = Math.floor(this.unit() * 256);
    return out;
  }

  note(text) {
    this.trace?.push(`${this.steps} +${this.now - 1_795_000_000_000}ms ${text}`);
  }

  /** A task of a tab (or of the world, tab null); it is forgotten when the tab dies. */
  post(tab, label, fn) {
    if (!tab?.dead) this.tasks.push({ tab, label, fn });
  }

  /** The result of compute, delivered when the seed says; never to a dead tab. */
  effect(tab, label, compute) {
    if (tab?.dead) return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      let value;
      try {
        value = compute();
      } catch (error) {
        this.post(tab, `${label} failed`, () => reject(error));
        return;
      }
      this.post(tab, label, () => resolve(value));
    });
  }

  /** Like effect, for work that really is asynchronous: the world stands still until it is ready. */
  async realEffect(tab, label, start) {
    this.real += 1;
    const settled = await start().then((value) => () => value, (error) => () => {
      throw error;
    });
    this.real -= 1;
    return this.effect(tab, label, settled);
  }

  /** Virtual time; resolves early when aborted. */
  sleep(tab, ms, signal) {
    if (tab?.dead) return new Promise(() => undefined);
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        signal?.removeEventListener("abort", end);
        this.timers = this.timers.filter((one) => one !== timer);
        resolve();
      };
      const timer = { at: this.now + Math.max(0, ms), serial: this.serial++, tab, end };
      this.timers.push(timer);
      signal?.addEventListener("abort", end);
      return undefined;
    });
  }

  /** Forgets what a dead tab was waiting for. */
  bury(tab) {
    this.tasks = this.tasks.filter((one) => one.tab !== tab);
    this.timers = this.timers.filter((one) => one.tab !== tab);
  }

  #fireTimer() {
    const next = this.timers.reduce((a, b) => (b.at < a.at || (b.at === a.at && b.serial < a.serial) ? b : a));
    this.now = Math.max(this.now, next.at);
    this.note("timer");
    next.end();
  }

  /** @returns whether anything could happen */
  step() {
    this.steps += 1;
    const ready = this.tasks.length + (this.idb.length ? 2 : 0);
    if (!ready && !this.timers.length) return false;
    if (this.timers.length && (!ready || this.chance(0.002))) this.#fireTimer();
    else {
      const at = this.int(ready);
      if (at < this.tasks.length) {
        const [task] = this.tasks.splice(at, 1);
        this.note(`${task.tab?.name ?? "world"}: ${task.label}`);
        task.fn();
      } else this.idb.shift()();
    }
    return true;
  }

  /** Runs until done() or nothing can happen any more. Each step is followed by all microtasks it caused. */
  run(done, maxSteps) {
    const last = this.steps + maxSteps;
    return new Promise((resolve, reject) => {
      const tick = () => {
        try {
          if (this.real > 0) return turn(tick);
          if (done()) return resolve(true);
          if (this.steps >= last) throw new Broken(`no end after ${maxSteps} steps`);
          if (!this.step()) return resolve(false);
          this.afterStep();
        } catch (error) {
          return reject(error);
        }
        return turn(tick);
      };
      turn(tick);
    });
  }
}

let current = null;

/** fake-indexeddb asks for its turns through setImmediate, at call time: they become tasks of the world that is running. */
globalThis.setImmediate = (fn, ...args) => (current ? void current.idb.push(() => fn(...args)) : turn(fn, ...args));

export async function within(world, work) {
  current = world;
  try {
    return await work();
  } finally {
    current = null;
  }
}
