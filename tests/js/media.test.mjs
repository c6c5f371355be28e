// Photo, video and sound on the phone: sealed piece by piece, kept through kills, sent through losses, freed for a true receipt alone.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { Decrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { decode } from "../../static/js/lib/b64.js";
import { ANA, BEN, ALARM, register, rig, SEEN, signIn } from "../sync/rig.mjs";
import { serverPair } from "../sync/subtle.mjs";

const MIB = 1048576;
const identity = await generateHybridIdentity();
const recipient = await identityToRecipient(identity);
const code = (want) => (error) => error.code === want;
const offline = () => Promise.reject(new TypeError("offline"));
const sha = (bytes) => createHash("sha256").update(bytes).digest("base64url");
const FILM = { draft: "d1", kind: "video", mime: "video/webm", source: "camera" };

async function signedIn(options) {
  const it = rig(options);
  await signIn(it, ANA, recipient);
  return it;
}

/** Takes one and ends it; what it is made of is handed over in pieces. */
async function take(it, pieces, asked = {}) {
  const media = await it.outbox.media.load();
  const capture = await media.begin({ ...FILM, ...asked });
  for (const piece of pieces) await capture.write(new Blob([piece]));
  await capture.finish();
  return { id: capture.id, original: Buffer.concat(pieces) };
}

const rows = (it, name = "media") => it.outbox.store.read([name], (tx) => tx.objectStore(name).getAll());
const drain = async (it) => (await it.outbox.media.load()).drain({ eager: true });

/** Time passes, and what waits is due. */
async function later(it, ms = 3600000) {
  it.clock.t += ms;
  await drain(it);
}

/** What counsel gets: each frame opened by itself, in order. */
async function opened(bytes) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const plain = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    plain.push(Buffer.from(await decrypter.decrypt(new Uint8Array(bytes.subarray(at + 4, at + 4 + length)))));
    at += 4 + length;
  }
  return plain;
}

/** The phone is killed: nothing in memory is left, the next start has the database alone. */
function kill(it) {
  it.outbox.close();
  it.outbox = it.open();
}

test("a film is sealed in frames of at most 1 MiB as it comes, and opens to the very bytes", async () => {
  const it = await signedIn();
  const pieces = [randomBytes(300_000), randomBytes(2.5 * MIB), randomBytes(1)];
  const { id, original } = await take(it, pieces);
  await drain(it);
  const plain = await opened(it.tus.items.get(id).bytes);
  assert.ok(plain.every((one) => one.length <= MIB));
  assert.equal(plain.length, 5);
  assert.deepEqual(Buffer.concat(plain), original);
});

test("no plaintext of it is ever in the database", async () => {
  const it = await signedIn();
  it.media = offline;
  await take(it, [Buffer.from("PLANTED-BYTES-OF-A-FILM".repeat(50))], { name: "PLANTED-NAME.webm" });
  const all = JSON.stringify([await rows(it), await rows(it, "frames")], (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value));
  assert.ok(all.length > 1000 && !all.includes("PLANTED"));
});

test("saved with its draft, the record lists digest, size and coarse type, and legal alone reads the rest", async () => {
  const it = await signedIn();
  const film = await take(it, [randomBytes(5000)], { name: "clip.webm" });
  const photo = await take(it, [randomBytes(700)], { kind: "photo", mime: "image/jpeg" });
  const { id } = await it.outbox.save({ ...SEEN, draft: "d1" });
  await it.outbox.drain();
  const { envelope } = [...it.model.rows.values()][0];
  const body = JSON.parse(envelope.body);
  const stored = await rows(it);
  assert.deepEqual(body.media.map((one) => one.type).sort(), ["image/sealed", "video/sealed"]);
  assert.deepEqual(body.media.map((one) => one.sha256), stored.map((row) => row.sha256).sort());
  assert.deepEqual(stored.map((row) => [row.state, row.record]), [["saved", id], ["saved", id]]);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const sealed = JSON.parse(new TextDecoder().decode(await decrypter.decrypt(decode(envelope.sealed.b1))));
  const said = Object.fromEntries(sealed.map(([, path, value]) => [path, value]));
  const row = stored.find((one) => one.id === film.id);
  assert.deepEqual(said[`/_/media/${row.sha256}`], {
    id: film.id, name: "clip.webm", type: "video/webm", size: 5000, sha256: sha(film.original), started_at: it.clock.t, ended_at: it.clock.t,
    source: "camera", cut: false, frames: 1,
  });
  assert.equal((await it.outbox.media.list()).find((one) => one.id === photo.id).record, id);
  assert.ok(!envelope.body.includes("clip.webm") && !JSON.stringify(envelope.open).includes("clip"));
});

