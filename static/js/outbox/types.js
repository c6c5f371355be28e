// Types of the outbox, for JSDoc only.

/** @typedef {import("../lib/b64.js").Bytes} Bytes */
/** @typedef {import("../lib/canonical.js").Json} Json */
/** @typedef {import("../lib/sign.js").Jwk} Jwk */
/** @typedef {import("../lib/receipt.js").Signed} Signed */
/** @typedef {import("../lib/receipt.js").Receipt} Receipt */
/** @typedef {import("../lib/clock.js").ClockPair} ClockPair */

/**
 * Encrypts bytes to one age recipient, hybrid only.
 * @typedef {(recipient: string, plaintext: Bytes) => Promise<Bytes>} Seal
 */

/** @typedef {{request: (name: string, options: {signal?: AbortSignal, ifAvailable?: boolean}, work: (lock?: unknown) => Promise<unknown>) => Promise<unknown>}} Locks */
/** @typedef {{post: (message: string) => void, listen: (heard: (message: string) => void) => void, close: () => void}} Channel */

/**
 * Everything with an effect, handed in: the browser's in production, a seeded world's in tests.
 * @typedef {object} Effects
 * @property {IDBFactory} indexedDB
 * @property {string} name of the database
 * @property {SubtleCrypto} subtle
 * @property {(n: number) => Bytes} bytes random bytes
 * @property {() => number} unit random number in [0, 1)
 * @property {() => number} now phone clock, ms UTC
 * @property {(ms: number, signal?: AbortSignal) => Promise<void>} sleep resolves early when aborted
 * @property {(url: string, init: RequestInit) => Promise<Response>} fetch
 * @property {Locks|null} locks null: a lease in the database instead
 * @property {Channel|null} channel to the other tabs and the service worker
 * @property {() => Promise<Seal>} sealer loads sealing
 * @property {() => Promise<{usage?: number, quota?: number}>} [estimate] bytes that this app uses and may use
 */

/**
 * Who is signed in on this phone, the chapter they act for, and its parents, nearest first (their boxes serve where it has none).
 * `welcome`: they were signed in here by a passkey, not by a server's word alone.
 * @typedef {{id: string, chapter: string, parents?: string[], welcome?: boolean}} Person
 */

/**
 * One answer of a form: `box` is null for the open part, else the purpose of a box, such as "legal".
 * @typedef {{path: string, value: Json, box: string|null}} Answer
 */

/**
 * What a screen asks to save.
 * @typedef {object} Writing
 * @property {string} kind
 * @property {Answer[]} [answers]
 * @property {string|null} [form] name@version; evidence only
 * @property {string|null} [form_hash]
 * @property {"en"|"es"} lang
 * @property {"monitoring"|"counsel"} purpose
 * @property {string} [retention]
 * @property {string} day_part
 * @property {string} [shift]
 * @property {string} [place]
 * @property {string} [cell]
 * @property {{digest: string, id: string}} [amends]
 * @property {number} [void_after] operations only, ms UTC
 * @property {string} [draft] the draft this came from, or any id of the act: the same one is never saved twice
 * @property {Json} [label] what the outbox list shows of it
 * @property {import("./seal.js").BoxAddress} [dispatch] the day's box, for what is sealed to it: no snapshot holds one
 * @property {import("./media/types.js").Listed[]} [media] what was taken for its draft; the outbox fills it in
 */

/** @typedef {{iv: Bytes, ct: Bytes}} Locked AES-GCM at rest */

/** @typedef {"waiting"|"sign_in"|"attention"|"received"} ItemState */

/**
 * The changing part of a record in the outbox; what it says is in `tag` and in `bodies`, both locked.
 * @typedef {object} Item
 * @property {string} id
 * @property {number} rank 0 alerts, 1 other operations, 2 evidence
 * @property {number} order counts per phone
 * @property {number} size bytes of its envelope as sent
 * @property {ItemState} state
 * @property {string|null} code why it waits, needs attention or was not applied
 * @property {number} tries answers since it was saved
 * @property {number} not_before phone clock
 * @property {number} set_at when not_before was set, phone clock
 * @property {number|null} void_after null for evidence
 * @property {string|null} outcome of the receipt
 * @property {number|null} received_at of the receipt
 * @property {number|null} let_go_at phone clock
 * @property {string|null} epoch of the answer that brought the receipt
 * @property {number} held 1: received, the original kept until it is in a backup
 * @property {Locked} tag
 */

/**
 * What never changes about a record and is needed without its body.
 * @typedef {object} Tag
 * @property {string} person
 * @property {string} kind
 * @property {string} key
 * @property {string} digest
 * @property {string|null} form
 * @property {string|null} [form_hash] with form and purpose a correction can be written after the record itself has left the phone
 * @property {"monitoring"|"counsel"} [purpose]
 * @property {string|null} shift
 * @property {string|null} needs id of a record that must be received first
 * @property {number} saved_at
 * @property {Json} label
 */

/** @typedef {{body: string, digest: string, sig: string, open: Json[], sealed: Record<string, string>}} Envelope */

/**
 * A P-256 key of this phone.
 * @typedef {object} KeyRow
 * @property {string} kid thumbprint
 * @property {string} person
 * @property {Jwk} jwk
 * @property {string} proof signature that binds key and person, for registration
 * @property {CryptoKey|null} priv null: deleted, cannot sign any more
 * @property {"spare"|"current"|"retired"} use
 * @property {boolean} registered the server has it, as far as the phone knows
 * @property {boolean} witnessed the server has its witness: who holds it, sealed to legal
 * @property {string|null} shift the shift it was taken into use for
 * @property {number} seq last sequence number given out
 * @property {number} made_at
 * @property {number} keep_until a key that raised an alert may ask for its answer until then
 */

/**
 * What the phone has heard of the server, beside its records.
 * @typedef {object} ServerState
 * @property {string[]} epochs in the order learned; the last is the current one
 * @property {boolean} backups whether a backed-up-through was ever seen
 * @property {number|null} through newest of the current epoch
 * @property {ClockPair|null} clock
 * @property {string|null} checkpoint text of the newest seen
 * @property {number|null} heard_at phone clock of the last trusted answer
 */

/** @typedef {{time: number|null, epoch: string|null, checkpoint: string|null, through: number|null}} Heard headers of one answer */

/** @typedef {{log: string, root: Jwk, server_keys: Signed[], log_key: string}} Trust */

export {};
