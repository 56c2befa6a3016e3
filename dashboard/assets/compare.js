// A selection of rows against the rest, column by column, with the definitions of the command
// line: levels as `netanom chisq`, numbers as `netanom ttest`, p-values adjusted as stats/adjust.go.
// All is exact, from counts by code. What does not exist is NaN; nothing throws.

import { adjustedResiduals, cramersV, quantileOf } from "./measures.js";
import { logChiSquaredSF, logNormalSF, logTSF, logTwoSided, stirlingError } from "./tails.js";
import { centredRanks, momentsOf, sumOf } from "./tally.js";

/** @typedef {import("./store.js").Column} Column */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./tally.js").Numbers} Numbers */
/** @typedef {import("./tally.js").Moments} Moments */

/** To be read with every p-value here. */
export const selectedWarning = "p-values of a selection that was chosen by looking at the same data are too small";

/** Below so many rows in a group, figures say little. */
export const fewRows = 30;

const z95 = 1.959963984540054; // the normal quantile of 95 % intervals
const exactRanks = 50; // below which both groups must stay for exact p-values of ranks

/**
 * p-values adjusted for their number, all as natural logarithms. NaN stays and does not count.
 * @param {Numbers} logps
 * @param {"bh" | "holm"} method Benjamini and Hochberg's, or Holm's
 */
export function adjust(logps, method) {
  const out = Float64Array.from(logps), order = [...out.keys()].filter((i) => !Number.isNaN(out[i])).sort((a, b) => logps[a] - logps[b]), m = order.length;
  let bound = method === "holm" ? -Infinity : 0;
  for (let k = 0; k < m; k++) {
    if (method === "holm") { // from the smallest on, not falling
      bound = Math.max(bound, logps[order[k]] + Math.log(m - k));
      out[order[k]] = Math.min(bound, 0);
    } else { // from the largest on, not rising
      const rank = m - k, i = order[rank - 1];
      bound = Math.min(bound, logps[i] + Math.log(m / rank));
      out[i] = bound;
    }
  }
  return out;
}

/**
 * The word for the size of an effect.
 * @param {number} effect
 * @param {number[]} from what makes it small, medium and large
 */
function magnitude(effect, from) {
  if (Number.isNaN(effect)) return "";
  return ["negligible", "small", "medium", "large"][from.filter((x) => Math.abs(effect) >= x).length];
}

/**
 * Wilson's 95 % interval of a share of n rows.
 * @param {number} share
 * @param {number} n
 */
function wilson(share, n) {
  const centre = share + z95 ** 2 / (2 * n), reach = z95 * Math.sqrt((share * (1 - share)) / n + z95 ** 2 / (4 * n * n)), scale = 1 + z95 ** 2 / n;
  return { low: share === 0 ? 0 : Math.max(0, (centre - reach) / scale), high: share === 1 ? 1 : Math.min(1, (centre + reach) / scale) };
}

/**
 * The shares of a level in the selection and in the rest, as stats.CompareShares does it:
 * Newcombe's interval of the difference, Katz' of the lift (none where a cell is empty).
 * @param {[number, number]} k rows with the level
 * @param {[number, number]} n rows of the groups
 */
function compareShares([a, c], [n1, n2]) {
  const p = a / n1, q = c / n2, b = n1 - a, d = n2 - c, one = wilson(p, n1), two = wilson(q, n2);
  const reach = a && b && c && d ? Math.exp(z95 * Math.sqrt(b / (a * n1) + d / (c * n2))) : NaN;
  return {
    inside: p, outside: q, lift: p / q, liftLow: p / q / reach, liftHigh: (p / q) * reach, difference: p - q,
    differenceLow: p - q - Math.hypot(p - one.low, two.high - q), differenceHigh: p - q + Math.hypot(one.high - p, q - two.low),
  };
}

/**
 * The levels of a column in a selection and in the rest: Pearson's chi-square, Cramér's V, and
 * each level with its shares, lift (share inside by share outside), adjusted residual in the
 * selection and the p-value of that, adjusted after Benjamini and Hochberg over the levels;
 * the most remarkable level first.
 * @param {Column} column
 * @param {Numbers} inside counts by code
 * @param {Numbers} outside
 */
