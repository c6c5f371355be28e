// From paper: begin, type in, and what became of the sheets.
import { html } from "lit";
import form from "../../lib/es/form.js";
import es from "../../lib/es/paper.js";
import { register, t } from "../../lib/i18n.js";
import "../paper/fates.js";
import "../paper/fa-paper.js";
import "../paper/start.js";
import { books, openSheets } from "../paper/known.js";
import { empty, taskBar } from "../parts.js";
import { go, to } from "../router.js";
import { state } from "../state.js";
import { announce } from "../acts.js";
import { lockedCard } from "./locked.js";

register("es", form);
register("es", es);

/** The one that is typed in now: it stays what the page made of it, whatever the drafts say meanwhile. @type {{id: string, kept: import("../paper/saving.js").Kept} | null} */
let open = null;

/** @param {string} id of a draft, `sheets`, or nothing */
export function paperPage(id) {
  if (!id) return html`<fa-paper-start></fa-paper-start>`;
  if (id === "sheets") return html`<fa-paper-fates></fa-paper-fates>`;
  const found = books().find((one) => one.id === id);
  if (open?.id !== id || !found) open = found ? { id, kept: kept(found) } : null;
  if (!open) {
    return html`${taskBar(t("From paper"), "", to("paper"), t("Back to From paper"))}<main class="main" id="main">
      ${state.lockedDrafts ? lockedCard() : empty("file-question-mark", t("This is not on this phone"), t("It was saved or thrown away already, or belongs to someone else."), html`<a class="btn btn--primary btn--field" href=${to("paper")}>${t("Back to From paper")}</a>`)}</main>`;
  }
  return html`<fa-paper .draft=${open.id} .begun=${open.kept} .done=${finished}></fa-paper>`;
}

/** @param {import("../paper/saving.js").Kept} one */
const kept = ({ form, place, part, shift, paper, cursor }) => ({ form, place, part, shift, paper, cursor });

function finished() {
  announce(t("All of it is saved on this phone."));
  open = null;
  if (openSheets().length) go("paper", "sheets");
  else go("write");
}
