// Saving: what is sealed, what is written, under whose name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Decrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { decode } from "../../static/js/lib/b64.js";
import { digest } from "../../static/js/lib/sign.js";
import { ALARM, ANA, ASKED, BEN, manifest, register, rig, SEEN, signIn } from "../sync/rig.mjs";
import { serverPair } from "../sync/subtle.mjs";

const code = (want) => (error) => error.code === want;
const recipient = async () => identityToRecipient(await generateHybridIdentity());
const sentRows = (it) => [...it.model.rows.values()];

async function opened(envelope, identity) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const plain = new TextDecoder().decode(await decrypter.decrypt(decode(envelope.sealed.b1)));
  return { length: plain.length, answers: Object.fromEntries(JSON.parse(plain).map(([, path, value]) => [path, value])) };
}

test("an observation arrives with its open answers in the open and the rest for the legal team alone", async () => {
  const it = rig();
  const identity = await generateHybridIdentity();
  await signIn(it, ANA, await identityToRecipient(identity));
  const answers = [{ path: "/type", value: "master", box: null }, { path: "/notes", value: "SECRET", box: "legal" }, { path: "/_/order", value: 3, box: "legal" }];
  await it.outbox.save({ ...SEEN, answers });
  await it.outbox.drain();
  const [{ envelope }] = sentRows(it);
  assert.deepEqual(envelope.open.map(([, path, value]) => [path, value]), [["/type", "master"]]);
  const legal = await opened(envelope, identity);
  assert.equal(legal.length, 1024);
  assert.deepEqual(Object.keys(legal.answers).sort(), ["/_/captured_at", "/_/clock", "/_/not_before", "/_/order", "/_/seq", "/notes"]);
  assert.equal(legal.answers["/_/seq"], 1);
  assert.equal(JSON.parse(envelope.body).commitments.length, 16);
  assert.ok(!JSON.stringify(it.requests).includes("SECRET"));
});

test("a save waits for the database twice: to take its key with all it is written with, and to keep the record", async () => {
  const it = rig();
  await signIn(it, ANA, await identityToRecipient(await generateHybridIdentity()));
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  const { store } = it.outbox;
  const asked = [];
  for (const how of ["read", "write"]) {
    const plain = store[how].bind(store);
    store[how] = (names, work, durability) => {
      asked.push([how, durability ?? "strict"]);
      return plain(names, work, durability);
    };
  }
  await it.outbox.saver.save({ ...SEEN, draft: "d1" }, { ...ANA });
  assert.deepEqual(asked, [["write", "relaxed"], ["write", "strict"]]);
});

test("sequence numbers count per key, and the clock pair says how far the phone is off", async () => {
  const it = rig();
  const identity = await generateHybridIdentity();
  await signIn(it, ANA, await identityToRecipient(identity));
  it.clock.skew = 5000;
  for (let n = 0; n < 2; n++) {
    await it.outbox.save(SEEN);
    await it.outbox.drain();
  }
  const second = await opened(sentRows(it)[1].envelope, identity);
  assert.equal(second.answers["/_/seq"], 2);
  assert.equal(second.answers["/_/clock"].phone - second.answers["/_/clock"].server, 5000);
});

test("without a legal box a sealed answer cannot be saved, and open ones can", async () => {
  const it = rig();
  await signIn(it);
  await assert.rejects(it.outbox.save({ ...SEEN, answers: [{ path: "/notes", value: "x", box: "legal" }] }), code("no_box"));
  await it.outbox.save({ ...SEEN, answers: [{ path: "/type", value: "master", box: null }] });
  await it.outbox.drain();
  assert.deepEqual(sentRows(it)[0].envelope.sealed, {});
});

