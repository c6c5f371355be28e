// Sealed media as they lie on the server (docs/protocol.md 13): a row of frames, each a length and one age file. Read as it streams in.
import { MEDIA_FRAME_BYTES, MEDIA_LENGTH_BYTES } from "../../lib/protocol.js";

const LARGEST = MEDIA_FRAME_BYTES + 65_536; // what age adds to a frame is less than this

/** It is not a row of frames, or it ends in the middle of one. */
export class BrokenFrames extends Error {}

/** Takes bytes as they come and gives each frame's age file as soon as all of it is there. */
export class Frames {
  constructor() {
    /** @type {Uint8Array<ArrayBuffer>} */
    this.rest = new Uint8Array(0);
    this.count = 0;
  }

  /** @param {Uint8Array} piece @returns {Uint8Array<ArrayBuffer>[]} */
  push(piece) {
    const bytes = new Uint8Array(this.rest.length + piece.length);
    bytes.set(this.rest);
    bytes.set(piece, this.rest.length);
    const view = new DataView(bytes.buffer);
    const whole = [];
    let at = 0;
    while (bytes.length - at >= MEDIA_LENGTH_BYTES) {
      const size = view.getUint32(at);
      if (size === 0 || size > LARGEST) throw new BrokenFrames();
      if (bytes.length - at - MEDIA_LENGTH_BYTES < size) break;
      whole.push(bytes.slice(at + MEDIA_LENGTH_BYTES, at + MEDIA_LENGTH_BYTES + size));
      at += MEDIA_LENGTH_BYTES + size;
    }
    this.rest = bytes.slice(at);
    this.count += whole.length;
    return whole;
  }

  /** Nothing more comes. */
  end() {
    if (this.rest.length) throw new BrokenFrames();
  }
}
