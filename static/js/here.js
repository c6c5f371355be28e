// The QR on the trainer's screen opens this page with the code behind the #: fill it in, forget it, send it.
const form = document.querySelector("[data-here-form]");
const code = decodeURIComponent(location.hash.slice(1));
if (form instanceof HTMLFormElement && /^[0-9A-Za-z]{6}$/.test(code)) {
  history.replaceState(null, "", location.pathname);
  const field = form.elements.namedItem("code");
  if (field instanceof HTMLInputElement) {
    field.value = code;
    form.requestSubmit();
  }
}
