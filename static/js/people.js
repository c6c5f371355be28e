// Pages of people: roles follow the chapter that is chosen, and the page with the QR says when the link was used.
import { setLanguage } from "./lib/i18n.js";
import { addKey } from "./desk/keys.js";
import { poll } from "./desk/poll.js";

setLanguage(document.documentElement.lang || "en");

/** Which roles may be given depends on the chapter; the server decides, the form only follows. */
function roles() {
  const form = document.querySelector("form[data-invite]");
  const chapter = form?.querySelector("select[name=chapter]");
  if (!form || !(chapter instanceof HTMLSelectElement)) return;
  const follow = () => {
    const may = (chapter.selectedOptions[0]?.dataset.may ?? "").split(" ");
    for (const box of form.querySelectorAll("input[name=role]")) {
      if (!(box instanceof HTMLInputElement)) continue;
      box.disabled = !may.includes(box.value);
      if (box.disabled) box.checked = false;
    }
  };
  chapter.addEventListener("change", follow);
  follow();
}

function used() {
  const place = document.querySelector("[data-invite-state]");
  if (!(place instanceof HTMLElement)) return;
  const stop = poll({
    url: place.dataset.inviteState ?? "",
    every: () => 5,
    changed: (/** @type {{state: string}} */ { state }) => {
      for (const line of place.querySelectorAll("[data-state]")) if (line instanceof HTMLElement) line.hidden = line.dataset.state !== state;
      if (state !== "waiting") stop();
    },
  });
}

/** A button's own key: the words of the button say what it does. */
function buttonKeys() {
  for (const button of document.querySelectorAll("button[data-key]")) {
    if (!(button instanceof HTMLElement)) continue;
    const says = [...button.childNodes].filter((node) => node instanceof Text).map((node) => node.textContent?.trim()).join(" ");
    addKey(button.dataset.key ?? "", says, () => button.click());
  }
}

roles();
used();
buttonKeys();
