import assert from "node:assert/strict";
import { test } from "node:test";
import { headerInteger, isDue, retryAfter, serverNow } from "../../static/js/lib/clock.js";
import { getLanguage, missing, plural, register, setLanguage, t } from "../../static/js/lib/i18n.js";

test("Retry-After is read in both forms, a date against the answer's own clock", () => {
  assert.equal(retryAfter("120", null, 0), 120_000);
  assert.equal(retryAfter("Mon, 23 Nov 2026 10:01:00 GMT", "Mon, 23 Nov 2026 10:00:00 GMT", 0), 60_000);
  assert.equal(retryAfter("Mon, 23 Nov 2026 10:01:00 GMT", null, Date.UTC(2026, 10, 23, 10, 0, 30)), 30_000);
  assert.equal(retryAfter("Mon, 23 Nov 2026 09:00:00 GMT", "Mon, 23 Nov 2026 10:00:00 GMT", 0), 0);
  for (const none of [null, undefined, "", "soon", "-5"]) assert.equal(retryAfter(none, null, Date.UTC(2026, 0)) ?? 0, 0);
});

test("a header that is no whole number is none", () => {
  assert.equal(headerInteger("1795000000000"), 1795000000000);
  for (const bad of [null, "", "1.5", "-1", "1e3", " 1", "99999999999999999"]) assert.equal(headerInteger(bad), null);
});

test("a wait is over when it is due, or when the clock went back behind its beginning", () => {
  const wait = { set_at: 100, not_before: 200 };
  assert.deepEqual([99, 100, 199, 200].map((now) => isDue(wait, now)), [true, false, false, true]);
});

test("the server's time is the phone's, put right by the pair of clocks", () => {
  assert.equal(serverNow(1000, null), 1000);
  assert.equal(serverNow(1000, { phone: 900, server: 400 }), 500);
});

test("English is the key, Spanish a table, and a number takes the language's own plural", () => {
  register("es", { "Saved on this phone": "Guardado aquí", "{n} records": { one: "{n} registro", other: "{n} registros" }, "Hello {name}": "Hola, {name}" });
  assert.equal(getLanguage(), "en");
  assert.equal(plural("{n} record", "{n} records", 1), "1 record");
  assert.equal(plural("{n} record", "{n} records", 0), "0 records");
  setLanguage("es");
  assert.equal(t("Saved on this phone"), "Guardado aquí");
  assert.equal(plural("{n} record", "{n} records", 1), "1 registro");
  assert.equal(plural("{n} record", "{n} records", 12345), "12.345 registros");
  assert.equal(t("Hello {name}", { name: "{n}" }), "Hola, {n}");
  assert.equal(t("Not in any table {name}", { name: "x" }), "Not in any table x");
  assert.deepEqual(missing("es", ["Saved on this phone", "Send now"]), ["Send now"]);
  setLanguage("en");
});
