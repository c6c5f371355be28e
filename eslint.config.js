// The house rules of the phone's JavaScript: lib imports nothing of ours, the outbox never touches the DOM, components never fetch.
import js from "@eslint/js";
import globals from "globals";

const dom = ["document", "window", "localStorage", "sessionStorage", "alert", "HTMLElement", "customElements"];

/** @type {import("eslint").Linter.Config[]} */
export default [
  { ignores: ["static/dist/", "build/", "node_modules/", ".venv/"] },
  js.configs.recommended,
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: { ...globals.browser, ...globals.node, ...globals.serviceworker } },
    rules: {
      eqeqeq: ["error", "always"],
      "no-var": "error",
      "prefer-const": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-console": ["error", { allow: ["warn", "error"] }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrors: "none" }],
    },
  },
  { files: ["tools/**", "tests/**"], rules: { "no-console": "off" } },
  {
    files: ["static/js/lib/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/outbox/**", "**/field/**", "**/desk/**"] }] },
  },
  {
    files: ["static/js/outbox/**"],
    rules: {
      "no-restricted-globals": ["error", ...dom],
      "no-restricted-imports": ["error", { patterns: ["**/field/**", "**/desk/**", "lit"] }],
    },
  },
  { files: ["static/js/field/**/*-*.js", "static/js/field/form/**"], rules: { "no-restricted-globals": ["error", "fetch"] } },
];
