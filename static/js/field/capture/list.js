// Media in rows: kind, length, size and state. No picture of it: nobody can look at it on this phone.
import { html, nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { kindIcon, kindName, length, percent, size, stateWords } from "./words.js";

/** @typedef {import("../../outbox/media/types.js").MediaEntry} MediaEntry */

/** @param {MediaEntry} one @param {unknown} [act] what may be done with it */
export function mediaRow(one, act = nothing) {
  const { kind, icon: name, word, say } = stateWords(one);
  const facts = [kindName(one.kind), one.ms === null ? "" : length(one.ms), size(one.plain)].filter(Boolean).join(", ");
  return html`<li class="row row--media"><span class="disc disc--${kind}">${icon(kindIcon(one.kind))}</span>
    <div class="row__body"><p class="row__title">${facts}</p><p class="status status--${kind}">${icon(name)}${word}</p>
      ${one.state === "uploading" ? html`<progress class="progress" max="100" value=${percent(one)} aria-label=${t("Uploading")}></progress>` : nothing}
      ${say ? html`<p class="row__say">${say}</p>` : nothing}</div>${act}</li>`;
}