test("what was taken for a draft cannot be saved while it is still being recorded", async () => {
  const it = await signedIn();
  const capture = await (await it.outbox.media.load()).begin(FILM);
  await capture.write(new Blob([randomBytes(10)]));
  await assert.rejects(it.outbox.save({ ...SEEN, draft: "d1" }), code("recording"));
  await capture.finish();
  await it.outbox.save({ ...SEEN, draft: "d1" });
});

test("without a legal box nothing is begun", async () => {
  const it = rig();
  await signIn(it);
  await assert.rejects((await it.outbox.media.load()).begin(FILM), code("no_box"));
  assert.deepEqual(await rows(it), []);
});

test("it goes while it is recorded, its length is told at the end, and it is freed when the receipt is true", async () => {
  const it = await signedIn();
  const media = await it.outbox.media.load();
  const capture = await media.begin(FILM);
  await capture.write(new Blob([randomBytes(400_000)]));
  await media.drain({ eager: true });
  const { bytes, length } = it.tus.items.get(capture.id);
  assert.equal(length, null);
  assert.equal(bytes.length, (await rows(it))[0].size);
  assert.equal((await it.outbox.media.list())[0].state, "recording");
  await capture.finish();
  await media.drain({ eager: true });
  assert.equal(it.tus.items.get(capture.id).length, bytes.length);
  const [row] = await rows(it);
  assert.equal(row.sent, row.size);
  assert.deepEqual(await rows(it, "frames"), []);
  assert.equal((await it.outbox.media.list())[0].state, "received");
});

test("a request carries no cookie, follows no redirect, and each piece has its checksum", async () => {
  const it = await signedIn();
  const inits = [];
  it.media = (url, init) => (inits.push(init), it.tus.answer(url, init));
  await take(it, [randomBytes(2 * MIB)]);
  await drain(it);
  assert.ok(inits.every((one) => one.credentials === "omit" && one.redirect === "error" && one.cache === "no-store"));
  assert.ok(it.tus.requests.filter((one) => one.method === "PATCH").every((one) => one.headers["upload-checksum"].startsWith("sha256 ")));
});

const FORGED = {
  "of another item": (it, item) => it.tus.receipt("A".repeat(22), item),
  "with another digest": (it, item, id) => it.tus.receipt(id, item, { sha256: sha("other") }),
  "with another size": (it, item, id) => it.tus.receipt(id, item, { size: item.bytes.length - 1 }),
  "signed by a stranger": (it, item, id) => it.tus.receipt(id, item, {}, it.model.stranger),
  "under a key that nobody certified": (it, item, id) => it.tus.receipt(id, item, { server_key: "A".repeat(43) }, serverPair(9)),
  "that is a record's": (it, item, id) => it.tus.receipt(id, item, { type: "receipt" }),
  "without a signature": (it, item, id) => ({ text: it.tus.receipt(id, item).text }),
};
for (const [what, forge] of Object.entries(FORGED)) {
  test(`a receipt ${what} frees nothing; the true one does`, async () => {
    const it = await signedIn();
    it.media = (url, init) => {
      const said = it.tus.answer(url, init);
      const id = url.split("/")[4];
      return url.endsWith("/receipt") ? { ...said, body: JSON.stringify({ receipt: forge(it, it.tus.items.get(id), id) }) } : said;
    };
    await take(it, [randomBytes(1000)]);
    await drain(it);
    assert.equal((await rows(it, "frames")).length, 1);
    assert.notEqual((await it.outbox.media.list())[0].state, "received");
    it.media = (url, init) => it.tus.answer(url, init);
    await later(it);
    assert.equal((await it.outbox.media.list())[0].state, "received");
  });
}

test("a captive portal's page frees nothing, whatever was asked", async () => {
  const it = await signedIn();
  it.media = () => ({ status: 200, headers: {}, body: "<html>Welcome to the Wi-Fi</html>" });
  await take(it, [randomBytes(1000)]);
  for (let i = 0; i < 3; i++) await later(it);
  it.media = (url, init) => (url.endsWith("/receipt") ? { status: 200, headers: {}, body: "{}" } : it.tus.answer(url, init));
  for (let i = 0; i < 3; i++) await later(it);
  assert.equal((await rows(it, "frames")).length, 1);
  it.media = (url, init) => (init.method === "POST" ? it.tus.answer(url, init) : { status: 200, headers: {}, body: "<html>Welcome</html>" });
  kill(it); // a new start asks where the upload stands
  for (let i = 0; i < 3; i++) await later(it);
  assert.equal((await rows(it, "frames")).length, 1);
  it.media = (url, init) => it.tus.answer(url, init);
  await later(it);
  assert.equal((await rows(it, "frames")).length, 0);
});

