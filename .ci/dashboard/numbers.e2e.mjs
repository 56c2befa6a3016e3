// The page's numbers are those of the command line, under the same condition.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compareNumbers } from "../../dashboard/assets/compare.js";
import { correlation } from "../../dashboard/assets/correlation.js";
import { association } from "../../dashboard/assets/figures.js";
import { adjustedResiduals, cramersV, rolling } from "../../dashboard/assets/measures.js";
import { decode } from "../../dashboard/assets/store.js";
import { decode85 } from "../../dashboard/assets/text.js";
import { detector, figures, go, judged, number, open, quiet, sight, skip, tables, totals, traffic } from "./page.mjs";

/** Conditions as the command line and as the page have them. */
const conditions = /** @type {[string, string][]} */ ([
  ["", ""], ['service == "http"', "service=http"], ['flag == "S0" and protocol_type == "tcp"', "flag=S0&protocol_type=tcp"], ["src_bytes >= 100 and src_bytes <= 1000", "src_bytes=~100~1000"],
]).map(([where, hash]) => ({ name: where || "everything", where: where ? ["--where", where.replaceAll(" and ", " && ")] : [], hash: ["colour=label", hash].filter(Boolean).join("&") }));

/** @param {number} got @param {number} want @param {string} what @param {number} [within] relative, or absolute where that is less than 1 */
function close(got, want, what, within = 1e-9) {
  assert.ok(Math.abs(got - want) <= within * Math.max(1, Math.abs(want)), `${what}: ${got}, the command line has ${want}`);
}

/** Holds a figure against what is shown of it. @param {string} text @param {number} want @param {string} what */
function shownAs(text, want, what) {
  if (text.startsWith(">")) return assert.ok(want > number(text.slice(1)) && want < 1, `${what}: ${text} for ${want}`);
  const digits = text.split(".")[1]?.length ?? 0;
  assert.ok(Math.abs(number(text) - want) <= 0.5000001 * 10 ** -digits, `${what}: ${text} for ${want}`);
}

/** The data of a page, read without it. */
const storeOf = async () => {
  const text = readFileSync(judged(), "utf8"), parts = [...text.matchAll(/id="block-\d" data-length="(\d+)">([^<]*)</g)].map((m) => decode85(m[2], Number(m[1])));
  return decode(parts);
};

/** The tables of a test, none where the command says that there is nothing to test. @param {...string} args */
function tested(...args) {
  try {
    return tables(...args);
  } catch (e) {
    assert.match(String(/** @type {any} */ (e).stderr), /every row/);
    return {};
  }
}

/** Rows that pass, whether they are anomalous, and counts of a column by code. */
const passing = (page) => page.evaluate(() => { const b = window.netanom; return { rows: [...b.engine.passing(false)], hot: [...b.hot] }; });
const selected = (page, name) => page.evaluate((n) => { const b = window.netanom, c = b.column(n); return { two: [...b.engine.selected(c)], levels: c.levels, values: c.values && [...c.values] }; }, name);

