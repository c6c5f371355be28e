// Words are found in guides whatever their case and accents, in both languages, and the pieces that are shown are those of the text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fold, search, split, words } from "../../static/js/field/search.js";

const guides = [
  { id: "bus", icon: "map-pin", title: { en: "The bus", es: "El autobús" }, about: { en: "", es: "" } },
  { id: "rights", icon: "scale", title: { en: "Rights", es: "Derechos" }, about: { en: "Before you go", es: "Antes de ir" } },
];
const long = `${"So much stands before it. ".repeat(8)}Ask for the judge's name, calmly. ${"And so much after it. ".repeat(8)}`;
const bodies = {
  bus: { en: [{ p: ["It stops ", { b: "behind" }, " the court."] }], es: [{ list: ["Detrás de la estación"] }] },
  rights: { en: [{ h: "In court" }, { steps: [long] }], es: [{ p: "En la corte" }] },
};
const ids = (query, lang = "en") => search(guides, bodies, query, lang).map((hit) => [hit.guide.id, hit.lang]);

test("case and accents do not matter, and every word must stand somewhere in the page", () => {
  assert.deepEqual(ids("COURT"), [["bus", "en"], ["rights", "en"]]);
  assert.deepEqual(ids("detras ESTACION", "es"), [["bus", "es"]]);
  assert.deepEqual(ids("rights judge"), [["rights", "en"]]);
  assert.deepEqual(ids("rights bus"), []);
});

test("what is not found in the language spoken here is looked for in the other", () => {
  assert.deepEqual(ids("estacion"), [["bus", "es"]]);
  assert.deepEqual(ids("judge", "es"), [["rights", "en"]]);
});

test("a long line is cut around its hit, and a hit in the title shows the page's own line", () => {
  const [hit] = search(guides, bodies, "calmly", "en");
  assert.match(hit.line, /^… .*calmly.* …$/);
  assert.ok(hit.line.length < 130);
  assert.equal(search(guides, bodies, "rights", "en")[0].line, "");
});

test("the pieces put together are the text, and every second one is a hit", () => {
  for (const [text, query, hits] of [["Café con leche, CAFE", "cafe", ["Café", "CAFE"]], ["İstanbul ǅ ﬁ", "x", []], ["Straße", "stra", ["Stra"]], ["aaa", "a aa", ["aa", "a"]]]) {
    const pieces = split(text, query);
    assert.equal(pieces.join(""), text);
    assert.deepEqual(pieces.filter((_, at) => at % 2), hits);
  }
  assert.equal(fold("İ").length, "İ".length);
  assert.deepEqual(words("  Ésto   AQUELLO "), ["esto", "aquello"]);
});
