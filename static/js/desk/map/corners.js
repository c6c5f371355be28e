// Corners of an area as lines of text.

/** @typedef {[number, number]} Corner latitude, longitude */

/**
 * Corners of lines "lat, lon"; lines that are none are left out.
 * @param {string} text
 * @returns {Corner[]}
 */
export function cornersOf(text) {
  return text.split("\n").flatMap((line) => {
    const [lat, lon, more] = line.replace(";", ",").split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
    const good = lat !== undefined && lon !== undefined && more === undefined && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    return good ? [/** @type {Corner} */ ([lat, lon])] : [];
  });
}

/**
 * @param {Corner[]} corners
 * @returns {string}
 */
export function linesOf(corners) {
  return corners.map(([lat, lon]) => `${lat.toFixed(6)}, ${lon.toFixed(6)}`).join("\n");
}
