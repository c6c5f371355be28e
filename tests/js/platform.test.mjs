// Which browser this is, from what real ones say of themselves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { instead, stepsOf } from "../../static/js/field/pages/coach.js";
import { looksLockedDown, platformOf, wayOut } from "../../static/js/field/platform.js";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)";

/** @type {[string, string, object][]} */
const AGENTS = [
  ["Safari on an iPhone", `${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`, { os: "ios", browser: "safari" }],
  ["Chrome on an iPhone", `${IPHONE} CriOS/137.0.7151.51 Mobile/15E148 Safari/604.1`, { os: "ios", browser: "chrome" }],
  ["Firefox on an iPhone", `${IPHONE} FxiOS/139.0 Mobile/15E148 Safari/604.1`, { os: "ios", browser: "firefox" }],
  ["Edge on an iPhone", `${IPHONE} Version/18.0 EdgiOS/137.0.3296.52 Mobile/15E148 Safari/604.1`, { os: "ios", browser: "edge" }],
  ["DuckDuckGo on an iPhone", `${IPHONE} Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/604.1`, { os: "ios", browser: "duckduckgo" }],
  ["Instagram on an iPhone", `${IPHONE} Mobile/15E148 Instagram 383.0.0.28.83 (iPhone15,3; iOS 18_5; en_US; en; scale=3.00; 1290x2796; IABMV/1; 736888614)`, { browser: "viewer", viewer: "Instagram" }],
  ["Facebook on an iPhone", `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/515.0.0.52.109;FBBV/734104424;FBDV/iPhone15,3;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3]`, { browser: "viewer", viewer: "Facebook" }],
  ["WhatsApp on an iPhone", `${IPHONE} Mobile/15E148 WhatsApp/2.25.16.81`, { browser: "viewer", viewer: "WhatsApp" }],
  ["the Google app on an iPhone", `${IPHONE} GSA/371.0.767256505 Mobile/15E148 Safari/604.1`, { browser: "viewer", viewer: "Google" }],
  ["a viewer that says no name", `${IPHONE} Mobile/15E148`, { os: "ios", browser: "viewer", viewer: "" }],
  ["Chrome on a Pixel", `${PIXEL} Chrome/137.0.0.0 Mobile Safari/537.36`, { os: "android", browser: "chrome", tablet: false }],
  ["Chrome on an Android tablet", "Mozilla/5.0 (Linux; Android 14; SM-X210) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36", { os: "android", tablet: true }],
  ["Firefox on Android", "Mozilla/5.0 (Android 15; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0", { os: "android", browser: "firefox" }],
  ["Samsung Internet", "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S928U) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", { browser: "samsung" }],
  ["Edge on Android", `${PIXEL} Chrome/137.0.0.0 Mobile Safari/537.36 EdgA/137.0.0.0`, { browser: "edge" }],
  ["Opera on Android", `${PIXEL} Chrome/135.0.0.0 Mobile Safari/537.36 OPR/89.0.0.0`, { browser: "opera" }],
  ["a web view on Android", "Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/BP1A.250505.005; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/137.0.7151.61 Mobile Safari/537.36", { os: "android", browser: "viewer", viewer: "" }],
  ["Facebook on Android", "Mozilla/5.0 (Linux; Android 14; SM-A546U Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/136.0.7103.125 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/514.0.0.48.74;]", { browser: "viewer", viewer: "Facebook" }],
  ["Telegram on Android", "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36 Telegram-Android/11.11.1 (Google Pixel 8; Android 15; SDK 35; HIGH)", { browser: "viewer", viewer: "Telegram" }],
  ["Chrome on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36", { os: "desktop", browser: "chrome" }],
  ["Safari on a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", { os: "desktop", browser: "safari" }],
  ["Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0", { os: "desktop", browser: "firefox" }],
];

for (const [name, agent, expected] of AGENTS) {
  test(`${name} is told apart`, () => {
    const found = platformOf({ agent });
    assert.deepEqual({ ...found, ...expected }, found);
  });
}

test("an iPad says that it is a Mac, and is known by its touch screen", () => {
  const agent = AGENTS.find(([name]) => name === "Safari on a Mac")[1];
  assert.deepEqual(platformOf({ agent, touch: 5 }), { os: "ios", tablet: true, browser: "safari", viewer: "" });
});

test("the installed app is no viewer, though it says no name either", () => {
  assert.equal(platformOf({ agent: `${IPHONE} Mobile/15E148`, installed: true }).browser, "other");
  assert.equal(platformOf({ agent: `${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`, telegram: true }).viewer, "Telegram");
});

test("the way out of a viewer takes the address along, with the invite in its fragment", () => {
  const viewer = { tablet: false, browser: "viewer", viewer: "" };
  assert.equal(wayOut({ ...viewer, os: "ios" }, "https://field.example/enrol#a.b"), "x-safari-https://field.example/enrol#a.b");
  const intent = wayOut({ ...viewer, os: "android" }, "https://field.example/enrol#a.b");
  assert.equal(intent.slice(0, intent.lastIndexOf("#")), "intent://field.example/enrol#a.b");
  assert.match(intent, /#Intent;scheme=https;.*;end$/);
  assert.equal(wayOut({ ...viewer, os: "ios" }, "http://localhost/"), "");
  assert.equal(wayOut({ ...viewer, os: "ios", browser: "safari" }, "https://field.example/"), "");
});

test("every browser has steps of its own, or is told another", () => {
  for (const [name, agent] of AGENTS) {
    const platform = platformOf({ agent });
    if (platform.browser === "viewer") continue;
    const steps = stepsOf(platform, false);
    assert.ok(steps.length || instead(platform), name);
    assert.ok(steps.every((one) => one.title && one.about && one.icon), name);
  }
  assert.deepEqual(stepsOf({ os: "android", tablet: false, browser: "chrome", viewer: "" }, true).map((one) => one.icon), ["download", "mark"]);
});

test("what Lockdown Mode takes away is seen on an iPhone only", () => {
  assert.equal(looksLockedDown("ios", { wasm: false }), true);
  assert.equal(looksLockedDown("ios", { wasm: true }), false);
  assert.equal(looksLockedDown("android", { wasm: false }), false);
});
