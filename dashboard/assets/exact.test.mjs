// Holds the counts of pages with a sample against those of pages with all rows of the same
// table. Go writes both, and names the file of the cases in EXPECTED.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { Board } from "./board.js";
import { readSample, standFor } from "./cube.js";
import { whole } from "./exact.js";
import { empty, verdictName, withChoice } from "./state.js";
import { decode, textOf } from "./store.js";

const cases = JSON.parse(await readFile(process.env.EXPECTED, "utf8"));
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const same = (c) => Uint16Array.from({ length: c.size }, (_, k) => k);

/** Numbers from 0 to below 1, the same every time. @param {number} seed */
function random(seed) {
  return () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32);
}

/** @param {any} c @param {boolean} sampled */
async function boardOf(c, sampled) {
  const store = await decode((sampled ? c.part : c.all).map(bytes)), config = { roles: c.roles, time: c.time, name: c.name, notes: [], views: [] };
  if (sampled) config.sample = await readSample(bytes(c.cube), store, c.time);
  return new Board(store, config, empty());
}

/** The same state for both boards: choices of levels and of outcomes, and a span of steps. */
function randomState(board, next, columns, timed, byLabel) {
  let s = empty();
  for (const name of columns) {
    const c = board.column(name), key = next() < 0.3 ? "not" : "only", some = Array.from({ length: c.size }, (_, k) => textOf(c, k)).filter(() => next() < (key === "not" ? 0.2 : 0.5));
    if (next() < 0.5) s = withChoice(s, name, { [key]: some });
  }
  const n = board.ends.length, a = Math.floor(next() * n), b = a + 1 + Math.floor(next() * (n - a)), { time } = board.config;
  const row = (step) => (step > 0 ? board.ends[step - 1] : 0);
  if (timed && next() < 0.6) s.span = time ? [time.start + a * time.step, time.start + b * time.step] : [row(a), row(b)];
  if (board.score && byLabel && next() < 0.3) s.view = { colour: "label" };
  return s;
}

// Painting is done at once, on nothing.
Object.assign(globalThis, { requestAnimationFrame: (paint) => paint(), document: { documentElement: { dataset: {} } } });

/** Goes on to a state from the one before. */
function show(board, state) {
  board.change(() => state);
  return board;
}

/** Everything that can be counted of the columns. */
function counted(board, columns, timed) {
  const { engine, ends, firstRow } = board, out = { whole: board.whole, totals: board.totals }, all = columns.map((name) => board.column(name));
  for (const c of all) {
    out[`counts ${c.name}`] = [...engine.counts(c)];
    out[`selected ${c.name}`] = [...engine.selected(c)];
    if (timed) out[`lanes ${c.name}`] = [...engine.lanes(ends.filter((_, i) => i % 3 === 2 || i === ends.length - 1), c, same(c), c.size, firstRow)];
  }
  for (let i = 1; i < all.length; i++) out[`pairs ${i}`] = [...engine.pairs(all[i], same(all[i]), all[i - 1], same(all[i - 1]), all[i].size, all[i - 1].size)];
  if (timed) out.steps = [...engine.steps(ends, firstRow)];
  for (const role of ["out", "in"]) {
    const c = board.role(role);
    if (timed) out[`sums ${role}`] = [...engine.sums(ends, c, firstRow)];
    out[`sum ${role}`] = engine.sum(c);
  }
  return out;
}

