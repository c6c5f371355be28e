// "Lock now" ends the session on the server too: at once where there is network, else as soon as there is. Used by the service worker as well.
import { ApiError, forgetToken, send } from "./api.js";
import { put, readChoice, writeChoice } from "./keep.js";

const AGAIN_MS = 15000;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let again;

/** The session is to end; nothing is asked with it any more, and what was asked before is not kept when its answer comes (writeSnapshot). */
export const endLater = () => put({ "choice ending": Date.now(), "choice left_at": Date.now(), "choice welcome": undefined });

/** It goes on after all, or another one is in its place. */
export const goesOn = () => put({ "choice ending": undefined, "choice left_at": undefined });

/**
 * Ends the session that was to end.
 * @returns {Promise<boolean>} false: it need not end, or somebody has signed in on a page since; true: nothing may be asked with it
 */
export async function endSession() {
  if (!(await readChoice("ending"))) return false;
  if (await readChoice("welcome")) return writeChoice("ending", undefined).then(() => false);
  try {
    await send("POST", "/api/v1/sign-out", {});
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status !== 401) return tryAgain();
  }
  forgetToken();
  await writeChoice("ending", undefined);
  return true;
}

/** Not every browser says that its network is back. */
function tryAgain() {
  clearTimeout(again);
  again = setTimeout(() => void endSession().catch(() => undefined), AGAIN_MS);
  return true;
}
