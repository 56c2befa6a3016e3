// Holds measures to what packages stats and eda say of the same rows, which Go writes to EXPECTED,
// and to examples from outside the project.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { correlation, related } from "./correlation.js";
import { adjustedResiduals, confusion, confusionAt, confusionByThreshold, cramersV, histogramBins, quantileOf, rolling } from "./measures.js";
import { momentsOf, sumOf } from "./tally.js";

const expected = JSON.parse(await readFile(process.env.EXPECTED, "utf8"));
const columns = expected.columns.map((c) => ({
  ...c, values: c.values && Float64Array.from(c.values), codes: Uint16Array.from(c.codes), size: (c.values ?? c.levels).length + (c.missing ? 1 : 0),
}));
const named = new Map(columns.map((c) => [c.name, c]));

/** @param {any} got @param {any} want @param {number} relative of the value, or of 1 @param {string} what */
function close(got, want, relative, what) {
  want = Number(want);
  const near = Object.is(got, want) || got === want || Math.abs(got - want) <= relative * Math.max(Math.abs(want), 1);
  assert.ok(near, `${what}: ${got}, want ${want}`);
}

function countsBy(column, has = () => true) {
  const out = new Uint32Array(column.size);
  column.codes.forEach((k, i) => has(i) && out[k]++);
  return out;
}

for (const c of expected.correlations) {
  test(`${c.method} correlations of ${c.selection}`, () => {
    const work = correlation(related(columns), Uint32Array.from(c.rows), c.method);
    assert.deepEqual(related(columns).map((x) => x.name), c.names);
    let step = work.next(), pairs = 0;
    for (; !step.done; step = work.next()) pairs++;
    assert.equal(pairs, (c.names.length * (c.names.length + 1)) / 2);
    const name = (i) => `${c.names[Math.floor(i / c.names.length)]} and ${c.names[i % c.names.length]}`;
    c.n.forEach((n, i) => assert.equal(step.value.n[i], n, name(i)));
    c.r.forEach((r, i) => close(step.value.r[i], r, 1e-12, name(i)));
  });
}

test("tables of counts", () => {
  for (const t of expected.tables) {
    const got = cramersV(t.counts), what = JSON.stringify(t.counts);
    for (const name of ["v", "corrected"]) close(got[name], t[name], 1e-12, `${what}: ${name}`);
    close(got.chi2, t.chi2, 1e-12, what);
    if (!t.cells) continue;
    assert.equal(got.sparse, t.sparse, what);
    close(got.least, t.least, 1e-12, what);
    const residuals = adjustedResiduals(t.counts);
    for (const cell of t.cells) for (const name of ["residual", "adjusted", "expected"]) close(residuals[cell.row][cell.col][name], cell[name], 1e-12, `${what}: ${name}`);
  }
  assert.ok(Number.isNaN(cramersV([]).v) && adjustedResiduals([]).length === 0);
  // R: chisq.test(as.table(rbind(c(762, 327, 468), c(484, 239, 477)))) $residuals and $stdres, from ?chisq.test.
  const party = adjustedResiduals([[762, 327, 468], [484, 239, 477]]);
  [2.1988558, 0.4113702, -2.8432397].forEach((x, j) => close(party[0][j].residual, x, 1e-7, "Pearson residual"));
  [4.5020535, 0.6994517, -5.3159455].forEach((x, j) => close(party[0][j].adjusted, x, 1e-7, "standardised residual"));
});

test("confusions", () => {
  const names = ["precision", "recall", "falseAlarmRate", "f1", "mcc", "accuracy"];
  // Go's correlation is of shares, and cancels where one class is all but the whole.
  for (const c of expected.confusions) for (const name of names) close(confusion(...c.counts)[name], c[name], name === "mcc" ? 1e-10 : 1e-12, `${c.counts}: ${name}`);
  const { column, positive, at } = expected.thresholds, score = named.get(column), hot = new Set(positive);
  const counts = confusionByThreshold(score, countsBy(score, (i) => hot.has(i)), countsBy(score, (i) => !hot.has(i)));
  for (const c of at) {
    const got = confusionAt(counts, c.threshold);
    assert.deepEqual([got.tp, got.fp, got.fn, got.tn], c.counts, `threshold ${c.threshold}`);
    for (const name of names) close(got[name], c[name], 1e-12, `threshold ${c.threshold}: ${name}`);
  }
  // scikit-learn: the documentation of matthews_corrcoef: truth + + + -, taken for + - + +: -0.33.
  close(confusion(2, 1, 1, 0).mcc, -1 / 3, 1e-14, "scikit-learn");
});

