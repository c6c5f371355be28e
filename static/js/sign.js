// Pages with a passkey on them: sign-in, enrolment, step-up, one's own page. The ceremonies are in desk/passkeys.js.
import { register, setLanguage, t } from "./lib/i18n.js";
import es from "./lib/es/sign.js";
import { appleTouch, deviceName, hasPasskeys, hasScreenLock, inAppViewer, installed } from "./desk/browser.js";
import { ApiError, csrfToken, renewToken } from "./desk/post.js";
import { addPasskey, endAutofill, enrol, signal, signIn, signInByAutofill, stepUp } from "./desk/passkeys.js";

register("es", es);
setLanguage(document.documentElement.lang || "en");
const DESK_WIDE = "(min-width: 760px)";
const REFRESH = 4 * 60_000; // a challenge lasts five minutes

/**
 * @template {Element} T
 * @param {string} selector
 * @param {{new (): T}} kind
 * @returns {T|null}
 */
function one(selector, kind) {
  const found = document.querySelector(selector);
  return found instanceof kind ? found : null;
}

/**
 * Says what went wrong where the page has a place for it: what happened, what is safe, what to do.
 * @param {unknown} error
 */
function say(error) {
  const place = one("[data-said]", HTMLElement);
  if (!place) throw error;
  const known = error instanceof ApiError ? error : new ApiError({ code: "fault", message: t("Something went wrong in this browser."), safe: t("Nothing was changed."), do: t("Load the page again.") }, 0);
  const [what, more] = [document.createElement("b"), document.createElement("span")];
  what.textContent = known.message;
  more.textContent = [...Object.values(known.fields), known.safe, known.what].filter(Boolean).join(" ");
  one("[data-said-text]", HTMLElement)?.replaceChildren(what, " ", more);
  place.hidden = false;
  place.focus();
}

function quiet() {
  const place = one("[data-said]", HTMLElement);
  if (place) place.hidden = true;
}

/**
 * Runs something that a tap began: the button rests meanwhile, an error is said.
 * @param {HTMLButtonElement|null} button
 * @param {() => Promise<void>} act
 */
async function tapped(button, act) {
  quiet();
  if (button) button.disabled = true;
  try {
    await act();
  } catch (error) {
    say(error);
  } finally {
    if (button) button.disabled = false;
  }
}

/** On a phone the app comes next: what it keeps is locked by the gesture that signs in. @type {import("./desk/passkeys.js").Ahead} */
let ahead = null;

function prepareApp() {
  if (!matchMedia(DESK_WIDE).matches && hasPasskeys()) ahead = import("./field/ahead.js");
}

/** Where a person goes who is signed in now: where they were going, else the desk on a desk and the app on a phone. */
function onward() {
  const wanted = document.body.dataset.onward ?? "";
  location.assign(wanted || (matchMedia(DESK_WIDE).matches ? "/start" : "/"));
}

/** Shows what this browser cannot do, before somebody tries. */
async function warn() {
  const show = (/** @type {string} */ name) => one(`[data-warn="${name}"]`, HTMLElement)?.removeAttribute("hidden");
  if (inAppViewer() || !hasPasskeys()) show("viewer");
  else if (!(await hasScreenLock())) show("lock");
}

function signInPage() {
  const button = one("[data-sign-in]", HTMLButtonElement);
  if (!button) return;
  prepareApp();
  button.addEventListener("click", () =>
    tapped(button, async () => {
      await signIn(ahead);
      onward();
    }),
  );
  if (!hasPasskeys()) return;
  const offer = () =>
    signInByAutofill(ahead).then(
      (done) => done && onward(),
      (error) => say(error),
    );
  void offer();
  setInterval(() => {
    if (button.disabled || document.visibilityState !== "visible") return;
    endAutofill();
    void offer();
  }, REFRESH);
}

/** After signing out on a page: the app may be on this phone too, with shifts, names and keys. */
function leftPage() {
  if ("left" in document.body.dataset) void import("./field/left.js").then(({ leavePhone }) => leavePhone()).catch(say);
}

