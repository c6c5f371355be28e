// A new version takes over between shifts, never during writing: by itself when no page of the app is busy and this one is out of sight or was
// just opened, else when its person says so. What is written is on the phone before; busy pages hold a lock that the takeover needs alone.
import { current } from "./find.js";
import { outbox } from "./outbox.js";
import { set, state, subscribe } from "./state.js";

const BUSY = "fieldapp-busy";
/** Whoever holds one of these is sending, or keeping what a recorder gives. */
const WORK = ["fieldapp-outbox-drain", "fieldapp-media"];
const PAGES = new Set(["form", "where", "choose", "quiet", "in", "join", "paper", "remove", "lock"]);
const DAY_AND_HALF = 36 * 3600000;
const OPENED_MS = 8000;
/** A new worker takes over within this, or not at all. */
const TAKES_MS = 10000;
/** Held back by what other pages or the sending do, nothing may tell this page when they are done: it asks again, less and less often. */
const AGAIN_MS = { least: 1000, most: 60000 };

/** @type {ServiceWorkerRegistration|null} */
let registration = null;
/** @type {(() => void)|null} */
let release = null;
let taking = false;
let replaced = false;
/** @type {ServiceWorker|null} the one that was told to take over */
let told = null;
let pause = 0;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let again;

/** @returns {boolean} whether this page is in the middle of something: a form, a court session, a shift, an alert, a save */
export function isBusy() {
  const { court, here, route, under, busy, now, media } = state;
  const session = court !== null && now < Date.parse(`${court.part.slice(0, 10)}T12:00:00Z`) + DAY_AND_HALF; // one that nobody closed does not hold for ever
  const shift = Boolean(current()) || (here !== null && here.out_at === null && now < here.ends_at + 43200000);
  return PAGES.has(under.name) || route.name === "alert" || busy !== "" || session || shift || outbox.drafts.waiting.size > 0 || outbox.drainer.sending.size > 0 ||
    media.some((one) => one.state === "recording");
}

/** Holds the lock for as long as this page is busy, so that no other page lets a new version take over. */
function followBusy() {
  const busy = isBusy() && !taking;
  if (!busy) {
    release?.();
    release = null;
  } else if (!release) {
    const until = new Promise((resolve) => (release = () => resolve(undefined)));
    void navigator.locks?.request(BUSY, { mode: "shared" }, () => until).catch(() => undefined);
  }
}

/** @returns {Promise<boolean>} whether records or media are on their way right now, from any page or from the worker */
async function isWorking() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some((one) => WORK.includes(one.name ?? ""));
}

/**
 * Lets the waiting version take over, if no other page is busy; this page then loads anew.
 * @param {boolean} asked by the person: what this page is doing is on the phone already
 * @returns {Promise<unknown>} not now, when it ends at all
 */
async function takeOver(asked) {
  const waiting = registration?.waiting;
  if (!waiting || taking || !navigator.serviceWorker.controller) return undefined;
  await outbox.drafts.flush();
  if (!navigator.locks) return asked && tell(waiting);
  taking = asked;
  followBusy();
  try {
    return await navigator.locks.request(BUSY, { ifAvailable: true }, async (lock) => {
      if (!lock || (!asked && (isBusy() || (await isWorking())))) return undefined;
      taking = true;
      return tell(waiting);
    });
  } finally {
    taking = false;
    followBusy();
  }
}

/** The page is loaded anew before this is over, or the old worker has still to come to rest. @param {ServiceWorker} waiting */
async function tell(waiting) {
  // This page has the key itself, and a worker that holds one stays. Once is enough: each message keeps the old one awake for half a minute more.
  if (told !== waiting) navigator.serviceWorker.controller?.postMessage({ type: "key-drop" });
  told = waiting;
  waiting.postMessage({ type: "take-over" });
  await new Promise((resolve) => setTimeout(resolve, TAKES_MS));
}

/** "Update now": drafts are written first. It says so where another page of the app is in the middle of something. */
export async function updateNow() {
  await takeOver(true).catch(() => undefined);
  set({ update: "held" });
}

/** Nobody is looking, or nobody has touched it yet. */
const isQuiet = () => document.visibilityState === "hidden" || (performance.now() < OPENED_MS && navigator.userActivation?.hasBeenActive === false);

/** A newer worker serves this page: it is loaded anew as soon as it is not in the middle of something. */
function settle() {
  if (!replaced || (isBusy() && !taking)) return;
  replaced = false;
  location.reload();
}

function look() {
  const update = Boolean(registration?.waiting && navigator.serviceWorker.controller);
  if (update !== Boolean(state.update)) set({ update });
  clearTimeout(again);
  if (update && isQuiet()) void takeOver(false).catch(() => undefined).then(askAgain);
}

/** A page that is itself in the middle of something looks when that changes. */
function askAgain() {
  if (!registration?.waiting || !isQuiet() || isBusy()) return;
  pause = Math.min(Math.max(AGAIN_MS.least, pause * 2), AGAIN_MS.most);
  clearTimeout(again);
  again = setTimeout(look, pause);
}

/** Follows the registered worker from now on. @param {ServiceWorkerRegistration} one */
export function followUpdates(one) {
  registration = one;
  let before = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    replaced ||= before !== null;
    before = navigator.serviceWorker.controller;
    settle();
  });
  one.addEventListener("updatefound", () => one.installing?.addEventListener("statechange", look));
  document.addEventListener("visibilitychange", () => {
    pause = 0;
    look();
  });
  subscribe(() => {
    followBusy();
    settle();
    if (state.update && document.visibilityState === "hidden") look();
  });
  followBusy();
  look();
}
