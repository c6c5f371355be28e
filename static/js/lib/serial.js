// The number of a printed sheet, such as `K7M2-9QX4`: seven characters by chance, one that checks them. The same rules as fieldapp/observations/serials.py.

const ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const LENGTH = 8;

/** What somebody typed as it is stored; null when it is no serial. @param {string} typed @returns {string | null} */
export function serialOf(typed) {
  const text = typed.replace(/[\s\u2010\u2011\u2013-]/g, "").toUpperCase();
  const places = [...text].map((one) => ALPHABET.indexOf(one));
  if (places.length !== LENGTH || places.includes(-1)) return null;
  const sum = places.slice(0, -1).reduce((total, one, place) => total + (place + 1) * one, 0);
  return sum % ALPHABET.length === places.at(-1) ? text : null;
}

/** As it is printed. @param {string} serial */
export const showSerial = (serial) => `${serial.slice(0, 4)}-${serial.slice(4)}`;
