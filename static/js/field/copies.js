// The signed copies of what the chapter sent: fetched now and then, kept under the key of what is personal, and checked on this phone each time.
import { verifyCopy } from "../lib/copy.js";
import { ask, read } from "./api.js";
import { get, leftSince, lockMine, openMine, put } from "./keep.js";
import { outbox } from "./outbox.js";
import { state, subscribe } from "./state.js";

/** @typedef {import("../lib/copy.js").Copy} Copy */
/** @typedef {{ok: true, copy: Copy, over_at: number|null}|{ok: false, fault: import("../lib/copy.js").CopyFault, copy: Copy|null, over_at: number|null}} Checked */

const OLD_MS = 3600_000;
const here = () => `${state.lock} ${state.person?.id ?? ""}`;
let tried = "";

/** What is kept, each verified with the server keys that this phone trusts; null: nothing yet, or locked. @returns {Promise<{at: number, all: Checked[]}|null>} */
export async function keptCopies() {
  const kept = state.lock === "locked" ? null : await openMine("copies", await get("copies"));
  if (!kept) return null;
  const home = state.snapshot?.public;
  const ours = { chapter: state.person?.chapter ?? home?.chapter.id ?? "", above: home?.above ?? [], keys: await outbox.drainer.parts.keyring.keys() };
  const all = await Promise.all(kept.copies.map(async (/** @type {any} */ one) => ({ ...(await verifyCopy(one, ours)), over_at: Number.isSafeInteger(one?.over_at) ? one.over_at : null })));
  return { at: kept.at, all };
}

/** Asks for them and keeps them. Throws ApiError. */
export async function fetchCopies() {
  const [whose, asked] = [here(), Date.now()];
  const told = await read(await ask("/api/v1/broadcasts"));
  if (!Array.isArray(told.copies)) return;
  const locked = await lockMine("copies", { at: asked, copies: told.copies });
  if (!locked || whose !== here() || (await leftSince(asked))) return;
  await put({ copies: locked });
}

/** Without the page being opened too: whoever gets a message may have no network then. */
function follow() {
  if (!state.ready || state.session !== "in" || !state.online || state.lock === "locked") return;
  const now = `${here()} ${Math.floor(state.now / OLD_MS)}`;
  if (tried === now) return;
  tried = now;
  void fetchCopies().catch(() => undefined);
}

subscribe(follow);
follow();
