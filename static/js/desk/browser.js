// What kind of browser this is: only where a passkey or an installed app would fail in it, and what to open instead.

// Chats and social apps show links in a viewer of their own; it has no passkeys, or loses them.
const VIEWERS = /FBAN|FBAV|FB_IAB|Instagram|Line\/|Snapchat|TikTok|musical_ly|BytedanceWebview|Twitter|LinkedInApp|GSA\/|; wv\)/;

/**
 * Whether a link was opened inside another app's viewer.
 * @param {string} [agent]
 * @returns {boolean}
 */
export function inAppViewer(agent = navigator.userAgent) {
  const bare = /iPhone|iPad|iPod/.test(agent) && /AppleWebKit/.test(agent) && !/Safari\//.test(agent);
  return VIEWERS.test(agent) || bare;
}

/**
 * iPhone and iPad; an iPad says that it is a Mac, but has a touch screen.
 * @param {{userAgent: string, maxTouchPoints: number}} [browser]
 * @returns {boolean}
 */
export function appleTouch(browser = navigator) {
  return /iPhone|iPad|iPod/.test(browser.userAgent) || (/Mac OS X/.test(browser.userAgent) && browser.maxTouchPoints > 1);
}

/** @returns {boolean} whether this is the installed app */
export function installed() {
  return matchMedia("(display-mode: standalone)").matches || /** @type {any} */ (navigator).standalone === true;
}

/** @returns {boolean} */
export function hasPasskeys() {
  return typeof globalThis.PublicKeyCredential === "function" && Boolean(navigator.credentials);
}

/**
 * Whether this device itself can hold a passkey; false on a phone without a screen lock.
 * @returns {Promise<boolean>}
 */
export async function hasScreenLock() {
  if (!hasPasskeys()) return false;
  try {
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

/**
 * A name for a passkey made here, such as "iPhone": what its person will know it by.
 * @param {string} [agent]
 * @returns {string}
 */
export function deviceName(agent = navigator.userAgent) {
  const known = ["iPhone", "iPad", "Android", "Windows", "CrOS", "Mac OS", "Linux"].find((name) => agent.includes(name)) ?? "";
  return { "Mac OS": "Mac", CrOS: "Chromebook" }[known] ?? known;
}
