// What a page says of a new box that waits.
import { nothing } from "lit";
import { t } from "../../lib/i18n.js";
import { note } from "../parts.js";
import { state } from "../state.js";

/** Calm, and only where it is so: a new box of the chapter waits for somebody who holds the one in use, or for the passkey of whoever is new here. */
export function boxNote() {
  if (!state.boxWaits) return nothing;
  if (!state.sealing) {
    return note("wait", "shield-alert", t("The legal team's box is new to this phone."),
      t("Until you sign in here with your passkey, nothing is locked with it: leave the locked fields empty. All else can be written and sent."));
  }
  return note("wait", "shield-alert", t("A new box for your pod is not confirmed by those who held the old one."),
    t("What you seal still goes to the legal team that you know. Tell your legal partner; there is nothing else to do."));
}
