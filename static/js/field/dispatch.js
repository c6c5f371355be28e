// This device and the dispatch box: its reading key at the server; for coordinators, today's box, and the key of it for who lacks it.
import { moreGrants, newBox, ownReadingKey } from "../outbox/dispatch.js";
import { ask, read, send } from "./api.js";
import { outbox } from "./outbox.js";

/** @typedef {{id: string, own: import("../outbox/dispatch.js").Granted[], missing: import("../outbox/dispatch.js").Reader[]}} InUse */
/** @typedef {{chapter: string, due: boolean, readers: import("../outbox/dispatch.js").Reader[], boxes: InUse[]}} Duties */

/** Tells the server with what this device reads. Nothing is told before the device itself is known there. @returns {Promise<boolean>} */
export async function tellReader() {
  const [person, device] = await Promise.all([outbox.person(), outbox.device()]);
  if (!person || !device) return false;
  const { recipient } = await ownReadingKey(outbox, person);
  await send("PUT", "/api/v1/dispatch/reader", { device, recipient });
  return true;
}

/**
 * What a coordinator's browser does whenever it looks: today's box where there is none yet, and grants for those who lack one. Throws ApiError
 * without network or session; somebody else's browser does it then.
 */
export async function keepBoxes() {
  const [person, device] = await Promise.all([outbox.person(), outbox.device()]);
  if (!person || !device) return;
  const { chapter, due, readers, boxes } = /** @type {Duties} */ (await read(await ask("/api/v1/dispatch")));
  if (due) {
    const made = await newBox(outbox, person, device, chapter, readers);
    if (made) await send("POST", "/api/v1/dispatch/boxes", made);
  }
  const key = await ownReadingKey(outbox, person);
  for (const { id, own, missing } of boxes) {
    const grants = missing.length ? await moreGrants(key, device, own, missing) : [];
    if (grants.length) await send("POST", `/api/v1/dispatch/boxes/${id}/grants`, { grants });
  }
}

/** Both, for a device of somebody who answers alerts. @param {boolean} coordinator */
export async function ready(coordinator) {
  if ((await tellReader()) && coordinator) await keepBoxes();
}
