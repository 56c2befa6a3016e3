// Holds comparisons of a selection with the rest to what package stats says of the same rows,
// which Go writes to EXPECTED, and to examples from outside the project.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { adjust, compareAll, compareLevels, compareNumbers, countsOf, selectedWarning } from "./compare.js";

const expected = JSON.parse(await readFile(process.env.EXPECTED, "utf8"));
const columns = expected.columns.map((c) => ({
  ...c, values: c.values && Float64Array.from(c.values), codes: Uint16Array.from(c.codes), size: (c.values ?? c.levels).length + (c.missing ? 1 : 0),
}));
const store = { columns, rows: expected.rows };

/** What may be off by rounding of sums that cancel is held to an absolute limit too. */
const limits = { t: 1e-11, logp: 1e-10, logpAdjusted: 1e-10, rankLogp: 1e-10, residual: 1e-11, adjusted: 1e-11, corrected: 1e-12 };

/** @param {any} got @param {any} want @param {number} relative @param {string} what */
function close(got, want, relative, what) {
  want = Number(want);
  const near = Object.is(got, want) || got === want || Math.abs(got - want) <= relative * Math.max(Math.abs(want), 1e-3);
  assert.ok(near, `${what}: ${got}, want ${want}`);
}

/** @param {any} got @param {any} want what Go says, by name @param {string} what */
function agree(got, want, what) {
  for (const [name, value] of Object.entries(want)) {
    if (name === "levels") continue;
    if (name === "missing") assert.equal(got.missing[0] + got.missing[1], value, `${what}: missing`);
    else if (Array.isArray(value)) value.forEach((v, i) => close(got[name][i], v, 1e-12, `${what}: ${name} ${i}`));
    else if (typeof value === "boolean" || name === "magnitude") assert.equal(got[name], value, `${what}: ${name}`);
    else close(got[name], value, limits[name] ?? 1e-12, `${what}: ${name}`);
  }
}

/** @param {number[]} rows */
function bitmap(rows) {
  const inside = new Uint8Array(store.rows);
  for (const i of rows) inside[i] = 1;
  return inside;
}

for (const s of expected.selections) {
  test(`${s.name} against the rest`, () => {
    const inside = bitmap(s.rows);
    let shares = [], found, work = compareAll(store, inside);
    for (found = work.next(); !found.done; found = work.next()) shares.push(found.value);
    assert.equal(shares.length, Object.keys(s.columns).length);
    assert.equal(shares.at(-1), 1);
    assert.equal(found.value.length, shares.length);
    let last = Infinity;
    for (const d of found.value) {
      const name = d.column.name, size = Number.isNaN(d.effect) ? -1 : Math.abs(d.effect);
      assert.ok(size <= last, "the largest effect comes first");
      last = size;
      agree(d.detail, s.columns[name], `${s.name}, ${name}`);
      close(d.bh, s.bh[name], 1e-10, `${s.name}, ${name}: bh`);
      close(d.holm, s.holm[name], 1e-10, `${s.name}, ${name}: holm`);
      assert.equal(d.few, Math.min(...d.detail.n) < 30);
      const levels = s.columns[name].levels;
      if (!levels) continue;
      assert.equal(d.detail.levels.length, Object.keys(levels).length);
      for (const l of d.detail.levels) agree(l, levels[l.level], `${s.name}, ${name} = ${l.level}`);
    }
  });
}

test("small groups without ties have exact p-values", () => {
  for (const s of expected.smalls) {
    const column = { name: "x", values: Float64Array.from(s.values), levels: null, missing: false };
    agree(compareNumbers(column, s.inside, s.outside), s.want, `${s.inside.filter(Boolean).length} of ${s.values.length}`);
  }
});

/** @param {number[]} a @param {number[]} b */
function compareSamples(a, b) {
  const values = Float64Array.from(new Set([...a, ...b])).sort(), count = (x) => Array.from(values, (v) => x.filter((w) => w === v).length);
  return compareNumbers({ name: "x", values, levels: null, missing: false }, count(a), count(b));
}

