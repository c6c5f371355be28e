// Writes down what an answer meant, in one strict transaction. The only place where an original leaves the phone is here and in
// server.js (settleHeld), and both ask for a verified receipt.
import { fold, mustHold, putServer, serverIn, settleHeld } from "./server.js";

/** @typedef {import("./types.js").Effects} Effects */
/** @typedef {import("./types.js").Heard} Heard */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Locked} Locked */
/** @typedef {import("./types.js").ServerState} ServerState */
/** @typedef {import("./answer.js").Verdict} Verdict */
/** @typedef {import("./store.js").Tx} Tx */
/** @typedef {{id: string, verdict: Verdict, proof: Locked|null}} Decision `proof` is the receipt, locked; with let_go only */

const ATTENTION_FIRST_MS = 900000;
const ATTENTION_MAX_MS = 86400000;
const NEVER = Number.MAX_SAFE_INTEGER;
const BACKOFF_FIRST_MS = 1000;
export const BACKOFF_MAX_MS = 300000;

/**
 * Full jitter: anywhere between 1 s and a bound that doubles up to 5 minutes.
 * @param {number} tries failures before
 * @param {number} unit random in [0, 1)
 * @returns {number} ms
 */
export function backoff(tries, unit) {
  const bound = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(tries + 1, 20));
  return Math.max(BACKOFF_FIRST_MS, Math.floor(unit * bound));
}

/**
 * Applies an answer. Headers count only when the answer proved itself by a receipt. An answer of an epoch that has passed changes nothing.
 * @param {import("./store.js").Store} store
 * @param {Effects} effects
 * @param {Heard} heard
 * @param {Decision[]} decisions
 * @returns {Promise<boolean>} false when the answer was stale
 */
export async function applyAnswer(store, effects, heard, decisions) {
  const now = effects.now();
  const waits = decisions.map(() => effects.unit());
  const proven = decisions.some((one) => one.verdict.kind === "let_go");
  return store.write(["meta", "keys", "items", "bodies", "receipts"], async (tx) => {
    const before = await serverIn(tx);
    const { state, stale, newEpoch } = proven ? fold(before, heard, now) : { state: before, stale: false, newEpoch: false };
    if (stale) return false;
    if (proven) await putServer(tx, state);
    if (newEpoch) await settleHeld(tx, state, true);
    for (const [i, decision] of decisions.entries()) {
      const item = /** @type {Item|undefined} */ (await tx.objectStore("items").get(decision.id));
      if (item) await applyOne(tx, item, decision, state, now, waits[i] ?? 0);
    }
    if (proven) await settleHeld(tx, state, false);
    return true;
  });
}

/**
 * @param {Tx} tx
 * @param {Item} item
 * @param {Decision} decision
 * @param {ServerState} state
 * @param {number} now
 * @param {number} unit
 */
async function applyOne(tx, item, { verdict, proof }, state, now, unit) {
  const items = tx.objectStore("items");
  if (verdict.kind === "let_go") {
    await letGo(tx, item, verdict.receipt, proof, state, now);
    return;
  }
  if (item.state === "received") return; // Offered only to hear news of it; it stays as it was.
  const tries = item.tries + 1;
  if (verdict.kind === "sign_in") {
    await items.put({ ...item, state: "sign_in", code: "unknown_key", tries });
    await tellAgain(tx, verdict.key);
  }
  else if (verdict.kind === "later") await items.put({ ...item, ...wait(now, verdict.wait), state: "waiting", code: "later", tries });
  else if (verdict.kind === "attention") {
    const again = verdict.code === "conflict" ? NEVER - now : Math.min(ATTENTION_MAX_MS, ATTENTION_FIRST_MS * 2 ** Math.min(item.tries, 20));
    await items.put({ ...item, ...wait(now, again), state: "attention", code: verdict.code, tries });
  } else await items.put({ ...item, ...wait(now, backoff(item.tries, unit)), state: "waiting", code: verdict.code, tries });
}

/**
 * The server does not know this key, whatever the phone believed (it may have been restored): it is told again at the next sign-in.
 * @param {Tx} tx
 * @param {string} kid
 */
async function tellAgain(tx, kid) {
  const row = await tx.objectStore("keys").get(kid);
  if (row) await tx.objectStore("keys").put({ ...row, registered: false, witnessed: false });
}

/**
 * A verified receipt with this record's own id and digest: the one thing for which the phone lets go of it.
 * @param {Tx} tx
 * @param {Item} item
 * @param {import("./types.js").Receipt} receipt
 * @param {Locked|null} proof
 * @param {ServerState} state
 * @param {number} now
 */
async function letGo(tx, item, receipt, proof, state, now) {
  if (receipt.id !== item.id) throw new TypeError("a receipt for another record");
  /** @type {Item} */
  const received = {
    ...item, state: "received", code: null, outcome: receipt.outcome, received_at: receipt.received_at, let_go_at: now, tries: item.tries + 1,
    epoch: state.epochs.at(-1) ?? null,
  };
  const body = await tx.objectStore("bodies").getKey(item.id);
  const held = body !== undefined && mustHold(received, state);
  if (!held) await tx.objectStore("bodies").delete(item.id);
  if (proof) await tx.objectStore("receipts").put({ id: item.id, ...proof });
  await tx.objectStore("items").put({ ...received, held: held ? 1 : 0 });
}

/**
 * @param {number} now
 * @param {number} ms
 * @returns {{not_before: number, set_at: number}}
 */
export function wait(now, ms) {
  return { not_before: now + ms, set_at: now };
}

/**
 * Puts records off that an answer as a whole did not take, each on its own, so that one bad record does not hold up the others.
 * @param {import("./store.js").Store} store
 * @param {Effects} effects
 * @param {string[]} ids
 * @param {Verdict} verdict
 */
export async function putOff(store, effects, ids, verdict) {
  await applyAnswer(store, effects, { time: null, epoch: null, checkpoint: null, through: null }, ids.map((id) => ({ id, verdict, proof: null })));
}
