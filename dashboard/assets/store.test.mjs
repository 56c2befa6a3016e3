// Holds reading to what Go wrote (EXPECTED names data that Go gave apart from their blocks),
// and appending to a plain join of cells as text.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";

import { append, begin, decode, textOf } from "./store.js";

const cases = process.env.EXPECTED ? JSON.parse(await readFile(process.env.EXPECTED, "utf8")) : [];
const bytes = (base64) => new Uint8Array(Buffer.from(base64, "base64"));

/** Holds a store to what Go had. */
function same(store, want, early) {
  assert.equal(store.rows, want.rows);
  store.columns.forEach((c, j) => {
    const w = want.columns[j], there = !early || early.includes(j);
    assert.equal(c.name, w.name);
    assert.equal(c.ready, there, c.name);
    assert.deepEqual([...c.codes], there ? w.codes : [], c.name);
    assert.deepEqual(c.levels ?? [...c.values], w.levels ?? w.values ?? [], c.name);
  });
  assert.equal(store.clock === null, want.since === null);
  if (want.since) want.since.forEach((s, i) => assert.ok(Math.abs(store.clock.since[i] - s) <= want.off, `row ${i}`));
  if (early) return;
  want.lines.forEach((line, i) => assert.equal(store.lineOf(i), line));
  if (!want.verdicts) return assert.equal(store.verdicts, null);
  const v = store.verdicts, w = want.verdicts;
  assert.deepEqual([v.model, v.algorithm, v.threshold, v.floor, v.calibrated, store.columns.indexOf(v.score)], [w.Model, w.Algorithm, w.Threshold, w.Floor, w.Calibrated, w.Score]);
  for (let i = 0, n = 0; i < store.rows; i++) {
    const has = v.score.values[v.score.codes[i]] >= w.Floor;
    assert.deepEqual(v.reasonsOf(i).map((c) => store.columns.indexOf(c)), has ? w.Reasons[n].filter((r) => r >= 0) : []);
    assert.equal(v.idOf(i), has ? w.IDs[n] : "");
    if (has) n++;
  }
}

for (const c of cases) {
  test(`${c.name}: what Go wrote in one part and in three`, async () => {
    same(await decode(bytes(c.block)), c);
    const parts = c.parts.map(bytes);
    let came = 0;
    same(await decode(parts), c);
    const { store, rest } = await begin([parts[0], new Promise((done) => setTimeout(done, 5, parts[1])), parts[2]], () => came++);
    assert.equal(came, 0);
    same(store, c, c.first);
    await rest;
    same(store, c);
    assert.equal(came, 2);
  });

  test(`${c.name}: damage is told`, async () => {
    const parts = c.parts.map(bytes), raw = gunzipSync(parts[0]), head = raw.readUInt32LE(0);
    const wrong = (first, second, why) => assert.rejects(decode(second ? [first, second, parts[2]] : [first]), why);
    await wrong(parts[0], parts[1].subarray(0, parts[1].length - 9), /cannot be unpacked/);
    await wrong(parts[1], parts[0], /not in their order/);
    await wrong(parts[0], null, /in 3 parts, and 1 of them/);
    await wrong(gzipSync(raw.subarray(0, head)), parts[1], /end early/);
    await wrong(gzipSync(raw.subarray(0, raw.length - 1)), parts[1], /end early/);
    await wrong(gzipSync(Buffer.concat([raw, raw.subarray(0, 1)])), parts[1], /longer than they say/);
    await assert.rejects(decode([]), /no data/);
    for (let k = 0; k < 20; k++) {
      const spoilt = Buffer.from(raw), at = 4 + head + Math.floor(((raw.length - 4 - head) * k) / 20);
      for (let i = at; i < Math.min(at + 99, spoilt.length); i++) spoilt[i] = 255;
      await decode([new Uint8Array(gzipSync(spoilt)), parts[1], parts[2]]).then((s) => {
        for (const column of s.columns) for (const code of column.codes) assert.ok(code < column.size, column.name);
      }, (err) => assert.match(err.message, /^the data are damaged/));
    }
  });
}

