// The rescue file: all that is not received, sealed to a hand-in key that the pinned root stands for; and what a person may put forward.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { Decrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { canonical } from "../../static/js/lib/canonical.js";
import { again, waits } from "../../static/js/outbox/again.js";
import { makeRescue } from "../../static/js/outbox/rescue.js";
import { ALARM, ANA, ASKED, BEN, rig, SEEN, signIn } from "../sync/rig.mjs";
import { signText } from "../sync/subtle.mjs";

const offline = () => Promise.reject(new TypeError("offline"));
const identity = await generateHybridIdentity();
const recipient = await identityToRecipient(identity);

/** What a server says of its hand-in key. */
function certificate(it, { said = {}, key = it.model.signer, ...more } = {}) {
  const text = canonical({ v: 1, type: "hand_in", recipient, server_key: it.model.signerThumb, ...said });
  return { text, sig: signText(key.privateKey, "fieldapp/hand-in/v1", text), ...more };
}

async function opened({ file }) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return Buffer.from(await decrypter.decrypt(new Uint8Array(await file.arrayBuffer())));
}

/** The entries of a plaintext, as docs/protocol.md 14 has them. */
function entries(plain) {
  const found = [];
  let at = plain.indexOf("\n") + 1;
  assert.equal(plain.subarray(0, at).toString(), "fieldapp-rescue/1\n");
  while (at < plain.length) {
    const end = plain.indexOf("\n", at);
    const line = JSON.parse(plain.subarray(at, end).toString());
    found.push({ ...line, bytes: plain.subarray(end + 1, end + 1 + (line.size ?? 0)).toString(), raw: plain.subarray(end + 1, end + 1 + (line.size ?? 0)) });
    at = end + 1 + (line.size ?? 0);
  }
  return found;
}

async function waiting(...writings) {
  const it = rig();
  await signIn(it);
  it.answer = offline;
  for (const writing of writings) await it.outbox.save(writing);
  await it.outbox.drain();
  return it;
}

test("it holds every record that is not received, in the order they were saved, as they would be sent", async () => {
  const it = await waiting(SEEN, ASKED, ALARM);
  const made = await makeRescue(it.outbox, certificate(it));
  const found = entries(await opened(made));
  assert.equal(made.records, 3);
  assert.deepEqual(found.map((one) => one.type), ["record", "record", "record", "end"]);
  assert.deepEqual(found.slice(0, 3).map((one) => JSON.parse(JSON.parse(one.bytes).body).kind), ["observation", "claim", "alert"]);
  assert.equal(found[3].entries, 3);
  it.answer = (body) => it.model.sync(body);
  const answer = JSON.parse((await it.model.sync(JSON.stringify({ v: 1, records: found.slice(0, 3).map((one) => JSON.parse(one.bytes)) }))).body);
  assert.deepEqual(answer.results.map((one) => one.outcome), ["stored", "stored", "stored"]);
  await it.outbox.drain({ eager: true });
  assert.deepEqual((await it.outbox.list()).map((one) => one.status.state), ["received", "received", "received"]);
});

test("what somebody else has not sent is in it too, what is received is not", async () => {
  const it = rig();
  await signIn(it);
  await it.outbox.save(SEEN);
  await it.outbox.drain({ eager: true });
  it.answer = offline;
  await it.outbox.save(SEEN);
  await it.outbox.setPerson(BEN);
  await it.outbox.save(SEEN);
  await it.outbox.setPerson(null);
  assert.equal((await makeRescue(it.outbox, certificate(it))).records, 2);
});

