// Holds the engine to what Go counts of the same table. Go writes the block and the counts,
// and names them in BLOCK and EXPECTED.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { Engine, mostFilters } from "./engine.js";
import { decode, textOf } from "./store.js";

const store = await decode(new Uint8Array(await readFile(process.env.BLOCK)));
const expected = JSON.parse(await readFile(process.env.EXPECTED, "utf8"));

/** A row is anomalous if its label does not mean normal. */
function hotByLabel() {
  const hot = new Uint8Array(store.rows);
  for (let i = 0; i < store.rows; i++) hot[i] = store.normal.includes(textOf(store.label, store.label.codes[i])) ? 0 : 1;
  return hot;
}

test("cells are those of the table", () => {
  for (const { row, column, text } of expected.cells) {
    const c = store.named.get(column);
    assert.equal(textOf(c, c.codes[row]) ?? "", text, `${column}, row ${row}`);
  }
});

for (const c of expected.cases) {
  test(`counts of ${c.column} where ${JSON.stringify(c.where)} in rows ${c.from} to ${c.to}`, () => {
    const engine = new Engine(store, hotByLabel());
    for (const [name, levels] of Object.entries(c.where)) {
      const column = store.named.get(name);
      engine.filter(column, (code) => levels.includes(textOf(column, code)));
    }
    engine.between(c.from, c.to);
    const column = store.named.get(c.column), found = engine.counts(column), got = {};
    for (let k = 0; k < column.size; k++) if (found[2 * k] + found[2 * k + 1] > 0) got[textOf(column, k) ?? ""] = [found[2 * k], found[2 * k + 1]];
    assert.deepEqual(got, c.counts);
    assert.deepEqual(engine.totals(), c.totals);
    assert.equal(engine.passing(false).length, c.totals.all);
    assert.equal(engine.passing(true).length, c.totals.anomalous);
    for (const name of Object.keys(c.where)) engine.filter(store.named.get(name), null);
    engine.between(0, store.rows);
    assert.equal(engine.totals().all, store.rows);
  });
}

test("bits of cleared filters are used again, and too many filters are refused", () => {
  const engine = new Engine(store, hotByLabel());
  for (let round = 0; round < 3; round++) {
    const some = store.columns.slice(0, mostFilters);
    for (const c of some) engine.filter(c, () => true);
    assert.throws(() => engine.filter(store.columns[mostFilters], () => true), /at most 16/);
    for (const c of some) engine.filter(c, null);
  }
  assert.equal(engine.totals().all, store.rows);
});

test("steps and pairs add up", () => {
  const engine = new Engine(store, hotByLabel());
  const flag = store.named.get("flag"), proto = store.named.get("protocol_type");
  const same = (c) => Uint16Array.from({ length: c.size }, (_, k) => k);
  engine.filter(proto, (code) => code === 0);
  const totals = engine.totals();
  const ends = Uint32Array.from({ length: 7 }, (_, s) => Math.floor(((s + 1) * store.rows) / 7));
  assert.equal(engine.steps(ends).reduce((a, b) => a + b, 0), totals.all);
  const pairs = engine.pairs(flag, same(flag), proto, same(proto), flag.size, proto.size);
  assert.equal(pairs.reduce((a, b) => a + b, 0), store.rows, "filters on both columns do not count");
});

test("the clock ascends", () => {
  const { since } = store.clock;
  for (let i = 1; i < since.length; i++) assert.ok(since[i] >= since[i - 1]);
  assert.equal(since[0], 0);
});
