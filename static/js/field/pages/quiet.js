// Phone off until…, asked before the shift has begun.
import { t } from "../../lib/i18n.js";
import { place, presence, shift } from "../find.js";
import { taskBar } from "../parts.js";
import { leave, to } from "../router.js";
import { placeShort } from "../words.js";
import { html } from "lit";
import { quietTaps } from "./today.js";

/** @param {string} id of the shift */
export function quietPage(id) {
  const found = shift(id);
  if (!found) return leave();
  return html`${taskBar(t("Phone off until…"), placeShort(place(found.place)), to("today"))}
    <main class="main" id="main"><section class="card"><div class="card__pad">${quietTaps(found, presence(found).quiet_until)}</div></section>
    <p class="quiet">${t("Phones are off in courtrooms. If you are not back by the time you say, your buddy is asked first, then the lead, then the coordinators.")}</p></main>`;
}
