// Correlations of columns of codes: values and ranks are looked up by code, so no column is
// sorted, and only the products of two columns take time by the number of rows.

import { centredRanks, momentsOf, sumOf } from "./tally.js";

/** @typedef {import("./store.js").Column} Column */
/** @typedef {import("./tally.js").Numbers} Numbers */

/** @typedef {{deviation: Float64Array, size: number, n: number}} Scores deviations by code, and the root of the sum of their squares */

/**
 * @param {Numbers} values
 * @param {Numbers} counts
 * @param {boolean} ranks
 * @returns {Scores}
 */
function scoresOf(values, counts, ranks) {
  const m = momentsOf(values, counts);
  const deviation = ranks ? centredRanks(counts, values.length) : Float64Array.from(values, (x) => x - m.mean - m.rest);
  return { deviation, n: m.n, size: Math.sqrt(sumOf(values.length, (k) => counts[k] && counts[k] * deviation[k] ** 2)) };
}

/**
 * The rows of two columns that have both values, as counts by code of each.
 * @param {Column[]} pair
 * @param {Uint32Array} rows
 */
function completeRows([a, b], rows) {
  const la = valuesOf(a).length, lb = valuesOf(b).length;
  const kept = rows.filter((i) => a.codes[i] < la && b.codes[i] < lb);
  return { kept, counts: [a, b].map((c) => countRows(c, kept)) };
}

/** @param {Column} c */
const valuesOf = (c) => /** @type {Float64Array} */ (c.values);

/**
 * @param {Column} column
 * @param {Uint32Array} rows
 */
function countRows(column, rows) {
  const out = new Uint32Array(column.size), { codes } = column;
  for (let i = 0; i < rows.length; i++) out[codes[rows[i]]]++;
  return out;
}

/**
 * The sum of the products of two scores. Short sums are added up, which loses less.
 * @param {Column} a
 * @param {Float64Array} x by code of a
 * @param {Column} b
 * @param {Float64Array} y by code of b
 * @param {Uint32Array} rows
 */
function products(a, x, b, y, rows) {
  const p = a.codes, q = b.codes;
  return sumOf(Math.ceil(rows.length / 256), (block) => {
    let sum = 0;
    for (let i = block * 256; i < rows.length && i < block * 256 + 256; i++) sum += x[p[rows[i]]] * y[q[rows[i]]];
    return sum;
  });
}

/** @typedef {{method: string, n: Float64Array, r: Float64Array, k: number}} Correlations k by k, by rows: rows used, coefficients */

/**
 * The columns that `netanom corr` relates: numbers and flags that do not name rows.
 * @param {Column[]} columns
 */
export function related(columns) {
  return columns.filter((c) => c.values && (c.kind === "number" || c.kind === "flag") && c.role !== "identifier");
}

/**
 * Correlates every two columns over the rows that have both values, as `netanom corr` does.
 * A coefficient is NaN where a column does not vary. It stops after each pair and says how
 * far it is; what it returns at last is the matrix.
 * @param {Column[]} columns of numbers
 * @param {Uint32Array} rows that count
 * @param {"pearson" | "spearman"} [method]
 * @returns {Generator<number, Correlations, void>} share of the pairs that are done
 */
export function* correlation(columns, rows, method = "pearson") {
  const k = columns.length, ranks = method === "spearman", pairs = (k * (k + 1)) / 2;
  const out = { method, k, n: new Float64Array(k * k), r: new Float64Array(k * k) };
  /** @type {(Scores & {complete: boolean})[]} */
  const whole = [];
  let done = 0;
  for (let i = 0; i < k; i++) {
    const counts = countRows(columns[i], rows), values = valuesOf(columns[i]);
    whole.push({ ...scoresOf(values, counts, ranks), complete: !counts[values.length] });
    for (let j = 0; j <= i; j++) {
      const pair = [columns[i], columns[j]];
      let [a, b] = [whole[i], whole[j]], used = rows;
      if (i !== j && !(a.complete && b.complete)) {
        const both = completeRows(pair, rows);
        used = both.kept;
        [a, b] = pair.map((c, s) => ({ ...scoresOf(valuesOf(c), both.counts[s], ranks), complete: true }));
      }
      let r = NaN;
      if (a.n >= 2 && a.size > 0 && b.size > 0) r = i === j ? 1 : products(pair[0], a.deviation, pair[1], b.deviation, used) / (a.size * b.size);
      out.r[i * k + j] = out.r[j * k + i] = Math.min(Math.max(r, -1), 1);
      out.n[i * k + j] = out.n[j * k + i] = a.n;
      yield ++done / pairs;
    }
  }
  return out;
}
