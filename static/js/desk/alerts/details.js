// What is sealed about the alert that is looked at, opened in this browser with its own reading key; and the day's box, where this browser is a device.
import { decode } from "../../lib/b64.js";
import es from "../../lib/es/details.js";
import { register, t } from "../../lib/i18n.js";

register("es", es);

/** @typedef {import("../../outbox/dispatch.js").Opened} Opened */

/** A board that stays open all night makes the next day's box too. */
const AGAIN_MS = 30 * 60000;
/** What was opened of an alert since the page was loaded, so that a new list need not ask again. @type {Map<string, Opened[]>} */
const seen = new Map();

/** This browser as a device: loaded where there is something to open, or a box to keep. */
async function load() {
  const [{ outbox }, dispatch, own] = await Promise.all([import("../../field/outbox.js"), import("../../field/dispatch.js"), import("../../outbox/dispatch.js")]);
  return { outbox, ...dispatch, ...own };
}

/** Whether this browser is a device of the person signed in. @param {string} me */
async function isDevice(me) {
  const { outbox } = await load();
  return (await outbox.person())?.id === me && (await outbox.device()) !== null;
}

/** @param {HTMLElement} board */
export function details(board) {
  const me = board.querySelector("[data-tells]")?.getAttribute("data-tells") ?? "";
  const look = () => void show(board, me).catch(() => undefined);
  board.addEventListener("followed", () => {
    look();
    void keep(me).catch(() => undefined);
  });
  board.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-details-begin]")) void begin().then(look, look);
  });
  void keep(me).catch(() => undefined).then(look);
  setInterval(() => void keep(me).catch(() => undefined), AGAIN_MS);
}

/** Today's box and its grants, where this browser is a device already. @param {string} me */
async function keep(me) {
  if (!(await isDevice(me))) return;
  const { ready } = await load();
  await ready(true);
  gone();
}

/** The note that there is no box yet: there is one now. */
function gone() {
  const note = document.querySelector("[data-no-box]");
  if (note instanceof HTMLElement) note.hidden = true;
}

/** This browser becomes a device, as it does for being told. */
async function begin() {
  const phone = await import("../../field/phone.js");
  await phone.wake();
  await phone.refresh();
  const { ready } = await load();
  await ready(true);
  gone();
}

/** @param {HTMLElement} board @param {string} me */
async function show(board, me) {
  const part = board.querySelector("[data-details]");
  if (!(part instanceof HTMLElement)) return;
  const alert = part.dataset.details ?? "";
  const say = (/** @type {string} */ is) => {
    for (const one of part.querySelectorAll("[data-details-is]")) if (one instanceof HTMLElement) one.hidden = one.dataset.detailsIs !== is;
  };
  if (!(await isDevice(me))) return say("no_device");
  const before = seen.get(alert);
  const opened = before && before.length >= Number(part.dataset.count) && before.every((one) => one.said) ? before : await open(alert);
  seen.set(alert, opened);
  part.querySelector("[data-details-said]")?.replaceChildren(...opened.flatMap((one) => (one.said ? [list(one)] : [])));
  return say(opened.every((one) => one.said) ? "open" : "no_key");
}

/** @param {string} alert @returns {Promise<Opened[]>} */
async function open(alert) {
  const { outbox, openDetails, readingKey } = await load();
  const [person, device] = await Promise.all([outbox.person(), outbox.device()]);
  const answer = await fetch(`/alerts/${alert}/details`, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
  if (!answer.ok || !person) return [];
  return openDetails(await answer.json(), await readingKey(outbox, person), device ?? "");
}

/** @param {Opened} one */
function list({ said }) {
  const made = document.createElement("dl");
  made.className = "facts";
  const line = (/** @type {string} */ name, /** @type {string|Node|undefined} */ value) => {
    if (!value) return;
    const [term, what] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    what.append(value);
    made.append(term, what);
  };
  const { where, plate, photo, position } = said ?? {};
  line(t("Where exactly"), where);
  line(t("Position"), position && `${(position.lat / 1e6).toFixed(5)}, ${(position.lon / 1e6).toFixed(5)}`);
  line(t("Plate"), plate);
  line(t("Photo"), photo && picture(photo));
  return made;
}

/** @param {string} photo b64u of a JPEG */
function picture(photo) {
  const image = document.createElement("img");
  image.className = "sealed-photo";
  image.alt = t("Photo of whoever raised it");
  const url = URL.createObjectURL(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (decode(photo))], { type: "image/jpeg" }));
  image.onload = () => URL.revokeObjectURL(url);
  image.src = url;
  return image;
}