test("numbers are compared as R and SciPy document it", () => {
  // R: ?wilcox.test, the permeability constants of Hollander and Wolfe (1973), page 69: W = 35, one-sided p = 0.1272.
  const permeability = compareSamples([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21]);
  assert.equal(permeability.u, 35);
  close(Math.exp(permeability.rankLogp), 2 * 0.1272, 5e-4, "permeability, p");
  // SciPy: the documentation of mannwhitneyu: U = 17, p = 0.1111 exact; 0.11134688653314041 by the approximation.
  const ages = compareSamples([19, 22, 16, 29, 24], [20, 11, 17, 12]);
  assert.equal(ages.u, 17);
  close(Math.exp(ages.rankLogp), 1 / 9, 1e-13, "ages, p");
  assert.ok(ages.exact);
  // R: t.test and wilcox.test of mpg by am, mtcars: t = -3.7671, df = 18.332, p = 0.001374; W = 42, p = 0.001871.
  const cars = compareSamples([21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 21.5, 15.5, 15.2, 13.3, 19.2],
    [21.0, 21.0, 22.8, 32.4, 30.4, 33.9, 27.3, 26.0, 30.4, 15.8, 19.7, 15.0, 21.4]);
  for (const [got, want, limit] of [[cars.t, -3.7671, 2e-5], [cars.df, 18.332, 2e-5], [Math.exp(cars.logp), 0.001374, 4e-4], [cars.u, 42, 0],
    [Math.exp(cars.rankLogp), 0.001871, 4e-4], [cars.mean[0], 17.14737, 1e-6], [cars.mean[1], 24.39231, 1e-6], [cars.rankBiserial, -0.66, 1e-2]]) {
    assert.ok(Math.abs(got - want) <= limit * Math.abs(want), `mtcars: ${got}, want ${want}`);
  }
  // R: t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p = 0.07939, means 0.75 and 2.33.
  const sleep = compareSamples([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
  for (const [got, want] of [[sleep.t, -1.8608], [sleep.df, 17.776], [Math.exp(sleep.logp), 0.07939], [sleep.mean[0], 0.75], [sleep.mean[1], 2.33]]) {
    close(got, want, 7e-5, "sleep");
  }
});

test("levels are compared as R and SciPy document it", () => {
  const column = (levels) => ({ name: "x", levels, values: null, missing: false });
  // R: ?chisq.test, party identification by gender (Agresti 2007, page 39): X-squared = 30.07, df = 2, p = 2.954e-07.
  const party = compareLevels(column(["Democrat", "Independent", "Republican"]), [762, 327, 468], [484, 239, 477]);
  close(party.chi2, 30.07, 1e-4, "party");
  assert.equal(party.df, 2);
  close(Math.exp(party.logp), 2.954e-7, 1e-3, "party, p");
  assert.ok(Math.abs(Math.exp(party.logp) / 2.954e-7 - 1) < 2e-4);
  // SciPy: the documentation of chi2_contingency: 0.27157465150403504, p = 0.873028283380073.
  const small = compareLevels(column(["a", "b", "c"]), [10, 20, 30], [6, 9, 17]);
  close(small.chi2, 0.27157465150403504, 1e-13, "SciPy");
  close(Math.exp(small.logp), 0.873028283380073, 1e-12, "SciPy, p");
  // SciPy 1.10.1: association(method="cramer"), and Bergsma's correction of the same table.
  const approval = compareLevels(column(["approve", "not"]), [794, 86], [150, 570]);
  close(approval.v, 0.7019258069059302, 1e-13, "V");
  close(approval.corrected, 0.7016996358665578, 1e-12, "V without bias");
});

test("p-values are adjusted as in R", () => {
  // R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") and "BH".
  const logs = [0.03, 0.01, 0.05, 0.02, 0.04].map(Math.log);
  [0.09, 0.05, 0.09, 0.08, 0.09].forEach((p, i) => close(Math.exp(adjust(logs, "holm")[i]), p, 1e-13, "Holm"));
  adjust(logs, "bh").forEach((logp) => close(Math.exp(logp), 0.05, 1e-13, "Benjamini and Hochberg"));
  assert.deepEqual([...adjust([NaN, -1, NaN], "bh")], [NaN, -1, NaN]);
  assert.equal(adjust([], "holm").length, 0);
});

test("nothing is compared without an exception", () => {
  const none = { name: "x", levels: [], values: null, missing: true, size: 1, codes: new Uint8Array(3) };
  assert.ok(Number.isNaN(compareLevels(none, [1], [2]).logp));
  const numbers = { name: "y", levels: null, values: new Float64Array(0), missing: true, size: 1, codes: new Uint8Array(3) };
  const d = compareNumbers(numbers, [1], [2]);
  assert.deepEqual([d.n, d.missing], [[0, 0], [1, 2]]);
  assert.ok([d.mean[0], d.median[1], d.t, d.u, d.ks, d.rankLogp].every(Number.isNaN));
  assert.deepEqual([...countsOf(none, new Uint8Array([1, 0, 0])).outside], [2]);
  const huge = compareNumbers({ name: "z", levels: null, values: new Float64Array([-1e308, 0, 1e308]), missing: false }, [1, 1, 0], [0, 1, 1]);
  assert.equal(huge.superiority, 1 / 8);
  assert.match(selectedWarning, /chosen by looking/);
});
