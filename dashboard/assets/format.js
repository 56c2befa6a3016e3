// Numbers, times and shares as people read them.

const grouped = new Intl.NumberFormat("en-US");
const six = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 });

/** A count with its digits in groups. @param {number} n */
export function count(n) {
  return grouped.format(n);
}

/** A value of the data, in no more than six digits unless it is whole. @param {number} v */
export function value(v) {
  if (!Number.isFinite(v)) return "–";
  if (Number.isInteger(v) && Math.abs(v) < 1e15) return grouped.format(v);
  const size = Math.abs(v);
  return size < 1e-4 || size >= 1e15 ? v.toExponential(3) : six.format(v);
}

const sizes = [[1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

/** A number in few characters, as on an axis. @param {number} v */
export function brief(v) {
  if (!Number.isFinite(v)) return "–";
  const size = Math.abs(Number(v.toPrecision(3)));
  for (const [least, letter] of sizes) if (size >= Number(least) * (letter === "k" ? 10 : 1)) return Number((v / Number(least)).toPrecision(3)) + " " + letter;
  return size >= 1000 ? grouped.format(Math.round(v)) : String(Number(v.toPrecision(3)));
}

/** Bytes in decimal units. @param {number} v */
export function bytes(v) {
  const text = brief(v);
  return /[a-zA-Z]$/.test(text) ? text + "B" : text + " B";
}

/** A part of a whole in per cent; a dash where there is no whole. @param {number} part @param {number} whole */
export function share(part, whole) {
  if (!(whole > 0)) return "–";
  const p = (100 * part) / whole;
  return (p === 0 || p === 100 ? String(p) : p < 0.1 ? "<0.1" : p > 99.9 ? ">99.9" : p < 10 || p > 99 ? p.toFixed(1) : p.toFixed(0)) + " %";
}

/** A figure between -1 and 1 with two decimals. @param {number | null} v */
export function figure(v) {
  if (v === null || !Number.isFinite(v)) return "–";
  const text = Math.abs(v).toFixed(2);
  return (v < 0 && text !== "0.00" ? "−" : "") + text;
}

/** One or many: "1 row", "2 rows". @param {number} n @param {string} one @param {string} [many] */
export function plural(n, one, many = one + "s") {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/**
 * A moment in UTC, as exact as the step between moments asks for.
 * @param {number} seconds since the Unix epoch
 * @param {number} step seconds
 */
export function moment(seconds, step) {
  const d = new Date(seconds * 1000);
  if (Number.isNaN(d.getTime())) return "–";
  const day = `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
  if (step >= 86400) return day;
  const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
  if (step >= 60) return `${day} ${clock}`;
  return `${day} ${clock}:${two(d.getUTCSeconds())}${step < 1 ? "." + String(d.getUTCMilliseconds()).padStart(3, "0") : ""}`;
}
