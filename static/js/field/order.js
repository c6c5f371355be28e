// Another order of a session's cases, kept: docs/protocol.md 2.5.
import { t } from "../lib/i18n.js";
import { announce, whyNotSaved } from "./acts.js";
import { follow, followDrafts, outbox } from "./phone.js";
import { set, state } from "./state.js";

/** @typedef {import("./cases.js").Case} Case */
/** @typedef {import("./types.js").Item} Item */

/**
 * Keeps another order. A case that is not saved yet just takes its number; a saved one gets an amendment that says the number and nothing else.
 * @param {{one: Case, n: number}[]} changes
 * @returns {Promise<boolean>} false: not all of it could be kept; what was, stays
 */
export async function keepOrder(changes) {
  if (state.busy) return false;
  set({ busy: "order" });
  try {
    for (const { one, n } of changes) await (one.item ? outbox.save(renumbered(one.item, n), state.person ?? undefined) : renumberDraft(one, n));
    announce(t("The new order is saved on this phone."));
    return true;
  } catch (error) {
    announce(whyNotSaved(error));
    set({ fault: whyNotSaved(error) });
    return false;
  } finally {
    set({ busy: "" });
    await followDrafts().catch(() => undefined);
    await follow();
  }
}

/** @param {Case} one @param {number} n */
async function renumberDraft({ draft }, n) {
  if (!draft || !state.person) return;
  draft.order = n;
  outbox.drafts.put(draft.id, JSON.parse(JSON.stringify({ ...draft, id: undefined, at: undefined })), state.person);
}

/** @param {Item} item @param {number} n @returns {import("../outbox/types.js").Writing} */
function renumbered({ id, digest, form, form_hash, purpose, shift, label }, n) {
  const spot = label.place ? { place: label.place } : label.cell ? { cell: label.cell } : {};
  const part = label.part ?? "";
  return {
    kind: "amendment", answers: [{ path: "/_/order", value: n, box: "legal" }], form: form ?? "", form_hash, lang: state.lang, purpose: purpose ?? "monitoring",
    day_part: part, ...spot, ...(shift ? { shift } : {}), draft: crypto.randomUUID(), amends: { id, digest },
    label: /** @type {any} */ ({ kind: "amendment", form, part, ...spot, order: n, corrects: id, moved: true }),
  };
}
