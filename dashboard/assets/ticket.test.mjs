// A ticket shows what is in it and does nothing else. What must be escaped is taken from
// CommonMark 0.31 (sections 2.4 and 6) and the extensions of GitHub Flavored Markdown (tables, autolinks).
import assert from "node:assert/strict";
import test from "node:test";

import { escaped, ticket } from "./ticket.js";

/** What Markdown shows of escaped text: a backslash before punctuation goes (CommonMark 2.4). */
const shown = (text) => text.replace(/\\([!-/:-@[-`{-~])/g, "$1");

/** Text in which nothing means anything: escaped punctuation is taken out first. */
const bare = (text) => text.replace(/\\[!-/:-@[-`{-~]/g, "");

const hostile = ["<script>alert(1)</script>", "![x](http://evil.example/p.png)", "[a](javascript:alert(1))", "a|b|c", "`code` ``x``", "**bold** _em_ ~~s~~", "<!-- -->", "&lt;b&gt; &#60;", "\\", "\\|", "\\\\|", "https://evil.example", "HTTP://evil.example",
  "www.evil.example", "ftp://a", "@everyone", "#123", "$x^2$", "a@b.example", "{{7*7}}", "=1+1", "- item", "1. item", "---", "===", "> quote", "# head", "+ x", "10.0.0.1", "dst_host_count", "日本語"];

test("text is shown as it was, and nothing of it is Markdown", () => {
  for (const text of hostile) {
    const e = escaped(text);
    assert.equal(shown(e), text, text);
    assert.doesNotMatch(bare(e), /[`*_{}[\]#!|<>~&@$^\\]|:\/\/|:\/|www\./i, text);
    assert.doesNotMatch(e, /^(?:[-+>#=]|\d+\. )/, text);
  }
  assert.equal(escaped("10.0.0.1"), "10.0.0.1", "addresses stay readable");
});

test("lines, control characters and turned text do not leave their cell", () => {
  for (const c of ["\n", "\r\n", "\r", "\u0000", "\u001b", "\u0085", "\u2028", "\u2029", "\u202e", "\u2066"]) assert.equal(escaped(`a${c}| b`), "a \\| b");
});

test("every line of a hostile ticket is one that the ticket has anyway", () => {
  const calm = (v) => ticket({ title: v, facts: [[v, v]], reasons: [v], comment: v, fields: [[v, v], ["x", v]], link: "https://h/#a=" + v, source: v }).split("\n").length, lines = calm("x");
  for (const text of [...hostile, "a\n\n# b\n\n| c |", "x\r\n---\r\n"]) {
    if (text.includes("\n")) continue; // a comment may have lines
    assert.equal(calm(text), lines, text);
  }
  const out = ticket({ title: "a\n# b", facts: [["k", "v\n- w"]], reasons: ["r\n2. s"], comment: "one\n\n<b>two</b>\n# three", fields: [["f|g", "1\n| 2 |"]], link: "https://h/#a=`b` c", source: "s\n# t" });
  assert.match(out, /^## a \\# b$/m);
  assert.match(out, /^- k: v - w$/m);
  assert.match(out, /^1\. r 2\. s$/m);
  assert.match(out, /^> one\n> \\<b\\>two\\<\/b\\>\n> \\# three$/m);
  assert.match(out, /^\| f\\\|g \| 1 \\\| 2 \\\| \|$/m);
  assert.match(out, /^View: `[^`\s]+`$/m);
  for (const row of out.split("\n").filter((l) => l.startsWith("| "))) assert.equal(bare(row).split("|").length, 4, row);
});
