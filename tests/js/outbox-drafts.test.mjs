// Unfinished forms.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANA, BEN, rig, signIn } from "../sync/rig.mjs";

/** A person's own key, as a passkey unwraps it. */
const ownKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

async function signedIn() {
  const it = rig();
  await signIn(it);
  return it;
}

test("many keystrokes are one write, of the newest words", async () => {
  const it = await signedIn();
  for (const words of ["a", "ab", "abc"]) it.outbox.drafts.put("d1", { words }, ANA);
  assert.equal(it.sleeps.length, 1);
  it.sleeps[0].wake();
  await it.outbox.drafts.flush();
  assert.deepEqual((await it.open().drafts.list()).drafts.map((one) => one.value), [{ words: "abc" }]);
});

test("a draft is its writer's alone", async () => {
  const it = await signedIn();
  it.outbox.drafts.put("d1", { words: "ana's" }, ANA);
  await it.outbox.setPerson(BEN);
  it.outbox.drafts.put("d2", { words: "still ana's" }, ANA);
  await it.outbox.drafts.flush();
  assert.deepEqual((await it.outbox.drafts.list()).drafts, []);
  await it.outbox.setPerson(ANA);
  assert.equal((await it.outbox.drafts.list()).drafts.length, 2);
});

test("a draft that was thrown away is gone", async () => {
  const it = await signedIn();
  it.outbox.drafts.put("d1", { words: "x" }, ANA);
  await it.outbox.drafts.flush();
  it.outbox.drafts.put("d1", { words: "xy" }, ANA);
  await it.outbox.drafts.remove("d1");
  await it.outbox.drafts.flush();
  assert.deepEqual((await it.outbox.drafts.list()).drafts, []);
});

const ids = async (outbox) => new Set((await outbox.drafts.list()).drafts.map((one) => one.id));

test("under a passkey drafts are unreadable until it is used again, and writing new never needs it", async () => {
  const it = await signedIn();
  const key = await ownKey();
  it.outbox.drafts.put("before", { words: "1" }, ANA);
  await it.outbox.drafts.unlock("ring", key);
  it.outbox.drafts.put("under", { words: "2" }, ANA);
  await it.outbox.drafts.lock();
  assert.deepEqual(await it.outbox.drafts.list(), { drafts: [], locked: ["ring", "ring"] });
  it.outbox.drafts.put("new", { words: "3" }, ANA);
  await it.outbox.drafts.flush();
  assert.deepEqual(await ids(it.outbox), new Set(["new"]));
  const again = it.open();
  await again.drafts.unlock("ring", key);
  assert.deepEqual(await ids(again), new Set(["before", "under", "new"]));
  await again.drafts.lock();
  assert.deepEqual((await again.drafts.list()).locked, ["ring", "ring", "ring"]);
});

test("a draft that moves under the passkey stays as old as it is", async () => {
  const it = await signedIn();
  it.outbox.drafts.put("d1", { words: "x" }, ANA);
  await it.outbox.drafts.flush();
  const [{ at }] = (await it.outbox.drafts.list()).drafts;
  it.clock.t += 3600000;
  await it.outbox.drafts.unlock("ring", await ownKey());
  assert.deepEqual((await it.outbox.drafts.list()).drafts, [{ id: "d1", at, value: { words: "x" } }]);
});

test("another person's key opens nobody else's drafts, and takes none of them", async () => {
  const it = await signedIn();
  const anas = await ownKey();
  await it.outbox.drafts.unlock("ana", anas);
  it.outbox.drafts.put("d1", { words: "ana's" }, ANA);
  await it.outbox.drafts.lock();
  it.outbox.drafts.put("d2", { words: "ana's, while locked" }, ANA);
  await it.outbox.setPerson(BEN);
  await it.outbox.drafts.unlock("ben", await ownKey());
  assert.deepEqual(await it.outbox.drafts.list(), { drafts: [], locked: ["ana"] });
  await it.outbox.drafts.lock();
  await it.outbox.setPerson(ANA);
  assert.deepEqual(await ids(it.outbox), new Set(["d2"]));
  await it.outbox.drafts.unlock("ana", anas);
  assert.deepEqual(await ids(it.outbox), new Set(["d1", "d2"]));
});

test("what lies under another key of the same person moves under the one in use", async () => {
  const it = await signedIn();
  const old = await ownKey();
  const now = await ownKey();
  await it.outbox.drafts.unlock("old", old);
  it.outbox.drafts.put("d1", { words: "x" }, ANA);
  await it.outbox.drafts.lock();
  await it.outbox.drafts.unlock("now", now);
  assert.deepEqual(await it.outbox.drafts.list(), { drafts: [], locked: ["old"] });
  it.outbox.drafts.open("old", old);
  await it.outbox.drafts.unlock("now", now);
  const again = it.open();
  await again.drafts.unlock("now", now);
  assert.deepEqual(await ids(again), new Set(["d1"]));
});

test("the key itself is nowhere in the database", async () => {
  const it = await signedIn();
  await it.outbox.drafts.unlock("ring", await ownKey());
  it.outbox.drafts.put("d1", { words: "x" }, ANA);
  await it.outbox.drafts.flush();
  const keys = await it.outbox.store.read(["meta"], (tx) => tx.objectStore("meta").getAll());
  assert.deepEqual(keys.filter((row) => /draft|ring/.test(row.k)), []);
});
