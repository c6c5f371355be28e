// What a phone believes of a certificate that somebody shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical } from "../../static/js/lib/canonical.js";
import { toCode, verifyCode } from "../../static/js/lib/certificate.js";
import { DOMAIN_CERTIFICATE, DOMAIN_RECEIPT } from "../../static/js/lib/protocol.js";
import { sign } from "../../static/js/lib/sign.js";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
const ours = { log: "log.example", keys: new Map([["thumb", pair.publicKey]]) };
const SAID = {
  chapter: "North", courses: [{ en: "Court watch", ends_at: NOW + DAY, es: "Observación" }], grade: "watcher", issued_at: NOW - DAY, log: "log.example",
  name: "Heron", server_key: "thumb", type: "certificate", until: NOW + 2 * DAY, v: 1,
};

/** @param {object} changes @param {string} [domain] */
async function code(changes = {}, domain = DOMAIN_CERTIFICATE) {
  const text = canonical({ ...SAID, ...changes });
  return toCode({ text, sig: await sign(pair.privateKey, domain, text) });
}

test("a certificate that the installation signed is believed for three days", async () => {
  const found = await verifyCode(await code(), ours, NOW);
  assert.equal(found.ok && found.said.name, "Heron");
  const later = await verifyCode(await code(), ours, NOW + 2 * DAY);
  assert.equal(!later.ok && later.fault, "over");
});

test("no server can make one that lasts longer", async () => {
  const found = await verifyCode(await code({ issued_at: NOW - 4 * DAY, until: NOW + 400 * DAY }), ours, NOW);
  assert.equal(!found.ok && found.fault, "over");
});

for (const [fault, changes] of /** @type {[string, object][]} */ ([
  ["elsewhere", { log: "other.example" }], ["unknown_server_key", { server_key: "another" }], ["unreadable", { type: "receipt" }], ["unreadable", { courses: [{ en: 1 }] }],
  ["unreadable", { until: 1.5 }],
])) {
  test(`${JSON.stringify(changes)} is ${fault}`, async () => {
    const found = await verifyCode(await code(changes).catch(() => "FA1"), ours, NOW);
    assert.equal(!found.ok && found.fault, fault);
  });
}

test("one letter changed, or signed for another purpose, is a bad signature", async () => {
  const changed = (await code()).replace("Heron", "Horon");
  for (const one of [changed, await code({}, DOMAIN_RECEIPT)]) {
    const found = await verifyCode(one, ours, NOW);
    assert.equal(!found.ok && found.fault, "bad_signature");
  }
});

test("anything else that a camera reads is unreadable, and never a fault", async () => {
  for (const one of ["", "FA1", "https://fieldapp.example/enrol#token", "FA1".padEnd(89, "x") + "{", `FA1${"x".repeat(86)}[]`, "FA1{}", `FA1${"x".repeat(86)}{"v":1}`]) {
    const found = await verifyCode(one, ours, NOW);
    assert.equal(!found.ok && found.fault, "unreadable");
  }
});
