// The service worker: keeps the app for cold offline starts, shows a push at once, drains the outbox when the network returns.
import { cleanupOutdatedCaches, precacheAndRoute } from "workbox-precaching";
import { countBadge } from "./field/badge.js";
import { endSession } from "./field/ending.js";
import { tellShown } from "./field/proof.js";
import { tell as tellServer, turnedOn } from "./field/telling.js";
import { browserEffects } from "./outbox/browser.js";
import { openOutbox } from "./outbox/index.js";

/** @type {{precache: {url: string, revision: string|null}[], icon: string, badge: string, plain: string}} */
const build = Reflect.get(self, "__BUILD");
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

// Workbox answers GET only, and only for what it keeps: the app's page, scripts, style and icons. The API is never answered here.
precacheAndRoute(build.precache, { ignoreURLParametersMatching: [/./], cleanURLs: false });
cleanupOutdatedCaches();

// Nor is the worker started for it, where a browser can be told so: a save or an alert does not wait for that, and an old worker comes to rest.
worker.addEventListener("install", (/** @type {any} */ event) => {
  event.addRoutes?.([{ condition: { urlPattern: { pathname: "/api/*" } }, source: "network" }]).catch(() => undefined);
});

// The page of a notice holds nothing personal. With a weak signal it opens from the phone; what it shows it then asks for itself.
const NOTICE = "/notice";
const NOTICE_PATIENCE_MS = 2500;
const keepNotice = async () => (await caches.open("fieldapp-pages")).add(NOTICE);
worker.addEventListener("install", (event) => event.waitUntil(keepNotice().catch(() => undefined)));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.mode !== "navigate" || new URL(request.url).pathname !== NOTICE) return;
  event.respondWith(networkFirst(request));
});

/** @param {Request} request @returns {Promise<Response>} */
async function networkFirst(request) {
  const network = fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, NOTICE_PATIENCE_MS));
  const found = await Promise.race([network.catch(() => null), late]);
  return found instanceof Response && found.ok ? found : ((await caches.match(NOTICE)) ?? network);
}

worker.addEventListener("message", (event) => {
  const { type, held: given } = event.data ?? {};
  if (type === "take-over") void worker.skipWaiting();
  if (type === "key-keep") event.waitUntil(hold(given));
  if (type === "key-drop") drop();
  if (type === "key-ask") event.waitUntil(tell(event));
});

// A person's unlocked key passes here from one page to the next: a CryptoKey in memory, for a minute, never written down.
const HOLD_MS = 60000;
/** @type {object|null} */
let held = null;

/** Ends the holding: a worker that holds on to something lets no newer one take over. */
let drop = () => {};

/** @param {object} given @returns {Promise<void>} when it is let go of */
function hold(given) {
  drop();
  held = given;
  return new Promise((resolve) => {
    const end = () => {
      if (held === given) held = null;
      resolve();
    };
    drop = () => void end();
    setTimeout(end, HOLD_MS);
  });
}

/** @param {ExtendableMessageEvent} event a page that starts */
async function tell({ ports, source }) {
  const windows = await worker.clients.matchAll({ type: "window" });
  const others = windows.some((one) => one.id !== /** @type {Client|null} */ (source)?.id);
  ports[0]?.postMessage({ held, others });
}
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

/** @type {import("./outbox/index.js").Outbox|null} */
let outbox = null;

/** Sends what waits; the page may be closed. */
function drain() {
  outbox ??= openOutbox({ effects: browserEffects(), app: "worker", auto: false });
  return outbox.send({ eager: true }).catch(() => undefined);
}

worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === "drain") event.waitUntil(Promise.all([drain(), endSession().catch(() => undefined)])); // what "Lock now" ended without network ends now
});

/**
 * The id that a push carries, whether Today says more of it, and what proves that it was shown. A browser that can show it by itself hands its
 * notification over in place of the bytes.
 * @param {PushEvent & {notification?: Notification, proposedNotification?: Notification}} event
 */
function noticeOf(event) {
  try {
    const { notice: id, open: where, proof } = event.data?.json() ?? (event.notification ?? event.proposedNotification)?.data ?? {};
    return { id: named(id), today: where === "today", proof: named(proof) };
  } catch {
    return { id: "", today: false, proof: "" };
  }
}

/** @param {unknown} id @returns {string} */
const named = (id) => (typeof id === "string" && /^[A-Za-z0-9_-]{1,40}$/.test(id) ? id : "");

/** Whether a plain name was chosen on this phone (field/look.js); shown under its usual name when that cannot be read. */
const isPlain = () => caches.match("/plain", { cacheName: "fieldapp-look" }).then(Boolean, () => false);

worker.addEventListener("push", (event) => {
  const { id, today, proof } = noticeOf(event);
  // Always the same generic words, whatever came: the lock screen says nothing, and a push that shows nothing costs the permission.
  const shown = isPlain().then((plain) => worker.registration.showNotification(plain ? "1 new message" : "Fieldapp: 1 new message", {
    icon: plain ? build.plain : build.icon, ...(plain ? {} : { badge: build.badge }), tag: today ? "today" : id || "fieldapp", data: { id, today }, requireInteraction: !today,
  }));
  event.waitUntil(shown);
  event.waitUntil(shown.then(() => Promise.all([tellShown(proof), countBadge(worker.registration)])).catch(() => undefined)); // it shows whatever becomes of these
  void drain();
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { id, today } = event.notification.data ?? {};
  event.waitUntil(open(today ? "/#/today" : id ? `/notice#${id}` : "/"));
  event.waitUntil(countBadge(worker.registration, [event.notification.tag]).catch(() => undefined));
});

/** Brings the notice to the front: an open notice page changes to it, else a new window. @param {string} address */
async function open(address) {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const same = windows.find((one) => new URL(one.url).pathname === new URL(address, worker.location.origin).pathname);
  if (same) {
    await same.focus();
    await same.navigate(address).catch(() => null);
  } else await worker.clients.openWindow(address);
  await drain();
}

// The push service changed the address: the server is told at once where there is a session, else by the page at its next start.
worker.addEventListener("pushsubscriptionchange", (/** @type {any} */ event) => event.waitUntil(Promise.all([drain(), renew(event).catch(() => undefined)])));

/** @param {{oldSubscription?: PushSubscription|null, newSubscription?: PushSubscription|null}} event */
async function renew({ oldSubscription, newSubscription }) {
  outbox ??= openOutbox({ effects: browserEffects(), app: "worker", auto: false });
  if (!(await turnedOn(outbox))) return; // nobody here asked for alerts any more
  const options = oldSubscription?.options ?? { userVisibleOnly: true };
  const found = newSubscription ?? (await worker.registration.pushManager.getSubscription()) ?? (await worker.registration.pushManager.subscribe(options));
  await tellServer(outbox, found, { anew: true });
}

worker.addEventListener("notificationclose", (event) => event.waitUntil(countBadge(worker.registration, [event.notification.tag]).catch(() => undefined)));
