// A push subscription is told to the server: by the app, and by the service worker when a push service changed the address.
import { aliasOf } from "../outbox/vault.js";
import { send } from "./api.js";
import { readChoice, writeChoice } from "./keep.js";

/** @typedef {import("../outbox/index.js").Outbox} Outbox */

/**
 * Whether the person here turned alerts on in this browser.
 * @param {Outbox} outbox
 */
export async function turnedOn(outbox) {
  const person = await outbox.person();
  return person !== null && String((await readChoice("push")) ?? "").startsWith(`${await aliasOf(outbox.effects, outbox.store, person.id)} `);
}

/**
 * Tells the server where pushes go; nothing when it knows already.
 * @param {Outbox} outbox @param {PushSubscription} subscription
 * @param {{anew?: boolean, before?: () => Promise<unknown>}} [how] `anew`: the server is known not to have it; `before`: what must be told first
 */
export async function tell(outbox, subscription, { anew = false, before = async () => undefined } = {}) {
  const person = await outbox.person();
  if (!person) return;
  const told = `${await aliasOf(outbox.effects, outbox.store, person.id)} ${subscription.endpoint}`;
  if (!anew && (await readChoice("push")) === told) return;
  await before();
  const [device, key] = await Promise.all([outbox.registration.device(person), outbox.keys.known(person)]);
  await send("PUT", "/api/v1/push", { device: device ?? "", key, subscription: subscription.toJSON() });
  await writeChoice("push", told);
}