test("a hand-in key that no server key under the pinned root stands for is not used", async () => {
  const it = await waiting(SEEN);
  const swapped = [
    [undefined, "no_hand_in"],
    [certificate(it, { sig: "A".repeat(86) }), "bad_hand_in"],
    [certificate(it, { said: { server_key: "B".repeat(43) } }), "bad_hand_in"],
    [certificate(it, { said: { type: "receipt" } }), "bad_hand_in"],
    [certificate(it, { said: { recipient: "age1short" } }), "bad_hand_in"],
    [{ ...certificate(it), text: certificate(it).text.replace("age1pq1", "age1pq1q") }, "bad_hand_in"],
    ["text", "bad_hand_in"],
  ];
  for (const [said, code] of swapped) await assert.rejects(makeRescue(it.outbox, said), { code });
});

/** A phone without network on which a photo was taken and saved with its record; its bytes make two frames. */
async function filmed(it = rig()) {
  await signIn(it, ANA, recipient);
  [it.answer, it.media] = [offline, offline];
  const media = await it.outbox.media.load();
  const capture = await media.begin({ draft: "d1", kind: "photo", mime: "image/jpeg", source: "camera" });
  const original = randomBytes(1_300_000);
  await capture.write(new Blob([original]));
  await capture.finish();
  await it.outbox.save({ ...SEEN, draft: "d1" });
  await it.outbox.drain();
  const row = await it.outbox.store.read(["media"], (tx) => tx.objectStore("media").get(capture.id));
  assert.equal(row.frames, 2);
  return { it, id: capture.id, row, original };
}

const sha = (bytes) => createHash("sha256").update(bytes).digest("base64url");

test("a photo that is not sent is in it, frame for frame, with the token that its upload would bring", async () => {
  const { it, id, row, original } = await filmed();
  const made = await makeRescue(it.outbox, certificate(it));
  assert.deepEqual([made.records, made.media, made.unreadable], [1, 1, 0]);
  const [record, media, end] = entries(await opened(made));
  assert.deepEqual([record.type, media.type, end.type, end.entries], ["record", "media", "end", 2]);
  assert.deepEqual([media.media, media.size, media.sha256], [id, row.size, sha(media.raw)]);
  assert.equal(JSON.parse(JSON.parse(record.bytes).body).media[0].sha256, media.sha256);
  assert.equal(JSON.parse(media.token.text).media, id);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const plain = [];
  for (let at = 0; at < media.raw.length; ) {
    const length = media.raw.readUInt32BE(at);
    plain.push(await decrypter.decrypt(new Uint8Array(media.raw.subarray(at + 4, at + 4 + length))));
    at += 4 + length;
  }
  assert.equal(plain.length, 2);
  assert.deepEqual(Buffer.concat(plain), original);
  // Handed in, the server has it: the phone asks when it has network again, gets the receipt and lets go.
  it.tus.items.set(id, { bytes: Buffer.from(media.raw), length: media.size, token: "" });
  it.answer = (body) => it.model.sync(body);
  it.media = (url, init) => it.tus.answer(url, init);
  it.clock.t += 3_600_000;
  await it.outbox.drain({ eager: true });
  await (await it.outbox.media.load()).drain({ eager: true });
  assert.deepEqual((await it.outbox.media.list()).map((one) => one.state), ["received"]);
  assert.ok(!it.tus.requests.some((one) => one.method === "PATCH"));
  assert.equal((await makeRescue(it.outbox, certificate(it))).media, 0);
});

test("a file for a message leaves photos out, and making one changes nothing on the phone", async () => {
  const { it, row } = await filmed();
  const made = await makeRescue(it.outbox, certificate(it), { media: false });
  assert.deepEqual([made.records, made.media], [1, 0]);
  assert.deepEqual(entries(await opened(made)).map((one) => one.type), ["record", "end"]);
  const after = await it.outbox.store.read(["media"], (tx) => tx.objectStore("media").get(row.id));
  assert.deepEqual(after, row);
});

test("what belongs to no record yet is not in it", async () => {
  const { it } = await filmed();
  const capture = await (await it.outbox.media.load()).begin({ draft: "d2", kind: "sound", mime: "audio/webm", source: "microphone" });
  await capture.write(new Blob(["a word"]));
  await capture.finish();
  assert.equal((await makeRescue(it.outbox, certificate(it))).media, 1);
});

