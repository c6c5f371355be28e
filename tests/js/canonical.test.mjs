import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, fromStd, toStd } from "../../static/js/lib/b64.js";
import { canonical, parseCanonical, parseStrict } from "../../static/js/lib/canonical.js";
import { recordId, rowId, platformBytes, UUID4 } from "../../static/js/lib/ids.js";

const code = (want) => (error) => error.code === want;

test("members are sorted by code unit and nothing is escaped that need not be", () => {
  assert.equal(canonical({ b: 1, a: [true, null, "é€😀\n"], "": 0 }), '{"":0,"a":[true,null,"é€😀\\n"],"b":1}');
});

test("a fraction and an integer of 2^53 are bad numbers", () => {
  for (const bad of [0.5, 2 ** 53, -(2 ** 53), NaN, Infinity]) assert.throws(() => canonical([bad]), code("bad_number"));
  assert.equal(canonical(2 ** 53 - 1), "9007199254740991");
  for (const text of ["1.0", "1e3", "9007199254740992"]) assert.throws(() => parseStrict(text), code("bad_number"));
});

test("U+0000 and lone surrogates are bad strings, in keys too", () => {
  for (const bad of ["a\u0000", "\ud800", "\udc00x", "x\ud83d"]) {
    assert.throws(() => canonical(bad), code("bad_string"));
    assert.throws(() => canonical({ [bad]: 1 }), code("bad_string"));
  }
  assert.equal(canonical("😀"), '"😀"');
});

test("a repeated key is found however it is written", () => {
  assert.throws(() => parseStrict('{"a":1,"b":{"x":1,"\\u0078":2}}'), code("duplicate_key"));
  assert.deepEqual(parseStrict('{"a":{"a":[{"a":1}]}}'), { a: { a: [{ a: 1 }] } });
});

test("text that is JSON but not canonical is refused by name", () => {
  for (const text of ['{"b":1,"a":2}', "[1, 2]", '"\\u0041"', "-0", " 1"]) assert.throws(() => parseCanonical(text), code("not_canonical"));
  for (const text of ["{", "", "01", "undefined"]) assert.throws(() => parseCanonical(text), code("bad_shape"));
});

test("what JSON has no word for is not silently dropped", () => {
  for (const bad of [undefined, { a: undefined }, [() => 1], new Date(0), new Map()]) assert.throws(() => canonical(bad), code("bad_shape"));
});

test("a key called __proto__ stays a key", () => {
  assert.equal(canonical(parseStrict('{"__proto__":1}')), '{"__proto__":1}');
});

test("every byte string has exactly one base64url text", () => {
  for (const bytes of [[], [255], [251, 255], [1, 2, 3]]) assert.deepEqual([...decode(encode(new Uint8Array(bytes)))], bytes);
  for (const bad of ["A", "AB==", "AA+A", "AA A", "AB", "AAB", null]) assert.throws(() => decode(bad), code("bad_string"));
  assert.equal(toStd(fromStd("AAH/")), "AAH/");
});

test("ids are version 4 and row ids are eight characters", () => {
  for (let i = 0; i < 50; i++) assert.match(recordId(platformBytes), UUID4);
  assert.match(rowId(platformBytes), /^[A-Za-z0-9_-]{8}$/);
});
