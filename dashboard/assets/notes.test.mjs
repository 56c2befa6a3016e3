// Notes are kept, read again, merged, and hostile files of notes do nothing.
import assert from "node:assert/strict";
import test from "node:test";

import { longestComment, markOf, Notes, readNotes, statuses } from "./notes.js";

/** A shelf in memory. */
const shelf = (text = null) => ({ text, read() { return this.text; }, write(t) { this.text = t; } });

/** A store of as many rows, with lines from 2 unless they are not known. */
function store(rows, { lines = true, ids = null, texts = ["a", "b"] } = {}) {
  const column = { name: "service", canon: "service", levels: texts, values: null, ready: true, size: texts.length, codes: Uint8Array.from({ length: rows }, (_, i) => i % texts.length) };
  return { rows, columns: [column], named: new Map([["service", column]]), clock: { start: 100, since: Float64Array.from({ length: rows }, (_, i) => i) }, verdicts: ids && { ids, score: null, idOf: (row) => ids[row] ?? "" }, lineOf: (row) => (lines ? row + 2 : 0) };
}

test("a note survives the page, and an empty one goes", () => {
  const kept = shelf(), s = store(10), a = new Notes("d", kept);
  a.set(s, 3, { status: "confirmed" });
  a.set(s, 3, { comment: "seen before" });
  a.set(s, 4, { comment: "x".repeat(longestComment + 5) });
  const b = new Notes("d", kept);
  assert.equal(b.size, 2);
  assert.equal(b.of(s, 3).status, "confirmed");
  assert.equal(b.of(s, 3).comment, "seen before");
  assert.equal(b.of(s, 4).comment.length, longestComment);
  assert.equal(b.of(s, 5), null);
  assert.deepEqual([...b.codes(s)], [0, 0, 0, statuses.indexOf("confirmed"), 0, 0, 0, 0, 0, 0]);
  b.set(s, 3, { status: "", comment: " " });
  assert.equal(new Notes("d", kept).size, 1);
  assert.equal(new Notes("other data", kept).size, 0);
  b.set(s, 5, { status: "no such status" });
  assert.equal(b.of(s, 5), null);
});

test("notes go with their rows where these move", () => {
  const ids = ["C1", "C2", "C3"], notes = new Notes("d", shelf()), before = store(3, { lines: false, ids }), after = store(2, { lines: false, ids: ids.slice(1) });
  notes.set(before, 2, { status: "acknowledged" });
  assert.equal(notes.of(after, 1).status, "acknowledged");
  assert.equal(notes.of(after, 0), null);
  assert.deepEqual([...notes.codes(before)], [0, 0, 1]);
  assert.deepEqual([...notes.codes(after)], [0, 1]);
});

test("rows without a line or an id are told by what they hold", () => {
  const notes = new Notes("d", shelf()), s = store(6, { lines: false });
  notes.set(s, 2, { comment: "this one" });
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((i) => notes.of(s, i)?.comment ?? ""), ["", "", "this one", "", "", ""]);
});

test("what another window wrote stays", () => {
  const kept = shelf(), s = store(5), a = new Notes("d", kept), b = new Notes("d", kept);
  a.set(s, 0, { status: "confirmed" });
  b.set(s, 1, { status: "false alarm" });
  assert.equal(new Notes("d", kept).size, 2);
});

test("without a place to keep them notes still work", () => {
  const broken = { read() { throw new Error("denied"); }, write() { throw new Error("denied"); } }, s = store(5), notes = new Notes("d", broken);
  assert.equal(notes.kept, false);
  notes.set(s, 1, { status: "confirmed" });
  notes.set(s, 2, { status: "confirmed" });
  assert.equal(notes.size, 2);
  assert.equal(notes.kept, false);
});

test("a file of notes is merged, the newer of two stays", () => {
  const s = store(5), a = new Notes("d", shelf()), b = new Notes("d", shelf());
  a.set(s, 0, { status: "confirmed" });
  a.set(s, 1, { status: "acknowledged" });
  const file = JSON.parse(a.text());
  file.notes[0].at = 5;
  b.set(s, 0, { status: "false alarm" });
  let told = 0;
  b.listeners.push(() => told++);
  assert.equal(b.merge(JSON.stringify(file)), 1);
  assert.equal(told, 1);
  assert.equal(b.of(s, 0).status, "false alarm");
  assert.equal(b.of(s, 1).status, "acknowledged");
});

test("hostile files do nothing", () => {
  const entry = { line: 2, id: "", status: "confirmed", comment: "", at: 1 }, file = (notes, more = {}) => JSON.stringify({ "netanom notes": 1, data: "d", notes, ...more });
  for (const text of ["", "null", "[]", "7", "\"x\"", "{}", "{\"__proto__\":{\"netanom notes\":1}}", file("x"), file([entry], { data: "e" }), file([entry], { "netanom notes": 2 }), file([entry]) + "}"]) assert.throws(() => readNotes(text, "d"), /notes|JSON/, text);
  const bad = [null, 1, [], "x", { ...entry, line: -1 }, { ...entry, line: 1.5 }, { ...entry, line: "2" }, { ...entry, id: 3 }, { ...entry, id: "y".repeat(201) }, { ...entry, status: "constructor" }, { ...entry, status: ["confirmed"] }, { ...entry, comment: {} }, { ...entry, status: "" }];
  assert.deepEqual(readNotes(file(bad), "d"), []);
  const [note] = readNotes(`{"netanom notes":1,"data":"d","notes":[{"line":2,"id":"__proto__","status":"","comment":"a\\u0000\\u001bb\\nc","at":1e300,"__proto__":{"polluted":1},"onclick":"x"}]}`, "d");
  assert.deepEqual(Object.keys(note).sort(), ["at", "comment", "id", "line", "status"]);
  assert.equal(note.comment, "a  b\nc");
  assert.ok(note.at <= Date.now());
  assert.equal({}.polluted, undefined);
  assert.equal(readNotes(file(Array(100_050).fill(entry)), "d").length, 100_000);
});

test("the mark tells data apart", () => {
  const one = markOf(store(50), "a.csv", ["service", "none"]);
  assert.equal(one, markOf(store(50), "a.csv", ["service", "none"]));
  assert.notEqual(one, markOf(store(50), "b.csv", ["service"]));
  assert.notEqual(one, markOf(store(51), "a.csv", ["service"]));
  assert.notEqual(one, markOf(store(50, { texts: ["a", "c"] }), "a.csv", ["service"]));
});
