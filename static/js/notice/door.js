// The notice door and the answer: signed with the key of whoever was last signed in on this device.
import { browserEffects } from "../outbox/browser.js";
import { openOutbox } from "../outbox/index.js";
import { dayPart } from "../field/words.js";

/** @typedef {{name: string, address: string}} Place */
/** @typedef {{id: string, number: number, what: "ice_here"|"being_taken"|"need_help", state: "raised"|"got_it"|"over"|"cancelled", place: Place|null,
 *   cell: string|null, zone: string, raised_at: number, arrived_at: number, got_it: {role: string, at: number}|null, mine: boolean,
 *   lapses_at: number|null, closed_at: number|null, hotline: string, more: number, result: ""|"confirmed"|"not_ice"|"unconfirmed", seen_at: number|null, by_word?: true, details?: number}} Alert `by_word`: a duress word raised it; `details`: how many sealed parts there are */
/** @typedef {"got_it"|"cannot"|"going"|"here"|"well"|"out"|"ice"|"not_ice"|"nothing"} Answer */
/** @typedef {{state: "asked"|"going"|"cannot"|"here"|"out"|"ended", report_by: number|null, here_at: number|null, saw: "ice"|"not_ice"|"nothing"|null, next_check_at: number|null}} Look */
/** @typedef {{notice: string, kind: "alert"|"look"|"news"|"still"|"back"|"second", answer: Answer|null, alert: Alert, look: Look|null}} Notice */
/** @typedef {"no_key"|"not_here"|"offline"|"test"} Fault `test`: it tells of nothing but that it came */
/** @typedef {{state: "sending"|"received"|"not_applied"|"attention"|"waiting", code: string|null}} Sent */

const PATIENCE_MS = 15000;
export const outbox = openOutbox({ effects: browserEffects(), app: "notice" });

/**
 * Fetches one notice.
 * @param {string} id
 * @returns {Promise<{ok: true, notice: Notice}|{ok: false, fault: Fault}>}
 */
export async function open(id) {
  const person = await outbox.person();
  const asked = person && (await outbox.keys.signNotice(person, { notice: id }));
  if (!asked) return { ok: false, fault: "no_key" };
  try {
    const answer = await post("/api/v1/notice", asked, {});
    if (answer.status === 404 || answer.status === 400) return { ok: false, fault: "not_here" };
    const body = await answer.json();
    if (answer.ok && body?.open === "today") location.replace("/#/today"); // a message, opened by an older worker
    if (answer.ok && body?.open === "test") return { ok: false, fault: "test" };
    return answer.ok && body?.alert?.id ? { ok: true, notice: body } : { ok: false, fault: "offline" };
  } catch {
    return { ok: false, fault: "offline" }; // no network, or something in between answered
  }
}

/**
 * What is sealed about the alert of a notice, as the server hands it to this device; null where it is not for it.
 * @param {string} id
 * @returns {Promise<{sealed: import("../outbox/dispatch.js").Sealed|null, outbox: typeof outbox}>} throws without network
 */
export async function sealedOf(id) {
  const person = await outbox.person();
  const asked = person && (await outbox.keys.signNotice(person, { notice: id }));
  if (!asked) return { sealed: null, outbox };
  const answer = await post("/api/v1/notice/details", asked, {});
  return { sealed: answer.ok ? await answer.json() : null, outbox };
}

/**
 * Writes the answer as a record: it is on the device before anything is sent, and it is sent once.
 * @param {Notice} notice
 * @param {Answer} answer
 * @returns {Promise<string>} the record's id
 */
export async function answer({ notice, alert }, answer) {
  const lang = document.documentElement.lang === "es" ? "es" : "en";
  const saved = await outbox.save({
    kind: "acknowledge", lang, purpose: "monitoring", day_part: dayPart(Date.now(), alert.zone), draft: `${notice}-${answer}${answer === "well" ? Date.now() : ""}`, // said again and again by who is on scene
    answers: [{ path: "/notice", value: notice, box: null }, { path: "/answer", value: answer, box: null }],
    label: { kind: "acknowledge" },
  });
  return saved.id;
}

/**
 * What has become of a record.
 * @param {string} id
 * @returns {Promise<Sent>}
 */
export async function sent(id) {
  const found = (await outbox.list()).find((one) => one.id === id);
  const { state, code } = found?.status ?? { state: "waiting", code: null };
  if (state === "received" || state === "not_applied" || state === "attention") return { state, code };
  return { state: state === "waiting" ? "waiting" : "sending", code };
}

/**
 * Says "I've got it" signed in, where there is a session: then it stays. Without one nothing happens.
 * @param {string} alert
 * @returns {Promise<boolean>}
 */
export async function keepIt(alert) {
  try {
    const token = await (await fetch("/api/v1/csrf", { credentials: "same-origin", cache: "no-store" })).json();
    return (await post(`/alerts/${alert}/got-it`, {}, { "X-CSRFToken": token.csrf, Accept: "application/json" })).ok;
  } catch {
    return false;
  }
}

/**
 * @param {string} url
 * @param {object} body
 * @param {Record<string, string>} headers
 */
function post(url, body, headers) {
  return fetch(url, {
    method: "POST", credentials: "same-origin", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS),
    headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body),
  });
}
