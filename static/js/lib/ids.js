// Ids minted by the phone, from random bytes that are handed in.
import { v4 } from "uuid";
import { encode } from "./b64.js";

/** @typedef {(n: number) => Uint8Array<ArrayBuffer>} RandomBytes */

export const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A record's id: UUIDv4 in lower case.
 * @param {RandomBytes} bytes
 * @returns {string}
 */
export function recordId(bytes) {
  return v4({ random: bytes(16) });
}

/**
 * The id of a row in a repeatable table, eight characters that never change.
 * @param {RandomBytes} bytes
 * @returns {string}
 */
export function rowId(bytes) {
  return encode(bytes(6));
}

/**
 * Random bytes of the platform.
 * @type {RandomBytes}
 */
export const platformBytes = (n) => crypto.getRandomValues(new Uint8Array(n));