export function compareLevels(column, inside, outside) {
  const names = column.levels ?? Array.from(column.values ?? [], String), codes = names.map((_, k) => k).filter((k) => inside[k] + outside[k] > 0);
  const table = codes.map((k) => [inside[k], outside[k]]), test = cramersV(table), residuals = adjustedResiduals(table);
  const n = /** @type {[number, number]} */ ([0, 1].map((g) => sumOf(table.length, (i) => table[i][g])));
  const levels = codes.map((code, i) => {
    const { adjusted, residual, expected } = residuals[i][0];
    return {
      code, level: names[code], counts: table[i], ...compareShares([inside[code], outside[code]], n), expected, residual, adjusted,
      logp: logTwoSided(adjusted, logNormalSF), logpAdjusted: NaN,
    };
  });
  const family = adjust(levels.map((l) => l.logp), "bh");
  levels.forEach((l, i) => (l.logpAdjusted = family[i]));
  levels.sort((a, b) => Math.abs(b.adjusted) - Math.abs(a.adjusted) || a.code - b.code);
  return {
    ...test, n, missing: [missingOf(column, inside), missingOf(column, outside)], few: Math.min(...n) < fewRows, levels,
    logp: Math.min(0, logChiSquaredSF(test.chi2, test.df)), magnitude: magnitude(test.corrected, [0.1, 0.3, 0.5]),
  };
}

/** @param {Column} column @param {Numbers} counts */
const missingOf = (column, counts) => column.missing ? counts[(column.values ?? column.levels ?? []).length] : 0;

/**
 * Welch's t of two means, with Cohen's d and Hedges' g.
 * @param {Moments} a
 * @param {Moments} b
 */
function compareMeans(a, b) {
  const se1 = a.sd / Math.sqrt(a.n), se2 = b.sd / Math.sqrt(b.n), se = Math.hypot(se1, se2), pooled = a.n + b.n - 2;
  const out = { difference: a.mean - b.mean, t: NaN, df: NaN, logp: NaN, d: NaN, g: NaN };
  const sd = Math.sqrt((a.m2 + b.m2) / pooled);
  if (pooled >= 1 && sd > 0 && sd < Infinity) {
    const x = pooled / 2, y = (pooled - 1) / 2;
    out.d = out.difference / sd;
    if (pooled > 1) out.g = out.d * Math.exp((y - 0.5) * Math.log1p(0.5 / y) - 0.5 + stirlingError(x) - stirlingError(y));
  }
  if (!(se > 0 && se < Infinity)) return out;
  out.t = out.difference / se;
  out.df = 1 / ((se1 / se) ** 4 / (a.n - 1) + (se2 / se) ** 4 / (b.n - 1));
  out.logp = logTwoSided(out.t, (t) => logTSF(t, out.df));
  return out;
}

/**
 * The chances of U = 0, 1, … if no two values are equal and all orders are equally likely.
 * @param {number} n1
 * @param {number} n2
 */
function rankSumChances(n1, n2) {
  let row = Array.from({ length: n2 + 1 }, () => new Float64Array([1]));
  for (let i = 1; i <= n1; i++) {
    const next = [new Float64Array([1])];
    for (let j = 1; j <= n2; j++) {
      const chances = new Float64Array(i * j + 1), share = i / (i + j);
      row[j].forEach((p, k) => (chances[k + j] += share * p));
      next[j - 1].forEach((p, k) => (chances[k] += (1 - share) * p));
      next.push(chances);
    }
    row = next;
  }
  return row[n2];
}

/**
 * Mann and Whitney's test: exact if no two values are equal and both groups are below 50, else
 * by the normal approximation with the variance that ties leave and a correction for continuity.
 * @param {Numbers} inside counts by code, without those of missing values
 * @param {Numbers} outside
 * @param {number} size codes
 */
function compareRanks(inside, outside, size) {
  const all = Float64Array.from({ length: size }, (_, k) => inside[k] + outside[k]), ranks = centredRanks(all, size);
  const [n1, n2] = [inside, outside].map((c) => sumOf(size, (k) => c[k])), n = n1 + n2, pairs = n1 * n2;
  const out = { u: NaN, z: NaN, rankLogp: NaN, exact: false, superiority: NaN, rankBiserial: NaN };
  if (!(pairs > 0) || all.filter((c) => c > 0).length < 2) return out;
  const score = sumOf(size, (k) => inside[k] * ranks[k]); // pairs that the selection wins, less those that it loses
  const sd = Math.sqrt((pairs / n) * (sumOf(size, (k) => all[k] * (n - all[k]) * (n + all[k])) / (12 * (n - 1))));
  out.u = (pairs + score) / 2;
  out.z = (Math.sign(score) * Math.max(Math.abs(score) / 2 - 0.5, 0)) / sd;
  out.superiority = 0.5 + (0.5 * score) / pairs;
  out.rankBiserial = score / pairs;
  out.exact = Math.max(n1, n2) < exactRanks && all.every((c) => c < 2);
  if (!out.exact) out.rankLogp = logTwoSided(out.z, logNormalSF);
  else {
    const chances = rankSumChances(n1, n2), u = Math.min(out.u, pairs - out.u);
    out.rankLogp = Math.min(0, Math.LN2 + Math.log(sumOf(u + 1, (k) => chances[k])));
  }
  return out;
}

