// Types of media in the outbox, for JSDoc only.

/** @typedef {"photo"|"video"|"sound"} Kind */
/** @typedef {"camera"|"microphone"|"picked"} Source */
/** @typedef {{sha256: string, size: number, type: string}} Listed what a record's body says of one */

/**
 * The changing part of one photo, film or recording; what it is lies in `tag`, locked, and in `frames`, sealed to the legal box.
 * @typedef {object} MediaRow
 * @property {string} id minted here, b64u of 16 bytes
 * @property {"recording"|"kept"|"saved"} state kept: of a draft; saved: of a record
 * @property {string} draft
 * @property {string|null} record
 * @property {number} order counts per phone
 * @property {string} key thumbprint of the key that signed its token
 * @property {number} size bytes of ciphertext stored here so far
 * @property {number} plain bytes of the original so far
 * @property {number} frames
 * @property {string|null} sha256 b64u of the ciphertext, once it has ended
 * @property {number} sent bytes that the server has said it holds
 * @property {boolean} told the server knows of it, as far as the phone knows
 * @property {string|null} code why it waits or needs attention
 * @property {number} tries answers in a row that did not bring it on
 * @property {number} not_before phone clock
 * @property {number} set_at when not_before was set
 * @property {number|null} received_at of the receipt, server time
 * @property {number|null} let_go_at phone clock
 * @property {import("../types.js").Locked} tag
 */

/**
 * What never changes after the end, locked at rest.
 * @typedef {object} MediaTag
 * @property {string} person
 * @property {Kind} kind
 * @property {string} mime
 * @property {string|null} name
 * @property {Source} source
 * @property {number} started_at
 * @property {number|null} ended_at
 * @property {string|null} sha256 b64u of the original as first received; null where the app was killed before it ended
 * @property {boolean} cut it ended by a kill, for want of room or the like
 * @property {import("../types.js").Signed} token
 */

/**
 * What a screen shows of one. It never says what is in it.
 * @typedef {object} MediaEntry
 * @property {string} id
 * @property {string|null} record
 * @property {string} draft
 * @property {Kind} kind
 * @property {number} size bytes on this phone, sealed
 * @property {number} plain bytes of the original
 * @property {number} sent
 * @property {"recording"|"saved"|"uploading"|"waiting"|"received"|"attention"} state
 * @property {string|null} code
 * @property {number} at when it began
 * @property {number|null} ms how long it lasts; null for a photo or a picked file
 * @property {boolean} cut
 */

export {};
