// Before the first paint: the theme, the name and the icon that were chosen on this phone. Everybody gets the same page; this file alone looks.
{
  /** @param {string} selector @param {string} name @param {string} value */
  const put = (selector, name, value) => document.querySelectorAll(selector).forEach((one) => one.setAttribute(name, value));
  try {
    const { theme, plain } = JSON.parse(localStorage.getItem("look") ?? "{}");
    if (theme === "dark" || theme === "light") {
      document.documentElement.dataset.theme = theme;
      put('meta[name="theme-color"]', "content", theme === "dark" ? "#0f1317" : "#faf8f4");
    }
    if (plain === "en" || plain === "es") {
      const title = plain === "es" ? "Notas" : "Notes";
      const icon = document.querySelector('meta[name="fa-plain"]')?.getAttribute("content") ?? "";
      document.documentElement.dataset.plain = title;
      document.title = title;
      put('meta[name="apple-mobile-web-app-title"]', "content", title);
      put('link[rel="icon"], link[rel="apple-touch-icon"]', "href", icon);
      put('link[rel="icon"]', "type", "image/png");
      put('link[rel="manifest"]', "href", `/manifest.webmanifest?plain=${plain}`);
    }
  } catch {
    // A browser that keeps nothing: the phone's own theme, the usual name.
  }
}
