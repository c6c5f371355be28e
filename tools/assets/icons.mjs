// The app's own icon, neutral on a shared phone: drawn here, as SVG and as PNG in the sizes that phones ask for.
import * as zlib from "node:zlib";
import { MARK } from "./sprite.mjs";

const BLUE = [0x1f, 0x4d, 0x7a];
const STROKE = 1.75;

/** The icon as SVG: for a browser's tab. */
export function svgIcon() {
  const drawing = `<g transform="translate(12 11.2) scale(1.5)" fill="none" stroke="#fff" stroke-width="${STROKE}" stroke-linecap="round">${MARK}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60"><rect width="60" height="60" rx="16" fill="#1f4d7a"/>${drawing}</svg>`;
}

/** The plain icon of a shared phone: a page with three lines, as any notes app has. */
const PLAIN = [0x5a, 0x60, 0x68];
const LINES = [[6, 18, 8.5], [6, 18, 13], [6, 13.5, 17.5]];

/** Distance from a point to the nearest line of the plain mark, on the same grid. */
function plainDistance(x, y) {
  return Math.min(...LINES.map(([x1, x2, at]) => Math.hypot(x - Math.min(Math.max(x, x1), x2), y - at))) - STROKE / 2;
}

/** Distance from a point to the nearest stroke of the mark, on its grid of 24. */
function distance(x, y) {
  const line = (x1, x2, at) => Math.hypot(x - Math.min(Math.max(x, x1), x2), y - at);
  const arc = y <= 12 ? Math.abs(Math.hypot(x - 12, y - 12) - 5) : Math.min(Math.hypot(x - 7, y - 12), Math.hypot(x - 17, y - 12));
  return Math.min(line(2.5, 21.5, 12), arc, line(6, 18, 15.75), line(10, 14, 19.5)) - STROKE / 2;
}

/** Distance to a square of side 1 with rounded corners, centred at the origin. */
function square(x, y, radius) {
  const [dx, dy] = [Math.abs(x) - 0.5 + radius, Math.abs(y) - 0.5 + radius];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

const cover = (d) => Math.min(Math.max(0.5 - d, 0), 1);

/**
 * @param {number} size pixels
 * @param {{radius?: number, scale?: number, plain?: boolean}} [shape] corner radius and mark size as parts of the side; `plain` for a shared phone
 * @returns {Uint8Array} a PNG
 */
export function pngIcon(size, { radius = 0.27, scale = 0.6, plain = false } = {}) {
  const [ground, far] = plain ? [PLAIN, plainDistance] : [BLUE, distance];
  const rows = new Uint8Array(size * (size * 4 + 1));
  for (let py = 0; py < size; py++) {
    for (let px = 0; px < size; px++) {
      const [x, y] = [(px + 0.5) / size - 0.5, (py + 0.5) / size - 0.5];
      const ink = cover((far(12 + (x / scale) * 24, 13.2 + (y / scale) * 24) * scale * size) / 24);
      const at = py * (size * 4 + 1) + 1 + px * 4;
      ground.forEach((value, i) => (rows[at + i] = Math.round(value + (255 - value) * ink)));
      rows[at + 3] = radius ? Math.round(255 * cover(square(x, y, radius) * size)) : 255;
    }
  }
  const head = new DataView(new ArrayBuffer(13));
  [[0, size], [4, size]].forEach(([at, value]) => head.setUint32(at, value));
  [8, 6, 0, 0, 0].forEach((value, i) => head.setUint8(8 + i, value));
  const parts = [chunk("IHDR", new Uint8Array(head.buffer)), chunk("IDAT", zlib.deflateSync(rows, { level: 9 })), chunk("IEND", new Uint8Array())];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

function chunk(type, data) {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc(typed));
  return Buffer.concat([length, typed, sum]);
}

/** zlib.crc32 came with Node 20.15; older ones of the same line get the plain table-free form. */
function crc(bytes) {
  if (zlib.crc32) return zlib.crc32(bytes);
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (0xedb88320 & -(value & 1));
  }
  return ~value >>> 0;
}
