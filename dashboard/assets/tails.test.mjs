// Holds the tails to what package stats gives on a grid, which Go writes to EXPECTED, and to
// sources outside the project.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { log10Of, logChiSquaredSF, logNormalSF, logTSF, logTwoSided, pText } from "./tails.js";

const { points, written } = JSON.parse(await readFile(process.env.EXPECTED, "utf8"));
const tails = { normal: logNormalSF, t: logTSF, "chi-square": logChiSquaredSF };

/** @param {number} got @param {number} want @param {number} relative @param {string} what */
function close(got, want, relative, what) {
  const near = Object.is(got, want) || got === want || Math.abs(got - want) <= relative * Math.abs(want) + 1e-310; // subnormal numbers have few digits
  assert.ok(near, `${what}: ${got}, want ${want}`);
}

test("tails are those of the command line", () => {
  assert.ok(points.length >= 3000);
  for (const { of, at, want } of points) close(tails[of](...at.map(Number)), Number(want), 1e-11, `${of} ${at}`);
});

test("tails are those of published tables and programs", () => {
  // mpmath 1.3, 60 digits: the normal tail from erfc, the others from hypergeometric series.
  close(logNormalSF(38.5), -745.69527029041108133, 1e-13, "normal 38.5");
  close(logNormalSF(-8.5), -9.4795348222033183991e-18, 1e-12, "normal -8.5");
  close(logTSF(4.25, 10.75), -7.2381153024353685481, 1e-13, "t 4.25, 10.75");
  close(logTSF(700, 125971), -99973.997055120005247, 1e-13, "t 700, 125971");
  close(logChiSquaredSF(43084.75, 130), -21108.962483215466771, 1e-13, "chi-square 43084.75, 130");
  // The tables of NIST/SEMATECH e-Handbook, 1.3.6.7: critical values, rounded to three decimals.
  for (const [df, x] of [[1, 3.841], [5, 11.070], [10, 18.307], [100, 124.342]]) close(Math.exp(logChiSquaredSF(x, df)), 0.05, 5e-4, `chi-square, df ${df}`);
  for (const [df, t] of [[1, 12.706], [10, 2.228], [30, 2.042], [100, 1.984]]) close(Math.exp(logTSF(t, df)), 0.025, 2e-3, `t, df ${df}`);
  close(Math.exp(logNormalSF(1.959963984540054)), 0.025, 1e-13, "R: pnorm(1.959963984540054, lower = FALSE)");
  // A chi-square with two degrees of freedom is exponential, Student's t with one is Cauchy's.
  close(logChiSquaredSF(460600, 2), -230300, 1e-14, "exponential");
  close(Math.exp(logTSF(1, 1)), 0.25, 1e-14, "Cauchy");
});

test("p-values are written as the command line writes them", () => {
  // The cases of report/format_test.go.
  for (const [p, text] of [[0.0234, "0.0234"], [1, "1"], [0.99999, "1.00"], [1.1504027461787045e-9, "1.15e-09"]]) assert.equal(pText(Math.log(p)), text);
  for (const [log10, text] of [[-512.3, "5.01e-513"], [-499.0000000001, "1.00e-499"], [-Infinity, "< 5e-324"], [NaN, "–"]]) {
    assert.equal(pText(log10 * Math.LN10), text);
  }
  // What rounds to a zero keeps it unless it is exact; halves are rounded to even.
  const exact = [[0.5, "0.5"], [0.25, "0.25"], [0.75, "0.75"], [0.3125, "0.312"], [0.8125, "0.812"], [0.1875, "0.188"]].filter(([p]) => Math.exp(Math.log(p)) === p);
  for (const [p, text] of exact) assert.equal(pText(Math.log(p)), text);
  assert.ok(exact.length > 0);
  // Python's decimal: exp(-2300) = 1.326452255423112e-999, exp(-5000) = 3.369694148308918e-2172, exp(-690.1) = 1.9650700591825786e-300.
  for (const [logp, text] of [[-2300, "1.33e-999"], [-5000, "3.37e-2172"], [-699.5, "1.63e-304"], [-690.1, "1.97e-300"]]) assert.equal(pText(logp), text);
  for (const { logp, text } of written) assert.equal(pText(logp), text, `log p ${logp}`);
  close(log10Of(-2300), -999 + Math.log10(1.326452255423112), 1e-13, "log10");
  assert.equal(logTwoSided(0, logNormalSF), 0);
  assert.ok(Number.isNaN(logTwoSided(NaN, logNormalSF)));
});
