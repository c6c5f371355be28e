// "This browser tells me": a desk browser becomes a device, with a key of its own and a push subscription. What does it is the phone's own
// code, loaded at the first press: one browser is one device, whichever face it shows.
const TEST_LOOK_MS = 2000;
const TEST_WAIT_MS = 40000;

/** @typedef {"missing"|"denied"|"off"|"on"} Told */

/**
 * What the browser says now, without loading anything.
 * @returns {Promise<Told>}
 */
async function look() {
  if (!("PushManager" in globalThis) || !("serviceWorker" in navigator) || !("Notification" in globalThis)) return "missing";
  if (Notification.permission === "denied") return "denied";
  const registration = await navigator.serviceWorker.getRegistration("/");
  const found = await registration?.pushManager.getSubscription().catch(() => null);
  return found && Notification.permission === "granted" ? "on" : "off";
}

/** Loads what the phone has for this: its device, its subscription, its worker. */
async function loadPhone() {
  const [phone, push, worker] = await Promise.all([import("../../field/phone.js"), import("../../field/push.js"), import("../../field/worker.js")]);
  await phone.wake();
  await phone.refresh();
  return { ...phone, ...push, ...worker };
}

/**
 * Whether the subscription here was told to the server for this person: somebody else may have signed in here before.
 * @param {string} person
 */
async function isMine(person) {
  return (await import("../../field/left.js")).isTold(person);
}

/**
 * A test, and whether this browser has shown it; the last proof at once.
 * @param {HTMLElement} part
 */
function tester(part) {
  const button = part.querySelector("[data-tells-test]");
  const say = (/** @type {string} */ is, at = 0) => {
    for (const one of part.querySelectorAll("[data-test-is]")) if (one instanceof HTMLElement) one.hidden = one.dataset.testIs !== is;
    const when = part.querySelector("[data-test-at]");
    if (when && at) when.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }).format(at);
  };
  const last = async () => (await (await import("../../field/push.js")).own())?.shown_at ?? 0;
  const follow = async (/** @type {number} */ before, /** @type {number} */ tries) => {
    const at = await last().catch(() => before);
    if (at > before) return say("shown", at);
    if (tries * TEST_LOOK_MS > TEST_WAIT_MS) return say("late");
    setTimeout(() => void follow(before, tries + 1), TEST_LOOK_MS);
    return undefined;
  };
  button?.addEventListener("click", async () => {
    button.setAttribute("aria-disabled", "true");
    try {
      const phone = await loadPhone();
      const before = await last();
      await phone.testPush();
      say("sent");
      void follow(before, 1);
    } catch {
      say("fault");
    }
    button.removeAttribute("aria-disabled");
  });
  return (/** @type {boolean} */ on) => {
    if (button instanceof HTMLElement) button.hidden = !on;
    if (!on) say("");
  };
}

/** @param {HTMLElement} board */
export async function tells(board) {
  const part = board.querySelector("[data-tells]");
  if (!(part instanceof HTMLElement)) return;
  const [on, off] = ["[data-tells-on]", "[data-tells-off]"].map((one) => part.querySelector(one));
  if (!(on instanceof HTMLButtonElement && off instanceof HTMLButtonElement)) return;

  const test = tester(part);
  const show = (/** @type {Told|"failed"} */ told) => {
    for (const state of part.querySelectorAll("[data-tells-is]")) if (state instanceof HTMLElement) state.hidden = state.dataset.tellsIs !== told;
    on.hidden = told !== "off" && told !== "failed";
    off.hidden = told !== "on";
    test(told === "on");
  };
  const act = async (/** @type {HTMLButtonElement} */ button, /** @type {(phone: Awaited<ReturnType<typeof loadPhone>>) => Promise<unknown>} */ does) => {
    button.setAttribute("aria-disabled", "true");
    try {
      await does(await loadPhone());
      show(await look());
    } catch {
      show("failed");
    }
    button.removeAttribute("aria-disabled");
  };
  on.addEventListener("click", () => {
    void act(on, async (phone) => {
      if ((await Notification.requestPermission()) !== "granted") return;
      await phone.startWorker();
      await phone.turnOn();
    });
  });
  off.addEventListener("click", () => void act(off, (phone) => phone.turnOff()));

  const told = await look();
  show(told === "on" && !(await isMine(part.dataset.tells ?? "").catch(() => false)) ? "off" : told);
}
