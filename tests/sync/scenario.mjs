// One seed: a phone, a server, people who act at any moment, faults, and the invariants that must hold throughout.
import { canonical } from "../../static/js/lib/canonical.js";
import { openValue, Model } from "./model.mjs";
import { Network } from "./network.mjs";
import { Phone } from "./phone.mjs";
import { serverPair, sha256, signText } from "./subtle.mjs";
import { Broken, within, World } from "./world.mjs";

const PEOPLE = ["ana", "ben"];
const MAX_STEPS = 60_000;

export class Scenario {
  constructor(seed, { openOutbox, sealer, bugs = {}, tracing = false }) {
    const world = new World(seed, { tracing });
    this.world = world;
    this.openOutbox = openOutbox;
    this.sealer = sealer;
    this.seed = seed;
    this.real = seed % 250 === 7;
    this.model = new Model(world, { backups: world.chance(0.4), bugs });
    this.network = new Network(world, this.model);
    this.phone = new Phone(world, this.network, { locks: !world.chance(0.15), real: this.real });
    this.network.delivered = (records) => records.forEach((one) => this.#checkDelivered(one));
    this.captured = new Map();
    this.written = new Map();
    this.poison = new Set();
    this.flushed = new Set();
    this.failed = null;
    world.fail = (what) => (this.failed ??= new Broken(what));
    world.afterStep = () => this.#afterStep();
    // Every fourth seed dies at one exact step: taken together, at every await.
    this.killAt = seed % 4 === 0 ? 20 + Math.floor(seed / 4) % 900 : -1;
    this.actionsLeft = 4 + world.int(14);
    this.network.faults = world.pick([0, 0.2, 0.5, 0.8]);
    this.quiet = false;
    this.bodies = -1;
    this.token = 0;
    this.session = null;
    this.drafts = ["d1", "d2"];
  }

  #tab() {
    const { phone, world } = this;
    return phone.tabs.length ? world.pick(phone.tabs) : this.#openTab();
  }

