// Somebody signed out on a page of the desk: what is personal leaves this phone, as it does when they sign out in the app.
import { browserEffects } from "../outbox/browser.js";
import { openOutbox } from "../outbox/index.js";
import { aliasOf } from "../outbox/vault.js";
import { takeBack } from "./handover.js";
import { dropPersonal, readChoice, writeChoice } from "./keep.js";

const PATIENCE_MS = 3000;

/** @returns {Promise<PushSubscription|null>} of this browser, where alerts reach it */
export async function pushHere() {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  return (await registration?.pushManager?.getSubscription().catch(() => null)) ?? null;
}

/** Whether the subscription of this browser was told to the server as this person's. @param {string} person @returns {Promise<boolean>} */
export async function isTold(person) {
  const outbox = openOutbox({ effects: browserEffects(), app: "desk", auto: false });
  try {
    const told = String((await readChoice("push")) ?? "");
    return told.startsWith(`${await aliasOf(outbox.effects, outbox.store, person)} `);
  } finally {
    outbox.close();
  }
}

/**
 * Before a sign-out on a page: the server tells this device nothing more. It does not hold the sign-out up for long.
 * @param {string} token CSRF token of the page
 */
export async function stopPush(token) {
  const outbox = openOutbox({ effects: browserEffects(), app: "desk", auto: false });
  try {
    const person = await outbox.person();
    const device = person && (await outbox.registration.device(person));
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token };
    if (device) await fetch("/api/v1/push", { method: "DELETE", credentials: "same-origin", headers, body: JSON.stringify({ device }), signal: AbortSignal.timeout(PATIENCE_MS) });
  } finally {
    outbox.close();
  }
}

/** Drops the personal half of the snapshot, the signing keys and the push subscription. What is not sent stays, and is still sent as its writer's. */
export async function leavePhone() {
  takeBack();
  const outbox = openOutbox({ effects: browserEffects(), app: "desk", auto: false });
  try {
    await Promise.all([outbox.setPerson(null), dropPersonal(), writeChoice("push", undefined), pushHere().then((found) => found?.unsubscribe())]);
  } finally {
    outbox.close();
  }
}
