// What a phone believes of a message that says it is the chapter's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical } from "../../static/js/lib/canonical.js";
import { look, verifyCopy } from "../../static/js/lib/copy.js";
import { DOMAIN_BROADCAST, DOMAIN_RECEIPT } from "../../static/js/lib/protocol.js";
import { sign } from "../../static/js/lib/sign.js";

const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
const other = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
const ours = { chapter: "north", above: ["region"], keys: new Map([["thumb", pair.publicKey]]) };
const WORDS = { en: "ICE is here. Where: Court on Broadway. Last seen: Monday, 9:35 AM EST. Alert 4 of North.", es: "ICE está aquí. Dónde: Court on Broadway. Alerta 4 de North." };
const SAID = {
  above: ["region"], alert: 4, by: ["coordinator", "dispatcher"], chapter: "north", chapter_name: "North", id: "s1", place: "p1", ring: "chapter", seen_at: 1, sent_at: 2,
  server_key: "thumb", type: "broadcast", v: 1, what: "ice_here", words: WORDS, zone: "America/New_York",
};

/** @param {object} changes @param {{domain?: string, key?: CryptoKey}} [how] */
async function signed(changes = {}, { domain = DOMAIN_BROADCAST, key = pair.privateKey } = {}) {
  const text = canonical({ ...SAID, ...changes });
  return { text, sig: await sign(key, domain, text) };
}

test("a copy that the server signed is believed, of one's own chapter, one above it and one below it", async () => {
  for (const changes of [{}, { chapter: "region", above: [] }, { chapter: "pod", above: ["region", "north"] }]) {
    assert.equal((await verifyCopy(await signed(changes), ours)).ok, true);
  }
});

test("one changed word, one changed byte of the signature, another purpose or another's key is a bad signature", async () => {
  const good = await signed();
  const forged = [
    { ...good, text: good.text.replace("Broadway", "Broadwax") }, { ...good, sig: `${good.sig[0] === "A" ? "B" : "A"}${good.sig.slice(1)}` }, { ...good, sig: "" },
    await signed({}, { domain: DOMAIN_RECEIPT }), await signed({}, { key: other.privateKey }),
  ];
  for (const one of forged) {
    const found = await verifyCopy(one, ours);
    assert.equal(!found.ok && found.fault, "bad_signature");
  }
});

for (const [fault, changes] of /** @type {[string, object][]} */ ([
  ["elsewhere", { chapter: "south", above: ["region"] }], ["unknown_server_key", { server_key: "another" }], ["unreadable", { type: "receipt" }],
  ["unreadable", { words: { en: "only one" } }], ["unreadable", { by: "coordinator" }], ["unreadable", { above: null }],
])) {
  test(`${JSON.stringify(changes)} is ${fault}`, async () => {
    const found = await verifyCopy(await signed(changes), ours);
    assert.equal(!found.ok && found.fault, fault);
  });
}

test("anything else that is answered is unreadable, and never a fault", async () => {
  for (const one of [null, "", 4, {}, { text: "{}", sig: "x" }, { text: "{", sig: "" }, { text: `{"v":1, "type":"broadcast"}`, sig: "" }]) {
    const found = await verifyCopy(one, ours);
    assert.equal(!found.ok && found.fault, "unreadable");
  }
});

const copies = [/** @type {any} */ (SAID)];

test("the exact words are ours in both languages, however they were wrapped", () => {
  assert.equal(look(`  ${WORDS.en.replaceAll(" ", "\n ")}\t`, copies).found, "sent");
  assert.equal(look(WORDS.es.normalize("NFD"), copies).found, "sent");
});

test("a changed word, a letter of another script, words left out or added are not ours, and show which of ours they came from", () => {
  for (const one of [WORDS.en.replace("Broadway", "Main"), WORDS.en.replace("ICE", "IСE"), WORDS.en.replace(" Alert 4 of North.", ""), `${WORDS.en} Everybody come with cars!`]) {
    const found = look(one, copies);
    assert.equal(found.found, "changed");
    assert.equal(found.copy?.id, "s1");
    assert.equal(found.found === "changed" && found.words, WORDS.en);
  }
});

test("another text is none of ours, and nothing is found among none", () => {
  assert.equal(look("Bring your passport to the office tomorrow.", copies).found, "none");
  assert.equal(look("", copies).found, "none");
  assert.equal(look(WORDS.en, []).found, "none");
});
