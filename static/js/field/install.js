// Where this page runs: an installed app, a browser's tab, or a chat app's viewer; and what leads to an installed app from there.

const agent = navigator.userAgent;
export const isIos = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);
export const isAndroid = /Android/.test(agent);
/** Viewers inside chat and social apps: no passkeys, no installing, storage that is thrown away. */
export const isViewer = /FBAN|FBAV|Instagram|Line\/|MicroMessenger|WhatsApp|Telegram|Twitter|Snapchat|TikTok|GSA\/|; wv\)/.test(agent) ||
  (isIos && !/Safari|CriOS|FxiOS|EdgiOS/.test(agent) && !isInstalled());

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

/** Asks for storage that is not evicted; browsers say yes to an installed app. @returns {Promise<boolean|null>} null: it cannot be known here */
export async function keepStorage() {
  if (!navigator.storage?.persisted) return null;
  return (await navigator.storage.persisted()) || (navigator.storage.persist ? navigator.storage.persist() : false);
}
