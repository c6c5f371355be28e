// Types of the phone's screens, for JSDoc only. docs/snapshot.md says what each member means.

/** @typedef {import("../lib/receipt.js").Signed} Signed */
/** @typedef {import("../lib/sign.js").Jwk} Jwk */
/** @typedef {{name: string, id: string}} Route */
/** @typedef {{en: string, es: string}} Text */

/** @typedef {{id: string, label: string}} Pick */
/**
 * @typedef {object} Place
 * @property {string} id
 * @property {number} n the number that a text message names
 * @property {string} chapter
 * @property {string} kind
 * @property {string} name
 * @property {string} address
 * @property {string} city
 * @property {string} zone
 * @property {number|null} [lat] microdegrees
 * @property {number|null} [lon]
 * @property {string} phones code of the building's rule
 * @property {Partial<Text>} note
 * @property {string} meeting
 * @property {Pick[]} [judges]
 * @property {Pick[]} [courtrooms]
 */
/** @typedef {{id: string, name: string, zone: string, hotline: string, legal_line: string, purpose: "monitoring"|"counsel", chips: (string|Text)[]}} Chapter */
/** @typedef {{log: string, epoch: string, root: Jwk, server_keys: Signed[], log_key: string, vapid: string, hand_in?: Signed}} Server */
/** @typedef {{name: string, state: string, here_at: number|null, quiet_until: number|null, out_at: number|null, me: boolean, lead: boolean}} Mate */
/**
 * Why a shift cannot be taken: a code, and what the sentence needs.
 * @typedef {{code: string, name_en?: string, name_es?: string, ends_at?: number|null, next_session?: Sitting|null, shift?: string, zone?: string, starts_at?: number}} Verdict
 */
/** @typedef {{id: string, starts_at: number, zone: string, where: string}} Sitting */
/** @typedef {{state: string, here_at: number|null, quiet_until: number|null, out_at: number|null, after: string|null}} Mine */
/**
 * A shift as the snapshot has it; `mine` and what follows only for one's own.
 * @typedef {object} Told
 * @property {string} id
 * @property {string} place
 * @property {string} zone
 * @property {number} starts_at
 * @property {number} ends_at
 * @property {number} minimum
 * @property {number} seats
 * @property {number} taken
 * @property {number} confirmed
 * @property {boolean} experienced whether an experienced person is on it
 * @property {"monitoring"|"counsel"} purpose
 * @property {"observe"|"accompany"|"turnout"} [kind]
 * @property {Verdict} [why] of those that may not be taken
 * @property {boolean} [cancelled]
 * @property {string} [without] of one's own: what it would lack if one gave it back: few, novices
 * @property {boolean} [offered] one's own place is offered
 * @property {{ahead: number, until: number|null}} [line] where one stands in its line
 * @property {string} [cancel_reason]
 * @property {string} [lead]
 * @property {Mate[]} [roster]
 * @property {Brief} [brief]
 */
/** @typedef {{meet: string, note: string, leave: string, media: string, legal_line: string, hotline: string, chat?: string, device_rules: {phones?: string, note?: Partial<Text>}}} Brief */
/** @typedef {Omit<Told, "why"> & {why: Verdict|null, mine: Mine|null}} Shift */
/** @typedef {Told & Mine} MineTold */
/**
 * @typedef {object} PublicHalf
 * @property {Server} server
 * @property {Chapter} chapter
 * @property {string[]} above ids of the chapters above, nearest first
 * @property {Place[]} places
 * @property {import("../lib/forms/definition.js").Definition[]} forms
 * @property {Record<string, string>} form_hashes
 * @property {import("../lib/forms/definition.js").Lists} lists
 * @property {import("../lib/manifest.js").FirstManifest[]} boxes
 * @property {Guide[]} guides
 * @property {string} [guides_tag] of what they say, which the phone keeps apart
 */
/** @typedef {{id: string, icon: string, title: Text, about: Text, only?: "en"|"es"}} Guide `only`: in this language, until the other is written */
/** @typedef {string|(string|{b?: string, t?: string, to?: string})[]} Run text; where some of it is bold or leads somewhere, its pieces */
/** @typedef {{h?: Run, p?: Run, note?: Run, list?: Run[], steps?: Run[], call?: "hotline"|"legal"}} GuidePart */
/** @typedef {Record<string, Record<"en"|"es", GuidePart[]>>} Bodies by guide */
/** @typedef {{title: string, lines: string[], speaker: boolean}} Face of the rights card, in one language; `speaker`: one has checked it */
/** @typedef {{tag: string, bodies: Bodies, card: {off: string[], faces: Record<string, Face>}}} OpenGuides */
/** @typedef {{open: OpenGuides|null, members: {tag: string, bodies: Bodies}|null}} Guides what guides say, as far as this phone may show it now */
/** @typedef {{kind: string, due?: number, number?: number, shift?: string, place?: string, n?: number, course?: string, name?: Text, next?: string, taken?: string[]}} Todo */
/**
 * @typedef {object} PersonalHalf
 * @property {{id: string, field_name: string, lang: "en"|"es", chapter: string, roles: string[]}} me
 * @property {{mine: MineTold[], open: Told[], rest: Told[]}} shifts
 * @property {Guide[]} [guides] that only members read
 * @property {string} [guides_tag]
 * @property {Todo[]} [todo] what waits beside the shifts
 * @property {[number, number][]} [on_call] when an attorney is
 * @property {{likes: Partial<Record<string, string[]>>, never: Partial<Record<string, string[]>>}} [preferences]
 * @property {Asked[]} [messages] that wait for an answer
 * @property {{course: Text, ends_at: number|null, next: {id: string, starts_at: number, zone: string, where: string}|null}[]} training
 */
