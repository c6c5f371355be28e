// Alerts by web push: asked for from a button, told to the server for this device, shown by the service worker.
import { decode } from "../lib/b64.js";
import { aliasOf } from "../outbox/vault.js";
import { send } from "./api.js";
import { readChoice, writeChoice } from "./keep.js";
import { outbox } from "./phone.js";
import { deviceOf, registerKeys } from "./register.js";
import { set, state } from "./state.js";

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
  const vapid = state.snapshot?.public?.server.vapid ?? "";
  const subscription = await subscribe(registration.pushManager, vapid);
  await tell(subscription);
  await lookAtPush();
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

/**
 * Tells the server where pushes go; nothing when it knows already.
 * @param {PushSubscription} subscription
 */
async function tell(subscription) {
  const person = await outbox.person();
  if (!person) return;
  const told = `${await aliasOf(outbox.effects, outbox.store, person.id)} ${subscription.endpoint}`;
  if ((await readChoice("push")) === told) return;
  await registerKeys();
  const key = await outbox.keys.known(person);
  await send("PUT", "/api/v1/push", { device: await deviceOf(person), key, subscription: subscription.toJSON() });
  await writeChoice("push", told);
}

/** Tells the server again after a sign-in or a change: a subscription is of the last person who signed in here. */
export async function tellAgain() {
  if (state.session !== "in") return;
  const registration = await navigator.serviceWorker?.getRegistration("/");
  const found = await registration?.pushManager?.getSubscription().catch(() => null);
  if (found) await tell(found).catch(() => undefined);
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
}

/** The browser gives its subscription back: whatever is still sent there, its push service refuses, and the server hears so. */
export async function unsubscribe() {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  const found = await registration?.pushManager?.getSubscription();
  await found?.unsubscribe();
}
