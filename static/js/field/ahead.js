// Joining or signing in on a page, on a phone: the gesture asks for the PRF as it does in the app, and the app that comes next finds the key.
import { writeChoice } from "./keep.js";
import { mustOwn, settle } from "./unlock.js";
import { startWorker } from "./worker.js";

export { asking } from "./unlock.js";

void startWorker(); // it carries the key from this page to the app

/**
 * @param {{person: {id: string}, chapter: string}} welcome
 * @param {import("../lib/prf.js").Used} used
 */
export async function settled({ person, chapter }, used) {
  await mustOwn(person.id, used);
  await writeChoice("welcome", person.id); // the app changes who is here only for somebody who has used a passkey here
  await settle({ id: person.id, chapter }, used);
}
