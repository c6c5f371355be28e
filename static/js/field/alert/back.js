// An alert was taken back: what became of that. Whoever taps it sees that it counted, or that it did not go yet.
import { html } from "lit";
import es from "../../lib/es/safety.js";
import { register, t } from "../../lib/i18n.js";
import { arrived } from "../find.js";
import { icon } from "../icon.js";
import { leave } from "../router.js";
import { state } from "../state.js";
import { kindOf } from "./sheet.js";

register("es", es);

/** @typedef {import("../types.js").Item} Item */

/** @param {Item|undefined} cancel its record */
function standing(cancel) {
  if (cancel?.status.state === "not_applied") {
    const over = cancel.status.code === "closed";
    return over
      ? { kind: "ok", icon: "check-check", chip: t("Done"), title: t("It was over already"), text: t("Nothing had to be taken back.") }
      : { kind: "wait", icon: "circle-alert", chip: t("Not taken back"), title: t("Not taken back"), text: t("The server did not take it back from this phone. Call the hotline, or sign in and take it back under You, Passkeys and devices.") };
  }
  if (cancel && arrived(cancel)) return { kind: "ok", icon: "check-check", chip: t("Told"), title: t("Taken back"), text: t("Everyone who was told knows.") };
  return { kind: "wait", icon: "smartphone", chip: t("Saved on this phone, not sent yet"), title: t("Taken back here"), text: t("It goes by itself when there is network. If people may be on their way, call the hotline.") };
}

/** @param {Item} alert the one that was taken back */
export function takenBack(alert) {
  const cancel = state.items.find((one) => one.kind === "alert_cancel" && one.label.alert === alert.id);
  const { kind, icon: name, chip, title, text } = standing(cancel);
  const number = state.snapshot?.public?.chapter.hotline;
  return html`<div class="stack"><span class="chip chip--${kind}">${icon(name)}${chip}</span>
      <div class="stack" role="status"><h1 class="sheet__title" id="sheet-title" tabindex="-1">${title}</h1>
      <p class="lead lead--q">${kindOf(alert.label.what).label()}. ${text}</p></div></div>
    ${kind === "wait" && number ? html`<a class="btn btn--second btn--tall btn--num" href="tel:${number.replace(/[^+0-9]/g, "")}">${icon("phone")}<span>${t("Call the hotline")}<small>${number}</small></span></a>` : ""}
    <button class="btn btn--primary btn--field" type="button" @click=${() => leave()}>${t("Close")}</button>`;
}
