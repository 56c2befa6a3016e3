// Bytes that Go wrote as text (text.go).

const alphabet = "!#$%()*+,./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}";

/**
 * Reads bytes: four of five digits to the base 85.
 * @param {string} text
 * @param {number} length in bytes; what fills the last four is left out
 */
export function decode85(text, length) {
  if (!(length >= 0) || text.length !== Math.ceil(length / 4) * 5) throw new Error("the data were cut short");
  const digit = new Uint8Array(128), out = new Uint8Array((text.length / 5) * 4);
  for (let k = 0; k < alphabet.length; k++) digit[alphabet.charCodeAt(k)] = k;
  for (let i = 0, at = 0; i < text.length; i += 5) {
    let n = 0;
    for (let k = 0; k < 5; k++) n = n * 85 + digit[text.charCodeAt(i + k)];
    out[at++] = n >>> 24;
    out[at++] = n >>> 16;
    out[at++] = n >>> 8;
    out[at++] = n;
  }
  return out.subarray(0, length);
}