test("what the server would refuse is refused at Save, while the words are still in the form", async () => {
  const it = rig();
  await signIn(it);
  const wrong = [
    { kind: "rumour" }, { day_part: "2026-02-30/morning" }, { day_part: "today" }, { place: "a place" }, { place: undefined, cell: "40.71,-74.01" }, { form: "master" },
    { form_hash: "x" }, { lang: "fr" }, { retention: "For ever" }, { shift: "" }, { void_after: 5 }, { amends: { id: "x", digest: "y" } },
    { answers: [{ path: "type", value: 1, box: null }] }, { answers: [{ path: "/a~2", value: 1, box: null }] }, { answers: [{ path: `/${"x".repeat(200)}`, value: 1, box: null }] },
    { answers: [{ path: "/a", value: 1, box: null }, { path: "/a", value: 2, box: null }] },
  ];
  for (const members of wrong) await assert.rejects(it.outbox.save({ ...SEEN, ...members }), code("bad_answer"), JSON.stringify(members));
  for (const members of [{ shift: undefined }, { void_after: undefined }, { answers: [{ path: "/a", value: 1, box: "legal" }] }]) {
    await assert.rejects(it.outbox.save({ ...ASKED, ...members }), code("bad_answer"), JSON.stringify(members));
  }
  await assert.rejects(it.outbox.save({ ...SEEN, answers: [{ path: "/n", value: 0.5, box: null }] }), code("bad_number"));
  await assert.rejects(it.outbox.save({ ...SEEN, answers: [{ path: "/n", value: "x".repeat(65_536), box: null }] }), code("too_large"));
  assert.deepEqual(await it.outbox.list(), []);
});

test("an alert's time limit counts from the server's clock, not from a phone that is a year behind", async () => {
  const it = rig();
  await signIn(it);
  await it.outbox.save(ASKED);
  await it.outbox.drain();
  it.clock.skew = -365 * 86_400_000;
  await it.outbox.noteHeaders({ get: (name) => it.model.headers()[name.toLowerCase()] ?? null });
  await it.outbox.save(ALARM);
  await it.outbox.drain();
  const alert = it.requests.flatMap((one) => one.records).find((one) => one.kind === "alert");
  assert.equal(alert.void_after, it.clock.t + 86_400_000);
});

test("one draft becomes one record, however often Save is tapped and in however many tabs", async () => {
  const it = rig();
  await signIn(it);
  const other = it.open();
  it.outbox.drafts.put("d1", { notes: "half" }, ANA);
  await it.outbox.drafts.flush();
  const saved = await Promise.all([it.outbox.save({ ...SEEN, draft: "d1" }), other.save({ ...SEEN, draft: "d1" }), it.outbox.save({ ...SEEN, draft: "d1" })]);
  assert.equal(new Set(saved.map((one) => one.id)).size, 1);
  assert.deepEqual(saved.map((one) => one.again).sort(), [false, true, true]);
  other.drafts.put("d1", { notes: "late" }, ANA);
  await other.drafts.flush();
  assert.deepEqual((await it.outbox.drafts.list()).drafts, [], "a saved draft does not come back");
  assert.equal((await it.outbox.list()).length, 1);
});

test("a save that fails leaves the draft", async () => {
  const it = rig();
  await signIn(it);
  it.outbox.drafts.put("d1", { notes: "half" }, ANA);
  await it.outbox.drafts.flush();
  await assert.rejects(it.outbox.save({ ...SEEN, draft: "d1", lang: "fr" }));
  assert.deepEqual((await it.outbox.drafts.get("d1")).value, { notes: "half" });
});

test("words written by one person are not saved once another has signed in on the phone", async () => {
  const it = rig();
  await signIn(it, ANA);
  const ana = await it.outbox.person();
  await signIn(it, BEN);
  await assert.rejects(it.outbox.save(SEEN, ana), code("person_changed"));
  await it.outbox.setPerson(null);
  await assert.rejects(it.outbox.save(SEEN), code("not_signed_in"));
});

test("what somebody saved before they signed out is still sent, as theirs, and shown to nobody else", async () => {
  const it = rig();
  await signIn(it, ANA);
  it.answer = () => Promise.reject(new TypeError("offline"));
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  assert.deepEqual(await it.outbox.onSignOutCounts(), { unsent: 1, drafts: 0 });
  await signIn(it, BEN);
  assert.deepEqual(await it.outbox.list(), []);
  assert.equal((await it.outbox.counts()).others, 1);
  it.answer = (body) => it.model.sync(body);
  await it.outbox.drain({ eager: true });
  const [row] = sentRows(it);
  assert.equal(it.model.keys.get(row.key).person, "ana");
});

test("whoever leaves takes the power to sign with them", async () => {
  const it = rig();
  await signIn(it, ANA);
  await it.outbox.save(SEEN);
  await it.outbox.setPerson(BEN);
  const keys = await it.outbox.store.read(["keys"], (tx) => tx.objectStore("keys").getAll());
  assert.deepEqual(keys.filter((row) => row.priv && row.person === "ana"), []);
});

