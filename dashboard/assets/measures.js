// Figures of columns of codes, with the definitions of the command line (package stats).
// Counts are by code, so that most take time by the number of different values only. What does
// not exist is NaN; nothing throws.

import { momentsOf, sumOf } from "./tally.js";

/** @typedef {import("./store.js").Column} Column */
/** @typedef {import("./tally.js").Numbers} Numbers */

/**
 * The type 7 quantile of n ordered values.
 * @param {number} n
 * @param {number} p from 0 to 1
 * @param {(rank: number) => number} at the value of a rank from 0
 */
function quantile(n, p, at) {
  if (!(n > 0 && p >= 0 && p <= 1)) return NaN;
  const position = (n - 1) * p, lower = Math.min(Math.floor(position), n - 1), low = at(lower), weight = position - lower;
  if (weight <= 0 || lower === n - 1) return low;
  const high = at(lower + 1);
  if (low === high) return low;
  const between = high - low === Infinity ? (1 - weight) * low + weight * high : low + weight * (high - low);
  return Math.min(between, high);
}

/**
 * The type 7 quantile of a tally, linear between order statistics; NaN of nothing.
 * @param {Numbers} values ascending
 * @param {Numbers} counts by code; those behind the last value do not count
 * @param {number} p from 0 to 1
 */
export function quantileOf(values, counts, p) {
  let n = 0, k = 0;
  for (let i = 0; i < values.length; i++) n += counts[i];
  let below = 0; // ranks must not go down
  return quantile(n, p, (rank) => {
    while (below + counts[k] <= rank) below += counts[k++];
    return values[k];
  });
}

/**
 * @param {Numbers[]} table
 * @returns {{rows: number[], cols: number[], n: number}} totals
 */
function margins(table) {
  const rows = table.map((row) => sumOf(row.length, (j) => row[j]));
  const cols = Array.from({ length: table[0]?.length ?? 0 }, (_, j) => sumOf(table.length, (i) => table[i][j]));
  return { rows, cols, n: sumOf(rows.length, (i) => rows[i]) };
}

/**
 * @typedef {object} Independence
 * @property {number} n
 * @property {number} chi2 Pearson's, without correction for continuity
 * @property {number} df
 * @property {number} v Cramér's V
 * @property {number} corrected the same without its bias (Bergsma 2013): the effect that `netanom chisq` ranks by
 * @property {number} least the smallest expected count
 * @property {number} cells
 * @property {number} below5 cells with an expected count below 5
 * @property {boolean} sparse an expected count is below 1 or a fifth of them below 5: too small for chi-square
 */

/**
 * How rows and columns of a table of counts go together. Empty rows and columns do not
 * count; with fewer than two of either left, or fewer than two observations, figures are NaN.
 * @param {Numbers[]} table counts by rows
 * @returns {Independence}
 */
export function cramersV(table) {
  const { rows, cols, n } = margins(table);
  const r = rows.filter((x) => x > 0).length, c = cols.filter((x) => x > 0).length;
  const out = { n, chi2: NaN, df: NaN, v: NaN, corrected: NaN, least: NaN, cells: r * c, below5: 0, sparse: false };
  if (n < 2 || r < 2 || c < 2) return out;
  out.least = Infinity;
  out.chi2 = sumOf(rows.length, (i) => sumOf(cols.length, (j) => {
    const e = rows[i] * (cols[j] / n);
    if (!(e > 0)) return 0;
    out.least = Math.min(out.least, e);
    if (e < 5) out.below5++;
    return (table[i][j] - e) ** 2 / e;
  }));
  out.df = (r - 1) * (c - 1);
  const phi2 = out.chi2 / n, side = Math.min(...[r - 1, c - 1].map((l) => l - (l * l) / (n - 1)));
  out.v = Math.min(1, Math.sqrt(phi2 / Math.min(r - 1, c - 1)));
  if (side > 0) out.corrected = Math.min(1, Math.sqrt(Math.max(phi2 - out.df / (n - 1), 0) / side));
  out.sparse = out.least < 1 || 5 * out.below5 > out.cells;
  return out;
}

/**
 * Each cell of a table of counts against independence: Pearson's residual, and the adjusted
 * one (Haberman 1973), which is standard normal under independence; NaN where there is none.
 * @param {Numbers[]} table counts by rows
 */
export function adjustedResiduals(table) {
  const { rows, cols, n } = margins(table);
  return table.map((row, i) => Array.from(row, (observed, j) => {
    const expected = rows[i] * (cols[j] / n), residual = (observed - expected) / Math.sqrt(expected);
    const outside = ((n - rows[i]) / n) * ((n - cols[j]) / n);
    return { observed, expected, residual, adjusted: outside > 0 ? residual / Math.sqrt(outside) : NaN };
  }));
}

