// Family contacts: which office's box a phone seals to, and what of a card leaves it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Decrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { decode } from "../../static/js/lib/b64.js";
import { digest } from "../../static/js/lib/sign.js";
import { ANA, manifest, rig, signIn } from "../sync/rig.mjs";

const COUNSEL = 7; // who holds the legal box
const STRANGER = 8;
const CARD = { kind: "family_card", lang: "en", purpose: "monitoring", day_part: "2026-11-23/morning", draft: "f1", label: { kind: "family_card" } };
const SAID = { consent: true, lang: "es", who: "SECRET sister", how: "SECRET number", message: null, at: 1 };
const sealed = (box = "intake") => ({ ...CARD, answers: [{ path: "/card", value: SAID, box }] });

const recipient = async () => identityToRecipient(await generateHybridIdentity());
const intake = (to, more = {}) => manifest(to, { purpose: "intake", box: "i1", by: COUNSEL, ...more });
const sealsTo = async (it) => (await it.outbox.boxAddresses()).intake?.box;

/** A phone that follows a legal box of its chapter. */
async function phone(person = ANA) {
  const it = rig();
  const [legal, office] = await Promise.all([recipient(), recipient()]);
  await signIn(it, person, legal);
  return { it, legal, office };
}

test("an office's box that a holder of the legal box made is sealed to", async () => {
  const { it, legal, office } = await phone();
  assert.deepEqual(await it.outbox.setBoxes([manifest(legal), intake(office)]), { rejected: [], unconfirmed: false });
  assert.deepEqual((await it.outbox.boxAddresses()).intake, { box: "i1", recipient: office });
});

test("one that a holder of the legal box is a witness for is sealed to, in whatever order they come", async () => {
  const it = rig();
  const [legal, office] = await Promise.all([recipient(), recipient()]);
  await signIn(it);
  await it.outbox.setBoxes([intake(office, { by: STRANGER, witnesses: [COUNSEL] }), manifest(legal)]);
  assert.equal(await sealsTo(it), "i1");
});

test("one that a server slips in is as if there were none, also for whoever has just used a passkey, and nothing else changes by it", async () => {
  const { it, legal, office } = await phone();
  await it.outbox.setPerson(ANA, true);
  const fake = intake(office, { by: STRANGER });
  for (const offered of [fake, { ...fake, witnesses: [fake.sig] }, intake(office, { by: STRANGER, witnesses: [STRANGER] })]) {
    assert.deepEqual(await it.outbox.setBoxes([manifest(legal), offered]), { rejected: [], unconfirmed: false });
    assert.deepEqual(await it.outbox.setBoxes([offered]), { rejected: [], unconfirmed: false });
    assert.equal(await sealsTo(it), undefined);
  }
  assert.equal((await it.outbox.boxAddresses()).legal.recipient, legal);
  await assert.rejects(it.outbox.save(sealed()), (error) => error.code === "no_box");
});

test("without a legal box that the phone knows there is none, whoever made it", async () => {
  const it = rig();
  await it.outbox.setPerson(ANA, true);
  await it.outbox.setTrust(it.model.welcome());
  await it.outbox.setBoxes([intake(await recipient())]);
  assert.equal(await sealsTo(it), undefined);
});

test("a legal box that waits for a witness stands for no office, and one of a pod below stands for none above", async () => {
  const { it, legal, office } = await phone({ id: "ana", chapter: "pod", parents: ["c1"] });
  const pod = manifest(await recipient(), { chapter: "pod", box: "b2", by: STRANGER });
  await it.outbox.setBoxes([manifest(legal), pod, intake(office, { chapter: "pod", by: STRANGER })]);
  assert.equal(await sealsTo(it), undefined);
  await it.outbox.setBoxes([manifest(legal), { ...pod, witnesses: manifestWitness(pod.text) }, intake(office, { by: STRANGER })]);
  assert.equal((await it.outbox.boxAddresses()).legal.box, "b2");
  assert.equal(await sealsTo(it), undefined);
  await it.outbox.setBoxes([intake(office, { chapter: "pod", box: "i2", by: STRANGER })]);
  assert.equal(await sealsTo(it), "i2");
});

