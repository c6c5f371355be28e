// "I'm out and OK" with a word of one's own: a safe word, or a duress word, which looks exactly the same. What is typed is sealed to this
// installation before it is saved, always in the same size: the phone keeps neither the word nor which it was, and shows nothing of it.
import { html, nothing } from "lit";
import es from "../../lib/es/word.js";
import { encode } from "../../lib/b64.js";
import { canonical } from "../../lib/canonical.js";
import { register, t } from "../../lib/i18n.js";
import { handInRecipient } from "../../outbox/rescue.js";
import { padded } from "../../outbox/seal.js";
import { checkOut } from "../acts.js";
import { place, shift } from "../find.js";
import { outbox } from "../outbox.js";
import { PageElement } from "../page.js";
import { taskBar } from "../parts.js";
import { go, leave, to } from "../router.js";
import { state } from "../state.js";
import { placeShort } from "../words.js";

register("es", es);

class WordPage extends PageElement {
  /** @override */
  static properties = { shift: { type: String } };

  constructor() {
    super();
    this.shift = "";
    this.fault = "";
  }

  /** @param {SubmitEvent} event */
  async send(event) {
    event.preventDefault();
    const found = shift(this.shift);
    const form = /** @type {HTMLFormElement} */ (event.target);
    const word = String(new FormData(form).get("word") ?? "").trim().slice(0, 60);
    if (!found || !word) return;
    form.reset();
    try {
      const recipient = await handInRecipient(outbox, state.snapshot?.public?.server.hand_in);
      const seal = await outbox.effects.sealer();
      const sealed = encode(await seal(recipient, padded(canonical({ word }))));
      await checkOut(found, [{ path: "/word", value: sealed, box: null }]);
      go("today");
    } catch {
      this.fault = t("Your word cannot be locked on this phone yet. Nothing was sent. Tap “I'm out and OK” without it, or say it to your coordinator.");
      this.requestUpdate();
    }
  }

  /** @override */
  render() {
    const found = shift(this.shift);
    if (!found) return leave() ?? nothing;
    return html`${taskBar(t("With my word"), placeShort(place(found.place)), to("today"))}
      <main class="main" id="main"><form class="card card__pad stack" id="word" autocomplete="off" @submit=${(/** @type {SubmitEvent} */ event) => void this.send(event)}>
        <label class="stack stack--1"><span class="strong">${t("Your word")}</span><input class="field" name="word" maxlength="60" autocomplete="off" autocapitalize="none" spellcheck="false" required></label>
        <p class="quiet">${t("You choose it under You, Safe word and duress word. Without one, anything typed here counts as out and OK.")}</p></form>
        ${this.fault ? html`<div class="note note--wait" role="alert"><p>${this.fault}</p></div>` : nothing}</main>
      <footer class="dock dock__act"><button class="btn btn--primary btn--field" type="submit" form="word" ?disabled=${state.busy !== ""}>${t("I'm out and OK")}</button></footer>`;
  }
}

customElements.define("fa-word", WordPage);

/** @param {string} id of the shift */
export const wordPage = (id) => html`<fa-word .shift=${id}></fa-word>`;