  #openTab() {
    this.world.note("a tab opens");
    return this.phone.open(this.openOutbox, this.sealer);
  }

  #afterStep() {
    if (this.failed) throw this.failed;
    const { world, phone } = this;
    if (world.steps === this.killAt) phone.tabs.slice().forEach((tab) => phone.kill(tab));
    if (!this.quiet) this.#act();
    const count = phone.factory._databases.get("outbox")?.rawObjectStores.get("bodies")?.records.records.size() ?? 0;
    if (count !== this.bodies) this.checkNothingLost();
    this.bodies = count;
  }

  /** Now and then someone does something, or something breaks. */
  #act() {
    const { world, phone, model, network } = this;
    if (this.actionsLeft > 0 && world.chance(world.tasks.length + world.idb.length ? 0.01 : 0.5)) {
      this.actionsLeft -= 1;
      this.#userAct();
    }
    if (world.chance(0.001)) phone.tabs.length && phone.kill(world.pick(phone.tabs));
    if (world.chance(0.0015) && phone.tabs.length < 2) this.#openTab().outbox.drain().catch(ignore);
    if (world.chance(0.001)) phone.tabs.length && phone.closeDatabase(world.pick(phone.tabs));
    if (world.chance(0.001)) network.offline = !network.offline;
    if (world.chance(0.0007)) this.#clockJumps();
    if (world.chance(0.001)) model.crash();
    if (model.backups && world.chance(0.002)) model.takeBackup();
    if (model.backup && world.chance(0.0007)) this.#restore();
  }

  /** Someone sets the phone's clock: leases and quiet times are off then, records are not. */
  #clockJumps() {
    const { world, phone, network } = this;
    phone.skew = world.pick([0, -86_400_000, 86_400_000, 3_600_000, -300_000, 40 * 86_400_000]);
    network.asked = null;
    if (!phone.locks) network.overlapMatters = false;
    world.note(`the clock is set to ${phone.skew}`);
  }

  #restore() {
    this.world.note("the server is restored from its backup");
    this.model.restore();
    this.checkNothingLost();
  }

  #userAct() {
    const { world } = this;
    const tab = this.#tab();
    const acts = [
      [12, () => this.#write(tab)],
      [1, () => this.#signIn(tab, world.pick(PEOPLE))],
      [1, () => this.#register(tab)],
      [1, () => tab.outbox.drain({ eager: true })],
      [1, () => this.#snapshot(tab)],
      [1, () => tab.outbox.list()],
    ];
    const total = acts.reduce((sum, [weight]) => sum + weight, 0);
    let at = world.int(total);
    const [, act] = acts.find(([weight]) => (at -= weight) < 0);
    act().catch((error) => this.#expected(tab, error));
  }

  #expected(tab, error) {
    const known = ["person_changed", "not_signed_in", "not_enrolled", "no_box", "storage_failed"].includes(error.code);
    if (!tab.dead && !known) this.world.fail(`unexpected ${error.stack}`);
  }

  async #signIn(tab, person) {
    this.session = person;
    await tab.outbox.setPerson({ id: person, chapter: "c1" });
    await tab.outbox.setTrust(this.model.welcome());
    await tab.outbox.setBoxes([manifest()]);
    await this.#register(tab);
  }

  async #register(tab) {
    const person = await tab.outbox.person();
    if (!person || this.session !== person.id) return;
    const offer = await tab.outbox.registrationOffer({ name: "Phone", fieldName: person.id });
    if (!offer) return;
    // Another tab may have signed somebody else in since the offer was made: the server then refuses it, and nothing is lost.
    const answer = await this.world.effect(tab, "POST device", () => (this.session === offer.person.id ? this.model.register(offer.person.id, offer.body) : null));
    // The answer may be lost: the keys are offered again, and welcome again.
    if (answer && (this.quiet || !this.world.chance(this.network.faults / 2))) await tab.outbox.registered(offer, answer);
  }

  async #snapshot(tab) {
    const headers = this.model.headers();
    await this.world.effect(tab, "GET field", () => undefined);
    await tab.outbox.noteHeaders({ get: (name) => headers[name.toLowerCase()] ?? null });
  }

  /** Someone opens a form, writes, and taps Save; what they see then must be true. */
  async #write(tab) {
    const { world } = this;
    const person = await tab.outbox.person();
    if (!person) return this.#signIn(tab, world.pick(PEOPLE));
    const draft = world.chance(0.3) ? `${person.id} ${world.pick(this.drafts)}` : undefined;
    const token = draft ?? `t${this.token++}`;
    const writing = this.#writing(person, token, draft);
    if (draft) tab.outbox.drafts.put(draft, { token }, person);
    if (world.chance(0.3)) {
      await tab.outbox.drafts.flush();
      if (draft) this.flushed.add(draft);
    }
    const { id, again } = await tab.outbox.save(writing, person);
    if (tab.dead) return undefined;
    const row = this.phone.row("bodies", id);
    if (!again && !row && !this.#serverHas(id)) world.fail(`Saved was said of ${id}, which is nowhere`);
    const operation = writing.kind !== "observation" && writing.kind !== "amendment";
    if (!again) this.captured.set(id, { writing, operation });
    return undefined;
  }

  #writing(person, token, draft) {
    const { world } = this;
    const base = { lang: "en", purpose: "monitoring", day_part: "2026-11-23/morning", ...(draft ? { draft } : {}) };
    const open = [{ path: "/who", value: person.id, box: null }, { path: "/token", value: token, box: null }];
    const kind = world.pick(["observation", "observation", "observation", "amendment", "claim", "check_in", "check_out", "alert", "alert_cancel"]);
    if (kind === "observation" || kind === "amendment") {
      const poison = world.chance(0.06) ? [{ path: "/poison", value: world.pick(["crash", "refuse"]), box: null }] : [];
      const later = world.chance(0.1) ? [{ path: "/later", value: true, box: null }] : [];
      const notes = world.chance(0.7) ? [{ path: "/notes", value: "SECRET words", box: "legal" }] : [];
      const amends = { id: [...this.captured.keys()].at(-1) ?? "00000000-0000-4000-8000-000000000000", digest: sha256("amended") };
      return {
        ...base, kind, form: "master@1", form_hash: sha256("form"), place: world.pick(["p1", "unknown"]), answers: [...open, ...poison, ...later, ...notes],
        ...(kind === "amendment" ? { amends } : {}),
      };
    }
    const end = world.now + world.pick([3_600_000, 86_400_000]);
    if (kind === "alert") return { ...base, kind, place: "p1", answers: [...open, { path: "/what", value: "ice_here", box: null }] };
    if (kind === "alert_cancel") {
      const alert = [...this.captured].find(([, one]) => one.writing.kind === "alert")?.[0] ?? "none";
      return { ...base, kind, answers: [...open, { path: "/alert", value: alert, box: null }] };
    }
    return { ...base, kind, shift: world.pick(["s1", "s2", "full"]), void_after: end, answers: open };
  }

  /** What arrives at the server is signed by a key of the person who wrote it, says nothing that was sealed, and is one record per act. */
  #checkDelivered(envelope) {
    const { world, model } = this;
    const said = JSON.parse(envelope.body);
    const who = openValue(envelope, "/who");
    const owner = model.keys.get(said.key)?.person;
    if (owner !== undefined && owner !== who) world.fail(`${who}'s record came under a key of ${owner}`);
    if (JSON.stringify(envelope).includes("SECRET")) world.fail("sealed words in the clear");
    if (openValue(envelope, "/poison")) this.poison.add(said.id);
    const token = openValue(envelope, "/token");
    const first = this.written.get(token) ?? said.id;
    if (first !== said.id) world.fail(`two records of one act: ${first} and ${said.id}`);
    this.written.set(token, first);
  }

  #serverHas(id) {
    for (const [name, row] of this.model.rows) if (name.endsWith(` ${id}`)) return sha256(row.envelope.body) === row.digest;
    return false;
  }

  /** Every captured id is in the outbox or stored at the server. */
  checkNothingLost() {
    for (const [id, one] of this.captured) {
      if (this.phone.row("bodies", id) || this.#serverHas(id) || this.#isOver(id, one)) continue;
      this.world.fail(`${id} (${one.writing.kind}) is neither in the outbox nor at the server`);
    }
  }

  /** An operation that came to nothing, or whose time has passed, may be forgotten by a restore. */
  #isOver(id, { operation }) {
    const { void_after = Infinity } = this.phone.row("items", id) ?? {};
    return operation && (this.model.outcomes.get(id)?.startsWith("not_applied/") || this.world.now > (void_after ?? Infinity));
  }

  async run() {
    const { world } = this;
    const begin = this.#openTab();
    this.#signIn(begin, world.pick(PEOPLE)).catch((error) => this.#expected(begin, error));
    await world.run(() => this.actionsLeft === 0 && world.chance(0.002), MAX_STEPS);
    this.checkNothingLost();
    if (this.failed) throw this.failed;
    await this.#allArrive();
    if (this.failed) throw this.failed;
    return world.steps;
  }

  /** Faults stop; whoever has something waiting signs in once more; then everything must arrive. */
  async #allArrive() {
    const { world, network, phone } = this;
    this.quiet = true;
    network.faults = 0;
    network.offline = false;
    this.killAt = -1;
    world.note("faults stop");
    const tab = this.phone.tabs[0] ?? this.#openTab();
    for (const person of PEOPLE) {
      // A sign-in of somebody else may still have been under way: whoever has something waiting signs in until they are in.
      for (let tries = 0; tries < 5; tries++) {
        await this.#until(this.#signIn(tab, person), `sign-in of ${person}`);
        if ((await this.#until(tab.outbox.person(), "who is here"))?.id === person && this.session === person) break;
      }
      await this.#until(tab.outbox.drain({ eager: true }), "drain");
    }
    for (let round = 0; round < 60 && this.#unsent().length; round++) {
      world.now += 600_000 * (1 + round);
      await this.#until(tab.outbox.drain({ eager: true }), "drain");
    }
    const [left] = this.#unsent();
    if (left) world.fail(`${left} never arrived: ${JSON.stringify({ ...phone.row("items", left), tag: undefined })}`);
    this.#checkArrived();
    if (this.model.backups) await this.#checkHeldGo(tab);
  }

  #unsent() {
    return this.phone.rows("items").filter((one) => one.state !== "received" && !this.#poisoned(one.id)).map((one) => one.id);
  }

  #poisoned(id) {
    return this.poison.has(id);
  }

  #checkArrived() {
    for (const draft of this.flushed) {
      const row = this.phone.row("drafts", draft);
      if (row?.ct || (row?.done && (this.phone.row("items", row.done) || this.#serverHas(row.done)))) continue;
      const record = this.captured.get(row?.done); // a restore forgot it, and a clock that jumped the list's line of it
      if (!record || !this.#isOver(row.done, record)) this.world.fail(`draft ${draft} is gone and no record came of it`);
    }
    for (const [id, { writing }] of this.captured) {
      const item = this.phone.row("items", id);
      if (this.#poisoned(id)) {
        if (item?.state === "received" || !this.phone.row("bodies", id)) this.world.fail(`refused ${id} was let go`);
      } else if (writing.kind === "observation" || writing.kind === "amendment") {
        if (!this.#serverHas(id)) this.world.fail(`${id} did not arrive`);
      }
    }
  }

  /** After a last backup has been heard of, no original of a received record is kept any longer. */
  async #checkHeldGo(tab) {
    this.world.now += 3_600_000;
    this.model.takeBackup();
    await this.#until(this.#snapshot(tab), "snapshot");
    await this.#until(tab.outbox.drain({ eager: true }), "drain");
    this.checkNothingLost();
    const kept = this.phone.rows("items").find((one) => one.held || (one.state === "received" && this.phone.row("bodies", one.id)));
    if (kept) this.world.fail(`${kept.id} is still held after its backup`);
  }

  /** Lets the world run until a promise settles. */
  async #until(promise, what) {
    let settled = null;
    promise.then((value) => (settled = { value }), (error) => (settled = { error }));
    const ended = await this.world.run(() => settled !== null, MAX_STEPS);
    if (!ended && !settled) throw new Broken(`${what} never ends`);
    if (settled.error) throw new Broken(`${what}: ${settled.error.stack}`);
    return settled.value;
  }
}

const ignore = () => undefined;

let box;
/** The chapter's legal box, made once; its recipient is a real one for the seeds that seal for real. */
function manifest() {
  if (box) return box;
  const holder = serverPair(7);
  const recipient = manifest.recipient ?? "age1pq1simulated";
  const text = canonical({
    v: 1, type: "box_manifest", box: "b1", chapter: "c1", purpose: "legal", version: 1, recipient, previous: null, successor: null, created_at: 1,
    holders: [{ holder: "h1", recipient, sign: holder.jwk }],
  });
  box = { text, sig: signText(holder.privateKey, "fieldapp/box-manifest/v1", text) };
  return box;
}

/** The recipient for sealing with real age; before the first run. */
export function sealTo(recipient) {
  manifest.recipient = recipient;
}

/** Runs one seed. Throws Broken with what went wrong. */
export async function runSeed(seed, options) {
  const scenario = new Scenario(seed, options);
  try {
    await within(scenario.world, () => scenario.run());
  } catch (error) {
    error.trace = scenario.world.trace;
    throw error;
  }
  return scenario;
}