test("a record under a key that the server has not heard of waits for the next sign-in, then arrives", async () => {
  const it = rig();
  await it.outbox.setPerson(ANA);
  await it.outbox.setTrust(it.model.welcome());
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  assert.deepEqual((await it.outbox.list())[0].status, { state: "attention", code: "unknown_key" });
  await it.outbox.setPerson(null);
  await it.outbox.setPerson(ANA);
  await register(it, ANA);
  await it.outbox.drain();
  assert.equal((await it.outbox.list())[0].status.state, "received");
});

test("once somebody has left, a glance at the storage does not name them; back again, their keys and device are theirs", async () => {
  const it = rig();
  const who = { id: "0193-who-was-here", chapter: "c1" };
  await signIn(it, who, await recipient());
  const device = await it.outbox.device();
  await it.outbox.save(ASKED);
  await it.outbox.setPerson(BEN, true);
  const rows = await it.outbox.store.read(["meta", "keys", "items", "drafts"], (tx) => Promise.all(["meta", "keys", "items", "drafts"].map((name) => tx.objectStore(name).getAll())));
  assert.equal(JSON.stringify(rows).replaceAll(device, "").includes(who.id), false);
  await it.outbox.setPerson(who, true);
  assert.equal(await it.outbox.device(), device);
  const keys = await it.outbox.store.read(["keys"], (tx) => tx.objectStore("keys").getAll());
  assert.equal(keys.filter((row) => row.person === who.id && row.seq > 0).length, 1);
});

test("each shift takes a new key into use and the old private key is gone", async () => {
  const it = rig({ pool: 3 });
  await signIn(it);
  const checkIn = { ...ASKED, kind: "check_in" };
  for (const shift of ["s1", "s1", "s2"]) await it.outbox.save({ ...checkIn, shift });
  await it.outbox.drain();
  const keys = it.requests.flatMap((one) => one.records).sort((a, b) => (a.shift < b.shift ? -1 : 1)).map((one) => one.key);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[1], keys[2]);
  const rows = await it.outbox.store.read(["keys"], (tx) => tx.objectStore("keys").getAll());
  assert.equal(rows.find((row) => row.kid === keys[0])?.priv ?? null, null);
});

test("with no registered key left the one in use stays in use", async () => {
  const it = rig({ pool: 1 });
  await signIn(it);
  assert.equal(await it.outbox.keys.rotate(ANA, "s1"), true);
  assert.equal(await it.outbox.keys.rotate(ANA, "s2"), false);
  assert.deepEqual(await it.outbox.keys.state(ANA), { spare: 0, registered: true });
});

test("the key that raised an alert may ask for its answer until the alert is void, though the shift is over", async () => {
  const it = rig({ pool: 3 });
  await signIn(it);
  await it.outbox.save(ALARM);
  await it.outbox.drain();
  const [{ id, key }] = await it.outbox.list();
  await it.outbox.keys.rotate(ANA, "s2");
  const request = await it.outbox.keys.signNotice(ANA, { alert: id, key });
  assert.equal(JSON.parse(request.text).key, key);
  assert.notEqual(JSON.parse((await it.outbox.keys.signNotice(ANA, { notice: "n1" })).text).key, key);
  it.clock.t += 2 * 86_400_000;
  await it.outbox.keys.prune(new Set());
  assert.equal(await it.outbox.keys.signNotice(ANA, { alert: id, key }), null);
});

test("nothing of what was written lies readable in the database", async () => {
  const it = rig();
  await signIn(it);
  it.answer = () => Promise.reject(new TypeError("offline"));
  it.outbox.drafts.put("d9", { notes: "SECRET draft" }, ANA);
  await it.outbox.drafts.flush();
  await it.outbox.save({ ...SEEN, label: { title: "SECRET title" }, answers: [{ path: "/type", value: "SECRET answer", box: null }] });
  const raw = it.factory._databases.get("outbox").rawObjectStores;
  const texts = [...raw.values()].flatMap((store) => [...store.records.values()].map((row) => JSON.stringify(row.value, (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value))));
  assert.ok(texts.length > 5);
  assert.ok(!texts.some((text) => text.includes("SECRET")));
  const vault = [...raw.get("meta").records.values()].find((row) => row.key === "vault").value;
  assert.equal(vault.key.extractable, false);
  assert.ok([...raw.get("keys").records.values()].every((row) => row.value.priv.extractable === false));
});

