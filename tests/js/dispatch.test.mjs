// The dispatch box on devices: made and granted by one, sealed to by another, opened by whoever was granted it and by nobody else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, moreGrants, newBox, openDetails, ownReadingKey, readingKey } from "../../static/js/outbox/dispatch.js";
import { ANA, BEN, manifest, rig, signIn } from "../sync/rig.mjs";

const WHERE = "SECRET by the loading dock";
const SAID = { where: WHERE, plate: "SECRET 000", photo: null, position: null };
const RECORD = "7b1c1a52-3f0e-4b8e-9a51-5d9d9b7c0a11";

/** A device of a person, with a reading key. */
async function device(person, name) {
  const it = rig();
  await signIn(it, person);
  return { it, name, key: await ownReadingKey(it.outbox, person), reader: { device: name, recipient: (await ownReadingKey(it.outbox, person)).recipient } };
}

/** A coordinator's device that made today's box for itself and these. */
async function made(readers = []) {
  const desk = await device(BEN, "desk");
  const box = await newBox(desk.it.outbox, BEN, "desk", "c1", [desk.reader, ...readers.map((one) => one.reader)]);
  return { desk, box };
}

/** What the raiser's phone saves: the envelope as it is sent. */
async function details(box, value = SAID) {
  const it = rig();
  await signIn(it);
  const address = await addressOf(box.manifest, ANA);
  it.answer = () => Promise.reject(new TypeError("offline"));
  await it.outbox.save({
    kind: "alert_details", lang: "en", purpose: "monitoring", day_part: "2026-11-23/night", draft: "d1", label: { kind: "alert_details" }, dispatch: address,
    answers: [{ path: "/alert", value: RECORD, box: null }, { path: "/details", value, box: "dispatch" }],
  });
  const [body] = await it.outbox.store.read(["bodies"], (tx) => tx.objectStore("bodies").getAll());
  return { it, envelope: JSON.parse(await it.outbox.vault.unlock(`body ${body.id}`, body)), box: address.box };
}

const handed = ({ envelope, box }, grants) => ({ details: [{ id: "x", at: 1, box, sealed: envelope.sealed[box] }], grants: grants.map((one) => ({ box, ...one })) });

test("what the raiser locks is one file for today's box, names the alert and nothing else in the open, and is not readable on that phone again", async () => {
  const { box } = await made();
  const { it, envelope } = await details(box);
  const said = JSON.parse(envelope.body);
  assert.deepEqual([said.kind, said.form, said.media, said.files.length, said.place, said.cell], ["alert_details", null, [], 1, undefined, undefined]);
  assert.deepEqual(envelope.open.map(([, path, value]) => [path, value]), [["/alert", RECORD]]);
  assert.ok(!JSON.stringify([envelope, await it.outbox.list()]).includes("SECRET"));
});

test("a device that was granted the box opens it, and one that was not does not", async () => {
  const alder = await device(ANA, "alder");
  const { box } = await made([alder]);
  const sealed = handed(await details(box), box.grants);
  const [opened] = await openDetails(sealed, alder.key, "alder");
  assert.deepEqual(opened.said, { where: WHERE, plate: "SECRET 000" });
  const birch = await device(BEN, "birch");
  assert.equal((await openDetails(sealed, birch.key, "birch"))[0].said, null);
  assert.equal((await openDetails(sealed, birch.key, "alder"))[0].said, null); // somebody else's grant
  assert.equal((await openDetails(sealed, null, "alder"))[0].said, null);
});

test("a coordinator's device grants it later to who is asked then, and a device without the key grants nothing", async () => {
  const { desk, box } = await made();
  const [alder, birch] = [await device(ANA, "alder"), await device(BEN, "birch")];
  const more = await moreGrants(desk.key, "desk", box.grants, [alder.reader]);
  assert.deepEqual(more.map((one) => one.device), ["alder"]);
  assert.equal((await openDetails(handed(await details(box), more), alder.key, "alder"))[0].said.where, WHERE);
  assert.deepEqual(await moreGrants(birch.key, "birch", box.grants, [alder.reader]), []);
});

test("only a box of the raiser's chapters that its maker signed is sealed to", async () => {
  const { box } = await made();
  const { text, sig } = box.manifest;
  assert.ok(await addressOf(box.manifest, ANA));
  assert.ok(await addressOf(box.manifest, { id: "ana", chapter: "pod", parents: ["c1"] }));
  const swapped = { text: text.replace('"created_at":1', '"created_at":2'), sig };
  assert.notEqual(swapped.text, text);
  const legal = manifest(desk0.recipient);
  for (const wrong of [null, {}, swapped, legal, { text: "{}", sig }]) assert.equal(await addressOf(wrong, ANA), null);
  assert.equal(await addressOf(box.manifest, { id: "ana", chapter: "c2" }), null);
});
const desk0 = { recipient: `age1pq1${"q".repeat(1959)}` };

test("a photo of the largest size that the form makes fits one record", async () => {
  const { box } = await made();
  const photo = Buffer.from(new Uint8Array(22_000).fill(0xff)).toString("base64url");
  const { envelope, box: id } = await details(box, { where: "é".repeat(300), plate: "P".repeat(40), photo, position: { lat: -90_000_000, lon: -180_000_000, accuracy: 10000 } });
  assert.ok(Buffer.from(envelope.sealed[id], "base64url").length <= 40_960);
});

test("the reading key lies locked, is the same after a restart, and is gone when its person leaves this device", async () => {
  const { it, key } = await device(ANA, "alder");
  const rows = JSON.stringify(await it.outbox.store.read(["meta"], (tx) => tx.objectStore("meta").getAll()));
  assert.ok(!rows.includes("AGE-SECRET-KEY"));
  assert.deepEqual(await readingKey(it.open(), ANA), key);
  assert.equal(await readingKey(it.outbox, BEN), null);
  await it.outbox.setPerson(null);
  await it.outbox.setPerson(ANA);
  assert.equal(await readingKey(it.outbox, ANA), null);
});
