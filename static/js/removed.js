// The end of "Remove Fieldapp's data from this phone": a page without the app deletes what the app kept. Only the app's own page asks for
// it, through this browser's session storage: a link to here removes nothing.
const KNOWN = ["fieldapp-outbox", "fieldapp-phone"];
const BLOCKED_MS = 5000;

/** @param {string} name */
function say(name) {
  for (const part of document.querySelectorAll("[data-part]")) part.toggleAttribute("hidden", part.getAttribute("data-part") !== name);
}

/** @param {string} name @returns {Promise<boolean>} whether it is gone */
function deleted(name) {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve(true);
    request.onerror = () => resolve(false);
    setTimeout(() => resolve(false), BLOCKED_MS); // another page holds it open
  });
}

async function removeAll() {
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.map((one) => one.unregister()));
  if ("caches" in globalThis) await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  const found = (await indexedDB.databases?.().catch(() => []))?.flatMap(({ name }) => name ?? []) ?? [];
  const gone = await Promise.all([...new Set([...KNOWN, ...found])].map(deleted));
  localStorage.clear();
  if (gone.includes(false)) return say("blocked");
  sessionStorage.clear();
  say("done");
}

if (sessionStorage.getItem("removing") === "yes") {
  say("now");
  void removeAll().catch(() => say("blocked"));
}
