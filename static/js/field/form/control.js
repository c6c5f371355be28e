// What the templates of a form need from the form: shared by all files in this folder.

/** @typedef {import("../../lib/forms/definition.js").Field} Field */
/** @typedef {import("../../lib/forms/definition.js").Answers} Answers */
/** @typedef {{lat: number, lon: number, accuracy: number}} Position */
/**
 * What the page around the form tells it.
 * @typedef {object} Context
 * @property {"en" | "es"} [lang]
 * @property {boolean} [legalBox] the chapter has a legal box: sealed fields can be filled in
 * @property {"monitoring" | "counsel"} [purpose]
 * @property {{name?: string, timezone?: string, judges?: {id: string, label: string}[], courtrooms?: {id: string, label: string}[]}} [place]
 * @property {import("../../lib/forms/definition.js").Lists} [lists] the shared lists of the snapshot
 * @property {import("../../lib/forms/definition.js").Definition[]} [forms] of the snapshot, for the names of what is offered next
 * @property {(string | {en: string, es: string})[]} [chips] the chapter's own chips of the timeline
 * @property {string} [legalLine] its number
 * @property {() => Promise<Position>} [locate] asks the phone where it is, in microdegrees and metres
 * @property {() => number} [now] ms UTC
 */
/**
 * @typedef {object} Control
 * @property {"en" | "es"} lang
 * @property {string} zone
 * @property {import("../../lib/forms/definition.js").Lists} lists shared ones and the place's
 * @property {Answers} answers
 * @property {boolean} legalBox
 * @property {() => number} now
 * @property {(() => Promise<Position>) | undefined} locate
 * @property {Field[]} fields all of the form's
 * @property {(field: {id: string}, value: unknown, go?: boolean) => void} set an answer; `go`: on to the next question
 * @property {(id: string) => void} leave this question is done: on to the next one
 * @property {(event: KeyboardEvent) => void} key
 * @property {() => boolean} byArrow the answer just given came from an arrow key: stay, the person is still choosing
 * @property {(id: string) => void} openQuestion
 */

export {};