test("an answer that was lost: it asks where the upload stands, and goes on from there", async () => {
  const it = await signedIn();
  let lost = 0;
  it.media = async (url, init) => {
    const said = it.tus.answer(url, init);
    if (init.method === "PATCH" && lost++ === 0) throw new TypeError("lost on the way back");
    return said;
  };
  const { id, original } = await take(it, [randomBytes(2 * MIB)]);
  for (let i = 0; i < 6; i++) await later(it);
  assert.deepEqual(Buffer.concat(await opened(it.tus.items.get(id).bytes)), original);
  assert.equal((await it.outbox.media.list())[0].state, "received");
});

test("pieces keep their order, however fast they come", async () => {
  const it = await signedIn();
  const pieces = [randomBytes(900_000), randomBytes(10), randomBytes(300_000), randomBytes(1)];
  const capture = await (await it.outbox.media.load()).begin(FILM);
  await Promise.all(pieces.map((piece) => capture.write(new Blob([piece]))));
  await capture.finish();
  await drain(it);
  assert.deepEqual(Buffer.concat(await opened(it.tus.items.get(capture.id).bytes)), Buffer.concat(pieces));
});

test("a recording cut by a kill is found at the next start, kept for its draft, and says so", async () => {
  const it = await signedIn();
  it.media = offline;
  const pieces = [randomBytes(5000), randomBytes(6000)];
  const capture = await (await it.outbox.media.load()).begin(FILM);
  for (const piece of pieces) await capture.write(new Blob([piece]));
  capture.release(); // a dead tab holds nothing
  kill(it);
  assert.equal(await it.outbox.media.recover(), 1);
  const [entry] = await it.outbox.media.list();
  assert.deepEqual([entry.cut, entry.draft, entry.record, entry.ms], [true, "d1", null, null]);
  it.media = (url, init) => it.tus.answer(url, init);
  await it.outbox.save({ ...SEEN, draft: "d1" });
  await it.outbox.drain();
  await later(it);
  assert.deepEqual(Buffer.concat(await opened(it.tus.items.get(capture.id).bytes)), Buffer.concat(pieces));
  const [{ envelope }] = [...it.model.rows.values()];
  assert.equal(JSON.parse(envelope.body).media[0].sha256, sha(it.tus.items.get(capture.id).bytes));
  assert.equal((await it.outbox.media.list())[0].state, "received");
});

test("a recording that goes on is not taken for one that was cut", async () => {
  const it = await signedIn();
  const capture = await (await it.outbox.media.load()).begin(FILM);
  await capture.write(new Blob([randomBytes(10)]));
  assert.equal(await it.outbox.media.recover(), 0);
  await capture.finish();
});

test("nothing recorded is nothing kept", async () => {
  const it = await signedIn();
  const capture = await (await it.outbox.media.load()).begin(FILM);
  assert.equal(await capture.finish(), false);
  assert.deepEqual(await rows(it), []);
});

test("through losses before and after the server, kills and days, it arrives whole", async () => {
  const it = await signedIn();
  let n = 0;
  it.media = async (url, init) => {
    n += 1;
    if (n % 3 === 1) throw new TypeError("lost on the way there");
    const said = it.tus.answer(url, init);
    if (n % 5 === 2) throw new TypeError("lost on the way back");
    return said;
  };
  const { id, original } = await take(it, [randomBytes(3 * MIB)]);
  for (let i = 0; i < 60 && (await it.outbox.media.list())[0].state !== "received"; i++) {
    if (i % 4 === 3) kill(it);
    await later(it, 86400000);
  }
  assert.equal((await it.outbox.media.list())[0].state, "received");
  assert.deepEqual(Buffer.concat(await opened(it.tus.items.get(id).bytes)), original);
});

test("another offset, a wrong checksum and a server that has forgotten all: it goes on from what the server says", async () => {
  const it = await signedIn();
  const answers = [];
  it.media = (url, init) => (init.method === "PATCH" && answers.length ? answers.shift()() : it.tus.answer(url, init));
  answers.push(() => it.tus.error(409, "wrong_offset"), () => it.tus.error(460, "checksum"), () => (it.tus.restore(), it.tus.error(404, "unknown_media")));
  const { id, original } = await take(it, [randomBytes(2 * MIB)]);
  for (let i = 0; i < 6; i++) await later(it);
  assert.deepEqual(answers, []);
  assert.deepEqual(Buffer.concat(await opened(it.tus.items.get(id).bytes)), original);
  assert.equal((await it.outbox.media.list())[0].state, "received");
});

