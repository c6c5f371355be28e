// Camera, microphone and what a phone has beside them. Each may be missing; nothing here throws but openStream.

/** @typedef {import("../../outbox/media/types.js").Kind} Kind */

const VIDEO = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
const SOUND = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"];
const SLICE_MS = 1000;

/**
 * @param {Kind} kind @param {boolean} front the camera towards oneself
 * @returns {Promise<MediaStream>}
 */
export async function openStream(kind, front) {
  if (!navigator.mediaDevices) throw new DOMException("none", "NotFoundError");
  if (kind === "sound") return navigator.mediaDevices.getUserMedia({ audio: true });
  const wide = kind === "photo" ? 3840 : 1280;
  const video = { facingMode: front ? "user" : "environment", width: { ideal: wide }, height: { ideal: Math.round((wide * 9) / 16) } };
  if (kind === "photo") return navigator.mediaDevices.getUserMedia({ video });
  // A film without sound is better than none.
  return navigator.mediaDevices.getUserMedia({ video, audio: true }).catch(() => navigator.mediaDevices.getUserMedia({ video }));
}

/**
 * Records in pieces of a second; each is handed over as it comes.
 * @param {MediaStream} stream @param {Kind} kind @param {(piece: Blob) => void} piece @param {() => void} ended the last piece was handed over
 */
export function startRecorder(stream, kind, piece, ended) {
  const mimeType = (kind === "sound" ? SOUND : VIDEO).find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, { ...(mimeType && { mimeType }), videoBitsPerSecond: 2_500_000, audioBitsPerSecond: 96_000 });
  recorder.addEventListener("dataavailable", ({ data }) => data.size && piece(data));
  recorder.addEventListener("stop", ended);
  recorder.addEventListener("error", ended);
  recorder.start(SLICE_MS);
  return recorder;
}

/** What the camera shows now, as a JPEG. @param {HTMLVideoElement} video @returns {Promise<Blob>} */
export async function shoot(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  if (!(blob instanceof Blob)) throw new Error("no picture");
  return blob;
}

/** @param {MediaStream} stream @returns {MediaStreamTrack|undefined} the camera, where it has a light */
export function torchOf(stream) {
  const track = stream.getVideoTracks()[0];
  return /** @type {any} */ (track?.getCapabilities?.())?.torch ? track : undefined;
}

/** @param {MediaStreamTrack} track @param {boolean} on */
export const setTorch = (track, on) => track.applyConstraints({ advanced: [/** @type {any} */ ({ torch: on })] }).catch(() => undefined);

/** @returns {Promise<number|null>} of 100; null where the browser does not say */
export async function battery() {
  const found = await /** @type {any} */ (navigator).getBattery?.().catch(() => null);
  return found ? Math.round(found.level * 100) : null;
}

/** Keeps the screen on. @returns {Promise<() => void>} ends it */
export async function stayAwake() {
  const lock = await navigator.wakeLock?.request("screen").catch(() => null);
  return () => void lock?.release().catch(() => undefined);
}

/** One short buzz, where there is one. */
export const buzz = () => void navigator.vibrate?.(30);
