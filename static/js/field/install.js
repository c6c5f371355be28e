// Whether this is the installed app, the browser's offer to make it one, and storage that stays. platform.js tells browsers apart.

/** @returns {boolean} whether this is the installed app */
export function isInstalled() {
  return matchMedia("(display-mode: standalone)").matches || Reflect.get(navigator, "standalone") === true;
}

/** @type {{prompt: () => Promise<void>, userChoice: Promise<{outcome: string}>}|null} */
let offer = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = /** @type {any} */ (event);
  dispatchEvent(new Event("fa-offer"));
});

/** @returns {boolean} whether the browser can install it by a button */
export const canInstall = () => offer !== null;

/** @returns {Promise<boolean>} whether it was installed */
export async function install() {
  if (!offer) return false;
  await offer.prompt();
  const { outcome } = await offer.userChoice;
  offer = null;
  return outcome === "accepted";
}

/**
 * Asks for storage that is not evicted; browsers say yes to an installed app.
 * @param {boolean} [now] there is something to keep, or its person asks: some browsers put the question to them
 * @returns {Promise<boolean|null>} null: it cannot be known here
 */
export async function keepStorage(now = true) {
  if (!navigator.storage?.persisted) return null;
  return (await navigator.storage.persisted()) || (now || isInstalled() ? (navigator.storage.persist?.() ?? false) : false);
}
