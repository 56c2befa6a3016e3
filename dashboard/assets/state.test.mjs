// What is chosen, to the address and back.
import assert from "node:assert/strict";
import test from "node:test";

import { cleared, empty, filters, fromHash, History, toggled, toHash, withChoice, withView } from "./state.js";

test("a click chooses, adds, and excludes", () => {
  let s = toggled(empty(), "service", "http");
  assert.deepEqual(s.columns, { service: { only: ["http"] } });
  s = toggled(s, "service", "smtp", { add: true });
  assert.deepEqual(s.columns.service, { only: ["http", "smtp"] });
  assert.deepEqual(toggled(s, "service", "http").columns.service, { only: ["smtp"] });
  assert.deepEqual(toggled(s, "service", "ftp").columns.service, { only: ["ftp"] });
  assert.deepEqual(toggled(toggled(empty(), "service", "http"), "service", "http"), empty(), "a second click takes it back");
  s = toggled(empty(), "service", null, { exclude: true });
  assert.deepEqual(s.columns.service, { not: [null] });
  assert.deepEqual(toggled(s, "service", null, { exclude: true }), empty());
  assert.deepEqual(toggled(toggled(empty(), "service", "http"), "service", "http", { exclude: true }).columns.service, { only: [], not: ["http"] });
  assert.equal(filters(cleared(s)), 0);
});

test("every state survives the address", () => {
  const levels = ["http", "a,b", "!x", "~1~2", "%41", "a&b=c#d", "", null, "</script>", "日本", "\u0000x"];
  for (const name of ["service", "__proto__", "constructor", "t", "thr", ":odd", "a=b", "100%", "x"]) {
    for (const choice of [{ only: levels.filter((l) => l !== "") }, { not: ["a", null] }, { only: ["q"], not: ["!"] }, { range: [-1.5, 1e300] }, { range: [0, 0] }]) {
      const s = withView(withChoice({ ...empty(), span: [17, 42.25], threshold: 0.5 }, name, choice), { measure: "share", theme: "dark" });
      assert.deepEqual(fromHash("#" + toHash(s)), s, name);
    }
  }
});

test("what is no state is left out", () => {
  for (const text of ["", "#", "#a", "#=b", "#t=5", "#t=9~3", "#t=x~y", "#thr=", "#thr=abc", "#service=", "#service=%E0%A4", "#bytes=~1~", "#&&&"]) {
    const s = fromHash(text);
    assert.equal(s.span, null, text);
    assert.equal(s.threshold, null, text);
    assert.equal(Object.keys(s.columns).filter((c) => c !== "bytes").length, 0, text);
  }
});

test("history goes back and forth", () => {
  const h = new History(empty());
  h.go(toggled(h.now, "a", "1"));
  h.go(toggled(h.now, "b", "2"));
  h.go(h.now);
  assert.equal(h.past.length, 2, "the same state is no step");
  assert.ok(h.undo() && h.undo() && !h.undo());
  assert.deepEqual(h.now, empty());
  assert.ok(h.redo());
  h.go(toggled(h.now, "c", "3"));
  assert.ok(!h.redo(), "a new step ends what was undone");
});
