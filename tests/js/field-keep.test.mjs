// What the phone keeps of a snapshot while its personal half is locked.
import assert from "node:assert/strict";
import { test } from "node:test";
import "fake-indexeddb/auto";
import { readSnapshot, useKey, writeSnapshot } from "../../static/js/field/keep.js";

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
