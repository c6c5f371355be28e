// The protocol's vectors (tests/vectors/README.md), as a phone and an independent checker read them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Decrypter } from "age-encryption";
import { decode, encode } from "../../static/js/lib/b64.js";
import { canonical, parseCanonical, parseStrict } from "../../static/js/lib/canonical.js";
import { verifyCheckpoint } from "../../static/js/lib/checkpoint.js";
import { readManifest, verifyFirst, verifyNext, vouchedFor } from "../../static/js/lib/manifest.js";
import { COMMITMENT_MULTIPLE, DOMAIN_RECORD, MAX_RECORD_BYTES } from "../../static/js/lib/protocol.js";
import { certifiedKeys, verifyReceipt } from "../../static/js/lib/receipt.js";
import { digest, importPublic, leafHash, thumbprint, verify } from "../../static/js/lib/sign.js";

const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
const bytes = (text) => new TextEncoder().encode(text).length;

for (const { name, text, canonical: want, error } of vectors("canonical")) {
  test(`canonical JSON: ${name}`, () => {
    if (error) return assert.throws(() => parseStrict(text), (thrown) => thrown.code === error);
    assert.equal(canonical(parseStrict(text)), want);
    assert.equal(canonical(parseCanonical(want)), want);
    if (text !== want) assert.throws(() => parseCanonical(text), (thrown) => thrown.code === "not_canonical");
    return undefined;
  });
}

for (const { name, text, hex, error } of vectors("base64url")) {
  test(`base64url: ${name}`, () => {
    if (error) return assert.throws(() => decode(text), (thrown) => thrown.code === error);
    assert.equal(Buffer.from(decode(text)).toString("hex"), hex);
    return assert.equal(encode(Buffer.from(hex, "hex")), text);
  });
}

for (const one of vectors("records").filter((it) => !it.error)) {
  test(`a record is what it says: ${one.name}`, async () => {
    const { body, sig, open, sealed } = one.envelope;
    const said = parseCanonical(body);
    assert.equal(await digest(body), one.digest);
    assert.equal(one.envelope.digest, one.digest);
    assert.equal(said.key, await thumbprint(one.jwk));
    assert.ok(await verify(await importPublic(one.jwk), DOMAIN_RECORD, body, sig));
    if (one.leaf) assert.equal(await leafHash(body), one.leaf);
    const files = Object.fromEntries(Object.entries(sealed).map(([box, text]) => [box, decode(text)]));
    const size = bytes(body) + bytes(canonical(open)) + Object.values(files).reduce((sum, file) => sum + file.length, 0);
    assert.equal(size, one.size);
    assert.ok(size <= MAX_RECORD_BYTES);
    assert.deepEqual(said.files, await Promise.all(Object.keys(files).sort().map(async (box) => ({ box, sha256: await digest(files[box]), size: files[box].length }))));
    assert.equal(said.commitments.length % COMMITMENT_MULTIPLE, 0);
    assert.deepEqual(said.commitments, [...new Set(said.commitments)].sort());
    const committed = new Set(said.commitments);
    for (const disclosure of [...open, ...Object.values(one.opened).flat()]) assert.ok(committed.has(await digest(canonical(disclosure))), disclosure[1]);
    assert.equal(said.open, open.length);
    for (const [box, identity] of Object.entries(one.identities)) {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      const plain = new TextDecoder().decode(await decrypter.decrypt(files[box]));
      const length = bytes(plain);
      assert.ok(length >= 1024 && (length & (length - 1)) === 0, `${length} is a power of two`);
      assert.equal(plain.trimEnd(), canonical(one.opened[box]));
    }
  });
}

test("every record that a server refuses names its error", () => {
  for (const { name, error, envelope } of vectors("records")) assert.ok(error === undefined || (typeof error === "string" && envelope), name);
});

for (const one of vectors("receipts")) {
  test(`a receipt: ${one.name}`, async () => {
    const verdict = await verifyReceipt(one.receipt, one.record, await certifiedKeys(one.certificates, one.root));
    assert.equal(verdict.ok ? undefined : verdict.fault, one.fault);
    if (verdict.ok) assert.equal(verdict.receipt.outcome, one.outcome);
  });
}

for (const { name, before, manifest, version, fault } of vectors("manifests")) {
  test(`a box manifest: ${name}`, async () => {
    const old = before && readManifest(before.text);
    const succeeds = old && readManifest(manifest.text)?.box !== old.box;
    const verdict = await (before && !succeeds ? verifyNext(manifest, before) : verifyFirst(manifest, old));
    assert.equal(verdict.ok ? undefined : verdict.fault, fault);
    if (verdict.ok) assert.equal(verdict.manifest.version, version);
  });
}

for (const { name, known, manifest, vouched } of vectors("witnesses")) {
  test(`a box that waits: ${name}`, async () => {
    const read = known.map((one) => readManifest(one.text));
    assert.equal((await verifyFirst(manifest)).ok, true);
    assert.equal(await vouchedFor(manifest, read), vouched);
  });
}

for (const { name, origin, key, text, size, root, fault } of vectors("checkpoints")) {
  test(`a checkpoint: ${name}`, async () => {
    const verdict = await verifyCheckpoint(text, origin, decode(key));
    assert.equal(verdict.ok ? undefined : verdict.reason, fault);
    if (verdict.ok) assert.deepEqual([verdict.verified, verdict.checkpoint.size, verdict.checkpoint.root], [true, size, root]);
  });
}

test("without Ed25519 a checkpoint is taken, and said to be unverified", async () => {
  const [{ text, origin, key }] = vectors("checkpoints");
  const subtle = { digest: (...args) => crypto.subtle.digest(...args), importKey: () => Promise.reject(new DOMException("no", "NotSupportedError")) };
  const verdict = await verifyCheckpoint(text, origin, decode(key), subtle);
  assert.deepEqual([verdict.ok, verdict.verified, verdict.reason], [true, false, "ed25519_unavailable"]);
});