/**
 * What somebody tells or asks this person; `shift` to `zone` where it is about one.
 * @typedef {{id: string, kind: string, shift: string|null, place: string|null, starts_at: number|null, ends_at: number|null, zone: string|null, until: number|null, detail: Partial<Text>}} Asked
 */
/**
 * `fetched_at` by the phone's clock, `server_at` by the server's; `lang` the person's, readable while the rest of theirs is locked.
 * @typedef {{etag: string, fetched_at: number, server_at: number, lang?: "en"|"es", public: PublicHalf|null, personal: PersonalHalf|null}} Snapshot
 */
/** @typedef {{id: string, chapter: string, parents?: string[], welcome?: boolean}} Person */

/**
 * What the outbox list shows of a record; it never says what was written.
 * @typedef {{kind: string, form?: string, place?: string, cell?: string, part?: string, shift?: string, until?: number, what?: string,
 *   raised_at?: number, order?: number, session?: string, moved?: boolean, alert?: string, message?: string, corrects?: string, closes?: string}} Label
 *   `corrects`, `closes`: the record that it amends; `session`: that of its case; `moved`: it gives the case another number, and nothing else
 */
/** @typedef {Omit<import("../outbox/status.js").Entry, "label"> & {label: Label}} Item */
/**
 * The record that a draft corrects, with all that the correction must say of it: the record may be forgotten here before it is saved.
 * @typedef {{id: string, digest: string, form: string, form_hash: string|null, purpose: "monitoring"|"counsel", ask: string, order?: number}} Corrects
 *   `form` is name@version, `ask` the question
 */
/**
 * @typedef {{id: string, at: number, form: string, place?: string, shift?: string, cell?: string, part?: string, order?: number, session?: string,
 *   stage?: "all"|"open"|"close", corrects?: Corrects, took?: string[], answers: Record<string, any>, paper?: object, sheet?: string}} Draft an unfinished form;
 *   `took`: answers taken over; `paper`: rows typed in from paper, `sheet`: one that is not accounted for
 */
/**
 * The court session that is open now: the record that its cases belong to, and what the next case needs.
 * @typedef {{record: string, digest: string, form: string, form_hash?: string|null, caseForm: string|null, caseForms?: string[], place: string, shift?: string, part: string,
 *   purpose: "monitoring"|"counsel", cases: number, type: string}} Court `caseForms`: of several one is chosen for each case
 */

/**
 * The shift that the person is at: enough to say "I'm out and OK" while everything else of theirs is locked. Nobody else's name is in it.
 * @typedef {{id: string, place: string, zone: string, starts_at: number, ends_at: number, purpose: "monitoring"|"counsel", here_at: number|null,
 *   quiet_until: number|null, out_at: number|null, after: string|null}} Here
 */

/**
 * @typedef {object} State
 * @property {"en"|"es"} lang
 * @property {Route} route
 * @property {Route} under the page that a sheet lies on
 * @property {boolean} online
 * @property {number|null} offlineSince
 * @property {boolean} ready what the phone holds was read
 * @property {boolean} kept false: this browser keeps nothing (a private window, a broken disk)
 * @property {"unknown"|"in"|"out"} session of whoever is here
 * @property {PersonalHalf["me"]|null} stranger whose session the browser has instead
 * @property {Person|null} person
 * @property {Snapshot|null} snapshot
 * @property {Item[]} items
 * @property {Draft[]} drafts
 * @property {import("../outbox/media/types.js").MediaEntry[]} media photos, films and sound of the person signed in
 * @property {"none"|"open"|"locked"} lock whether the person's own things open with a passkey only, and whether it was used
 * @property {string} lockFault why unlocking did not work
 * @property {number} lockedDrafts unfinished forms that only the passkey opens
 * @property {number|null} otherPasskey when the passkey was last used here (ms) that alone opens those, where it is another than the one in use
 * @property {Here|null} here the shift that the person is at
 * @property {number} others records of someone else that are not sent yet
 * @property {import("../outbox/drain.js").Link} link how the last request went
 * @property {Court|null} court
 * @property {boolean} sealing whether there is a legal box to seal to
 * @property {boolean|null} persisted
 * @property {"unknown"|"on"|"off"|"denied"|"missing"} push
 * @property {{tested: number|null, shown: number|null, wrong: ""|"blocked"|"ended"|"unseen"}|null} reach when a test was asked for and a push last shown (ms), and what is wrong; null: not known
 * @property {boolean|"held"} update a new version waits; held: asked for, but another page of the app is in the middle of something
 * @property {number} now phone clock, ms
 * @property {string} busy the act under way
 * @property {string} fault why the last Save did not work
 * @property {string} said last thing announced to screen readers
 * @property {Guides} [guides] read when the first page of them is
 * @property {boolean} rejected the server offered a box that does not chain
 * @property {boolean} boxWaits the server offered a new box that nobody who holds the one in use stands for
 */

export {};
