// Somebody signed out on a page of the desk: what is personal leaves this phone, as it does when they sign out in the app.
import { browserEffects } from "../outbox/browser.js";
import { openOutbox } from "../outbox/index.js";
import { takeBack } from "./handover.js";
import { dropPersonal } from "./keep.js";

/** Drops the personal half of the snapshot and the signing keys. What is not sent stays, and is still sent as its writer's. */
export async function leavePhone() {
  takeBack();
  const outbox = openOutbox({ effects: browserEffects(), app: "desk", auto: false });
  try {
    await Promise.all([outbox.setPerson(null), dropPersonal()]);
  } finally {
    outbox.close();
  }
}
