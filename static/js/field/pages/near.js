// The pages of a shift, in one file: many small ones pack worse, and the phone loads them all once the first screen stands.
export * as asks from "../asks/cards.js";
export * as todo from "../todo.js";
export * as brief from "./brief.js";
export * as court from "./court.js";
export * as family from "./family.js";
export * as form from "./form.js";
export * as guide from "./guide.js";
export * as outbox from "./outbox.js";
export * as saved from "./saved.js";
export * as shifts from "./shifts.js";
export * as where from "./where.js";
export * as tell from "./tell.js";
export * as word from "./word.js";
export * as write from "./write.js";
