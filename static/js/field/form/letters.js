// Searching by a few letters.
/** Letters without their accents, small. @param {string} text */
export const plainLetters = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
