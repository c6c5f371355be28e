// Unfinished forms.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANA, BEN, rig, signIn } from "../sync/rig.mjs";

/** Stands in for a passkey's PRF: wraps by a key that only this object has. */
function passkey() {
  const pad = crypto.getRandomValues(new Uint8Array(32));
  const xor = async (bytes) => bytes.map((byte, i) => byte ^ pad[i]);
  return { wrap: xor, unwrap: xor };
}

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

test("under a passkey drafts are unreadable until it is used again, and writing new never needs it", async () => {
  const it = await signedIn();
  const key = passkey();
  it.outbox.drafts.put("before", { words: "1" }, ANA);
  await it.outbox.drafts.unlock(key);
  it.outbox.drafts.put("under", { words: "2" }, ANA);
  await it.outbox.drafts.lock();
  assert.deepEqual(await it.outbox.drafts.list(), { drafts: [], locked: 2 });
  it.outbox.drafts.put("new", { words: "3" }, ANA);
  await it.outbox.drafts.flush();
  assert.deepEqual((await it.outbox.drafts.list()).drafts.map((one) => one.id), ["new"]);
  const again = it.open();
  await again.drafts.unlock(key);
  assert.deepEqual(new Set((await again.drafts.list()).drafts.map((one) => one.id)), new Set(["before", "under", "new"]));
});