for (const { name, where, hash } of conditions) {
  test(name, { skip }, async (whole) => {
    const page = await open(whole, judged(), { hash });

    await whole.test(`sums and means are those of describe`, async () => {
      await go(page, hash);
      const { numbers } = tables("describe", traffic(), ...where);
      for (const column of ["duration", "src_bytes", "dst_bytes", "count", "serror_rate", "dst_host_srv_count", "num_failed_logins"]) {
        const want = numbers.find((r) => r.feature === column), { two, values } = await selected(page, column);
        const n = two.reduce((a, b) => a + b, 0), sum = values.reduce((s, v, k) => s + v * (two[2 * k] + two[2 * k + 1]), 0);
        assert.equal(n, want.n, `${column}: rows`);
        close(sum, want.sum, `${column}: sum`, 1e-12);
        close(sum / n, want.mean, `${column}: mean`, 1e-12);
      }
      assert.equal((await totals(page)).all, numbers[0].n);
      const cards = await page.locator("#cards").innerText();
      assert.ok(cards.includes(numbers[0].n.toLocaleString("en")), cards);
    });

    await whole.test(`levels, Cramér's V and residuals are those of chisq`, async () => {
      for (const [column, panel] of [["protocol_type", "protocol"], ["service", "service"]]) {
        if (hash.includes(column)) continue; // the panel counts what its own filter leaves out too
        const { chisq = [], cells } = tested("chisq", traffic(), ...where, "--feature", column, "--simulate", "1"), { rows } = await figures(page, panel);
        if (!cells) continue; // of one level alone there is no test
        for (const c of cells) assert.equal(number(rows.find((r) => r[0] === c.level)?.[c.group === "attack" ? 3 : 2] ?? 0), c.observed, `${column} ${c.level}, ${c.group}`);
        const { two } = await selected(page, column);
        close(association(Uint32Array.from(two)), chisq[0].effect, column);
        assert.equal(number((await page.locator(`#${panel} .head .effect`).innerText()).replace("V ", "")), Number(chisq[0].effect.toFixed(2)));
      }
      const answer = tested("chisq", traffic(), ...where, "--feature", "service", "--by", "flag", "--simulate", "1");
      if (!answer.cells || /service=|flag=/.test(hash)) return;
      const { rows } = await figures(page, "status"), levels = [...new Set(answer.cells.map((c) => c.level))], groups = [...new Set(answer.cells.map((c) => c.group))];
      const counts = levels.map((l) => groups.map((g) => answer.cells.find((c) => c.level === l && c.group === g)?.observed ?? 0)), residuals = adjustedResiduals(counts);
      close(cramersV(counts).corrected, answer.chisq[0].effect, "service by flag");
      let shown = 0;
      for (const c of answer.cells) {
        const r = residuals[levels.indexOf(c.level)][groups.indexOf(c.group)].adjusted, row = rows.find((x) => x[0] === c.level && x[1] === c.group);
        if (c.adj_residual !== null) close(r, c.adj_residual, `residual of ${c.level}, ${c.group}`);
        if (!row) continue;
        shown++;
        assert.equal(number(row[2]), c.observed);
        close(number(row[4]), c.adj_residual, `residual of ${c.level}, ${c.group} as shown`, 0.006);
      }
      assert.ok(shown >= 10, `${shown} cells were compared`);
    });

    for (const method of ["pearson", "spearman"]) {
      await whole.test(`correlations are those of corr, ${method}`, async () => {
        await go(page, hash + (method === "pearson" ? "&rank=pearson" : ""));
        await sight(page, "correlation");
        await quiet(page);
        const names = await page.evaluate(() => window.netanom.config.roles.matrix), want = tables("corr", traffic(), ...where, "--method", method, ...names.flatMap((n) => ["--feature", n]))[`corr_${method}`];
        const store = await storeOf(), columns = names.map((n) => store.named.get(n)), { rows } = await passing(page), work = correlation(columns, Uint32Array.from(rows), method);
        let step = work.next();
        while (!step.done) step = work.next();
        const { rows: shown } = await figures(page, "correlation");
        let compared = 0;
        for (const w of want) {
          const [i, j] = [names.indexOf(w.feature), names.indexOf(w.feature2)], r = step.value.r[i * names.length + j], row = shown.find((x) => [x[0], x[1]].includes(w.feature) && [x[0], x[1]].includes(w.feature2));
          if (w.estimate === null) {
            assert.ok(Number.isNaN(r) && row[2] === "–");
            continue;
          }
          close(r, w.estimate, `${w.feature} and ${w.feature2}`);
          assert.equal(number(row[2]), Number(w.estimate.toFixed(4)) + 0);
          assert.equal(number(row[3]), w.n);
          compared++;
        }
        assert.ok(compared >= 10, `${compared} pairs were compared`);
      });
    }

    await whole.test(`tests of anomalous against normal are those of ttest`, async () => {
      await go(page, hash + "&against=normal");
      const columns = ["src_bytes", "dst_bytes", "duration", "count", "dst_host_count"];
      await sight(page, "comparison");
      await quiet(page);
      const { rows } = await figures(page, "comparison"), answer = tables("ttest", traffic(), ...where, ...columns.flatMap((c) => ["--feature", c]));
      for (const column of columns) {
        const want = answer.ttest.find((r) => r.feature === column), groups = answer.ttest_groups.filter((g) => g.feature === column), { two, values } = await selected(page, column);
        const side = (k) => Uint32Array.from({ length: two.length / 2 }, (_, i) => two[2 * i + k]), d = compareNumbers(/** @type {any} */ ({ values: Float64Array.from(values), size: two.length / 2, missing: false, levels: null }), side(1), side(0));
        for (const [k, group] of [[0, "attack"], [1, "normal"]]) {
          const g = groups.find((x) => x.group === group);
          if (!g) continue;
          assert.equal(d.n[k], g.n);
          close(d.mean[k], g.mean, `${column}: mean of ${group}`, 1e-12);
          close(d.median[k], g.q50, `${column}: median of ${group}`);
          if (g.sd !== null) close(d.sd[k], g.sd, `${column}: standard deviation of ${group}`);
        }
        if (!want || want.statistic === null) continue;
        close(d.t, -want.statistic, `${column}: t`); // the command line takes normal less attack
        close(d.df, want.df, `${column}: degrees of freedom`);
        close(d.logp / Math.LN10, want.log10_p, `${column}: p`, 1e-8);
        close(Math.abs(d.rankBiserial), Math.abs(want.rank_biserial), `${column}: rank-biserial`);
        const row = rows.find((r) => r[0] === column);
        assert.equal(Math.abs(number(String(row[1]).replace("r ", ""))), Number(Math.abs(want.rank_biserial).toFixed(2)), `${column} as shown`);
      }
    });

    await whole.test(`the confusion is that of evaluate, and alerts are those of predict`, async () => {
      await go(page, hash.replace(/colour=label&?/, ""));
      const model = ["--model", detector()], [want] = tables("evaluate", traffic(), ...where, ...model).evaluate_scores ?? [], predicted = tables("predict", traffic(), ...where, ...model).predict;
      await sight(page, "threshold");
      const [tp, fn, fp, tn] = (await page.locator("#threshold .matrix button b").allInnerTexts()).map(number), alerts = predicted.find((r) => r.class === "attack")?.rows ?? 0;
      assert.equal(tp + fp, alerts, "alerts");
      assert.equal((await totals(page)).anomalous, alerts);
      assert.ok(want, "evaluate judged nothing");
      assert.deepEqual({ tp, fn, fp, tn, threshold: await page.evaluate(() => window.netanom.limit) }, { tp: want.tp, fn: want.fn, fp: want.fp, tn: want.tn, threshold: want.threshold });
      const said = Object.fromEntries(await page.locator("#threshold .measures div").evaluateAll((all) => all.map((e) => [e.firstChild.textContent, e.lastChild.textContent])));
      for (const [title, key] of [["Precision", "precision"], ["Recall", "recall"], ["F1", "f1"], ["MCC", "mcc"]]) if (want[key] !== null) shownAs(said[title], want[key], title);
    });
  });
}