test("a root other than the pinned one is never taken", async () => {
  const it = rig();
  await signIn(it);
  await assert.rejects(it.outbox.setTrust({ ...it.model.welcome(), root: serverPair(9).jwk }), code("root_changed"));
});

test("a box that was swapped is not used and is reported", async () => {
  const it = rig();
  const [first, swapped] = await Promise.all([recipient(), recipient()]);
  await signIn(it, ANA, first);
  assert.deepEqual((await it.outbox.boxAddresses()).legal, { box: "b1", recipient: first });
  const { rejected } = await it.outbox.setBoxes([manifest(swapped)]);
  assert.deepEqual(rejected, [{ box: "b1", version: 1, fault: "recipient_changed" }]);
  assert.equal((await it.outbox.boxAddresses()).legal.recipient, first);
});

test("a pod without a box of its own seals to its parent's", async () => {
  const it = rig();
  const parents = await recipient();
  await signIn(it, { id: "ana", chapter: "pod", parents: ["c1"] }, parents);
  assert.equal((await it.outbox.boxAddresses()).legal.recipient, parents);
});

const POD = { id: "ana", chapter: "pod", parents: ["c1"] };
const COUNSEL = 7; // who made the parent's box
const STRANGER = 8;

/** A phone of a pod that seals to its parent's box, and a box of the pod's own by somebody that the phone does not know. */
async function podPhone() {
  const it = rig();
  const [parents, own] = await Promise.all([recipient(), recipient()]);
  await signIn(it, POD, parents);
  return { it, above: manifest(parents), parents, own, legal: async () => (await it.outbox.boxAddresses()).legal.recipient };
}
const podBox = (own, more = {}) => manifest(own, { chapter: "pod", box: "b2", by: STRANGER, ...more });

test("a pod's own box that a server slips in takes nothing from the parent's, and the person is told", async () => {
  const { it, above, parents, own, legal } = await podPhone();
  for (const offered of [[above, podBox(own)], [podBox(own)], [podBox(own, { witnesses: [STRANGER] })]]) {
    assert.deepEqual(await it.outbox.setBoxes(offered), { rejected: [], unconfirmed: true });
    assert.equal(await legal(), parents);
    assert.equal(await it.outbox.boxWaits(), true);
  }
  await it.outbox.setBoxes([above]);
  assert.equal(await it.outbox.boxWaits(), false);
});

test("a signature over a manifest as such does not stand for it: a witness signs under a domain of its own", async () => {
  const { it, above, own, parents, legal } = await podPhone();
  const fake = podBox(own);
  await it.outbox.setBoxes([above, { ...fake, witnesses: [fake.sig, "not a signature", 7, null] }]);
  assert.equal(await legal(), parents);
});

test("a pod's own box that a holder of the parent's stands for is sealed to", async () => {
  const { it, above, own, legal } = await podPhone();
  assert.deepEqual(await it.outbox.setBoxes([above, podBox(own, { witnesses: [STRANGER, COUNSEL] })]), { rejected: [], unconfirmed: false });
  assert.equal(await legal(), own);
});

test("a pod's own box that a holder of the parent's made needs no other witness", async () => {
  const { it, above, own, legal } = await podPhone();
  await it.outbox.setBoxes([above, podBox(own, { by: COUNSEL })]);
  assert.equal(await legal(), own);
});

test("a witness for another box, or one who was let go, stands for nothing", async () => {
  const { it, above, own, parents, legal } = await podPhone();
  const { witnesses } = podBox(own, { box: "b3", witnesses: [COUNSEL] });
  await it.outbox.setBoxes([above, { ...podBox(own), witnesses }]);
  assert.equal(await legal(), parents);
  const other = { holder: "h2", recipient: parents, sign: serverPair(9).jwk };
  const previous = await digest(above.text);
  const without = manifest(parents, { version: 2, previous, holders: [other], by: COUNSEL });
  await it.outbox.setBoxes([above, without, podBox(own, { witnesses: [COUNSEL] })]);
  assert.equal(await legal(), parents);
  await it.outbox.setBoxes([above, without, podBox(own, { witnesses: [9] })]);
  assert.equal(await legal(), own);
});

test("a server that says the person belongs elsewhere gets no box of its own in by that", async () => {
  const { it, own, parents, legal } = await podPhone();
  for (const moved of [{ ...POD, chapter: "nowhere", parents: [] }, { ...POD, parents: ["between", "c1"] }]) {
    await it.outbox.setPerson(moved);
    await it.outbox.setBoxes([manifest(own, { chapter: moved.parents[0] ?? moved.chapter, box: "b2", by: STRANGER })]);
    assert.equal(await legal(), parents);
  }
});

