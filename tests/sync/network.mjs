// What lies between phone and server: mobile networks, captive portals, proxies, and our own server on a bad day.
import { canonical } from "../../static/js/lib/canonical.js";
import { DOMAIN_RECEIPT } from "../../static/js/lib/protocol.js";
import { error } from "./model.mjs";
import { signText } from "./subtle.mjs";

const ALERTS = ["alert", "alert_cancel", "acknowledge"];
const STATUSES = [401, 403, 404, 409, 413, 415, 429, 429, 500, 502, 503];

export class Network {
  constructor(world, model) {
    this.world = world;
    this.model = model;
    this.faults = 0;
    this.offline = false;
    this.inFlight = new Map();
    this.receipts = [];
    this.delivered = () => undefined;
    this.overlapMatters = true;
  }

  /** fetch as one tab sees it. */
  fetch(tab, _url, init) {
    const { world } = this;
    if (tab.dead) return new Promise(() => undefined);
    const bodies = JSON.parse(init.body).records.map((one) => JSON.parse(one.body));
    const ids = bodies.map((one) => one.id);
    if (this.asked && world.now < this.asked.until && !this.asked.tab.dead && !bodies.some((one) => ALERTS.includes(one.kind))) {
      world.fail("a request before the time that Retry-After named");
    }
    const call = { tab, ids, open: true };
    this.#enter(call);
    return new Promise((resolve, reject) => {
      const settle = (label, finish) => world.post(tab, label, () => {
        if (!call.open) return;
        this.leave(call);
        finish();
      });
      init.signal?.addEventListener("abort", () => {
        if (!call.open) return;
        this.leave(call);
        reject(new DOMException("aborted", "AbortError"));
      });
      const answer = (label, said) => settle(label, () => resolve(this.#response(tab, said)));
      const lost = (label) => settle(label, () => reject(new TypeError("network")));
      this.#carry(init.body, answer, lost);
    });
  }

  #carry(body, answer, lost) {
    const { world } = this;
    if (this.offline) return lost("offline");
    const through = (then) => world.post(null, "request arrives", () => then(this.#serve(body)));
    if (!world.chance(this.faults)) return through((said) => answer("answer", said));
    const fault = world.pick(["lost", "silent", "unanswered", "mute", "twice", "slow", "status", "after", "portal", "replay", "swap", "forged"]);
    world.note(`fault ${fault}`);
    switch (fault) {
      case "lost": return lost("request lost");
      case "silent": return undefined;
      case "unanswered": return through(() => lost("answer lost"));
      case "mute": return through(() => undefined);
      case "twice": return through((said) => through((again) => answer("answer of two", world.chance(0.5) ? said : again)));
      case "slow": return void world.sleep(null, 1000 + world.int(150_000)).then(() => through((said) => answer("late answer", said)));
      case "status": return answer("status", this.#status());
      case "after": return through(() => answer("status after", this.#status()));
      case "portal": return answer("portal", this.#portal(JSON.parse(body)));
      case "replay": return answer("replay", this.#replay(JSON.parse(body)));
      case "swap": return through((said) => answer("swapped", this.#swap(said)));
      default: return answer("forged", this.#forged(JSON.parse(body)));
    }
  }

  #serve(body) {
    this.delivered(JSON.parse(body).records);
    const said = this.model.sync(body);
    for (const one of said.status === 200 ? JSON.parse(said.body).results : []) if (one.receipt) this.receipts.push({ receipt: one.receipt, headers: said.headers });
    return said;
  }

  #status() {
    const { world } = this;
    const status = world.pick(STATUSES);
    const seconds = world.int(120);
    const [asks, wait] = world.pick([
      [0, {}],
      [seconds * 1000, { "retry-after": String(seconds) }],
      [60_000, { "retry-after": new Date(world.now + 60_000).toUTCString(), date: new Date(world.now).toUTCString() }],
    ]);
    const said = world.chance(0.3) ? { status, headers: wait, body: "<html>no</html>" } : error(status, "unavailable", wait);
    return { ...said, asks: status === 429 || status === 503 ? asks : 0 };
  }

  #portal({ records }) {
    const results = records.map((one) => ({ id: JSON.parse(one.body).id, digest: one.digest, outcome: "stored" }));
    const bodies = ["<html>Welcome to Free Wi-Fi</html>", "{}", '{"ok":true}', '{"v":1,"results":[]}', canonical({ v: 1, results }), "null", "[]"];
    return { status: 200, headers: {}, body: this.world.pick(bodies) };
  }

  /** A cache between us answers with what it heard before: a true receipt, with the headers it came with. One is for a record of another key with the same id. */
  #replay({ records }) {
    const [first] = records;
    const twin = this.model.sign(JSON.parse(first.body).id, "A".repeat(43), null, "stored", this.world.now);
    const { receipt, headers } = this.world.pick([{ receipt: twin, headers: this.model.headers() }, ...this.receipts.slice(-3)]);
    const results = records.map((one) => ({ id: JSON.parse(one.body).id, digest: one.digest, outcome: "stored", receipt }));
    return { status: 200, headers, body: canonical({ v: 1, results }) };
  }

  #swap(said) {
    if (said.status !== 200) return said;
    const { v, results } = JSON.parse(said.body);
    const turned = results.map((one, i) => ({ ...one, receipt: results[(i + 1) % results.length].receipt }));
    return { ...said, body: canonical({ v, results: this.world.chance(0.5) ? results.slice(1).concat(results[0]) : JSON.parse(JSON.stringify(turned)) }) };
  }

  /** Receipts that a stranger signed, in our server key's name. */
  #forged({ records }) {
    const results = records.map((one) => {
      const { id, kind } = JSON.parse(one.body);
      const real = JSON.parse(this.model.sign(id, one.digest, null, "stored", this.world.now).text);
      const text = canonical({ ...real, leaf: kind === "observation" ? null : real.leaf });
      return { id, digest: one.digest, outcome: "stored", receipt: { text, sig: signText(this.model.stranger.privateKey, DOMAIN_RECEIPT, text) } };
    });
    return { status: 200, headers: { ...this.model.headers(), "fieldapp-backed-up-through": "9007199254740991", "fieldapp-epoch": "zz" }, body: canonical({ v: 1, results }) };
  }

  #response(tab, said) {
    const { world } = this;
    if (said.asks) this.asked = { tab, until: world.now + said.asks };
    return {
      status: said.status,
      headers: { get: (name) => said.headers[name.toLowerCase()] ?? null },
      text: () => {
        if (world.chance(this.faults / 4)) return world.effect(tab, "answer broke off", () => {
          throw new TypeError("network");
        });
        return world.effect(tab, "body read", () => said.body);
      },
    };
  }

  /** One drainer per phone: a record is never in two requests of the phone at once. */
  #enter(call) {
    for (const id of call.ids) {
      if (this.inFlight.has(id) && this.overlapMatters) this.model.world.fail(`record ${id} is in two requests at once`);
      this.inFlight.set(id, call);
    }
  }

  leave(call) {
    call.open = false;
    for (const id of call.ids) if (this.inFlight.get(id) === call) this.inFlight.delete(id);
  }

  /** A tab died: what it had in flight goes on without it. */
  bury(tab) {
    for (const call of new Set(this.inFlight.values())) if (call.tab === tab) this.leave(call);
  }
}