/** Signing out on a page: who is told of alerts here hears that it ends, and the server is told first, while there is a session. */
function leavingForm() {
  const form = one("form[data-leaving]", HTMLFormElement);
  if (!form) return;
  const left = import("./field/left.js");
  void left.then(({ pushHere }) => pushHere()).then((found) => one("[data-told-here]", HTMLElement)?.toggleAttribute("hidden", !found), () => undefined);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void left.then(({ stopPush }) => stopPush(csrfToken())).catch(() => undefined).finally(() => form.submit());
  });
}

const KEPT = "invite"; // for this tab only: the other language is another page load

/**
 * The token leaves the address bar: it must not stay in the history, nor on a picture of the screen. In another app's viewer
 * it stays, because "open in browser" takes the address along.
 * @returns {string}
 */
function takeToken() {
  const token = location.hash.slice(1) || sessionStorage.getItem(KEPT) || "";
  if (!token || inAppViewer()) return token;
  sessionStorage.setItem(KEPT, token);
  history.replaceState(null, "", location.pathname);
  return token;
}

/**
 * A link or a bare token that somebody pasted.
 * @param {string} text
 * @returns {string}
 */
function tokenOf(text) {
  return (text.split("#").pop() ?? "").trim();
}

function enrolPage() {
  const form = one("form[data-enrol]", HTMLFormElement);
  if (!form) return;
  prepareApp();
  const link = one("[data-link]", HTMLElement);
  const token = takeToken();
  if (token && link) link.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const lang = document.documentElement.lang || "en";
    void tapped(one("form[data-enrol] button[type=submit]", HTMLButtonElement), async () => {
      await enrol(token || tokenOf(String(data.get("link") ?? "")), String(data.get("field_name") ?? ""), lang, deviceName() || t("Passkey"), ahead);
      sessionStorage.removeItem(KEPT);
      joined();
    });
  });
}

/** After enrolment: on an iPhone the app must be installed first; elsewhere the way is open. */
function joined() {
  const next = one("[data-install]", HTMLElement);
  if (!next || !appleTouch() || installed()) {
    onward();
    return;
  }
  void renewToken().catch(() => undefined); // without it, the language is chosen after the page was loaded again
  for (const part of document.querySelectorAll("[data-join]")) if (part instanceof HTMLElement) part.hidden = true;
  next.hidden = false;
  next.querySelector("h1")?.focus();
}

function stepUpPage() {
  const button = one("button[data-step-up]", HTMLButtonElement);
  button?.addEventListener("click", () =>
    tapped(button, async () => {
      await stepUp();
      location.assign(button.dataset.back || "/start");
    }),
  );
}

/** Forms that need a fresh proof: the passkey is asked for first, then the form goes as it is. data-proof: ms it still holds. */
function provenForms() {
  const loaded = performance.now();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.proof === undefined) return;
    if (performance.now() - loaded < Number(form.dataset.proof) - 5_000 || event.submitter?.hasAttribute("data-unproven")) return;
    event.preventDefault();
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    void tapped(button, async () => {
      await stepUp();
      form.dataset.proof = "Infinity";
      if (button) button.disabled = false;
      form.requestSubmit(button);
    });
  });
}

function ownPage() {
  const known = one("[data-signal]", HTMLElement)?.dataset.signal;
  if (known) void signal(JSON.parse(known));
  const form = one("form[data-add-passkey]", HTMLFormElement);
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    void tapped(button, async () => {
      const name = String(new FormData(form).get("name") ?? "") || deviceName() || t("Passkey");
      try {
        await addPasskey(name);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "step_up") throw error;
        await stepUp();
        await addPasskey(name);
      }
      location.reload();
    });
  });
}

for (const start of [leftPage, signInPage, enrolPage, stepUpPage, provenForms, ownPage, leavingForm]) start();
void warn();
