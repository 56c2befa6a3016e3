// Sums, moments and ranks of tallies: how often each code of a column occurs. Exact enough to
// agree with package stats to the last digits that are shown, and far beyond.

/** @typedef {ArrayLike<number>} Numbers */

/**
 * The sum of f(0) to f(n-1), with the rounding errors of its additions added up apart.
 * @param {number} n
 * @param {(i: number) => number} f
 */
export function sumOf(n, f) {
  let sum = 0, rest = 0;
  for (let i = 0; i < n; i++) {
    const x = f(i), next = sum + x, t = next - sum;
    rest += (sum - (next - t)) + (x - t);
    sum = next;
  }
  return sum + rest;
}

/**
 * @typedef {object} Moments
 * @property {number} n
 * @property {number} mean
 * @property {number} rest what rounding took from the mean
 * @property {number} m2 sum of squares about the mean
 * @property {number} sd with divisor n-1
 */

/**
 * The moments of a tally, as exact as stats.Moments: about the mean, with compensated sums.
 * @param {Numbers} values ascending
 * @param {Numbers} counts by code; those behind the last value do not count
 * @returns {Moments}
 */
export function momentsOf(values, counts) {
  const k = values.length, n = sumOf(k, (i) => counts[i]);
  let first = 0, last = k - 1;
  while (first < k && !counts[first]) first++;
  while (last > first && !counts[last]) last--;
  if (!n) return { n: 0, mean: NaN, rest: 0, m2: NaN, sd: NaN };
  if (values[first] === values[last]) return { n, mean: values[first], rest: 0, m2: 0, sd: n < 2 ? NaN : 0 };
  const mean = sumOf(k, (i) => counts[i] && counts[i] * values[i]) / n;
  const rest = sumOf(k, (i) => counts[i] && counts[i] * (values[i] - mean)) / n;
  const m2 = sumOf(k, (i) => counts[i] && counts[i] * (values[i] - mean - rest) ** 2);
  return { n, mean: mean + rest, rest: mean - (mean + rest) + rest, m2, sd: Math.sqrt(m2 / (n - 1)) };
}

/**
 * Twice the midrank of each code, counted from the middle: values below less values above.
 * @param {Numbers} counts by code
 * @param {number} size codes that stand for values
 */
export function centredRanks(counts, size) {
  const out = new Float64Array(size);
  let n = 0, below = 0;
  for (let k = 0; k < size; k++) n += counts[k];
  for (let k = 0; k < size; k++) {
    out[k] = below - (n - below - counts[k]);
    below += counts[k];
  }
  return out;
}