/** @param {number} a @param {number} b */
const ratio = (a, b) => b > 0 ? a / b : NaN;

/**
 * What a table of alerts against the truth says, as stats.Confusion.Measures: a figure that
 * divides by nothing is NaN, and so is Matthews' correlation where all is of one class or
 * taken for one.
 * @param {number} tp
 * @param {number} fp
 * @param {number} fn
 * @param {number} tn
 */
export function confusion(tp, fp, fn, tn) {
  const spread = Math.sqrt((tp + fp) * (tp + fn)) * Math.sqrt((tn + fp) * (tn + fn));
  return {
    tp, fp, fn, tn, n: tp + fp + fn + tn,
    precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn), falseAlarmRate: ratio(fp, fp + tn),
    f1: ratio(2 * tp, 2 * tp + fp + fn), mcc: ratio(tp * tn - fp * fn, spread), accuracy: ratio(tp + tn, tp + fp + fn + tn),
  };
}

/**
 * Counts for every threshold of a score at once. A row is an alert if its score is at least
 * the threshold; those without a score do not count.
 * @param {Column} score
 * @param {Numbers} positive attacks by code
 * @param {Numbers} negative normal rows by code
 * @returns {{values: Float64Array, tp: Float64Array, fp: Float64Array}} of the threshold values[k], and at last above all
 */
export function confusionByThreshold(score, positive, negative) {
  const values = /** @type {Float64Array} */ (score.values), k = values.length, tp = new Float64Array(k + 1), fp = new Float64Array(k + 1);
  for (let i = k - 1; i >= 0; i--) {
    tp[i] = tp[i + 1] + positive[i];
    fp[i] = fp[i + 1] + negative[i];
  }
  return { values, tp, fp };
}

/**
 * The first place of an ascending list whose value is not below x.
 * @param {Numbers} sorted
 * @param {number} x
 */
