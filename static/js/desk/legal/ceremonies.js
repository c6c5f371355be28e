// The box page: make one's own key, make the box, admit another person. Everything secret is made and stays on this computer.
import { t } from "../../lib/i18n.js";
import { getJson, ownHolders, post } from "./api.js";
import { admit, checkCode, letGo, newBox, openGrant, witness } from "./box.js";
import { busy, button, el, failed, step } from "./dialog.js";
import { newHolder } from "./holder.js";
import { addPasskeyWay, addWordsWay, removeWay } from "./ways.js";
import { openHolder } from "./unlocking.js";
import { wrap } from "./wrapping.js";

/** @typedef {import("./holder.js").Holder} Holder */
/** @typedef {{person: string, field_name: string, holder: string|null, recipient: string|null, sign: import("../../lib/sign.js").Jwk|null, admitted: boolean}} Counsel */
/** @typedef {{id: string, name: string, box: string|null, manifests: import("../../lib/receipt.js").Signed[], counsel: Counsel[],
 *   above: {box: string, chapter: string, confirmed: boolean}|null}} ChapterBox */

/** @typedef {{chapter: string, purpose: string}} Slot whose box, and what for */

/** @param {HTMLElement} page */
export function boxPage(page) {
  page.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("button") : null;
    if (!(target instanceof HTMLButtonElement)) return;
    const chapter = target.closest("[data-chapter]");
    const { chapter: id = "", purpose = "legal" } = chapter instanceof HTMLElement ? chapter.dataset : {};
    const act = actOf(target.dataset, { chapter: id, purpose });
    if (act) act().then(() => location.reload(), failed);
  });
}

/** @param {DOMStringMap} data of the button @param {Slot} slot @returns {(() => Promise<unknown>)|null} */
function actOf(data, slot) {
  if ("makeBox" in data) return () => makeBox(slot);
  if ("makeHolder" in data) return ownKey;
  if ("confirm" in data) return () => confirmBox(slot);
  if ("addPasskey" in data) return addPasskeyWay;
  if ("addWords" in data) return addWordsWay;
  const { admit: joining, letGo: leaving, removeWay: way, name = "" } = data;
  if (way) return () => removeWay(way);
  if (leaving) return () => letOneGo(slot, leaving, name);
  return joining ? () => admitOne(slot, joining) : null;
}

/** @returns {Promise<{id: string, holder: Holder}>} this person's key: the one they have, opened, or a new one */
async function ownKey() {
  const [own] = await ownHolders();
  if (own) return { id: own.id, holder: await openHolder(own) };
  const holder = await newHolder();
  const wrapped = await wrap(holder);
  busy(t("Your key"), t("Keeping it, wrapped, on the server."));
  const { holder: id } = await post("/api/v1/boxes/holder", { recipient: holder.recipient, sign: holder.sign, wrapped: [wrapped] });
  return { id, holder };
}

/** @param {Slot} slot */
async function makeBox({ chapter, purpose }) {
  const { id, holder } = purpose === "legal" ? await ownKey() : await legalKey(chapter);
  const title = purpose === "legal" ? t("The legal box") : t("The box for families");
  busy(title, t("Making it on this computer."));
  const box = crypto.randomUUID();
  const made = await newBox({ box, chapter, purpose, holderId: id, holder, now: Date.now() });
  await showRecovery(made.recovery, await checkCode(made.manifest));
  busy(title, t("Keeping it."));
  await post("/api/v1/boxes", { chapter, manifest: made.manifest, grants: made.grants });
}

/**
 * This person's key that opens a chapter's legal box: phones take a box for families only from who holds that one.
 * @param {string} chapter @returns {Promise<{id: string, holder: Holder}>}
 */
async function legalKey(chapter) {
  const legal = await aboutBox({ chapter, purpose: "legal" });
  const own = (await ownHolders()).find((one) => one.grants.some((grant) => grant.box === legal?.box));
  if (!own) throw new Error("no legal box");
  return { id: own.id, holder: await openHolder(own) };
}

/** @param {Slot} slot @returns {Promise<ChapterBox|undefined>} what the server says of a chapter's box for a purpose */
async function aboutBox({ chapter, purpose }) {
  /** @type {{chapters: ChapterBox[], intake: ChapterBox[]}} */
  const { chapters, intake } = await getJson("/api/v1/boxes");
  return (purpose === "intake" ? intake : chapters).find((one) => one.id === chapter);
}

