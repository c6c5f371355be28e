// Sizes, lengths and states of media in words.
import es from "../../lib/es/capture.js";
import { register, t } from "../../lib/i18n.js";

register("es", es);

/** @typedef {import("../../outbox/media/types.js").MediaEntry} MediaEntry */
/** @typedef {import("../../outbox/media/types.js").Kind} Kind */

/** @param {number} bytes @returns {string} */
export function size(bytes) {
  if (bytes < 1e6) return t("{n} kB", { n: Math.max(bytes ? 1 : 0, Math.round(bytes / 1e3)) });
  if (bytes < 1e9) return t("{n} MB", { n: bytes < 1e7 ? Math.round(bytes / 1e5) / 10 : Math.round(bytes / 1e6) });
  return t("{n} GB", { n: Math.round(bytes / 1e8) / 10 });
}

/** @param {number} ms @returns {string} such as 1:04 */
export function length(ms) {
  const s = Math.floor(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** @param {Kind} kind */
export const kindName = (kind) => ({ photo: t("Photo"), video: t("Video"), sound: t("Sound") })[kind];

/** @param {Kind} kind */
export const kindIcon = (kind) => ({ photo: { icon: "camera" }, video: { icon: "video" }, sound: { icon: "mic" } })[kind].icon;

/** @param {MediaEntry} one @returns {{kind: string, icon: string, word: string, say: string}} `kind` is the look's */
export function stateWords(one) {
  const say = one.cut ? t("It ended early. What was recorded until then is kept.") : "";
  switch (one.state) {
    case "received": return { kind: "received", icon: "check-check", word: t("Received"), say };
    case "attention": return { kind: "attention", icon: "circle-alert", word: t("Needs attention"), say: t("The server will not take it. It is safe on this phone. Tell the legal team.") };
    case "recording": return { kind: "sending", icon: "lock", word: t("Being locked"), say };
    case "uploading": return { kind: "sending", icon: "arrow-up", word: t("Uploading {n}%", { n: percent(one) }), say };
    default: return { kind: "saved", icon: "smartphone", word: one.sent ? t("Saved on this phone, {n}% sent", { n: percent(one) }) : t("Saved on this phone"), say };
  }
}

/** @param {MediaEntry} one @returns {number} of 100, and 100 only when the server has proved it */
export const percent = (one) => (one.state === "received" ? 100 : Math.min(99, Math.floor((100 * one.sent) / Math.max(1, one.size))));

/** Why nothing was taken, or no more: what happened, what is safe, what to do. @param {unknown} error */
export function whyNotTaken(error) {
  const code = /** @type {{code?: string}} */ (error).code;
  if (code === "no_room" || code === "storage_full") return t("There is no room left on this phone. What was stored is kept. Make room, or wait until more is received.");
  if (code === "no_box") return t("There is no legal team to lock it for yet, so nothing is taken. Ask your coordinator.");
  if (code === "not_signed_in" || code === "not_enrolled") return t("Nobody is signed in on this phone, so nothing is taken. Sign in first.");
  if (code === "too_slow") return t("This phone cannot lock it as fast as it records. What was stored is kept. Record again, sound alone if need be.");
  if (code === "too_large") return t("It is too long for one file. What was stored is kept. Begin another one.");
  if (code === "gone") return t("This form was saved or thrown away meanwhile. Begin a new one.");
  return t("It could not be stored just now. What was stored before is kept. Try again.");
}

/** Why camera or microphone did not open. @param {unknown} error */
export function whyNoDevice(error) {
  const { name } = /** @type {{name?: string}} */ (error ?? {});
  if (name === "NotAllowedError") return t("Camera or microphone is not allowed for this app. Allow it in the browser's settings of this site, then try again.");
  if (name === "NotFoundError" || name === "TypeError") return t("This phone has no camera or microphone that this app can use. You can pick files instead.");
  return t("Camera or microphone could not be opened. Another app may be using it: close that, then try again.");
}