test("steps of time, their sums and spikes are those of timeseries", { skip }, async (t) => {
  for (const { where, hash } of [conditions[0], conditions[1]]) {
    const page = await open(t, judged(), { hash: hash + "&measure=bytes" }), { step, start } = await page.evaluate(() => window.netanom.config.time), { series, bands, spikes } = tables("timeseries", traffic(), ...where, "--every", `${step}s`), { head, rows } = await figures(page, "volume");
    const at = (title) => head.indexOf(title), by = new Map(rows.map((r) => [Date.parse(String(r[0]).replace(" ", "T") + "Z") / 1000, r]));
    for (const w of series) {
      const r = by.get(w.time);
      assert.deepEqual([number(r[at("connections")]), number(r[at("bytes out")]), number(r[at("bytes in")]), number(r[at("anomalous")])], [w.connections, w.bytes_out, w.bytes_in, w.attacks], String(r[0]));
    }
    assert.equal(rows.reduce((n, r) => n + number(r[at("connections")]), 0), series.reduce((n, w) => n + w.connections, 0));
    if (where.length) continue; // the command line's series ends with the last row that is left
    assert.equal(rows.length, series.length);
    assert.equal(start, series[0].time);
    await page.locator('#volume [data-key="connections"]').click();
    const shown = await figures(page, "volume"), found = shown.rows.filter((r) => r.at(-1) === "stands out").map((r) => Date.parse(String(r[0]).replace(" ", "T") + "Z") / 1000);
    assert.deepEqual(found, spikes.filter((s) => s.series === "connections").map((s) => s.time));
    const band = rolling(series.map((w) => w.connections), 15, 3.5);
    bands.filter((b) => b.series === "connections").forEach((b, i) => {
      if (b.rolling_median !== null) close(band.expected[i], b.rolling_median, `median of step ${i}`);
      if (b.lower !== null) close(band.low[i], b.lower, `lower end of step ${i}`);
      if (b.upper !== null) close(band.high[i], b.upper, `upper end of step ${i}`);
    });
  }
});