/** @param {string} recovery @param {string} code */
async function showRecovery(recovery, code) {
  document.body.classList.add("printing-recovery");
  try {
    await step(t("The recovery key"), (/** @type {(value: boolean) => void} */ answer) => {
      const print = button(t("Print it"));
      print.addEventListener("click", () => window.print());
      const done = button(t("It is on paper, make the box"), "btn go");
      done.addEventListener("click", () => answer(true));
      const key = el("p", "secret mono", recovery.match(/.{1,8}/g)?.join(" ") ?? recovery);
      return [el("p", "", t("If everyone who holds the box loses their passkeys, only this opens it. It is shown once and kept nowhere. Print it or write it down, and lock it away.")), key, el("p", "", t("Check code of this box: {code}", { code })), el("div", "acts", print, done)];
    });
  } finally {
    document.body.classList.remove("printing-recovery");
  }
}

/** @param {Slot} slot @param {string} joining holder id */
async function admitOne(slot, joining) {
  const about = await aboutBox(slot);
  const person = about?.counsel.find((one) => one.holder === joining);
  const previous = about?.manifests.at(-1);
  const own = (await ownHolders()).find((one) => one.grants.some((grant) => grant.box === about?.box));
  const grant = own?.grants.find((one) => one.box === about?.box);
  if (!about?.box || !person?.recipient || !person.sign || !previous || !own || !grant) throw new Error("nobody to admit");
  const holder = await openHolder(own);
  busy(t("Admitting"), t("Sealing the box's key to one more person."));
  const boxIdentity = await openGrant(grant.sealed, holder);
  const next = await admit({ previous, by: holder, boxIdentity, joining: { holder: joining, recipient: person.recipient, sign: person.sign }, now: Date.now() });
  await post(`/api/v1/boxes/${about.box}/manifests`, { manifest: next.manifest, grants: next.grants });
}

/**
 * One holder less, once the person knows what that does and what it does not.
 * @param {Slot} slot @param {string} leaving holder id @param {string} name
 */
async function letOneGo(slot, leaving, name) {
  await step(t("Let {name} go", { name }), (/** @type {(value: boolean) => void} */ answer) => {
    const done = button(t("Let {name} go", { name }), "btn stop");
    done.addEventListener("click", () => answer(true));
    return [el("p", "", t("The server hands the box's key to {name} no more, and no passkey of theirs opens it here. Everyone else opens it as before, and phones go on sealing to it.", { name })),
      el("p", "", t("{name} has held the key. If they kept a copy of it somewhere else, this does not take that away.", { name })), done];
  });
  const about = await aboutBox(slot);
  const previous = about?.manifests.at(-1);
  const own = (await ownHolders()).find((one) => one.grants.some((grant) => grant.box === about?.box));
  if (!about?.box || !previous || !own || own.id === leaving) throw new Error("nobody to let go");
  const by = await openHolder(own);
  busy(t("Letting go"), t("Signing who holds the box from now on."));
  const next = await letGo({ previous, by, leaving, now: Date.now() });
  await post(`/api/v1/boxes/${about.box}/manifests`, next);
}

/**
 * The box of a chapter below: whoever holds the one above stands for it, once they know whose it is.
 * @param {Slot} slot
 */
async function confirmBox(slot) {
  const about = await aboutBox(slot);
  const first = about?.manifests.find((one) => begins(one, about.box));
  const own = (await ownHolders()).find((one) => one.grants.some((grant) => grant.box === about?.above?.box));
  if (!about || !first || !own) throw new Error("nothing to confirm");
  const code = await checkCode(first);
  await step(t("Confirm the box of {name}", { name: about.name }), (/** @type {(value: boolean) => void} */ answer) => {
    const done = button(t("It is the same code, confirm"), "btn go");
    done.addEventListener("click", () => answer(true));
    return [el("p", "", t("Call the legal partner of {name}, somebody whose voice you know. Ask for the check code of their box: it is on the paper of its recovery key.", { name: about.name })),
      el("p", "secret mono", code), el("p", "", t("Once confirmed, phones seal to that box, and you cannot open what they seal. If the code is another, close this and tell your admin.")), done];
  });
  const by = await openHolder(own);
  busy(t("Confirming"), t("Signing that this box is theirs."));
  await post(`/api/v1/boxes/${about.box}/witness`, { witness: await witness(first, by) });
}

/** @param {import("../../lib/receipt.js").Signed} manifest @param {string|null} box @returns {boolean} */
function begins(manifest, box) {
  const said = JSON.parse(manifest.text);
  return said.box === box && said.version === 1;
}