test("what is usual in series", () => {
  let logarithmic = 0, spikes = 0;
  for (const s of expected.series) {
    const got = rolling(s.values.map(Number), s.window, s.limit, s.measure), what = `${s.name}, window ${s.window}`;
    assert.equal(got.logarithmic, s.logarithmic, what);
    logarithmic += Number(s.logarithmic);
    spikes += s.spikes.length;
    for (const name of ["expected", "low", "high"]) s[name].forEach((v, i) => close(got[name][i], v, 1e-12, `${what}: ${name} at ${i}`));
    assert.deepEqual(got.spikes.map((p) => p.index), s.spikes.map((p) => p.index), what);
    s.spikes.forEach((p, k) => Object.keys(p).forEach((name) => close(got.spikes[k][name], p[name], 1e-11, `${what}: ${name} of spike ${k}`)));
  }
  assert.ok(logarithmic > 0 && spikes > 0, "no series was logarithmic, or had a spike");
  for (const nothing of [[], [NaN], [NaN, Infinity, NaN]]) assert.equal(rolling(nothing).spikes.length, 0);
  // R: runmed(c(1, 2, 30, 4, 5), 3, endrule = "keep") inside.
  assert.deepEqual([...rolling([1, 2, 30, 4, 5], 3).expected].slice(1, 4), [2, 4, 5]);
});

test("quantiles", () => {
  for (const q of expected.quantiles) {
    const column = named.get(q.column), counts = countsBy(column);
    q.p.forEach((p, i) => close(quantileOf(column.values, counts, Number(p)), q.want[i], 0, `${q.column} at ${p}`));
  }
  // R: quantile(c(1, 2, 3, 4, 10), c(0.1, 0.25, 0.9)) by type 7.
  [1.4, 2, 7.6].forEach((x, i) => close(quantileOf([1, 2, 3, 4, 10], [1, 1, 1, 1, 1], [0.1, 0.25, 0.9][i]), x, 1e-15, "R"));
  assert.ok(Number.isNaN(quantileOf([], [], 0.5)) && Number.isNaN(quantileOf([1, 2], [0, 0], 0.5)));
});

test("sums and moments", () => {
  // Python: the documentation of math.fsum: ten times 0.1 is 1, where adding gives 0.9999999999999999.
  assert.equal(sumOf(10, () => 0.1), 1);
  // NIST, Statistical Reference Datasets, NumAcc1 and NumAcc4: means 10000002 and 10000000.2, standard deviations 1 and 0.1.
  const easy = momentsOf([10000001, 10000002, 10000003], [1, 1, 1]), hard = momentsOf([10000000.1, 10000000.2, 10000000.3], [500, 1, 500]);
  assert.deepEqual([easy.mean, easy.sd, hard.mean], [10000002, 1, 10000000.2]);
  close(hard.sd, 0.1, 1e-8, "NumAcc4");
  assert.ok(Number.isNaN(momentsOf([], []).mean) && Number.isNaN(momentsOf([3], [1]).sd));
});

/** Every value lies in its bin, and edges ascend. */
function holds(values, most) {
  const { edges, fold, logarithmic } = histogramBins(values, most), last = edges.length - 2;
  assert.ok(edges.length - 1 <= Math.max(most, 1) + (logarithmic ? 1 : 0), `${edges.length - 1} bins, want at most ${most}`);
  for (let i = 1; i < edges.length; i++) assert.ok(edges[i] > edges[i - 1], `edges ${edges}`);
  values.forEach((v, k) => assert.ok(edges[fold[k]] <= v && (v < edges[fold[k] + 1] || fold[k] === last && v === edges[last + 1]), `${v} in bin ${fold[k]} of ${edges}`));
  return { edges, logarithmic };
}

test("bins of histograms", () => {
  for (const c of columns) if (c.values) for (const most of [1, 2, 7, 24, 60]) holds(Array.from(c.values), most);
  assert.deepEqual(holds([0, 1, 2, 3, 4, 5], 10).edges, [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(holds([0, 0.3, 1], 10).edges, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  assert.deepEqual(holds([0, 7, 90000], 6).edges, [0, 1, 10, 100, 1000, 10000, 100000]);
  assert.deepEqual(holds([0, 7, 90000], 12).edges, [0, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000]);
  assert.ok(!holds([-1, 1, 1e6], 9).logarithmic && !holds([1, 1000], 9).logarithmic);
  for (const odd of [[5], [0], [-3.7], [1e308, 1.7e308], [-1.7e308, 1.7e308], [5e-324, 1], [0, 5e-324, 1e308], [0.1, 0.2, 0.7], [1e15, 1e15 + 1]]) holds(odd, 20);
  assert.deepEqual(histogramBins([], 5), { edges: [], fold: new Uint16Array(0), logarithmic: false });
});
