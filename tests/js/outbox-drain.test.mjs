// Sending: order, patience, and what each answer means. What can go wrong in between is the simulator's (tests/sync/).
import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../../static/js/outbox/apply.js";
import { classify } from "../../static/js/outbox/answer.js";
import { batch, ready } from "../../static/js/outbox/pick.js";
import { statusOf } from "../../static/js/outbox/status.js";
import { ALARM, ANA, ASKED, rig, SEEN, signIn } from "../sync/rig.mjs";

const offline = () => Promise.reject(new TypeError("offline"));
const kinds = (it) => it.requests.map((one) => one.records.map((record) => record.kind));

async function signedIn(options) {
  const it = rig(options);
  await signIn(it);
  return it;
}

async function savedOffline(it, writings) {
  it.answer = offline;
  for (const writing of writings) await it.outbox.save(writing);
  await it.outbox.drain({ eager: true });
  it.requests.length = 0;
  it.answer = (body) => it.model.sync(body);
}

test("alerts go first, then operations in the order they were made, then evidence", async () => {
  const it = await signedIn();
  await savedOffline(it, [SEEN, ASKED, { ...ASKED, kind: "check_in" }, SEEN, ALARM]);
  await it.outbox.drain({ eager: true });
  assert.deepEqual(kinds(it), [["alert"], ["claim", "check_in"], ["observation", "observation"]]);
});

test("evidence goes in shuffled order", () => {
  const items = Array.from({ length: 50 }, (_, n) => item({ id: String(n), order: n }));
  const ids = ready(items, tags(items), 0, Math.random).map((one) => Number(one.id));
  assert.notDeepEqual(ids, [...ids].sort((a, b) => a - b));
  assert.equal(new Set(ids).size, 50);
});

test("a cancelled alert waits for its alert, an amendment for its observation", () => {
  const items = [item({ id: "cancel", rank: 0, order: 2 }), item({ id: "alert", rank: 0, order: 1 })];
  assert.deepEqual(ids(ready(items, tags(items, { cancel: { needs: "alert" } }), 0, Math.random)), ["alert"]);
  const stuck = [items[0], item({ id: "alert", rank: 0, order: 1, state: "attention", not_before: 9 })];
  assert.deepEqual(ids(ready(stuck, tags(stuck, { cancel: { needs: "alert" } }), 0, Math.random)), ["cancel"]);
});

test("a release does not overtake a claim that was put off, and other shifts go on", () => {
  const items = [item({ id: "claim", rank: 1, order: 1, not_before: 9 }), item({ id: "release", rank: 1, order: 2 }), item({ id: "other", rank: 1, order: 3 })];
  const known = tags(items, { claim: { shift: "s1" }, release: { shift: "s1" }, other: { shift: "s2" } });
  assert.deepEqual(ids(ready(items, known, 0, Math.random)), ["other"]);
  const hopeless = [{ ...items[0], tries: 9 }, items[1], items[2]];
  assert.deepEqual(ids(ready(hopeless, known, 0, Math.random)), ["release", "other"]);
});

test("a batch holds at most 100 records and 1 MiB", () => {
  const many = (size) => Array.from({ length: 300 }, (_, n) => item({ id: String(n), size }));
  assert.equal(batch(many(100), 100).length, 100);
  assert.equal(batch(many(90_000), 100).length, 11);
  assert.equal(batch(many(100).map((one) => ({ ...one, rank: 0 })), 100).length, 8);
  assert.equal(batch(many(2_000_000), 100).length, 1);
});

test("a thousand records arrive in batches, each once", async () => {
  const it = await signedIn();
  await savedOffline(it, Array.from({ length: 230 }, () => SEEN));
  await it.outbox.drain({ eager: true });
  assert.deepEqual(it.requests.map((one) => one.records.length), [100, 100, 30]);
  assert.equal(it.model.rows.size, 230);
});

test("a request carries no cookie, follows no redirect and is never cached", async () => {
  const it = await signedIn();
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  const { method, credentials, redirect, cache } = it.requests[0];
  assert.deepEqual([method, credentials, redirect, cache], ["POST", "omit", "error", "no-store"]);
});