test("somebody new on a phone begins with the boxes that others there know, and pins for nobody else", async () => {
  const { it, above, own, parents, legal } = await podPhone();
  await it.outbox.setPerson({ ...POD, id: "ben" });
  await it.outbox.setBoxes([above, podBox(own)]);
  assert.equal(await legal(), parents);
  await it.outbox.setPerson({ id: "cat", chapter: "pod", parents: ["elsewhere"] }, true);
  await it.outbox.setBoxes([podBox(own)]);
  assert.equal(await legal(), own);
  await it.outbox.setPerson(POD);
  assert.equal(await legal(), parents);
});

test("on a phone that knows a box, somebody new whom only the server names gets none until they have signed in", async () => {
  const { it, own, parents, legal } = await podPhone();
  const stranger = { id: "ana-2", chapter: "nowhere", parents: [] };
  const offered = [manifest(own, { chapter: "nowhere", box: "b9", by: STRANGER })];
  await it.outbox.setPerson(stranger);
  assert.deepEqual(await it.outbox.setBoxes(offered), { rejected: [], unconfirmed: true });
  assert.deepEqual([await it.outbox.boxAddresses(), await it.outbox.boxWaits()], [{}, true]);
  await it.outbox.setPerson(stranger, true);
  await it.outbox.setPerson(stranger);
  assert.deepEqual(await it.outbox.setBoxes(offered), { rejected: [], unconfirmed: false });
  assert.equal(await legal(), own);
  await it.outbox.setPerson(POD);
  assert.equal(await legal(), parents);
});

test("a holder of a pod's box stands for nothing once the person has left that pod", async () => {
  const it = rig();
  const [parents, left, own] = await Promise.all([recipient(), recipient(), recipient()]);
  await it.outbox.setPerson(POD);
  await it.outbox.setTrust(it.model.welcome());
  await it.outbox.setBoxes([manifest(parents), podBox(left)]);
  const legal = async () => (await it.outbox.boxAddresses()).legal.recipient;
  await it.outbox.setPerson({ id: "ana", chapter: "pod2", parents: ["c1"] });
  const pod2 = (more) => manifest(own, { chapter: "pod2", box: "b3", by: 9, ...more });
  for (const offered of [[manifest(parents), pod2({ witnesses: [STRANGER] })], [pod2({ witnesses: [STRANGER] })]]) {
    assert.deepEqual(await it.outbox.setBoxes(offered), { rejected: [], unconfirmed: true });
    assert.equal(await legal(), parents);
  }
  await it.outbox.setPerson({ id: "ana", chapter: "pod2", parents: [] });
  await it.outbox.setBoxes([pod2({ witnesses: [STRANGER] })]);
  assert.equal(await legal(), parents);
  await it.outbox.setBoxes([pod2({ witnesses: [COUNSEL] })]);
  assert.equal(await legal(), own);
});

test("where two boxes above are known, the nearest one's holders stand for a new one, the farther one's do not", async () => {
  const it = rig();
  const [top, middle, own] = await Promise.all([recipient(), recipient(), recipient()]);
  const who = { id: "ana", chapter: "pod", parents: ["middle", "c1"] };
  const above = [manifest(top), manifest(middle, { chapter: "middle", box: "b4", by: 9 })];
  await it.outbox.setPerson(who);
  await it.outbox.setTrust(it.model.welcome());
  await it.outbox.setBoxes(above);
  await it.outbox.setBoxes([...above, podBox(own, { witnesses: [COUNSEL] })]);
  assert.equal((await it.outbox.boxAddresses()).legal.recipient, middle);
  await it.outbox.setBoxes([...above, podBox(own, { witnesses: [9] })]);
  assert.equal((await it.outbox.boxAddresses()).legal.recipient, own);
});

test("a phone without any box pins what it sees first, the pod's own with the parent's above", async () => {
  const it = rig();
  const [parents, own] = await Promise.all([recipient(), recipient()]);
  await it.outbox.setPerson(POD);
  await it.outbox.setTrust(it.model.welcome());
  assert.deepEqual(await it.outbox.setBoxes([manifest(parents), podBox(own)]), { rejected: [], unconfirmed: false });
  assert.equal((await it.outbox.boxAddresses()).legal.recipient, own);
});

