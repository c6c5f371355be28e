// node tests/vectors/make.mjs: writes the protocol's vectors. Everything random is drawn from a fixed stream and signatures are
// deterministic (RFC 6979), so that a second run writes the same bytes. The shapes are described in README.md.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { bad, good } from "./cases-canonical.mjs";

const stream = { n: 0, left: Buffer.alloc(0) };
/** Random-looking bytes, the same in every run. */
function drawn(n) {
  while (stream.left.length < n) {
    stream.left = Buffer.concat([stream.left, createHash("sha512").update(`fieldapp vectors ${stream.n++}`).digest()]);
  }
  const out = stream.left.subarray(0, n);
  stream.left = stream.left.subarray(n);
  return out;
}
crypto.getRandomValues = (view) => {
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(drawn(view.byteLength));
  return view;
};
const { Encrypter, generateHybridIdentity, identityToRecipient } = await import("age-encryption");
const { canonical } = await import("../../static/js/lib/canonical.js");

const b64u = (bytes) => Buffer.from(bytes).toString("base64url");
const hash = (data) => createHash("sha256").update(data).digest();
const sha256 = (data) => b64u(hash(data));
const write = (name, list) => writeFileSync(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(list, null, 1)}\n`);

/** A P-256 key from a name. */
function keyOf(name) {
  const d = hash(`fieldapp vector key ${name}`);
  const point = p256.getPublicKey(d, false);
  const jwk = { crv: "P-256", kty: "EC", x: b64u(point.slice(1, 33)), y: b64u(point.slice(33)) };
  return { d, jwk, thumbprint: sha256(canonical(jwk)) };
}
const signed = (key, domain, text) => b64u(p256.sign(Buffer.from(`${domain}\n${text}`), key.d, { prehash: true, lowS: false }));

const device = keyOf("device");
const other = keyOf("other device");
const root = keyOf("root");
const serverKey = keyOf("server");
const LOG = "example.org/log/e1";
const AT = 1795424400000;

const uuid = () => {
  const bytes = Buffer.from(drawn(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

// --- canonical.json, base64url.json
write("canonical", [...good, ...bad]);
write("base64url", [
  ...["", "00", "ff", "fbff", "010203", "fffefdfc"].map((hex) => ({ name: `bytes ${hex || "none"}`, text: b64u(Buffer.from(hex, "hex")), hex })),
  ...[["padding", "AA=="], ["standard alphabet", "+/+/"], ["white space", "AA AA"], ["one character too many", "AAAAA"], ["stray bits", "AB"], ["stray bits of three", "AAB"]]
    .map(([name, text]) => ({ name, text, error: "bad_string" })),
]);

// --- records.json
const identity = await generateHybridIdentity();
const box = { id: "box-legal-1", identity, recipient: await identityToRecipient(identity) };

const disclose = (path, value) => [b64u(drawn(16)), path, value];
const commitment = (one) => sha256(canonical(one));

function padded(text) {
  const bytes = Buffer.from(text);
  let size = 1024;
  while (size < bytes.length) size *= 2;
  return Buffer.concat([bytes, Buffer.alloc(size - bytes.length, 0x20)]);
}

async function sealTo(recipient, plaintext) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(new Uint8Array(plaintext)));
}

const EVIDENCE = { form: "master@1", form_hash: sha256("the form"), place: "place-1" };
const OPERATION = { form: null, form_hash: null };

/** A record of these disclosures; `change` alters the body before it is signed, `bend` the envelope after. */
async function record(members, { open = [], sealed = [], change = (body) => body, bend = (envelope) => envelope, text = canonical } = {}) {
  const file = sealed.length ? await sealTo(box.recipient, padded(canonical(sealed))) : null;
  const commitments = [...open, ...sealed].map(commitment);
  const size = (Math.floor(commitments.length / 16) + 1) * 16;
  while (commitments.length < size) commitments.push(b64u(drawn(32)));
  const body = text(change({
    v: 1, log: LOG, id: uuid(), chapter: "chapter-1", key: device.thumbprint, app: "vectors", lang: "en", purpose: "monitoring", retention: "default",
    day_part: "2026-11-23/morning", files: file ? [{ box: box.id, sha256: sha256(file), size: file.length }] : [], media: [],
    commitments: commitments.sort(), open: open.length, ...members,
  }));
  return bend({ body, digest: sha256(body), sig: signed(device, "fieldapp/record/v1", body), open, sealed: file ? { [box.id]: b64u(file) } : {} });
}

const answers = () => [disclose("/type", "master"), disclose("/language", "es"), disclose("/interpreter_ok", "unsure"), disclose("/vehicles/k3J9aQ2x/make", "Ford")];
const words = () => [
  disclose("/notes", "El juez dijo: «¿Quién habla por él?» — niemand.\n\u{1F54A}"), disclose("/_/observed_at", { at: AT, exact: true }), disclose("/_/captured_at", AT + 61000),
  disclose("/_/clock", { phone: AT + 60000, server: AT + 57000 }), disclose("/_/not_before", null), disclose("/_/seq", 1),
  disclose("/_/position", { lat: 40714512, lon: -74001234, accuracy: 12 }),
];
const many = (n) => Array.from({ length: n }, (_, i) => disclose(`/rows/r${String(i).padStart(7, "0")}/count`, i));

/** Text whose sealed plaintext is exactly so many bytes before padding. */
function exactly(bytes) {
  const one = disclose("/notes", "");
  const short = Buffer.byteLength(canonical([one]));
  return [[one[0], one[1], "x".repeat(bytes - short)]];
}

const taken = (name, envelope, sealed = []) => {
  const body = JSON.parse(envelope.body);
  const files = Object.values(envelope.sealed).reduce((sum, one) => sum + Buffer.from(one, "base64url").length, 0);
  return {
    name, log: LOG, jwk: device.jwk, identities: sealed.length ? { [box.id]: box.identity } : {}, envelope,
    digest: envelope.digest, leaf: ["observation", "amendment"].includes(body.kind) ? sha256(Buffer.concat([Buffer.from([0]), Buffer.from(envelope.body)])) : null,
    size: Buffer.byteLength(envelope.body) + Buffer.byteLength(canonical(envelope.open)) + files, opened: sealed.length ? { [box.id]: sealed } : {},
  };
};

const records = [];
async function take(name, members, parts = {}) {
  const envelope = await record(members, parts);
  records.push(taken(name, envelope, parts.sealed));
  return envelope;
}
async function refuse(name, error, members, parts) {
  records.push({ name, log: LOG, jwk: device.jwk, envelope: await record(members, parts), error });
}

const seen = await take("an observation, open and sealed", { kind: "observation", ...EVIDENCE, shift: "shift-1" }, { open: answers(), sealed: words() });
await take("an observation in a cell, nothing sealed", { kind: "observation", ...EVIDENCE, place: undefined, cell: "4071,-7401" }, { open: answers(), change: ({ place: _place, ...body }) => body });
await take("an observation without a single answer", { kind: "observation", ...EVIDENCE });
await take("sixteen disclosures need sixteen decoys more", { kind: "observation", ...EVIDENCE }, { open: many(16) });
await take("a sealed plaintext of exactly 1,024 bytes", { kind: "observation", ...EVIDENCE }, { sealed: exactly(1024) });
await take("a sealed plaintext of 1,025 bytes is padded to 2,048", { kind: "observation", ...EVIDENCE }, { sealed: exactly(1025) });
await take("an amendment", { kind: "amendment", ...EVIDENCE, amends: { digest: seen.digest, id: JSON.parse(seen.body).id } }, { open: [disclose("/language", "mam"), disclose("/type", null)], sealed: [disclose("/notes", null)] });
await take("purpose counsel, in Spanish", { kind: "observation", ...EVIDENCE, lang: "es", purpose: "counsel", retention: "counsel" }, { open: answers() });
const SHIFT = { ...OPERATION, shift: "shift-1", void_after: AT + 43200000 };
for (const kind of ["claim", "release", "check_in", "check_out"]) await take(`a ${kind}`, { kind, ...SHIFT });
await take("a quiet time", { kind: "quiet", ...SHIFT }, { open: [disclose("/until", AT + 3600000)] });
await take("an after", { kind: "after", ...SHIFT }, { open: [disclose("/how", "call_me")] });
const alert = await take("an alert", { kind: "alert", ...OPERATION, place: "place-1", void_after: AT + 86400000 }, { open: [disclose("/what", "being_taken"), disclose("/raised_at", AT), disclose("/position", { lat: 40714512, lon: -74001234, accuracy: 12 })] });
await take("an alert_cancel", { kind: "alert_cancel", ...OPERATION, void_after: AT + 86400000 }, { open: [disclose("/alert", JSON.parse(alert.body).id)] });
await take("an acknowledge", { kind: "acknowledge", ...OPERATION, void_after: AT + 600000 }, { open: [disclose("/notice", "notice-1"), disclose("/answer", "got_it")] });

const OBSERVED = { kind: "observation", ...EVIDENCE };
const bent = (change) => ({ open: answers(), bend: change });
const changed = (change) => ({ open: answers(), change });
await refuse("an envelope with a member too many", "unknown_member", OBSERVED, bent((e) => ({ ...e, note: 1 })));
await refuse("an envelope without its signature", "bad_shape", OBSERVED, bent(({ sig: _sig, ...e }) => e));
await refuse("a signature that is no text", "bad_shape", OBSERVED, bent((e) => ({ ...e, sig: 7 })));
await refuse("another's signature", "bad_signature", OBSERVED, bent((e) => ({ ...e, sig: signed(other, "fieldapp/record/v1", e.body) })));
await refuse("a signature under another domain line", "bad_signature", OBSERVED, bent((e) => ({ ...e, sig: signed(device, "fieldapp/receipt/v1", e.body) })));
await refuse("another digest", "digest_mismatch", OBSERVED, bent((e) => ({ ...e, digest: sha256("other") })));
await refuse("an open answer that was changed", "disclosure_mismatch", OBSERVED, bent((e) => ({ ...e, open: e.open.map((one, i) => (i ? one : [one[0], one[1], "bond"])) })));
await refuse("an open answer too few", "disclosure_mismatch", OBSERVED, bent((e) => ({ ...e, open: e.open.slice(1) })));
await refuse("a path twice", "disclosure_mismatch", OBSERVED, { open: [disclose("/type", "master"), disclose("/type", "bond")] });
const salt = b64u(drawn(16));
await refuse("a salt twice", "disclosure_mismatch", OBSERVED, { open: [[salt, "/type", "master"], [salt, "/language", "es"]] });
await refuse("a disclosure without a value", "bad_shape", OBSERVED, { open: [[b64u(drawn(16)), "/type"]] });
await refuse("a path that is no pointer", "bad_shape", OBSERVED, { open: [disclose("type", "master")] });
await refuse("a fraction in the open", "bad_number", OBSERVED, bent((e) => ({ ...e, open: [[salt, "/n", 0.5], ...e.open] })));
await refuse("a sealed file that is missing", "file_mismatch", OBSERVED, { sealed: words(), bend: (e) => ({ ...e, sealed: {} }) });
await refuse("a sealed file for another box", "file_mismatch", OBSERVED, { sealed: words(), bend: (e) => ({ ...e, sealed: { "box-other": Object.values(e.sealed)[0] } }) });
await refuse("a sealed file that was changed", "file_mismatch", OBSERVED, { sealed: words(), bend: (e) => ({ ...e, sealed: { [box.id]: b64u(Buffer.from("changed")) } }) });
await refuse("a sealed file nobody named", "file_mismatch", OBSERVED, bent((e) => ({ ...e, sealed: { [box.id]: b64u(Buffer.from("more")) } })));
await refuse("larger than 65,536 bytes", "too_large", OBSERVED, { open: [disclose("/notes", "x".repeat(65536))] });
await refuse("a body that is JSON but not canonical", "not_canonical", OBSERVED, { open: answers(), text: (body) => canonical(body).replace('{"app":', '{ "app":') });
await refuse("a body that is not JSON", "bad_shape", OBSERVED, { open: answers(), text: (body) => canonical(body).slice(1) });
await refuse("a body with a key twice", "duplicate_key", OBSERVED, { open: answers(), text: (body) => canonical(body).replace('"lang":"en"', '"lang":"en","lang":"en"') });
await refuse("a body with a fraction", "bad_number", OBSERVED, { open: answers(), text: (body) => canonical(body).replace('"v":1}', '"v":1.0}') });
await refuse("a body with U+0000", "bad_string", OBSERVED, { open: answers(), text: (body) => canonical(body).replace('"vectors"', '"vec\\u0000tors"') });
await refuse("another version", "unknown_version", OBSERVED, changed((body) => ({ ...body, v: 2 })));
await refuse("a kind nobody knows", "unknown_kind", OBSERVED, changed((body) => ({ ...body, kind: "rumour" })));
await refuse("a body with a member too many", "unknown_member", OBSERVED, changed((body) => ({ ...body, person: "p" })));
await refuse("a body without its chapter", "bad_shape", OBSERVED, changed(({ chapter: _chapter, ...body }) => body));
await refuse("a member that is null instead of left out", "bad_shape", OBSERVED, changed((body) => ({ ...body, shift: null })));
await refuse("an id that is not version 4", "bad_shape", OBSERVED, changed((body) => ({ ...body, id: "00000000-0000-1000-8000-000000000000" })));
await refuse("an id in upper case", "bad_shape", OBSERVED, changed((body) => ({ ...body, id: body.id.toUpperCase() })));
await refuse("a place and a cell", "bad_shape", OBSERVED, changed((body) => ({ ...body, cell: "4071,-7401" })));
await refuse("commitments out of order", "bad_shape", OBSERVED, changed((body) => ({ ...body, commitments: body.commitments.toReversed() })));
await refuse("a number of commitments that is no multiple of 16", "bad_shape", OBSERVED, changed((body) => ({ ...body, commitments: body.commitments.slice(1) })));
await refuse("sixteen commitments all disclosed, no decoy", "bad_shape", OBSERVED, { open: many(16), change: (body) => ({ ...body, commitments: body.commitments.slice(0, 16) }) });
await refuse("an observation with void_after", "bad_shape", OBSERVED, changed((body) => ({ ...body, void_after: AT })));
await refuse("a claim without void_after", "bad_shape", { kind: "claim", ...OPERATION, shift: "shift-1" }, {});
await refuse("a claim without a shift", "bad_shape", { kind: "claim", ...OPERATION, void_after: AT }, {});
await refuse("an amendment of nothing", "bad_shape", { kind: "amendment", ...EVIDENCE }, { open: answers() });
await refuse("a day that does not exist", "bad_shape", OBSERVED, changed((body) => ({ ...body, day_part: "2026-02-30/morning" })));
await refuse("another server's log", "unknown_log", OBSERVED, changed((body) => ({ ...body, log: "example.com/log/e1" })));
write("records", records);

// --- receipts.json
const certText = canonical({ v: 1, type: "server_key", key: serverKey.jwk, not_before: AT, root: root.thumbprint });
const certificate = { text: certText, sig: signed(root, "fieldapp/server-key/v1", certText) };
const mine = { id: JSON.parse(seen.body).id, digest: seen.digest, leaf: sha256(Buffer.concat([Buffer.from([0]), Buffer.from(seen.body)])) };
const said = { v: 1, type: "receipt", log: LOG, epoch: "e1", server_key: serverKey.thumbprint, ...mine, received_at: 1795425300000, outcome: "stored" };
const receiptOf = (members, key = serverKey, domain = "fieldapp/receipt/v1") => {
  const text = canonical({ ...said, ...members });
  return { text, sig: signed(key, domain, text) };
};
const checked = (name, receipt, fault, parts = {}) => ({ name, root: root.jwk, certificates: [certificate], record: mine, receipt, ...(fault ? { fault } : { outcome: JSON.parse(receipt.text).outcome }), ...parts });
const claimed = { id: uuid(), digest: sha256("a claim"), leaf: null };
const forgedCert = { text: certText, sig: signed(other, "fieldapp/server-key/v1", certText) };
write("receipts", [
  checked("stored", receiptOf({})),
  checked("quarantined", receiptOf({ outcome: "quarantined" })),
  checked("an operation that was not applied", receiptOf({ ...claimed, outcome: "not_applied/full" }), null, { record: claimed }),
  checked("another record's receipt", receiptOf({ id: uuid() }), "not_mine"),
  checked("this id, another digest", receiptOf({ digest: sha256("other") }), "not_mine"),
  checked("another leaf", receiptOf({ leaf: sha256("other") }), "wrong_leaf"),
  checked("signed by a stranger in the server's name", receiptOf({}, other), "bad_signature"),
  checked("signed under another domain line", receiptOf({}, serverKey, "fieldapp/record/v1"), "bad_signature"),
  checked("changed after signing", { ...receiptOf({}), text: receiptOf({ received_at: 1795425300001 }).text }, "bad_signature"),
  checked("a server key without a certificate", receiptOf({}), "unknown_server_key", { certificates: [] }),
  checked("a certificate that the root did not sign", receiptOf({}), "unknown_server_key", { certificates: [forgedCert] }),
  checked("a certificate under another root", receiptOf({}), "unknown_server_key", { root: other.jwk }),
  checked("an outcome that gives no receipt", receiptOf({ outcome: "refused/too_large" }), "bad_shape"),
  checked("not canonical", { text: `${receiptOf({}).text} `, sig: receiptOf({}).sig }, "bad_shape"),
  checked("no receipt at all", { text: "OK" }, "bad_shape"),
]);

// --- manifests.json
const holder = async (name) => ({ holder: `holder-${name}`, recipient: await identityToRecipient(await generateHybridIdentity()), sign: keyOf(`holder ${name}`).jwk });
const [ann, bea] = [await holder("ann"), await holder("bea")];
const recovery = { ...(await holder("zz-recovery")), sign: null };
const manifestOf = (members, by, domain = "fieldapp/box-manifest/v1") => {
  const text = canonical({
    v: 1, type: "box_manifest", box: box.id, chapter: "chapter-1", purpose: "legal", version: 1, recipient: box.recipient, holders: [ann, recovery], previous: null,
    successor: null, created_at: AT, ...members,
  });
  return { text, sig: signed(keyOf(`holder ${by}`), domain, text) };
};
const first = manifestOf({}, "ann");
const second = manifestOf({ version: 2, holders: [ann, bea, recovery], previous: sha256(first.text) }, "ann");
const third = manifestOf({ version: 3, holders: [bea, recovery], previous: sha256(second.text), successor: "box-legal-2" }, "bea");
const newBox = { box: "box-legal-2", recipient: (await holder("new")).recipient, holders: [bea, recovery] };
write("manifests", [
  { name: "the first of a box", before: null, manifest: first, version: 1 },
  { name: "a second holder, admitted by the first", before: first, manifest: second, version: 2 },
  { name: "the first holder gone, the second names a successor", before: second, manifest: third, version: 3 },
  { name: "the box that succeeds, made by a holder of the one before", before: third, manifest: manifestOf(newBox, "bea"), version: 1 },
  { name: "signed by a holder that only the new version names", before: first, manifest: manifestOf({ version: 2, holders: [ann, bea, recovery], previous: sha256(first.text) }, "bea"), fault: "bad_signature" },
  { name: "signed by a stranger", before: null, manifest: manifestOf({}, "stranger"), fault: "bad_signature" },
  { name: "signed under another domain line", before: null, manifest: manifestOf({}, "ann", "fieldapp/record/v1"), fault: "bad_signature" },
  { name: "another recipient", before: first, manifest: manifestOf({ version: 2, previous: sha256(first.text), recipient: ann.recipient }, "ann"), fault: "recipient_changed" },
  { name: "a version left out", before: first, manifest: manifestOf({ version: 3, previous: sha256(first.text) }, "ann"), fault: "broken_chain" },
  { name: "another one before", before: first, manifest: manifestOf({ version: 2, previous: sha256("other") }, "ann"), fault: "broken_chain" },
  { name: "a box that nobody named as successor", before: second, manifest: manifestOf(newBox, "bea"), fault: "not_successor" },
  { name: "the named successor, made by a stranger", before: third, manifest: manifestOf({ ...newBox, holders: [{ ...ann, sign: keyOf("holder stranger").jwk }, recovery] }, "stranger"), fault: "not_successor" },
  { name: "the same box begun again", before: second, manifest: manifestOf({ created_at: AT + 1 }, "ann"), fault: "broken_chain" },
  { name: "two signing holders in a first version", before: null, manifest: manifestOf({ holders: [ann, bea] }, "ann"), fault: "bad_shape" },
  { name: "holders out of order", before: null, manifest: manifestOf({ holders: [recovery, ann] }, "ann"), fault: "bad_shape" },
  { name: "a recipient that is not hybrid", before: null, manifest: manifestOf({ recipient: "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq" }, "ann"), fault: "bad_shape" },
]);

// --- witnesses.json
const podHolder = { ...(await holder("cal")) };
const pods = manifestOf({ chapter: "chapter-1-pod", box: "box-pod", recipient: (await holder("pod")).recipient, holders: [podHolder, recovery] }, "cal");
const witness = (by, domain = "fieldapp/box-witness/v1", text = pods.text) => signed(keyOf(`holder ${by}`), domain, text);
const stands = (name, witnesses, vouched, manifest = pods, known = [second]) => ({ name, known, manifest: { ...manifest, witnesses }, vouched });
write("witnesses", [
  stands("a holder of the box above stands for a pod's own", [witness("bea")], true),
  stands("one witness of several is enough", [witness("stranger"), witness("ann")], true),
  stands("made by a holder of the box above, nobody else is asked", [], true, manifestOf({ chapter: "chapter-1-pod", box: "box-pod-2", holders: [ann, recovery] }, "ann")),
  stands("nobody", [], false),
  stands("its own maker", [witness("cal")], false),
  stands("a stranger", [witness("stranger")], false),
  stands("a holder, over another manifest", [witness("ann", undefined, first.text)], false),
  stands("a holder, under the manifest's own domain line", [witness("ann", "fieldapp/box-manifest/v1")], false),
  stands("a holder who was let go since", [witness("ann")], false, pods, [third]),
]);

// --- checkpoints.json
const logSeed = hash("fieldapp vector log");
const logKey = ed25519.getPublicKey(logSeed);
const keyHash = (name, key) => hash(Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([1]), Buffer.from(key)])).subarray(0, 4);
const line = (name, key, seed, text) => `\u2014 ${name} ${Buffer.concat([keyHash(name, key), Buffer.from(ed25519.sign(Buffer.from(text), seed))]).toString("base64")}\n`;
const noteOf = (size, { origin = LOG, key = logKey, seed = logSeed, rootHash = hash("root") } = {}) => {
  const text = `${origin}\n${size}\n${rootHash.toString("base64")}\n`;
  return `${text}\n${line(origin, key, seed, text)}`;
};
const strange = hash("a strange log");
const point = (name, text, rest) => ({ name, origin: LOG, key: b64u(logKey), text, ...rest });
write("checkpoints", [
  point("an empty tree", noteOf(0, { rootHash: hash("") }), { size: 0, root: hash("").toString("base64") }),
  point("a tree of 12,345", noteOf(12345), { size: 12345, root: hash("root").toString("base64") }),
  point("a witness signed too", `${noteOf(7)}${line("witness.example", ed25519.getPublicKey(strange), strange, "x")}`, { size: 7, root: hash("root").toString("base64") }),
  point("another origin", noteOf(7, { origin: "example.org/log/e2" }), { fault: "other_origin" }),
  point("another key", noteOf(7, { key: ed25519.getPublicKey(strange), seed: strange }), { fault: "no_signature" }),
  point("another key behind our key's hash", noteOf(7, { seed: strange }), { fault: "bad_signature" }),
  point("changed after signing", noteOf(7).replace("\n7\n", "\n8\n"), { fault: "bad_signature" }),
  point("no signature", noteOf(7).split("\n\n")[0], { fault: "bad_shape" }),
  point("a size with a leading zero", noteOf(7).replace("\n7\n", "\n07\n"), { fault: "bad_shape" }),
  point("a root of the wrong length", noteOf(7, { rootHash: Buffer.from("short") }), { fault: "bad_shape" }),
]);