/**
 * The largest distance of two distribution functions, and the least value at which it is reached.
 * @param {Numbers} values
 * @param {Numbers} inside
 * @param {Numbers} outside
 */
function compareSteps(values, inside, outside) {
  const [n1, n2] = [inside, outside].map((c) => sumOf(values.length, (k) => c[k]));
  let a = 0, b = 0, largest = -1, at = NaN;
  if (!(n1 > 0 && n2 > 0)) return { ks: NaN, ksAt: NaN };
  for (let k = 0; k < values.length; k++) {
    const size = Math.abs((a += inside[k]) * n2 - (b += outside[k]) * n1);
    if (size > largest && inside[k] + outside[k] > 0) [largest, at] = [size, values[k]];
  }
  return { ks: largest / n1 / n2, ksAt: at };
}

/**
 * The numbers of a column in a selection and in the rest, of each first the selection: sizes,
 * means, standard deviations, medians; Welch's t, Cohen's d and Hedges' g; Mann and Whitney's U
 * with the chance that a value of the selection exceeds one of the rest (ties by half) and the
 * rank-biserial correlation; Kolmogorov and Smirnov's distance. Missing values are left out.
 * @param {Column} column
 * @param {Numbers} inside counts by code
 * @param {Numbers} outside
 */
export function compareNumbers(column, inside, outside) {
  const values = column.values ?? new Float64Array(0), both = [inside, outside], m = both.map((c) => momentsOf(values, c)), ranks = compareRanks(inside, outside, values.length);
  return {
    n: m.map((x) => x.n), missing: both.map((c) => missingOf(column, c)), mean: m.map((x) => x.mean), sd: m.map((x) => x.sd),
    median: both.map((c) => quantileOf(values, c, 0.5)), ...compareMeans(m[0], m[1]), ...ranks, ...compareSteps(values, inside, outside),
    few: Math.min(m[0].n, m[1].n) < fewRows, magnitude: magnitude(ranks.rankBiserial, [0.12, 0.28, 0.42]),
  };
}

/**
 * Counts by code of the selected rows and of the rest.
 * @param {Column} column
 * @param {Uint8Array} inside by row: 1 if it is selected
 */
export function countsOf(column, inside) {
  const out = [new Uint32Array(column.size), new Uint32Array(column.size)], [rest, chosen] = out, { codes } = column;
  for (let i = 0; i < inside.length; i++) if (inside[i]) chosen[codes[i]]++; else rest[codes[i]]++;
  return { inside: chosen, outside: rest };
}

/**
 * @typedef {object} Difference
 * @property {Column} column
 * @property {"levels" | "numbers"} kind
 * @property {number} effect from -1 to 1: Cramér's V without its bias, or the rank-biserial correlation, positive where the selection has the greater values
 * @property {string} magnitude word for the effect
 * @property {number} logp of chi-square or of Mann and Whitney's test
 * @property {number} bh adjusted over the columns, the share of false ones (Benjamini and Hochberg)
 * @property {number} holm adjusted over the columns, the chance of any false one
 * @property {boolean} few fewer than 30 rows in a group
 * @property {boolean} sparse expected counts are too small for the p-value
 * @property {ReturnType<typeof compareLevels> | ReturnType<typeof compareNumbers>} detail
 */

/**
 * Compares a selection with the rest in every column that neither names rows nor is their
 * time, stopping after each: what it returns at last are the columns, the largest effect first.
 * @param {Store} store
 * @param {Uint8Array} inside by row: 1 if it is selected
 * @returns {Generator<number, Difference[], void>} share of the columns that are done
 */
export function* compareAll(store, inside) {
  const columns = store.columns.filter((c) => c.role !== "identifier" && c.role !== "clock");
  /** @type {Difference[]} */
  const out = [];
  for (const column of columns) {
    const counts = countsOf(column, inside), common = { column, bh: NaN, holm: NaN };
    if (column.levels) {
      const d = compareLevels(column, counts.inside, counts.outside);
      out.push({ ...common, kind: "levels", effect: d.corrected, magnitude: d.magnitude, logp: d.logp, few: d.few, sparse: d.sparse, detail: d });
    } else {
      const d = compareNumbers(column, counts.inside, counts.outside);
      out.push({ ...common, kind: "numbers", effect: d.rankBiserial, magnitude: d.magnitude, logp: d.rankLogp, few: d.few, sparse: false, detail: d });
    }
    yield out.length / columns.length;
  }
  const logps = out.map((d) => d.logp), bh = adjust(logps, "bh"), holm = adjust(logps, "holm");
  out.forEach((d, i) => ([d.bh, d.holm] = [bh[i], holm[i]]));
  const size = (/** @type {Difference} */ d) => Number.isNaN(d.effect) ? -1 : Math.abs(d.effect);
  return out.sort((a, b) => size(b) - size(a));
}
