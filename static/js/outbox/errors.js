// Named errors of the outbox. Screens turn `code` into words.

/**
 * not_signed_in, not_enrolled, person_changed, no_box, bad_box, too_large, bad_answer, storage_full, storage_failed, root_changed, unreadable;
 * of media: no_room, recording (it is still being recorded), media_changed (something was taken or thrown away meanwhile), gone.
 */
export class OutboxError extends Error {
  /** @param {string} code @param {string} [detail] */
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "OutboxError";
    this.code = code;
  }
}