export function placeOf(sorted, x) {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The figures at a threshold.
 * @param {ReturnType<typeof confusionByThreshold>} counts
 * @param {number} threshold
 */
export function confusionAt({ values, tp, fp }, threshold) {
  const k = placeOf(values, threshold);
  return confusion(tp[k], fp[k], tp[0] - tp[k], fp[0] - fp[k]);
}

/** @param {Numbers} sorted @param {number} p */
const quantileOfSorted = (sorted, p) => quantile(sorted.length, p, (rank) => sorted[rank]);

/**
 * The median and the median distance from it; NaN of nothing. Walked outwards from the
 * median, distances come in ascending order.
 * @param {number[]} sorted
 */
function medianAndDeviation(sorted) {
  const n = sorted.length, median = quantileOfSorted(sorted, 0.5);
  let right = placeOf(sorted, median), left = right - 1, passed = 0, distance = 0;
  const deviation = quantile(n, 0.5, (rank) => {
    for (; passed <= rank; passed++) {
      const isLeft = right === n || (left >= 0 && median - sorted[left] <= sorted[right] - median);
      distance = isLeft ? median - sorted[left--] : sorted[right++] - median;
    }
    return distance;
  });
  return { median, deviation };
}

/**
 * The median and median deviation of the window around each point: one more before it than
 * after if the number is even, and what exists at the ends. Gaps are stepped over.
 * @param {Numbers} x
 * @param {number} window points
 */
function rollingMedians(x, window) {
  const before = Math.floor(window / 2), after = Math.floor((window - 1) / 2), n = x.length;
  /** @type {number[]} */
  const sorted = [];
  let next = 0;
  return Array.from({ length: n }, (_, t) => {
    for (; next < Math.min(t + after + 1, n); next++) if (!Number.isNaN(x[next])) sorted.splice(placeOf(sorted, x[next]), 0, x[next]);
    const gone = x[t - before - 1];
    if (t > before && !Number.isNaN(gone)) sorted.splice(placeOf(sorted, gone), 1);
    return medianAndDeviation(sorted);
  });
}

/**
 * The least scale of a series: one for counts and logarithms, else a tenth of the scaled
 * median deviation or, where half of it is one value, the standard deviation.
 * @param {number[]} known ascending
 * @param {boolean} one
 */
function leastScale(known, one) {
  if (one) return 1;
  const least = (1.4826 * medianAndDeviation(known).deviation) / 10 || momentsOf(known, new Uint8Array(known.length).fill(1)).sd;
  return Number.isFinite(least) ? least : 0;
}

/**
 * What is usual in a series, and what is not: the rolling median, the band of `limit` scaled
 * median deviations around it, and the points outside, as `netanom timeseries`. A sum without
 * a negative value whose largest exceeds the median of the positive ones more than a
 * hundredfold is looked at by its logarithms; its scales and scores are of these.
 * @param {Numbers} values NaN is a gap; infinite ones are gaps too
 * @param {number} [window] points around each, itself among them
 * @param {number} [limit] scaled median deviations
 * @param {"count" | "sum" | "mean"} [measure] what the series is of its steps
 */
export function rolling(values, window = 15, limit = 3.5, measure = "count") {
  const x = Float64Array.from(values, (v) => Number.isFinite(v) ? v : NaN), known = Array.from(x).filter((v) => !Number.isNaN(v)).sort((a, b) => a - b);
  const logarithmic = measure === "sum" && known[0] >= 0 && known[known.length - 1] > 100 * quantileOfSorted(known.filter((v) => v > 0), 0.5);
  const least = leastScale(known, measure === "count" || logarithmic), back = logarithmic ? Math.expm1 : (/** @type {number} */ v) => v;
  const y = logarithmic ? x.map(Math.log1p) : x, medians = rollingMedians(y, Math.max(1, Math.floor(window) || 1));
  const expected = new Float64Array(x.length), low = new Float64Array(x.length), high = new Float64Array(x.length), spikes = [];
  for (const [i, { median, deviation }] of medians.entries()) {
    const reach = limit * Math.max(1.482602218505602 * deviation, least), scale = Math.max(1.4826 * deviation, least), distance = y[i] - median;
    expected[i] = back(median);
    low[i] = known[0] >= 0 ? Math.max(back(median - reach), 0) : back(median - reach);
    high[i] = back(median + reach);
    if (Math.abs(distance) > limit * scale) spikes.push({ index: i, value: x[i], median: expected[i], scale, score: distance / scale });
  }
  return { expected, low, high, spikes, logarithmic };
}

/** @param {number} mantissa @param {number} exponent of ten: read as text, which is the nearest number there is */
const round = (mantissa, exponent) => Math.min(Number(`${mantissa}e${exponent}`), Number.MAX_VALUE);

/**
 * Bins with round edges: bin b holds edges[b] ≤ v < edges[b+1], the last its upper edge too.
 * They are logarithmic if no value is negative and the largest exceeds the least positive one
 * more than a thousandfold; 0 has the first bin for itself then. Bins of whole numbers hold
 * equally many of them.
 * @param {Numbers} values ascending, finite
 * @param {number} most bins
 * @returns {{edges: number[], fold: Uint16Array, logarithmic: boolean}} fold is the bin of each code
 */
export function histogramBins(values, most) {
  const zero = values[0] === 0, least = zero ? values[1] : values[0], largest = values[values.length - 1];
  const logarithmic = least > 0 && largest > 1000 * least, bins = Math.max(Math.floor(most) || 1, 1);
  /** @type {number[]} */
  let edges = [], bin = 0;
  if (logarithmic) edges = zero ? [0, ...logEdges(least, largest, bins - 1)] : logEdges(least, largest, bins);
  else if (values.length > 0) edges = linearEdges(values[0], largest, bins, Array.from(values).every(Number.isInteger));
  const fold = Uint16Array.from(values, (v) => {
    while (bin < edges.length - 2 && v >= edges[bin + 1]) bin++;
    return bin;
  });
  return { edges, fold, logarithmic };
}

/**
 * Edges at multiples of 1, 2 or 5 times a power of ten.
 * @param {number} least
 * @param {number} largest
 * @param {number} most
 * @param {boolean} whole no edge lies between whole numbers, nor on the largest
 */
function linearEdges(least, largest, most, whole) {
  const wanted = Math.log10(largest / most - least / most || 1);
  for (let e = Math.floor(whole ? Math.max(wanted, 0) : wanted); ; e++) {
    for (const m of [1, 2, 5]) {
      const step = round(m, e), from = Math.floor(least / step), to = whole ? Math.floor(largest / step) + 1 : Math.ceil(largest / step);
      const bins = Math.max(1, to - from);
      if (bins <= most || step === Number.MAX_VALUE) return Array.from({ length: Math.min(bins, most) + 1 }, (_, i) => round((from + i) * m, e));
    }
  }
}

/**
 * Edges at round numbers of each power of ten, or of every few powers.
 * @param {number} least above 0
 * @param {number} largest
 * @param {number} most
 */
function logEdges(least, largest, most) {
  const from = Math.floor(Math.log10(least)) - 1, to = Math.ceil(Math.log10(largest)) + 1;
  let edges = [0];
  for (const mantissas of [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 1.5, 2, 3, 5, 7], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
    const all = Array.from({ length: to - from + 1 }, (_, k) => mantissas.map((m) => Math.max(round(m, from + k), Number.MIN_VALUE))).flat();
    edges = all.slice(all.findLastIndex((e) => e <= least), all.findIndex((e) => e >= largest) + 1);
    if (edges.length - 1 <= most) return edges;
  }
  const step = Math.ceil((edges.length - 1) / Math.max(most, 1));
  return edges.filter((_, i) => i % step === 0 || i === edges.length - 1);
}
