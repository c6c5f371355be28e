// A session begins with a passkey, and ends by a tap. Loaded when it is needed.
import { forgetToken, send } from "./api.js";
import { goesOn } from "./ending.js";
import { readSnapshot } from "./keep.js";
import { meet } from "./key.js";
import { follow, leaveOthersThings, outbox, refreshNext } from "./phone.js";
import { set, state } from "./state.js";

/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./types.js").Server} Server */

/**
 * A welcome after signing in: pins the installation at enrolment, and says who is here.
 * @param {{person: {id: string, field_name: string, lang: string}, chapter: string} & Server} welcome
 * @param {(person: Person) => Promise<void>} settle finds or makes the key that the passkey opens
 */
export async function welcomed(welcome, settle) {
  forgetToken();
  await goesOn(); // the session that was to end has another one in its place
  await outbox.setTrust(welcome);
  const same = state.person?.id === welcome.person.id;
  if (state.person && !same) await leaveOthersThings();
  const person = { id: welcome.person.id, chapter: welcome.chapter, parents: (same && state.person?.parents) || [] };
  await outbox.setPerson(person, true);
  const { snapshot } = state;
  set({ person, session: "in", snapshot: snapshot && { ...snapshot, etag: "" } }); // told again: a box that waited for this may be taken now
  await settle(person).catch(() => meet(person));
  await refreshNext();
}

/** Ends the session here, and takes what is personal off the phone. What is not sent stays, and is still sent. */
export async function signOut() {
  await send("POST", "/api/v1/sign-out", {}).catch((error) => {
    if (error.status !== 401) throw error;
  });
  forgetToken();
  await outbox.setPerson(null);
  await leaveOthersThings();
  const snapshot = await readSnapshot();
  set({ person: null, session: "out", snapshot: snapshot && { ...snapshot, personal: null }, items: [], drafts: [] });
  await follow();
}
