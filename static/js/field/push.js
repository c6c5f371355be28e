// Alerts by web push: asked for from a button, told to the server for this device, shown by the service worker.
import { decode, encode, utf8 } from "../lib/b64.js";
import { ask, read, send } from "./api.js";
import { readHere } from "./badge.js";
import { writeChoice } from "./keep.js";
import { outbox } from "./phone.js";
import { deviceOf, registerKeys } from "./register.js";
import { set, state } from "./state.js";
import { tell, turnedOn } from "./telling.js";

/** @typedef {{device: string, mark: string, tested_at: number|null, shown_at: number|null, ended_at: number|null}} Own what the server knows of a subscription */

/** A test that was not shown within this was not shown. */
const UNSEEN_MS = 2 * 60000;

/** Whether alerts reach this phone: the browser's word and the subscription's. */
export async function lookAtPush() {
  if (!("PushManager" in globalThis) || !("serviceWorker" in navigator) || !("Notification" in globalThis)) return set({ push: "missing" });
  if (Notification.permission === "denied") return set({ push: "denied" });
  const registration = await navigator.serviceWorker.getRegistration("/");
  const found = await registration?.pushManager.getSubscription().catch(() => null);
  set({ push: found && Notification.permission === "granted" ? "on" : "off" });
}

/** Asks the person, subscribes, tells the server. Throws when the server or the push service does not answer. */
export async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return lookAtPush();
  const registration = await navigator.serviceWorker.ready;
  const subscription = await subscribe(registration.pushManager, vapid());
  await tell(outbox, subscription, { before: registerKeys });
  await lookAtPush();
  await lookAtReach().catch(() => undefined);
}

/**
 * Subscribes; a subscription that was made for another server key (a server made anew) makes way first.
 * @param {PushManager} manager
 * @param {string} vapid b64u
 */
async function subscribe(manager, vapid) {
  const wanted = { userVisibleOnly: true, applicationServerKey: decode(vapid) };
  try {
    return await manager.subscribe(wanted);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
    await (await manager.getSubscription())?.unsubscribe();
    return manager.subscribe(wanted);
  }
}

const vapid = () => state.snapshot?.public?.server.vapid ?? "";

/**
 * Tells the server again after a start, a sign-in or a change: a subscription is of the last person who signed in here. One that ended, that the
 * browser lost, or that was made for another key of the server is made anew, if its person had turned alerts on.
 */
export async function tellAgain() {
  void readHere("today");
  const registration = await navigator.serviceWorker?.getRegistration("/");
  const found = (await registration?.pushManager?.getSubscription().catch(() => null)) ?? null;
  const wanted = await turnedOn(outbox);
  if (wanted && Notification.permission !== "granted") return set({ reach: { ...unknown(), wrong: "blocked" } });
  if (state.session !== "in" || (!found && !wanted)) return undefined;
  const known = wanted ? await own().catch(() => undefined) : undefined;
  try {
    const same = known !== undefined && found !== null && known?.mark === (await markOf(found.endpoint));
    const now = wanted && (!found || !fits(found) || (same && known?.ended_at)) ? await anew(registration, found) : found;
    if (now) await tell(outbox, now, { anew: now !== found || (known !== undefined && !same), before: registerKeys });
  } catch {
    if (!wanted) return undefined; // at the next start
  }
  if (wanted) await lookAtReach().catch(() => undefined);
  return lookAtPush();
}

/** Who may be asked to look, and coordinators, can open what is sealed for those who answer (dispatch.js): this phone has its key ahead. */
export async function readyToRead() {
  const coordinator = state.snapshot?.personal?.me.roles.includes("coordinator") ?? false;
  if (state.session !== "in" || state.lock === "locked" || !(coordinator || (await turnedOn(outbox)))) return;
  await (await import("./dispatch.js")).ready(coordinator);
}

/** @param {ServiceWorkerRegistration|undefined} registration @param {PushSubscription|null} old */
async function anew(registration, old) {
  await old?.unsubscribe();
  return registration && vapid() ? subscribe(registration.pushManager, vapid()) : null;
}

/** Whether it was made for the key that the server has now. @param {PushSubscription} subscription */
function fits({ options }) {
  const key = options?.applicationServerKey;
  return !key || !vapid() || encode(new Uint8Array(key)) === vapid();
}

/** @param {string} endpoint @returns {Promise<string>} as the server marks it: SHA-256, hex */
async function markOf(endpoint) {
  const digest = await crypto.subtle.digest("SHA-256", /** @type {Uint8Array<ArrayBuffer>} */ (utf8(endpoint)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const unknown = () => ({ tested: null, shown: null });

/** What the server knows of this phone. @returns {Promise<Own|null>} */
export async function own() {
  const person = await outbox.person();
  const device = person && (await deviceOf(person));
  const { devices } = await read(await ask("/api/v1/push"));
  return devices.find((/** @type {Own} */ one) => one.device === device) ?? null;
}

/** Asks the server when this phone last showed a push, and says so to the screen. Throws without network or session. */
export async function lookAtReach() {
  const known = await own();
  const { tested_at: tested = null, shown_at: shown = null } = known ?? {};
  const unseen = tested !== null && (shown ?? 0) < tested && Date.now() - tested > UNSEEN_MS;
  const living = known !== null && known.ended_at === null;
  set({ reach: { tested, shown, wrong: !living ? ((await turnedOn(outbox)) ? "ended" : "") : unseen ? "unseen" : "" } });
}

/** Sends a message to this phone that says only that it came. Throws when it cannot be asked for. */
export async function testPush() {
  const person = await outbox.person();
  await send("POST", "/api/v1/push/test", { device: person ? await deviceOf(person) : "" });
}

/** No alerts to this phone any more. */
export async function turnOff() {
  await stopTelling();
  await unsubscribe();
  await lookAtPush();
}

/** The server is asked to tell this device nothing more; without network nothing changes, without a session it cannot be asked. */
export async function stopTelling() {
  const person = await outbox.person();
  if (person) {
    await send("DELETE", "/api/v1/push", { device: await deviceOf(person) }).catch((error) => {
      if (error.status !== 401 && error.status !== 404) throw error;
    });
  }
  await writeChoice("push", undefined);
  set({ reach: null });
}

/** The browser gives its subscription back: whatever is still sent there, its push service refuses, and the server hears so. */
export async function unsubscribe() {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  const found = await registration?.pushManager?.getSubscription();
  await found?.unsubscribe();
}
