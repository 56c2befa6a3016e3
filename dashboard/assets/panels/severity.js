// How bad an alert is, in words.

/** What the words mean: from which probability on. */
const bounds = /** @type {[number, string][]} */ ([[0.95, "critical"], [0.8, "high"], [0.5, "medium"]]);

/** What the words mean, as a sentence without its end. */
export const severities = "Critical: a probability of at least 0.95; high: 0.8; medium: 0.5; low: less";

/** The word for a probability of being an attack; "" where there is none. @param {number} p */
export function severity(p) {
  return Number.isNaN(p) ? "" : (bounds.find(([least]) => p >= least)?.[1] ?? "low");
}

/** A score in four digits, but never at 1 where it is not. @param {number} s */
export function scoreText(s) {
  if (Number.isNaN(s)) return "–";
  if (s < 1 && s > 0.9999) return ">0.9999";
  const size = Math.abs(s);
  return s !== 0 && (size < 1e-4 || size >= 1e6) ? s.toExponential(2) : String(Number(s.toPrecision(4)));
}
