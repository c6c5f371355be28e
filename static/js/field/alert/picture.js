// A photo made small enough for one sealed record, drawn anew: nothing of the camera's own notes (place, time, make) comes along.

/** Bytes that a record holds beside the rest: sealed plaintexts are padded to a power of two. */
const MOST = 22_000;
const EDGES = [960, 800, 640, 480, 360, 240];
const QUALITIES = [0.7, 0.5, 0.35];

/**
 * @param {Blob} file a picture as the camera gives it
 * @returns {Promise<Uint8Array<ArrayBuffer>>} a JPEG of at most 22 kB, the largest that fits; throws for what is no picture
 */
export async function small(file) {
  const image = await createImageBitmap(file);
  try {
    for (const edge of EDGES) {
      for (const quality of QUALITIES) {
        const bytes = await drawn(image, edge, quality);
        if (bytes.length <= MOST) return bytes;
      }
    }
  } finally {
    image.close();
  }
  throw new Error("no picture");
}

/** @param {ImageBitmap} image @param {number} edge the longer one, pixels @param {number} quality */
async function drawn(image, edge, quality) {
  const scale = Math.min(1, edge / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((/** @type {(made: Blob|null) => void} */ resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  if (!blob) throw new Error("no picture");
  return new Uint8Array(await blob.arrayBuffer());
}