test("a server without room says when to come again, and is not asked before", async () => {
  const it = await signedIn();
  it.media = (url, init) => (it.tus.answer(url, init), { status: 507, headers: { "retry-after": "600", "fieldapp-error": "no_room", "tus-resumable": "1.0.0" }, body: "" });
  await take(it, [randomBytes(100)]);
  await drain(it);
  const asked = it.tus.requests.length;
  await later(it, 300_000);
  assert.equal(it.tus.requests.length, asked);
  await later(it, 301_000);
  assert.ok(it.tus.requests.length > asked);
  assert.equal((await rows(it, "frames")).length, 1);
});

test("a key that the server does not know is told again, and then it goes on", async () => {
  const it = await signedIn();
  it.model.keys.clear();
  await take(it, [randomBytes(100)]);
  await drain(it);
  assert.equal((await it.outbox.media.list())[0].code, "unknown_key");
  await register(it, ANA);
  await later(it);
  assert.equal((await it.outbox.media.list())[0].state, "received");
});

test("thrown away with its draft: it is gone, and nothing more of it is sent", async () => {
  const it = await signedIn();
  it.media = offline;
  await it.outbox.drafts.put("d1", { form: "salute" }, ANA);
  await take(it, [randomBytes(1000)]);
  await take(it, [randomBytes(1000)], { draft: "d2" });
  await it.outbox.drafts.remove("d1");
  it.media = (url, init) => it.tus.answer(url, init);
  await later(it);
  assert.equal((await rows(it)).length, 1);
  assert.equal(it.tus.items.size, 1);
});

test("one can be thrown away until its record names it", async () => {
  const it = await signedIn();
  it.media = offline;
  const { id } = await take(it, [randomBytes(100)]);
  const other = await take(it, [randomBytes(100)]);
  const media = await it.outbox.media.load();
  await media.remove(other.id);
  await it.outbox.save({ ...SEEN, draft: "d1" });
  await media.remove(id);
  assert.deepEqual((await rows(it)).map((row) => row.id), [id]);
  assert.equal((await rows(it, "frames")).length, 1);
});

test("thrown away in mid-recording, the recorder stops and nothing is kept", async () => {
  const it = await signedIn();
  const media = await it.outbox.media.load();
  const capture = await media.begin(FILM);
  await capture.write(new Blob([randomBytes(100)]));
  await media.remove(capture.id);
  await assert.rejects(capture.write(new Blob([randomBytes(100)])), code("gone"));
  assert.equal(await capture.finish(), false);
  assert.deepEqual([await rows(it), await rows(it, "frames")], [[], []]);
});

test("no room left in mid-recording: what was recorded is kept, whole, and says that it was cut", async () => {
  const it = rig();
  let free = 40 * MIB;
  it.estimate = async () => ({ usage: 0, quota: free });
  it.outbox = it.open();
  await signIn(it, ANA, recipient);
  const capture = await (await it.outbox.media.load()).begin(FILM);
  const first = randomBytes(500_000);
  await capture.write(new Blob([first]));
  free = 24 * MIB + 1000;
  await assert.rejects(capture.write(new Blob([randomBytes(500_000)])), code("no_room"));
  await assert.rejects(capture.write(new Blob([randomBytes(10)])), code("no_room"));
  assert.equal(await capture.finish(), true);
  await drain(it);
  assert.deepEqual(Buffer.concat(await opened(it.tus.items.get(capture.id).bytes)), first);
  assert.equal((await it.outbox.media.list())[0].cut, true);
  await assert.rejects((await it.outbox.media.load()).begin({ ...FILM, size: 5 * MIB }), code("no_room"));
});

test("records go before media, and an alert makes an upload wait", async () => {
  const it = await signedIn();
  const order = [];
  it.answer = async (body) => (order.push("records"), it.model.sync(body));
  let alarmed = false;
  it.media = async (url, init) => {
    if (init.method !== "PATCH" || alarmed) return order.push("media"), it.tus.answer(url, init);
    alarmed = true;
    const saved = it.outbox.save(ALARM);
    await new Promise((_, reject) => init.signal.addEventListener("abort", () => reject(new Error("aborted"))));
    return saved;
  };
  await take(it, [randomBytes(1000)]);
  await drain(it);
  await later(it);
  assert.ok(order.indexOf("records") > 0 && order.lastIndexOf("media") > order.indexOf("records"), order.join());
  assert.equal((await it.outbox.media.list())[0].state, "received");
});

test("somebody else's media are not listed, and are still sent with their own token", async () => {
  const it = await signedIn();
  it.media = offline;
  await take(it, [randomBytes(1000)]);
  await it.outbox.setPerson(BEN);
  assert.deepEqual(await it.outbox.media.list(), []);
  it.media = (url, init) => it.tus.answer(url, init);
  await later(it);
  await it.outbox.setPerson(ANA);
  assert.equal((await it.outbox.media.list())[0].state, "received");
});
