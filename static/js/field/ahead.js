// Joining or signing in on a page, on a phone: the gesture asks for the PRF as it does in the app, and the app that comes next finds the key.
import { settle } from "./unlock.js";
import { startWorker } from "./worker.js";

export { asking } from "./unlock.js";

void startWorker(); // it carries the key from this page to the app

/**
 * @param {{person: {id: string}, chapter: string}} welcome
 * @param {import("../lib/prf.js").Used} used
 */
export const settled = ({ person, chapter }, used) => settle({ id: person.id, chapter }, used);