/** A small generator of numbers below n. @param {number} seed */
function random(seed) {
  return (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
}

const place = (all, v) => (v === null ? all.length : all.indexOf(v));

/** A store of cells: each column of columns has a cell a row, null for none. */
function storeOf(columns, rows, start, since, extra = {}) {
  const all = columns.map(({ name, text, cells }) => {
    const used = [...new Set(cells.filter((v) => v !== null))], levels = text ? used : null, values = text ? null : Float64Array.from(used).sort();
    const missing = cells.includes(null);
    return {
      name, canon: name, role: "feature", kind: "", levels, values, missing, rounded: false, others: 0, ready: true,
      size: used.length + (missing ? 1 : 0), codes: Uint8Array.from(cells, (v) => place(levels ?? [...values], v)),
    };
  });
  const named = new Map(all.map((c) => [c.name, c]));
  return {
    source: "s", layout: "", rows, columns: all, named, label: named.get("label") ?? null, normal: ["normal"], leftOut: [], verdicts: null,
    clock: since && { name: "ts", start, since: Float64Array.from(since) }, lineOf: (i) => i + 1, ...extra,
  };
}

/** Verdicts of rows whose score is at least 5. */
function judged(store, prefix) {
  const score = store.named.get("score"), places = [], reasons = [], ids = [];
  for (let i = 0; i < store.rows; i++) {
    const keep = Number(textOf(score, score.codes[i])) >= 5;
    places.push(keep ? ids.length : -1);
    if (!keep) continue;
    ids.push(`${prefix}${i}`);
    reasons.push(1 + (i % store.columns.length), 0, 0);
  }
  store.verdicts = {
    model: prefix, algorithm: "", threshold: 7, floor: 5, calibrated: false, score, places: Int32Array.from(places), reasons: Uint16Array.from(reasons), ids,
    reasonsOf: (i) => (places[i] < 0 ? [] : [store.columns[reasons[places[i] * 3] - 1]]), idOf: (i) => ids[places[i]] ?? "",
  };
  return store;
}

function randomStore(pick, names, timed, start) {
  const rows = pick(60), since = [];
  for (let i = 0, t = 0; i < rows; i++) since.push((t += i && pick(3)));
  const columns = names.map((name) => {
    const text = name.startsWith("t") || name === "label", hole = name !== "score" && pick(2) === 0;
    return { name, text, cells: Array.from({ length: rows }, () => (hole && pick(5) === 0 ? null : text ? `l${pick(7)}` : pick(11))) };
  });
  return judged(storeOf(columns, rows, start, timed ? since : null), names.join(""));
}

/** The rows of a store as plain objects. */
function plain(store) {
  return Array.from({ length: store.rows }, (_, i) => ({
    time: store.clock ? store.clock.start + store.clock.since[i] : null, line: store.lineOf(i), id: store.verdicts.idOf(i), why: store.verdicts.reasonsOf(i).map((c) => c.name),
    cells: Object.fromEntries(store.columns.map((c) => [c.name, textOf(c, c.codes[i])])),
  }));
}

/** Dictionaries are in their order, and have what is used alone. */
function orderly(store) {
  for (const c of store.columns) {
    const counts = new Array(c.size).fill(0);
    for (const k of c.codes) counts[k]++;
    assert.equal(c.codes.length, store.rows);
    assert.ok(store.rows === 0 || counts.every((n) => n > 0), `${c.name}: ${counts}`);
    const all = c.levels ?? c.values;
    for (let k = 1; k < all.length; k++) {
      if (c.values) assert.ok(all[k] > all[k - 1], c.name);
      else assert.ok(counts[k] < counts[k - 1] || (counts[k] === counts[k - 1] && all[k] > all[k - 1]), c.name);
    }
  }
}

test("appending is the plain join of rows", () => {
  for (let seed = 1; seed < 300; seed++) {
    const pick = random(seed), timed = seed % 3 > 0, most = [1000, 50, 7, 0][seed % 4];
    const a = randomStore(pick, ["t1", "n1", "score", "label", "tonly"], timed, 1000), b = randomStore(pick, ["n1", "label", "t1", "nonly", "score"], timed, 1000 + pick(80) - 20);
    const names = ["t1", "n1", "score", "label", "tonly", "nonly"];
    let want = [...plain(a), ...plain(b)];
    if (timed) want = want.map((r, i) => [r, i]).sort(([x, i], [y, j]) => x.time - y.time || i - j).map(([r]) => r);
    want = want.slice(Math.max(0, want.length - most)).map((r) => ({ ...r, cells: Object.fromEntries(names.map((n) => [n, r.cells[n] ?? null])) }));
    const got = append(a, b, most);
    assert.deepEqual(plain(got), want, `seed ${seed}`);
    assert.deepEqual(got.columns.map((c) => c.name), names);
    assert.equal(got.label, got.named.get("label"));
    assert.equal(got.verdicts.score, got.named.get("score"));
    if (timed) assert.equal(got.clock.start, 1000);
    orderly(got);
    assert.deepEqual(plain(append(got, storeOf([], 0, 1000, timed ? [] : null), 1e9)), want, "nothing changes nothing");
  }
});

test("numbers beside text become text, and the other levels stay the last one", () => {
  const a = storeOf([{ name: "x", text: true, cells: ["(other)", "(other)", "b"] }], 3, 0, null), b = storeOf([{ name: "x", text: false, cells: [2, 1.5] }], 2, 0, null);
  Object.assign(a.columns[0], { levels: ["b", "(other)"], codes: Uint8Array.of(1, 1, 0), others: 9 });
  const { levels, others, codes } = append(a, b, 9).columns[0];
  assert.deepEqual([levels, others, [...codes]], [["1.5", "2", "b", "(other)"], 9, [3, 3, 2, 1, 0]]);
});

test("too many values are rounded up, and too many levels put together", () => {
  const rows = 50000, wide = (from, text) => ({
    ...storeOf([], rows, 0, null), columns: [{
      name: "x", canon: "x", role: "feature", kind: "", levels: text ? Array.from({ length: rows }, (_, i) => `v${from + i}`) : null,
      values: text ? null : Float64Array.from({ length: rows }, (_, i) => from + i), missing: false, rounded: false, others: 0, size: rows, ready: true, codes: Uint16Array.from({ length: rows }, (_, i) => i),
    }],
  });
  const numbers = append(wide(0, false), wide(50000, false), 1e6).columns[0];
  assert.ok(numbers.rounded && numbers.size === 65535);
  numbers.codes.forEach((k, i) => assert.ok(numbers.values[k] >= i && !(numbers.values[k - 1] >= i)));
  const levels = append(wide(0, true), wide(50000, true), 1e6).columns[0];
  assert.deepEqual([levels.size, levels.others, levels.levels[65534]], [65535, 100000 - 65534, "(other)"]);
  levels.codes.forEach((k, i) => assert.ok(k === 65534 || levels.levels[k] === `v${i}`));
});

test("a store that is not ready is not appended to", () => {
  const a = storeOf([{ name: "x", text: true, cells: ["b"] }], 1, 0, null);
  a.columns[0].ready = false;
  assert.throws(() => append(a, a, 5), /when all columns are there/);
});
