// Orders and groups against Array.sort and Map on random rows.
import assert from "node:assert/strict";
import test from "node:test";

import { byRanks, collapsed, kindsOf, ranksOf, sorted } from "./order.js";

let seed = 7;
const random = (n) => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return Math.floor((seed / 2 ** 32) * n); };

/** A column of random codes. */
const column = (rows, { levels = null, values = null, missing = false }) => {
  const size = (levels ?? values).length + (missing ? 1 : 0);
  return { levels, values, missing, size, codes: Uint16Array.from({ length: rows }, () => random(size)) };
};

test("rows are in the order that a stable sort gives, those without a value at last", () => {
  const n = 3000, rows = Uint32Array.from({ length: n }, (_, i) => i).filter(() => random(3) > 0);
  const numbers = column(n, { values: Float64Array.of(-5, 0, 2.5, 1e9), missing: true }), texts = column(n, { levels: ["10.0.0.10", "http", "10.0.0.9", "ftp"], missing: true });
  for (const down of [false, true]) {
    const sign = down ? -1 : 1, value = (r) => numbers.values[numbers.codes[r]] ?? sign * Infinity;
    assert.deepEqual([...sorted(rows, numbers, down)], [...rows].sort((a, b) => sign * (value(a) - value(b)) || a - b));
    const order = ["10.0.0.9", "10.0.0.10", "ftp", "http"], rank = (r) => { const t = texts.levels[texts.codes[r]]; return t === undefined ? sign * 99 : order.indexOf(t); };
    assert.deepEqual([...sorted(rows, texts, down)], [...rows].sort((a, b) => sign * (rank(a) - rank(b)) || a - b));
  }
  assert.deepEqual([...ranksOf(texts)], [1, 3, 0, 2, 4]);
  assert.equal(byRanks(new Uint32Array(0), numbers.codes, Uint16Array.of(0, 1, 2, 3, 4), 5).length, 0);
});

test("rows of a kind are together, also where kinds are too many for a table", () => {
  const n = 4000, rows = Uint32Array.from({ length: n }, (_, i) => n - 1 - i), many = Array.from({ length: 60_000 }, (_, k) => "h" + k);
  for (const columns of [[column(n, { levels: ["a", "b", "c"] }), column(n, { levels: ["x", "y"], missing: true })], [column(n, { levels: many }), column(n, { levels: many.slice(0, 900) }), column(n, { levels: ["a", "b"] })]]) {
    const key = (r) => columns.map((c) => c.codes[r]).join(), known = new Map(), { kinds, count } = kindsOf(rows, columns);
    rows.forEach((r, i) => {
      if (!known.has(key(r))) known.set(key(r), known.size);
      assert.equal(kinds[i], known.get(key(r)));
    });
    assert.equal(count, known.size);
    const opened = key(rows[0]), size = [...rows].filter((r) => key(r) === opened).length, c = collapsed(rows, { kinds, count }, (first) => key(first) === opened);
    assert.equal(c.rows.length, count - 1 + size);
    assert.equal(c.counts.reduce((a, b) => a + b), n);
    assert.deepEqual([...c.rows.subarray(0, size)], [...rows].filter((r) => key(r) === opened));
    assert.deepEqual([...c.counts.subarray(0, size)], [size, ...Array(size - 1).fill(0)]);
  }
  assert.deepEqual(kindsOf(new Uint32Array(0), [column(1, { levels: ["a"] })]), { kinds: new Uint32Array(0), count: 0 });
});