test("a photo whose receipt comes while the file is made leaves what follows it in its place", async () => {
  const { it, id, row } = await filmed();
  const pieces = (await it.outbox.media.load()).carried(id);
  await pieces.next();
  const first = (await pieces.next()).value.length;
  await it.outbox.store.write(["frames"], (tx) => tx.objectStore("frames").clear());
  let rest = 0;
  for await (const piece of pieces) rest += piece.length;
  assert.ok(first < row.size);
  assert.equal(first + rest, row.size);
});

test("a photo that cannot be read is counted, and the others are in it", async () => {
  const { it, row } = await filmed();
  await it.outbox.store.write(["media"], (tx) => tx.objectStore("media").put({ ...row, tag: { ...row.tag, ct: new Uint8Array(row.tag.ct).fill(1) } }));
  const made = await makeRescue(it.outbox, certificate(it));
  assert.deepEqual([made.records, made.media, made.unreadable], [1, 0, 1]);
  assert.deepEqual(entries(await opened(made)).map((one) => one.type), ["record", "end"]);
});

test("a record that cannot be read is counted, and the others are in it", async () => {
  const it = await waiting(SEEN, SEEN);
  await it.outbox.store.write(["bodies"], async (tx) => {
    const [first] = await tx.objectStore("bodies").getAll();
    await tx.objectStore("bodies").put({ ...first, ct: new Uint8Array(first.ct).fill(1) });
  });
  const made = await makeRescue(it.outbox, certificate(it));
  assert.deepEqual([made.records, made.unreadable], [1, 1]);
});

test("asked to try now, what this phone put off goes at once; what the server put off waits", async () => {
  const it = await waiting(SEEN, SEEN);
  const [a, b] = (await it.outbox.list()).map((one) => one.id);
  const put = (id, code) => it.outbox.store.write(["items"], async (tx) => {
    const item = await tx.objectStore("items").get(id);
    await tx.objectStore("items").put({ ...item, code, tries: 3, not_before: it.clock.t + 600_000, set_at: it.clock.t });
  });
  await put(a, "server_error");
  await put(b, "later");
  assert.equal((await waits(it.outbox)).get(a).until, it.clock.t + 600_000);
  it.answer = (body) => it.model.sync(body);
  await again(it.outbox);
  const states = new Map((await it.outbox.list()).map((one) => [one.id, one.status]));
  assert.equal(states.get(a).state, "received");
  assert.deepEqual(states.get(b), { state: "waiting", code: "later" });
});

test("one record alone is put forward", async () => {
  const it = await waiting(SEEN, SEEN);
  await it.outbox.store.write(["items"], async (tx) => {
    for (const item of await tx.objectStore("items").getAll()) await tx.objectStore("items").put({ ...item, state: "attention", code: "bad_shape", not_before: it.clock.t + 900_000, set_at: it.clock.t });
  });
  it.answer = (body) => it.model.sync(body);
  const [first] = await it.outbox.list();
  await again(it.outbox, first.id);
  assert.deepEqual((await it.outbox.list()).map((one) => one.status.state), ["received", "attention"]);
});

test("what a record waits for is said: the one it builds on, the act before it on the same shift", async () => {
  const it = await waiting(ASKED, { ...ASKED, kind: "check_in" }, ALARM);
  const [alarm] = await it.outbox.list();
  await it.outbox.save({ ...ALARM, kind: "alert_cancel", place: undefined, answers: [{ path: "/alert", value: alarm.id, box: null }] });
  const found = await waits(it.outbox);
  const by = Object.fromEntries((await it.outbox.list()).map((one) => [one.kind, found.get(one.id)]));
  assert.equal(by.alert_cancel.needs, alarm.id);
  assert.deepEqual([by.claim.behind, by.check_in.behind], [false, true]);
  assert.equal((await waits(rig().outbox)).size, 0);
});