const called = { name: "Phone", fieldName: "Finch" };

test("keys are told to the server once, each with a witness that the legal team alone can read", async () => {
  const it = rig({ pool: 2 });
  const identity = await generateHybridIdentity();
  await it.outbox.setPerson(ANA);
  await it.outbox.setBoxes([manifest(await identityToRecipient(identity))]);
  const offer = await it.outbox.registrationOffer(called);
  assert.equal(offer.body.keys.length, 2);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const witness = JSON.parse(new TextDecoder().decode(await decrypter.decrypt(decode(offer.body.keys[0].witness))));
  assert.deepEqual([witness.field_name, witness.person, witness.v, witness.registered_at], ["Finch", "ana", 1, it.clock.t]);
  await it.outbox.registered(offer, it.model.register("ana", offer.body));
  assert.equal(await it.outbox.registrationOffer(called), null);
  assert.equal(await it.outbox.device(), "device of ana");
});

test("when the answer to a registration is lost, the same keys are told again", async () => {
  const it = rig();
  await it.outbox.setPerson(ANA);
  const [first, again] = [await it.outbox.registrationOffer(called), await it.outbox.registrationOffer(called)];
  assert.deepEqual(again.body.keys, first.body.keys);
});

test("keys registered before the chapter had a legal box get their witness when it has one", async () => {
  const it = rig();
  await signIn(it);
  assert.equal(await it.outbox.registrationOffer(called), null);
  await it.outbox.setBoxes([manifest(await recipient())]);
  const offer = await register(it, ANA);
  assert.ok(offer.body.keys.every((key) => key.witness));
  assert.equal(offer.body.device, "device of ana");
  assert.equal(await it.outbox.registrationOffer(called), null);
});

test("a device that was revoked is forgotten with its unused keys, and another is made", async () => {
  const it = rig();
  await signIn(it);
  it.answer = () => Promise.reject(new TypeError("offline"));
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  const offer = { ...(await it.outbox.registrationOffer(called)), body: {}, person: ANA };
  await it.outbox.registrationRefused(offer, "not_found");
  assert.equal(await it.outbox.device(), null);
  const next = await it.outbox.registrationOffer(called);
  assert.equal(next.body.device, undefined);
  assert.equal((await it.outbox.counts()).unsent, 1);
});

test("after a restore that forgot a key, the key is told again and what it signed arrives", async () => {
  const it = rig({ backups: true });
  await it.outbox.setPerson(ANA);
  await it.outbox.setTrust(it.model.welcome());
  it.model.takeBackup();
  await register(it, ANA);
  await it.outbox.save({ ...ASKED, kind: "check_in", shift: "s1" });
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  it.model.restore();
  await it.outbox.save({ ...ASKED, kind: "check_in", shift: "s2" });
  await it.outbox.setTrust(it.model.welcome());
  await it.outbox.drain();
  assert.equal(it.model.rows.size, 0);
  await register(it, ANA);
  await it.outbox.drain();
  assert.equal(it.model.rows.size, 3);
});

test("what a correction needs of a record is still here after its receipt and a restart, and the correction follows it", async () => {
  const it = rig();
  const identity = await generateHybridIdentity();
  await signIn(it, ANA, await identityToRecipient(identity));
  const wrote = { ...SEEN, form: "master@1", form_hash: await digest("{}"), purpose: "counsel", label: { part: SEEN.day_part } };
  await it.outbox.save(wrote);
  await it.outbox.drain();
  it.outbox.close();
  const again = it.open();
  const [kept] = await again.list();
  assert.equal(kept.status.state, "received");
  assert.deepEqual([kept.form, kept.form_hash, kept.purpose, kept.label], ["master@1", wrote.form_hash, "counsel", { part: SEEN.day_part }]);
  const { id, digest: named, form, form_hash: hash, purpose } = kept;
  await again.save({ ...SEEN, kind: "amendment", form, form_hash: hash, purpose, amends: { id, digest: named }, answers: [{ path: "/notes", value: null, box: "legal" }] });
  await again.drain();
  const [, second] = sentRows(it);
  const body = JSON.parse(second.envelope.body);
  assert.deepEqual([body.kind, body.amends, body.form_hash, body.purpose], ["amendment", { id, digest: named }, wrote.form_hash, "counsel"]);
  assert.equal((await opened(second.envelope, identity)).answers["/notes"], null);
  assert.deepEqual(second.envelope.open, []);
});
