// Figures of counts by code: two for each code, of normal rows at 2k and of anomalous ones at 2k+1.

import { cramersV, histogramBins } from "./measures.js";

/** @typedef {import("./store.js").Column} Column */

/** Normal and anomalous rows of all codes together. @param {Uint32Array} two @returns {[number, number]} */
export function both(two) {
  let normal = 0, hot = 0;
  for (let k = 0; k < two.length; k += 2) {
    normal += two[k];
    hot += two[k + 1];
  }
  return [normal, hot];
}

/** The sum of a column of numbers, normal and anomalous rows apart. @param {Column} column @param {Uint32Array} two @returns {[number, number]} */
export function sums(column, two) {
  const values = /** @type {Float64Array} */ (column.values);
  let normal = 0, hot = 0;
  for (let k = 0; k < values.length; k++) {
    if (two[2 * k]) normal += values[k] * two[2 * k];
    if (two[2 * k + 1]) hot += values[k] * two[2 * k + 1];
  }
  return [normal, hot];
}

/** How many rows have a number other than 0. @param {Column} column @param {Uint32Array} two @returns {[number, number]} */
export function present(column, two) {
  const values = /** @type {Float64Array} */ (column.values);
  let normal = 0, hot = 0;
  for (let k = 0; k < values.length; k++) {
    if (values[k] === 0) continue;
    normal += two[2 * k];
    hot += two[2 * k + 1];
  }
  return [normal, hot];
}

/**
 * Cramér's V, without its bias, of a column of levels and being anomalous; NaN where one of
 * them does not vary.
 * @param {Uint32Array} two
 */
export function association(two) {
  return cramersV([two.filter((_, k) => k % 2 === 0), two.filter((_, k) => k % 2 === 1)]).corrected;
}

/**
 * Whether anomalous rows have greater numbers: the rank-biserial correlation, from -1 (always
 * less) to 1 (always greater); null where one of the groups is empty.
 * @param {Column} column
 * @param {Uint32Array} two
 */
export function superiority(column, two) {
  const size = column.values?.length ?? 0;
  let normal = 0, hot = 0, below = 0, pairs = 0;
  for (let k = 0; k < size; k++) {
    normal += two[2 * k];
    hot += two[2 * k + 1];
  }
  for (let k = 0; k < size; k++) {
    pairs += two[2 * k + 1] * (2 * below + two[2 * k]);
    below += two[2 * k];
  }
  return normal && hot ? pairs / normal / hot - 1 : null;
}

/**
 * Bins of a column of numbers; a missing value has a further one behind them, without edges.
 * @param {Column} column
 * @param {number} most
 */
export function binsOf(column, most) {
  const values = /** @type {Float64Array} */ (column.values), { edges, fold, logarithmic } = histogramBins(values, most), shown = Math.max(0, edges.length - 1), all = new Uint16Array(column.size).fill(shown);
  all.set(fold);
  return { edges, fold: all, log: logarithmic, shown, count: shown + (column.missing ? 1 : 0) };
}

/** Counts of codes as counts of bins. @param {Uint32Array} two @param {Uint16Array} fold @param {number} bins */
export function folded(two, fold, bins) {
  const out = new Uint32Array(bins * 2);
  for (let k = 0; k < fold.length; k++) {
    out[2 * fold[k]] += two[2 * k];
    out[2 * fold[k] + 1] += two[2 * k + 1];
  }
  return out;
}