for (const c of cases) {
  const full = await boardOf(c, false), part = await boardOf(c, true), first = part.config.sample.cubes[0], names = [...first.columns.keys()].map((column) => column.name), timed = Boolean(first.ends);

  test(`${c.name}: exact counts are those of all rows`, () => {
    const next = random(7);
    for (const cube of part.config.sample.cubes) {
      const has = [...cube.columns.keys()].map((column) => column.name), judged = !full.store.label || has.includes(full.store.label.name), steps = Boolean(cube.ends), columns = [...has, ...(judged ? [verdictName] : [])];
      let rows = 0;
      for (let round = 0; round < 40; round++) {
        const state = randomState(full, next, columns, steps, judged), want = counted(show(full, state), columns, steps), board = show(part, state), got = counted(board, columns, steps);
        assert.equal(board.estimated, false);
        assert.deepEqual([...board.exact.used], [], JSON.stringify(state));
        assert.deepEqual(got, want, JSON.stringify(state));
        rows += want.totals.all;
        if (full.score && next() < 0.2) assert.equal(show(part, { ...state, threshold: 0.3, view: {} }).estimated, true, "outcomes at another threshold are not known");
      }
      assert.ok(rows > full.store.rows, "many filters let rows pass");
    }
  });

  test(`${c.name}: rows stand for all of their group`, () => {
    const { weight, table, whole: complete } = part.config.sample;
    const sums = (board, weightOf) => {
      const out = {}, own = part.store.verdicts?.threshold, score = board.score;
      for (let i = 0; i < board.store.rows; i++) {
        const hot = score ? Number(score.values[score.codes[i]] >= own) : board.hot[i], key = [hot, ...c.by.map((name) => board.column(name).codes[i])].join(" ");
        out[key] = (out[key] ?? 0) + weightOf(i);
      }
      return out;
    };
    const want = sums(full, () => 1), got = sums(part, (i) => weight[i]);
    assert.deepEqual(Object.keys(got).sort(), Object.keys(want).sort());
    for (const key of Object.keys(want)) assert.ok(Math.abs(got[key] - want[key]) < 1e-6, `${key}: ${got[key]} instead of ${want[key]}`);
    assert.equal(table, full.store.rows);
    for (let i = 0; i < weight.length; i++) assert.ok(weight[i] >= 1);
    if (complete && !part.score) for (let i = 0; i < weight.length; i++) assert.ok(!part.hot[i] || weight[i] === 1, "all anomalous rows are here");
  });

  test(`${c.name}: other counts are estimates, and say so`, () => {
    const name = c.roles.out, range = { range: [1, 1e12] }, want = show(full, withChoice(empty(), name, range)), got = show(part, withChoice(empty(), name, range));
    assert.equal(got.estimated, true);
    const near = (a, b, what) => assert.ok(Math.abs(a - b) < 0.12 * b + 60, `${what}: ${a}, of all rows ${b}`);
    near(got.totals.all, want.totals.all, "rows");
    near(got.totals.anomalous, want.totals.anomalous, "anomalous rows");
    assert.deepEqual(got.whole, want.whole);
    for (const column of names) {
      const counts = got.engine.counts(got.column(column)), sum = counts.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - show(part, withChoice(empty(), name, range)).totals.all) <= 1, `${column}: ${sum} rows`);
    }
    show(part, withChoice(empty(), name, range)).engine.counts(got.column(names[0]));
    assert.deepEqual([...got.exact.used], ["weights"]);
    assert.equal(got.engine.passing(false).every((row) => got.column(name).values[got.column(name).codes[row]] >= 1), true);
    assert.ok(got.exact.used.has("rows"));
    const half = show(part, { ...empty(), span: part.config.time ? [part.config.time.start + part.config.time.step * 2.5, part.config.time.start + part.config.time.step * 9] : [1, part.ends[5]] });
    assert.equal(half.estimated, true, "a part of a step");
    if (part.score) assert.equal(show(part, { ...empty(), threshold: 0.3 }).estimated, true, "another threshold");
    if (part.score && part.store.label) assert.equal(show(part, { ...empty(), threshold: 0.3, view: { colour: "label" } }).estimated, false, "labels do not depend on it");
  });

  test(`${c.name}: what is damaged is refused`, async () => {
    const good = bytes(c.cube);
    await assert.rejects(readSample(good.slice(0, good.length / 2), part.store, c.time), /damaged/);
    await assert.rejects(readSample(bytes(c.part[1]), part.store, c.time), /order|damaged/);
    await assert.rejects(readSample(good, full.store, c.time), /damaged/);
  });
}

test("rounding keeps sums", () => {
  const next = random(3), sums = Float64Array.from({ length: 400 }, () => next() * 3), got = whole(sums);
  for (let side = 0; side < 2; side++) {
    let want = 0, is = 0;
    for (let k = side; k < 400; k += 2) {
      want += sums[k];
      is += got[k];
      assert.ok(Math.abs(is - want) <= 0.5 + 1e-9);
    }
  }
  assert.deepEqual([...whole(Float64Array.of(3, 0, 5, 7))], [3, 0, 5, 7]);
});

test("few groups and many are weighed alike", () => {
  const weigh = (size, far) => [...standFor(Float64Array.of(3, far, 3, 0), Float64Array.of(4, 6, 1, 8), Float64Array.of(3, far, far, 3, 0, 3), size)];
  assert.deepEqual(weigh(10, 9), [5 / 3, 3, 3, 5 / 3, 8, 5 / 3]);
  assert.deepEqual(weigh(2 ** 40, 2 ** 39), weigh(10, 9));
  for (const size of [2, 2 ** 40]) assert.throws(() => standFor(Float64Array.of(1), Float64Array.of(1), Float64Array.of(1, 1), size), /damaged/);
});
