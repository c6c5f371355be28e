// Somebody else's session is in this browser: who is here stays as they are, until a passkey or a tap says otherwise.
import { html } from "lit";
import { t } from "../../lib/i18n.js";
import { icon } from "../icon.js";
import { taskBar } from "../parts.js";
import { goOn } from "../phone.js";
import { go, to } from "../router.js";
import { state } from "../state.js";

async function onward() {
  await goOn();
  go("today");
}

export function otherPage() {
  const name = state.stranger?.field_name ?? "";
  return html`${taskBar(t("Someone else signed in"), t("In another page of this browser"), to("today"))}
    <main class="main" id="main" tabindex="0"><section class="card"><div class="card__pad stack">
      <p class="lead">${t("The server says that {name} is signed in here.", { name })}</p>
      <p>${t("This phone still belongs to whoever used the app before. Nothing was changed, and what waits is still sent as theirs.")}</p>
      <a class="btn btn--primary btn--field" href=${to("in")}>${icon("fingerprint-pattern")}${t("Sign in again")}</a>
      <button class="btn btn--second btn--field" type="button" @click=${onward}>${t("Continue as {name}", { name })}</button>
      <p class="quiet">${t("Continue only if that is you. Shifts, names and signing keys of the person before you leave this phone; their unfinished forms stay here for them.")}</p>
    </div></section></main>`;
}