test("only our own shape is an answer", () => {
  const response = (status, headers = {}) => ({ status, headers: { get: (name) => headers[name] ?? null } });
  const kind = (status, text, headers) => classify(response(status, headers), text, 1, 0).kind;
  for (const text of ["<html>", "", "null", "[]", "{}", '{"v":1,"results":[]}', '{"v":1,"results":[null]}', '{"v":2,"results":[{"outcome":"stored"}]}']) assert.equal(kind(200, text), "portal");
  assert.equal(kind(200, '{"v":1,"results":[{"outcome":"stored"}]}'), "answered");
  for (const status of [201, 204, 302, 401, 403, 404, 409, 502, 504]) assert.equal(kind(status, ""), "failed");
  for (const status of [400, 413, 415, 422]) assert.equal(kind(status, ""), "too_much");
  for (const status of [429, 503]) assert.equal(kind(status, ""), "slow");
  assert.equal(kind(500, ""), "broken");
  assert.equal(classify(response(429, { "Retry-After": "7" }), "", 1, 0).wait, 7000);
});

test("the back-off is between one second and five minutes, and doubles its bound", () => {
  assert.equal(backoff(0, 0), 1000);
  assert.equal(backoff(0, 0.999), 1998);
  assert.equal(backoff(3, 0.5), 8000);
  assert.equal(backoff(60, 0.999999), 299999);
});

test("Retry-After is obeyed whatever is tapped, and an alert waits half a minute at most", async () => {
  const it = await signedIn();
  it.answer = () => ({ status: 429, headers: { "retry-after": "120" }, body: "" });
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  it.answer = (body) => it.model.sync(body);
  it.clock.t += 60_000;
  await it.outbox.drain({ eager: true });
  assert.equal(it.requests.length, 1);
  await it.outbox.save(ALARM);
  await it.outbox.drain();
  assert.deepEqual(kinds(it), [["observation"], ["alert"]]);
  it.clock.t += 60_001;
  await it.outbox.drain();
  assert.equal(it.model.rows.size, 2);
});

test("an alert does not wait behind a slow upload", async () => {
  const it = await signedIn();
  let begun;
  const uploading = new Promise((resolve) => (begun = resolve));
  it.answer = (body, signal) => {
    if (!body.includes('\\"alert\\"') && it.requests.length === 1) {
      begun();
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));
    }
    return it.model.sync(body);
  };
  await it.outbox.save(SEEN);
  await uploading;
  await it.outbox.save(ALARM);
  await it.outbox.drain();
  assert.deepEqual(kinds(it), [["observation"], ["alert"], ["observation"]]);
  assert.equal(it.model.rows.size, 2);
});

test("a request that hangs is given up after a minute and the record kept", async () => {
  const it = await signedIn();
  it.answer = (_body, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));
  await it.outbox.save(SEEN);
  const drained = it.outbox.drain();
  while (!it.sleeps.length) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(it.sleeps[0].ms, 60_000);
  it.sleeps[0].wake();
  await drained;
  assert.equal((await it.outbox.counts()).link, "offline");
  assert.equal((await it.outbox.counts()).unsent, 1);
});

test("one record that breaks the server does not keep the others from it", async () => {
  const it = await signedIn();
  const poison = { ...SEEN, answers: [{ path: "/poison", value: "crash", box: null }] };
  await savedOffline(it, [SEEN, SEEN, poison, SEEN, SEEN]);
  // Which ones share a request is drawn each time: how many requests it takes is luck, that they all come through is not.
  for (let n = 0; n < 100 && it.model.rows.size < 4; n++) {
    it.clock.t += 600_000;
    await it.outbox.drain();
  }
  assert.equal(it.model.rows.size, 4);
  assert.deepEqual((await it.outbox.list()).filter((one) => one.status.state !== "received").map((one) => one.status.code), ["server_error"]);
});

test("a receipt by a server key that the phone does not know yet is kept waiting until the key is known", async () => {
  const it = await signedIn();
  await it.outbox.setTrust({ ...it.model.welcome(), server_keys: [] });
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  assert.deepEqual((await it.outbox.list())[0].status, { state: "waiting", code: "unknown_server_key" });
  await it.outbox.setTrust(it.model.welcome());
  await it.outbox.drain();
  assert.equal((await it.outbox.list())[0].status.state, "received");
});

