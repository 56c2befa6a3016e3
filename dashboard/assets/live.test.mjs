// Holds the reader of server-sent events to the examples of the WHATWG HTML standard (section
// 9.2.6), and putting events together to what Go has (GIVEN names it).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { axisOf, delay, Events } from "./live.js";
import { append, decode, textOf } from "./store.js";

/** The events of a text that comes in pieces of so many characters. */
function read(text, size = text.length) {
  const events = new Events();
  for (let i = 0; i < text.length; i += size) events.push(text.slice(i, i + size));
  return events;
}

const examples = [
  ["data: YHOO\ndata: +2\ndata: 10\n\n", [{ id: "", type: "message", data: "YHOO\n+2\n10" }]],
  [": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n", [{ id: "1", type: "message", data: "first event" }, { id: "", type: "message", data: "second event" }, { id: "", type: "message", data: " third event" }]],
  ["data\n\ndata\ndata\n\ndata:", [{ id: "", type: "message", data: "" }, { id: "", type: "message", data: "\n" }]],
  ["data:test\n\ndata: test\n\n", [{ id: "", type: "message", data: "test" }, { id: "", type: "message", data: "test" }]],
  ["event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n", [{ id: "", type: "add", data: "73857293" }, { id: "", type: "remove", data: "2153" }, { id: "", type: "add", data: "113411" }]],
  ["event: lost\n\nunknown: x\ndata: a:b\n\n", [{ id: "", type: "message", data: "a:b" }]],
];

test("events in any pieces and with any ends of lines", () => {
  for (const [text, want] of examples) {
    for (const end of ["\n", "\r\n", "\r"]) {
      const all = text.replaceAll("\n", end);
      for (let size = 1; size <= all.length; size++) assert.deepEqual(read(all, size).take(), want, JSON.stringify([all, size]));
    }
  }
});

test("retry and ids that are none", () => {
  const events = read("retry: 2000\n\nretry: soon\nid: a\0b\ndata: x\n\n");
  assert.equal(events.retry, 2000);
  assert.deepEqual(events.take(), [{ id: "", type: "message", data: "x" }]);
  assert.deepEqual(events.take(), []);
});

test("a line that does not end", () => {
  assert.throws(() => new Events().push("x".repeat((1 << 26) + 1)), /does not end/);
});

test("longer and longer waits, none the same for all", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((n) => delay(n, 1)), [1, 2, 4, 8, 16, 30, 30]);
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((n) => delay(n, 0)), [1, 1, 2, 4, 8, 15, 15]);
  for (let i = 0; i < 100; i++) assert.ok(delay(i) >= 1 && delay(i) <= 30);
});

test("an axis of round steps", () => {
  const axis = (since) => axisOf({ rows: since.length, clock: { name: "", start: 1767225600, since: Float64Array.from(since) } }); // 2026-01-01
  assert.deepEqual(axis([0.5]), { start: 1767225600, step: 1, steps: 1, name: "1 s" });
  assert.deepEqual(axis([0, 239.9]), { start: 1767225600, step: 1, steps: 240, name: "1 s" });
  assert.deepEqual(axis([0, 240]), { start: 1767225600, step: 5, steps: 49, name: "5 s" });
  assert.deepEqual(axis([3601, 7300]), { start: 1767225600 + 3600, step: 30, steps: 124, name: "30 s" });
  for (let span = 1; span < 1e11; span *= 3) {
    const a = axis([7.25, 7.25 + span]);
    assert.ok(a.steps <= 241 && a.start <= 1767225607.25 && a.start + a.steps * a.step > 1767225607.25 + span, JSON.stringify([span, a]));
  }
  assert.equal(axisOf({ rows: 0, clock: null }), null);
});

test("events put together are what the service has", { skip: !process.env.GIVEN }, async () => {
  const { most, blocks, cells, times, ids } = JSON.parse(await readFile(process.env.GIVEN, "utf8"));
  let store = null;
  for (const block of blocks) {
    const more = await decode(new Uint8Array(Buffer.from(block, "base64")));
    store = store ? append(store, more, most) : more;
  }
  assert.equal(store.rows, cells.length);
  for (let i = 0; i < store.rows; i++) {
    assert.deepEqual(store.columns.map((c) => textOf(c, c.codes[i]) ?? ""), cells[i], `row ${i}`);
    assert.ok(Math.abs(store.clock.start + store.clock.since[i] - times[i]) < 0.001, `row ${i}`);
    assert.equal(store.verdicts.idOf(i), ids[i]);
  }
});
