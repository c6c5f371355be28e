// This phone's keys at the server: told ahead, so that each shift can have its own. Loaded after the first answer.
import { ApiError, send } from "./api.js";
import { nameTold, outbox } from "./phone.js";
import { state } from "./state.js";

/** @typedef {import("./types.js").Person} Person */

/** Tells the server of signing keys made ahead, so that each shift can have its own, offline too. */
export async function registerKeys() {
  const fieldName = state.snapshot?.personal?.me.field_name ?? nameTold();
  if (state.lock === "locked" && !fieldName) return; // it belongs into the witness, and is locked: the next answer tells it
  const offer = await outbox.registrationOffer({ name: deviceName(), fieldName });
  if (!offer) return;
  try {
    await outbox.registered(offer, await send("POST", "/api/v1/device", offer.body));
  } catch (error) {
    if (error instanceof ApiError) await outbox.registrationRefused(offer, error.code);
    throw error;
  }
}

/** @param {Person} person @returns {Promise<string>} */
export async function deviceOf(person) {
  return (await outbox.registration.device(person)) ?? "";
}

/** A family name, no more: people tell their phones apart by it, nobody else can. */
export function deviceName() {
  const agent = navigator.userAgent;
  if (/iPhone/.test(agent)) return "iPhone";
  if (/iPad/.test(agent)) return "iPad";
  return /Android/.test(agent) ? "Android phone" : "Browser";
}