test("with backups an original stays until it is in one, and a new epoch gets it again", async () => {
  const it = await signedIn({ backups: true });
  it.model.takeBackup();
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  assert.deepEqual((await it.outbox.list()).map((one) => [one.status.state, one.held]), [["received", true]]);
  it.model.restore();
  assert.equal(it.model.rows.size, 0);
  const headers = { get: (name) => it.model.headers()[name.toLowerCase()] ?? null };
  await it.outbox.noteHeaders(headers);
  await it.outbox.drain();
  assert.equal(it.model.rows.size, 1);
  it.clock.t += 3_600_000;
  it.model.takeBackup();
  await it.outbox.noteHeaders({ get: (name) => it.model.headers()[name.toLowerCase()] ?? null });
  assert.deepEqual((await it.outbox.list()).map((one) => [one.status.state, one.held]), [["received", false]]);
});

test("with nothing to send, a held original asks for news by itself every six hours, without a session", async () => {
  const it = await signedIn({ backups: true });
  it.model.takeBackup();
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  await it.outbox.drain();
  assert.equal(it.requests.length, 1);
  it.clock.t += 7 * 3_600_000;
  it.model.takeBackup();
  await it.outbox.drain();
  assert.equal(it.requests.length, 2);
  assert.equal((await it.outbox.list())[0].held, false);
});

test("every outcome has a plain state", () => {
  const of = (parts) => statusOf(item(parts), false);
  assert.deepEqual(of({}), { state: "saved", code: null });
  assert.deepEqual(statusOf(item({}), true), { state: "sending", code: null });
  assert.deepEqual(of({ tries: 1, code: "later" }), { state: "waiting", code: "later" });
  assert.deepEqual(of({ state: "attention", code: "too_large" }), { state: "attention", code: "too_large" });
  assert.deepEqual(of({ state: "sign_in", code: "unknown_key" }), { state: "attention", code: "unknown_key" });
  assert.deepEqual(of({ state: "received", outcome: "stored" }), { state: "received", code: null });
  assert.deepEqual(of({ state: "received", outcome: "quarantined" }), { state: "quarantined", code: null });
  assert.deepEqual(of({ state: "received", outcome: "not_applied/full" }), { state: "not_applied", code: "full" });
});

test("a full shift is answered, let go and said so", async () => {
  const it = await signedIn();
  await it.outbox.save({ ...ASKED, shift: "full" });
  await it.outbox.drain();
  assert.deepEqual((await it.outbox.list())[0].status, { state: "not_applied", code: "full" });
  assert.equal((await it.outbox.counts()).unsent, 0);
});

test("a listener hears of every change", async () => {
  const it = await signedIn();
  const heard = [];
  const end = it.outbox.subscribe((counts) => heard.push(counts.unsent));
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  while (heard.at(-1) !== 0 || !heard.includes(1)) await new Promise((resolve) => setImmediate(resolve));
  end();
});

test("received records are forgotten after a fortnight, unsent ones never", async () => {
  const it = await signedIn();
  await it.outbox.save(SEEN);
  await it.outbox.drain();
  it.answer = offline;
  await it.outbox.save(SEEN);
  it.clock.t += 400 * 86_400_000;
  await it.outbox.drain({ eager: true });
  assert.deepEqual((await it.outbox.list()).map((one) => one.status.state), ["saved"]);
});

test("without Web Locks two tabs drain in turn, under a lease", async () => {
  const it = await signedIn();
  const other = it.open();
  await savedOffline(it, [SEEN, SEEN, ASKED]);
  await wakingAll(it, Promise.all([it.outbox.drain({ eager: true }), other.drain({ eager: true }).catch(() => undefined)]));
  const sent = it.requests.flatMap((one) => one.records.map((record) => record.id));
  assert.equal(new Set(sent).size, sent.length);
  assert.equal(it.model.rows.size, 3);
});

/** Wakes whoever sleeps, a request's own limit aside, for as long as the work lasts: how often that is depends on the machine. */
async function wakingAll(it, work) {
  let over = false;
  const done = work.finally(() => (over = true));
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const one of it.sleeps.splice(0)) if (one.ms !== 60_000) one.wake();
  }
  await done;
}

const ids = (items) => items.map((one) => one.id);
const tags = (items, more = {}) => new Map(items.map((one) => [one.id, { person: ANA.id, shift: null, needs: null, ...more[one.id] }]));
function item(parts) {
  return {
    id: "x", rank: 2, order: 0, size: 100, state: "waiting", code: null, tries: 0, not_before: 0, set_at: 0, void_after: null, outcome: null, received_at: null,
    let_go_at: null, epoch: null, held: 0, tag: null, ...parts,
  };
}
