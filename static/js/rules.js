// A chapter's parameters: what would happen to the example follows what stands in the form. Without this there is a button for it.
const PAUSE = 400; // ms without typing

/**
 * The preview's page for what stands in the form. XMLHttpRequest parses it without a sink that Trusted Types guards.
 * @param {HTMLFormElement} form
 * @param {string} url
 * @returns {Promise<Document>}
 */
function preview(form, url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "document";
    request.onload = () => (request.responseXML?.querySelector("[data-rehearsal]") ? resolve(request.responseXML) : reject(new Error(String(request.status))));
    request.onerror = () => reject(new Error("offline"));
    request.send(new FormData(form));
  });
}

/** @param {HTMLFormElement} form */
function follow(form) {
  const url = form.dataset.rules ?? "";
  let waits = 0;
  let asked = 0;
  const show = async () => {
    const mine = ++asked;
    try {
      const fresh = (await preview(form, url)).querySelector("[data-rehearsal]");
      if (mine !== asked || !fresh) return; // something newer was asked for meanwhile
      document.querySelector("[data-rehearsal]")?.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    } catch {
      // Offline, or signed out: what stands there stays, and the button says what is wrong.
    }
  };
  const soon = () => {
    clearTimeout(waits);
    waits = window.setTimeout(() => void show(), PAUSE);
  };
  form.addEventListener("input", soon);
  document.querySelector("select[form=rules]")?.addEventListener("change", soon);
}

const ours = document.querySelector("form[data-rules]");
if (ours instanceof HTMLFormElement) follow(ours);
