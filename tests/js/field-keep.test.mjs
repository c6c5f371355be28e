// What the phone keeps of a snapshot while its personal half is locked.
import assert from "node:assert/strict";
import { test } from "node:test";
import "fake-indexeddb/auto";
import { leftSince, put, readSnapshot, useKey, writeSnapshot } from "../../static/js/field/keep.js";

const whole = { etag: "whole", fetched_at: 1, server_at: 1, lang: "en", public: { places: [] }, personal: { me: { id: "ana" } } };

test("an answer whose personal half came too late to be kept is asked for again after the unlock", async () => {
  await writeSnapshot({ ...whole, etag: "before" });
  useKey("locked");
  await writeSnapshot(whole);
  assert.deepEqual(await readSnapshot(), { ...whole, etag: "", personal: null });
  await writeSnapshot({ ...whole, etag: "public half", personal: null });
  assert.equal((await readSnapshot()).etag, "public half");
  useKey(null);
  assert.deepEqual((await readSnapshot()).personal, whole.personal);
});

test("what was asked for before Lock now is not kept when its answer comes, and a clock that was set back keeps nothing out for ever", async () => {
  const now = Date.now();
  await put({ "choice left_at": now - 10, personal: undefined });
  assert.equal(await writeSnapshot({ ...whole, etag: "late" }, now - 20), false);
  assert.equal((await readSnapshot()).personal, null);
  assert.notEqual((await readSnapshot()).etag, "late");
  assert.equal(await leftSince(now - 20), true);
  assert.equal(await writeSnapshot(whole, now), true);
  await put({ "choice left_at": now + 1e9 });
  assert.equal(await writeSnapshot(whole, now), true);
});
