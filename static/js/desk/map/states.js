// Where each state's two letters stand: the middle of its largest piece.

/** @type {Record<string, string>} by FIPS code */
const LETTERS = {
  "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", 10: "DE", 11: "DC", 12: "FL", 13: "GA", 15: "HI", 16: "ID", 17: "IL",
  18: "IN", 19: "IA", 20: "KS", 21: "KY", 22: "LA", 23: "ME", 24: "MD", 25: "MA", 26: "MI", 27: "MN", 28: "MS", 29: "MO", 30: "MT", 31: "NE", 32: "NV",
  33: "NH", 34: "NJ", 35: "NM", 36: "NY", 37: "NC", 38: "ND", 39: "OH", 40: "OK", 41: "OR", 42: "PA", 44: "RI", 45: "SC", 46: "SD", 47: "TN", 48: "TX",
  49: "UT", 50: "VT", 51: "VA", 53: "WA", 54: "WV", 55: "WI", 56: "WY", 60: "AS", 66: "GU", 69: "MP", 72: "PR", 78: "VI",
};

/** @typedef {[number, number][]} Ring */

/**
 * Area (signed, doubled) and middle of a ring.
 * @param {Ring} ring
 * @returns {{area: number, x: number, y: number}}
 */
export function middle(ring) {
  let [area, x, y] = [0, 0, 0];
  ring.forEach(([x0, y0], i) => {
    const [x1, y1] = ring[(i + 1) % ring.length] ?? [x0, y0];
    const cross = x0 * y1 - x1 * y0;
    area += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  });
  return area === 0 ? { area: 0, x: ring[0]?.[0] ?? 0, y: ring[0]?.[1] ?? 0 } : { area, x: x / (3 * area), y: y / (3 * area) };
}

/**
 * @param {GeoJSON.FeatureCollection} states
 * @returns {GeoJSON.FeatureCollection} a point with its letters for each state
 */
export function letters(states) {
  const features = states.features.flatMap(({ id, geometry }) => {
    const pieces = geometry?.type === "Polygon" ? [geometry.coordinates] : geometry?.type === "MultiPolygon" ? geometry.coordinates : [];
    const rings = pieces.map((piece) => middle(/** @type {Ring} */ (piece[0] ?? []))).sort((a, b) => Math.abs(b.area) - Math.abs(a.area));
    const text = LETTERS[String(id)];
    const largest = rings[0];
    return largest && text ? [{ type: /** @type {const} */ ("Feature"), properties: { text }, geometry: { type: /** @type {const} */ ("Point"), coordinates: [largest.x, largest.y] } }] : [];
  });
  return { type: "FeatureCollection", features };
}