/** A first manifest's witness by the holder of the legal box. */
function manifestWitness(text) {
  const said = JSON.parse(text);
  return manifest(said.recipient, { chapter: said.chapter, box: said.box, by: STRANGER, witnesses: [COUNSEL] }).witnesses;
}

test("a known office is followed along its own chain, is not swapped, and goes over to another only by its own holders", async () => {
  const { it, legal, office } = await phone();
  const first = intake(office);
  await it.outbox.setBoxes([manifest(legal), first]);
  const swapped = intake(await recipient(), { by: STRANGER });
  assert.equal((await it.outbox.setBoxes([swapped])).rejected[0].fault, "recipient_changed");
  assert.equal((await it.outbox.boxAddresses()).intake.recipient, office);
  const last = intake(office, { version: 2, previous: await digest(first.text), successor: "i2" });
  await it.outbox.setBoxes([last, intake(await recipient(), { box: "i2", by: STRANGER })]);
  assert.equal(await sealsTo(it), undefined);
  await it.outbox.setBoxes([intake(await recipient(), { box: "i2" })]);
  assert.equal(await sealsTo(it), "i2");
});

test("somebody who has moved to a chapter without an office seals to none: that of another chapter takes nothing of theirs", async () => {
  const { it, legal, office } = await phone();
  await it.outbox.setBoxes([manifest(legal), intake(office)]);
  await it.outbox.setPerson({ id: "ana", chapter: "c2" });
  assert.equal((await it.outbox.boxAddresses()).legal.box, "b1");
  assert.equal(await sealsTo(it), undefined);
});

test("a card is one sealed file for the office and nothing else, counted from the server's time, and nobody reads it on the phone again", async () => {
  const it = rig();
  const identity = await generateHybridIdentity();
  const [legal, office] = [await recipient(), await identityToRecipient(identity)];
  await signIn(it, ANA, legal);
  await it.outbox.setBoxes([intake(office)]);
  it.answer = () => Promise.reject(new TypeError("offline"));
  await it.outbox.save(sealed());
  const [body] = await it.outbox.store.read(["bodies"], (tx) => tx.objectStore("bodies").getAll());
  const envelope = JSON.parse(await it.outbox.vault.unlock(`body ${body.id}`, body));
  const said = JSON.parse(envelope.body);
  assert.deepEqual([said.kind, said.form, said.form_hash, said.open, said.media, envelope.open], ["family_card", null, null, 0, [], []]);
  assert.deepEqual([said.place, said.cell, said.shift], [undefined, undefined, undefined]);
  assert.deepEqual(said.files.map((one) => one.box), ["i1"]);
  assert.equal(said.void_after, it.clock.t + 259_200_000);
  assert.ok(!JSON.stringify([envelope, await it.outbox.list()]).includes("SECRET"));
  const reader = new Decrypter();
  reader.addIdentity(identity);
  const plain = JSON.parse(new TextDecoder().decode(await reader.decrypt(decode(envelope.sealed.i1))));
  assert.deepEqual(plain.map(([, path, value]) => [path, value]), [["/card", SAID]]);
  it.answer = (request) => it.model.sync(request);
  await it.outbox.drain({ eager: true });
  const [item] = await it.outbox.list();
  assert.deepEqual([item.kind, item.status.state], ["family_card", "received"]);
  assert.deepEqual(await it.outbox.store.read(["bodies"], (tx) => tx.objectStore("bodies").getAll()), []);
});

test("a card with anything open or for another box, and another operation for the office, are refused at Save", async () => {
  const { it, office } = await phone();
  await it.outbox.setBoxes([intake(office)]);
  for (const writing of [sealed(null), sealed("legal"), { ...sealed(), kind: "alert" }, { ...sealed(), answers: [...sealed().answers, { path: "/x", value: 1, box: null }] }]) {
    await assert.rejects(it.outbox.save(writing), (error) => error.code === "bad_answer");
  }
  assert.deepEqual(await it.outbox.list(), []);
});
