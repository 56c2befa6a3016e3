// Counts behind the threshold against counting rows one by one.
import assert from "node:assert/strict";
import test from "node:test";

import { confusionAt, confusionByThreshold } from "./measures.js";
import { tallies } from "./panels/threshold.js";

test("counts by score are those of the rows that pass", () => {
  const n = 5000, values = Float64Array.from({ length: 40 }, (_, k) => k / 40), codes = Uint8Array.from({ length: n }, (_, i) => (i * 7919) % 41), score = { values, codes, size: 41 };
  const label = { codes: Uint8Array.from({ length: n }, (_, i) => (i * 31) % 3), bad: Uint8Array.of(0, 1, 1) }, mask = Uint16Array.from({ length: n }, (_, i) => (i % 5 === 0 ? 1 : 0) | (i % 7 === 0 ? 2 : 0)), engine = { mask, from: 100, to: 4900 };
  const { attacks, others } = tallies(score, label, engine, 0xffff & ~2), counts = confusionByThreshold(score, attacks, others);
  for (const limit of [-1, 0, 0.33, 0.5, 0.975, 2]) {
    const m = { tp: 0, fp: 0, fn: 0, tn: 0 };
    for (let i = 100; i < 4900; i++) {
      if (i % 5 === 0 || codes[i] === 40) continue;
      const alert = values[codes[i]] >= limit, attack = label.codes[i] > 0;
      m[attack ? (alert ? "tp" : "fn") : alert ? "fp" : "tn"]++;
    }
    const { tp, fp, fn, tn } = confusionAt(counts, limit);
    assert.deepEqual({ tp, fp, fn, tn }, m, String(limit));
  }
  const weight = Float64Array.from({ length: n }, () => 2.5), twice = tallies(score, label, engine, 0xffff & ~2, weight);
  assert.deepEqual(twice.attacks, attacks.map((a) => 2.5 * a));
  assert.equal(tallies(score, null, engine, 0xffff).attacks.reduce((a, b) => a + b), 0);
});
