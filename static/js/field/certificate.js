// One's own certificate, to be shown without network: fetched anew when it is half a day old, and kept under the key of what is personal.
import { readCode, toCode } from "../lib/certificate.js";
import { t } from "../lib/i18n.js";
import { ask, read } from "./api.js";
import { get, leftSince, lockMine, openMine, put } from "./keep.js";
import { state, subscribe } from "./state.js";

const OLD_MS = 12 * 3600_000;
const here = () => `${state.lock} ${state.person?.id ?? ""}`;

let tried = "";
let work = Promise.resolve();
/** @type {Set<() => void>} */
const listeners = new Set();

/** What the QR says, or nothing kept, or locked. @returns {Promise<string|null>} */
export async function ownCode() {
  const kept = state.lock === "locked" ? null : await openMine("certificate", await get("certificate"));
  return kept ? toCode(kept) : null;
}

/** Told when another one is kept. @param {() => void} listener @returns {() => void} ends it */
export function onCertificate(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** @param {string} grade @returns {string} */
export function gradeName(grade) {
  return { trainee: t("Trainee"), shadow: t("Shadow"), watcher: t("Watcher"), lead: t("Lead"), dispatcher: t("Dispatcher") }[grade] ?? "";
}

/** Whether what this phone knows of one's training is another than what the certificate says. @param {import("../lib/certificate.js").Certificate} known */
function changed(known) {
  const held = (state.snapshot?.personal?.training ?? []).map((one) => one.ends_at ?? 0).filter((ends) => ends > state.now);
  return held.some((ends) => !known.courses.some((one) => one.ends_at === ends)) || known.courses.some((one) => one.ends_at > state.now && !held.includes(one.ends_at));
}

async function renew() {
  const [whose, asked] = [here(), Date.now()];
  const known = readCode((await ownCode()) ?? "");
  if (known && known.issued_at > state.now - OLD_MS && !changed(known)) return;
  const told = await read(await ask("/api/v1/certificate")).catch(() => null);
  if (!told || typeof told.text !== "string" || typeof told.sig !== "string") return;
  const locked = await lockMine("certificate", { text: told.text, sig: told.sig });
  if (!locked || whose !== here() || (await leftSince(asked))) return;
  await put({ certificate: locked });
  for (const listener of listeners) listener();
}

function follow() {
  if (!state.ready || state.session !== "in" || !state.online || state.lock === "locked") return;
  const now = `${here()} ${state.snapshot?.etag ?? ""} ${Math.floor(state.now / OLD_MS)}`;
  if (tried === now) return;
  tried = now; // once for each change that the server tells of, and twice a day
  work = work.then(renew).catch(() => undefined);
}

subscribe(follow);
follow();
