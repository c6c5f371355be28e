// Which phone and browser this is, as far as installing, passkeys and storage differ: a pure function of what a browser says of itself.
// Chat and social apps show links in a viewer of their own, which has no passkeys and throws away what is kept.

/** @typedef {"ios"|"android"|"desktop"} Os */
/** @typedef {"safari"|"chrome"|"firefox"|"samsung"|"edge"|"opera"|"duckduckgo"|"viewer"|"other"} Name */
/** @typedef {{os: Os, tablet: boolean, browser: Name, viewer: string}} Platform `viewer`: whose, where it is known */
/** @typedef {{agent: string, touch?: number, installed?: boolean, telegram?: boolean}} Seen `touch`: maxTouchPoints; `telegram`: its bridge is in the page */

/** @type {[RegExp, string][]} */
const VIEWERS = [
  [/Instagram/, "Instagram"], [/FBAN|FBAV|FB_IAB/, "Facebook"], [/WhatsApp/, "WhatsApp"], [/Telegram/, "Telegram"], [/Signal[-/ ]/, "Signal"],
  [/musical_ly|BytedanceWebview|TikTok|trill/, "TikTok"], [/Snapchat/, "Snapchat"], [/Line\//, "LINE"], [/MicroMessenger/, "WeChat"], [/Twitter/, "X"],
  [/LinkedInApp/, "LinkedIn"], [/Pinterest/, "Pinterest"], [/GSA\//, "Google"], [/; wv\)/, ""],
];
/** The first that fits: each also says the name of one below it. @type {[RegExp, Name][]} */
const BROWSERS = [
  [/DuckDuckGo\/|Ddg\//, "duckduckgo"], [/SamsungBrowser\//, "samsung"], [/EdgA?\/|EdgiOS\//, "edge"], [/OPR\/|OPT\/|OPX\//, "opera"], [/Firefox\/|FxiOS\//, "firefox"],
  [/CriOS\/|Chrome\//, "chrome"], [/Safari\//, "safari"],
];

/**
 * @param {Seen} seen
 * @returns {Platform}
 */
export function platformOf({ agent, touch = 0, installed = false, telegram = false }) {
  const pad = /iPad/.test(agent) || (/Macintosh/.test(agent) && touch > 1); // an iPad says that it is a Mac
  const os = pad || /iPhone|iPod/.test(agent) ? "ios" : /Android/.test(agent) ? "android" : "desktop";
  const tablet = pad || (os === "android" && !/Mobile/.test(agent));
  const found = installed ? undefined : VIEWERS.find(([pattern]) => pattern.test(agent));
  const bare = os === "ios" && !installed && !/Safari\/|CriOS|FxiOS|EdgiOS/.test(agent);
  if (found || bare || (telegram && !installed)) return { os, tablet, browser: "viewer", viewer: found?.[1] ?? (telegram ? "Telegram" : "") };
  return { os, tablet, browser: BROWSERS.find(([pattern]) => pattern.test(agent))?.[1] ?? "other", viewer: "" };
}

/**
 * An address that leads out of a viewer, where one works: Android's intent, iOS's own for Safari. The fragment of an invite goes along.
 * @param {Platform} platform @param {string} href an https address
 * @returns {string} empty: none here
 */
export function wayOut({ os, browser }, href) {
  const rest = /^https:\/\/(.+)$/.exec(href)?.[1];
  if (!rest || browser !== "viewer" || os === "desktop") return "";
  return os === "ios" ? `x-safari-https://${rest}` : `intent://${rest}#Intent;scheme=https;action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end`;
}

/**
 * Whether this looks like iOS's Lockdown Mode, which a page cannot ask about: parts that every iPhone's browser has are not there.
 * @param {Os} os @param {{wasm: boolean, fileReader?: boolean}} has
 */
export const looksLockedDown = (os, { wasm, fileReader = true }) => os === "ios" && (!wasm || !fileReader);

/** @returns {Platform} of this page */
export function here() {
  const installed = matchMedia("(display-mode: standalone)").matches || Reflect.get(navigator, "standalone") === true;
  const telegram = "TelegramWebviewProxy" in globalThis || "TelegramWebview" in globalThis;
  return platformOf({ agent: navigator.userAgent, touch: navigator.maxTouchPoints, installed, telegram });
}

/** What this browser lacks of what the app lives on. @returns {("offline"|"alerts"|"keep")[]} */
export function lacks() {
  /** @type {["offline"|"alerts"|"keep", boolean][]} */
  const parts = [["keep", "indexedDB" in globalThis], ["offline", "serviceWorker" in navigator], ["alerts", "PushManager" in globalThis]];
  return parts.filter(([, there]) => !there).map(([name]) => name);
}
