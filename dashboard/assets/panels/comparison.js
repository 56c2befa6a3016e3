// What sets a selection apart from the rest, or from another selection: every column, the greatest difference first.
import { choiceWords, spanWords } from "../bar.js";
import { Board } from "../board.js";
import { colours } from "../colour.js";
import { compareAll, fewRows, selectedWarning } from "../compare.js";
import { button, choice, dialog, h, table } from "../dom.js";
import { mostFilters } from "../engine.js";
import { count, figure, plural, share, value } from "../format.js";
import { frame } from "../frame.js";
import { filters, fromHash, toHash, verdictName, withView } from "../state.js";
import { pText } from "../tails.js";
import { titleOf } from "../words.js";
import { behind } from "./behind.js";

/** @typedef {import("../store.js").Column} Column */
/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../state.js").State} State */
/** @typedef {import("../compare.js").Difference} Difference */
/** @typedef {ReturnType<typeof import("../compare.js").compareLevels>} Levels */
/** @typedef {ReturnType<typeof import("../compare.js").compareNumbers>} Numbers */
/** @typedef {{how: string, names: [string, string], n: [number, number], shared: number, differences: Difference[], by: Map<string, string>}} Found names of the two groups, rows of each, rows that are in both, columns that the groups were made by */

const first = 15, mostLevels = 1000;

/** @param {State} s of which only the filters are kept */
const pinOf = (s, threshold = s.threshold) => toHash({ ...s, threshold, view: {} });

/** The filters of the reference, if one is pinned. @param {Board} board */
function pinned(board) {
  const text = board.state.view.reference, s = text ? fromHash(text) : null;
  return s && filters(s) && filters(s) <= mostFilters ? s : null;
}

/** Filters in words. @param {Board} board @param {State} s */
function filterWords(board, s) {
  const columns = Object.keys(s.columns).map((name) => { const c = board.column(name); return `${c ? titleOf(c) : name}: ${c ? choiceWords(s.columns[name]) : "no such column"}`; });
  return [...(s.span ? [spanWords(board, s.span)] : []), ...columns].join("; ");
}

/** The rows of a reference, found again only when they are others. @param {Board} board */
function referenceRows(board) {
  /** @type {{store: Store | null, text: string, rows: Uint32Array}} */
  let known = { store: null, text: "", rows: new Uint32Array(0) };
  return (/** @type {State} */ s) => {
    const text = toHash(s);
    if (known.store !== board.store || known.text !== text) known = { store: board.store, text, rows: new Board(board.store, board.config, s).engine.passing(false) };
    return known.rows;
  };
}

/** What is compared. @param {Board} board @returns {"reference" | "normal" | "rest"} */
function wish(board) {
  if (pinned(board)) return "reference";
  const { all } = board.totals;
  return board.state.view.against === "normal" || all === 0 || all === board.whole.all ? "normal" : "rest";
}

/** A column of some rows alone, whose codes are read when they are asked for; rare levels are counted together. @param {Column} c @param {Uint32Array | null} rows null for all @returns {Column} */
function part(c, rows) {
  const many = c.levels && c.levels.length > mostLevels, last = mostLevels - 1;
  if (!rows && !many) return c;
  const level = many ? (/** @type {number} */ k) => (k >= /** @type {string[]} */ (c.levels).length ? mostLevels : Math.min(k, last)) : (/** @type {number} */ k) => k;
  return {
    ...c, ...(many ? { levels: [.../** @type {string[]} */ (c.levels).slice(0, last), `(${count(/** @type {string[]} */ (c.levels).length - last)} rarer ones)`], size: mostLevels + 1 } : {}),
    get codes() {
      const out = new Uint16Array(rows ? rows.length : c.codes.length);
      if (rows) for (let i = 0; i < out.length; i++) out[i] = c.codes[rows[i]];
      else out.set(c.codes);
      if (many) for (let i = 0; i < out.length; i++) out[i] = level(out[i]);
      return out;
    },
  };
}

/** Columns that differ because the groups were made by them, and in what way. @param {Board} board @param {string} how @param {State | null} reference */
function chosenBy(board, how, reference) {
  const { label, verdicts, columns } = board.store, filtered = { ...board.state.columns, ...reference?.columns }, out = new Map(Object.keys(filtered).map((name) => [name, "filtered by"]));
  const score = verdicts?.score, judged = Boolean(score) && (Object.hasOwn(filtered, verdictName) || (how === "normal" && board.colourBy === "score"));
  const named = label && (Object.hasOwn(filtered, verdictName) || (how === "normal" && board.colourBy === "label"));
  if (judged && score) out.set(score.name, "says which");
  if (named) for (const c of columns) if (c === label || c.role === "derivative") out.set(c.name, c === label ? "says which" : "made from the label");
  return out;
}

/** @param {Board} board @param {ReturnType<typeof referenceRows>} rowsOf @returns {Generator<unknown, Found, void>} */
function* find(board, rowsOf) {
  const { store, engine } = board, how = wish(board), reference = how === "reference" ? pinned(board) : null, chosen = engine.passing(false), other = reference ? rowsOf(reference) : null;
  let inside = new Uint8Array(store.rows), rows = /** @type {Uint32Array | null} */ (null), shared = 0;
  for (const i of chosen) inside[i] = 1;
  yield;
  if (how === "normal") {
    rows = chosen;
    inside = Uint8Array.from(chosen, (i) => board.hot[i]);
  } else if (other) {
    for (const i of other) shared += inside[i];
    rows = new Uint32Array(chosen.length + other.length);
    rows.set(chosen);
    rows.set(other, chosen.length);
    inside = new Uint8Array(rows.length).fill(1, 0, chosen.length);
  }
  yield;
  let n = 0;
  for (const v of inside) n += v;
  const by = chosenBy(board, how, reference), columns = store.columns.map((c) => part(c, rows)), all = yield* compareAll({ ...store, columns }, inside);
  const differences = [...all.filter((d) => !by.has(d.column.name)), ...all.filter((d) => by.has(d.column.name))];
  const names = /** @type {[string, string]} */ (how === "normal" ? ["anomalous", "normal"] : ["here", how === "rest" ? "elsewhere" : "reference"]);
  return { how, names, n: [n, inside.length - n], shared, differences, by };
}

/** @param {Board} board */
export function comparison(board) {
  const f = frame(board, { id: "comparison", title: "Selection against the rest", wide: board.score ? 6 : 12 }), list = new List(board, f.body), rowsOf = referenceRows(board);
  const { buttons, show } = choice([["", "Selection against rest"], ["normal", "Anomalous against normal"]], () => (wish(board) === "rest" ? "" : wish(board)), (key) => board.change((s) => withView(s, { against: key, reference: "" })));
  const pin = button("Pin as reference", () => board.change((s) => withView(s, { reference: pinOf(s, board.score ? board.limit : null) })), { title: "Compare what is selected next with what is selected now" });
  f.tools.append(...(board.colourBy ? buttons : []), pin);
  const update = () => {
    show();
    pin.disabled = !filters(board.state);
    list.ask();
  };
  f.add({
    ...behind(board, list.box, { options: () => `${wish(board)} ${board.state.view.reference ?? ""}`, find: () => find(board, rowsOf), show: (found) => list.show(found), update }),
    table: () => list.table(), picture: (pen) => list.picture(pen), size: [640, 60 + 24 * first],
  });
}

/** A group in a sentence: "62 % of anomalous". @param {string} name */
const phrase = (name) => ({ anomalous: "of anomalous", normal: "of normal", reference: "in the reference" })[name] ?? name;

/** In what way the groups differ most. @param {Difference} d @param {[string, string]} names */
function directionWords(d, names) {
  const [here, there] = names.map(phrase);
  if (d.kind === "levels") {
    const l = /** @type {Levels} */ (d.detail).levels[0];
    if (!l) return "no values";
    const lift = l.counts[1] === 0 ? `only ${here}` : l.counts[0] === 0 ? `only ${there}` : `lift ${value(Number(l.lift.toPrecision(2)))}`;
    return `${l.level ?? "(missing)"}: ${share(l.counts[0], /** @type {Levels} */ (d.detail).n[0])} ${here}, ${share(l.counts[1], /** @type {Levels} */ (d.detail).n[1])} ${there}, ${lift}`;
  }
  const { median, mean } = /** @type {Numbers} */ (d.detail), [a, b] = median[0] === median[1] ? mean : median;
  if (!(Math.abs(d.effect) >= 0)) return "does not vary";
  return `${d.effect > 0 ? "greater" : d.effect < 0 ? "smaller" : "as great"}: ${median[0] === median[1] ? "mean" : "median"} ${value(Number(a.toPrecision(4)))} ${here}, ${value(Number(b.toPrecision(4)))} ${there}`;
}

/** @param {Difference} d */
const effectText = (d) => `${d.kind === "levels" ? "V" : "r"} ${figure(d.effect)}`;

/** @param {Difference} d */
const pWords = (d) => (d.sparse ? "≈ " : "") + pText(d.bh);

/** Columns and how much they differ. */
class List {
  /** @type {Found | null} */
  found = null;
  all = false;

  /** @param {Board} board @param {HTMLElement} host */
  constructor(board, host) {
    this.board = board;
    this.asks = h("p", { class: "note" });
    this.chips = h("div", { class: "pins" });
    this.warning = h("p", { class: "note few", hidden: true });
    this.body = h("tbody");
    this.heads = ["Column", "Effect", "Most of it", "p, adjusted", "Missing"].map((text, i) => h("th", { scope: "col", class: i === 3 || i === 4 ? "num" : null, text, title: i === 3 ? "after Benjamini and Hochberg, over the columns" : null }));
    this.more = button("", () => { this.all = !this.all; if (this.found) this.show(this.found); }, { class: "btn" });
    const grid = h("table", { class: "plain rows differences" }, h("thead", null, h("tr", null, ...this.heads, h("td"))), this.body);
    const meaning = "Effect: Cramér's V without its bias (0 to 1), or the rank-biserial correlation r (−1 to 1).", warning = `${selectedWarning[0].toUpperCase()}${selectedWarning.slice(1)}: trust the effects.`;
    this.box = h("div", { class: "behind" }, this.asks, this.chips, this.warning, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Columns by how much they differ" }, grid),
      this.more, h("p", { class: "note", text: `${meaning} ${warning} ≈: expected counts are too small for a p-value.` }));
    this.more.hidden = true;
    host.append(this.box);
  }

  /** What can be said before anything is counted. */
  ask() {
    const { board } = this, how = wish(board), reference = pinned(board), { all } = board.totals, whole = all === board.whole.all;
    const bad = board.colourBy === "score" ? "alerts" : "attacks", until = whole ? `Select something in any panel to compare it with the rest. Until then: ${bad} against the other rows.` : `${bad[0].toUpperCase()}${bad.slice(1)} against the other rows of the selection.`;
    this.asks.textContent = how !== "normal" ? "" : all === 0 ? "Nothing is selected." : board.colourBy ? until : "Select something in any panel: it is compared with the rest here.";
    this.asks.hidden = !this.asks.textContent;
    const text = reference ? filterWords(board, reference) : "";
    if (this.chips.dataset.text !== text) this.chips.replaceChildren(...(reference ? ["Reference:", this.#chip(text)] : []));
    this.chips.dataset.text = text;
  }

  /** @param {string} text */
  #chip(text) {
    const unpin = () => {
      this.board.change((s) => withView(s, { reference: "" }));
      this.box.closest("section")?.querySelector("button")?.focus();
    };
    return h("span", { class: "chip" }, h("span", { text, title: text }), button("×", unpin, { "aria-label": `Unpin the reference ${text}` }));
  }

  /** @param {Found} found */
  show(found) {
    this.found = found;
    const { differences, n, names, shared, how } = found, shown = this.all ? differences : differences.slice(0, first), empty = Math.min(...n) === 0, asking = how === "normal" && !this.board.colourBy;
    this.warning.hidden = asking || (Math.min(...n) >= fewRows && !shared);
    const few = Math.min(...n) < fewRows ? `Only ${plural(Math.min(...n), "row")} on one side: figures of so few say little. ` : "", twice = shared ? `${plural(shared, "row")} are in both groups and count in both: p-values do not know of that.` : "";
    this.warning.textContent = empty ? `There is nothing to compare: ${n.map((k, i) => `${plural(k, "row")} ${phrase(names[i])}`).join(", ")}.` : few + twice;
    const title = this.box.closest("section")?.querySelector("h2");
    if (title) title.textContent = how === "rest" || asking ? "Selection against the rest" : how === "normal" ? "Anomalous against normal" : "Selection against the reference";
    const small = this.box.closest("section")?.querySelector("small");
    if (small) small.textContent = asking ? "" : `${count(n[0])} against ${count(n[1])} rows`;
    this.body.replaceChildren(...(empty ? [] : shown.map((d) => this.#row(d))));
    this.heads[4].hidden = !differences.some((d) => d.detail.missing.some(Boolean));
    this.more.hidden = empty || differences.length <= first;
    this.more.textContent = this.all ? `Only the first ${first}` : `All ${differences.length} columns`;
  }

  /** @param {Difference} d */
  #row(d) {
    const { names, by, differences } = /** @type {Found} */ (this.found), { name } = d.column, words = directionWords(d, names), bar = h("i"), missing = d.detail.missing;
    bar.style.width = Math.abs(d.effect || 0) * 60 + "px";
    return h("tr", { class: by.has(name) ? "by" : null },
      h("th", { scope: "row" }, button(name, () => this.board.change((s) => withView(s, { column: name })), { title: `${titleOf(d.column)}: show it in Any column` }), ...(by.has(name) ? [h("small", { text: by.get(name) })] : [])),
      h("td", { class: "effects", title: d.magnitude }, bar, h("span", { text: effectText(d) })), h("td", { class: "words", text: words, title: words }),
      h("td", { class: "num", text: pWords(d), title: `after Holm ${pText(d.holm)}` }), ...(differences.some((o) => o.detail.missing.some(Boolean)) ? [h("td", { class: "num", text: missing.some(Boolean) ? missing.map(count).join(" / ") : "" })] : []),
      h("td", null, button("Details", () => details(d, /** @type {Found} */ (this.found)), { class: "btn small", "aria-label": `Details of ${name}` })));
  }

  table() {
    const { differences = [], names = ["here", "elsewhere"], by = new Map() } = this.found ?? {};
    return {
      head: ["column", "effect", "size", "most of it", "p", "p adjusted (Benjamini–Hochberg)", "p adjusted (Holm)", `missing ${names[0]}`, `missing ${names[1]}`, "groups made by it"],
      rows: differences.map((d) => [d.column.name, effectText(d), d.magnitude, directionWords(d, /** @type {[string, string]} */ (names)), pText(d.logp), pWords(d), pText(d.holm), ...d.detail.missing.map(count), by.get(d.column.name) ?? ""]),
    };
  }

  /** @param {import("../pen.js").Pen} pen */
  picture(pen) {
    const { differences = [], n = [0, 0], names = ["", ""] } = this.found ?? {}, wide = pen.width - 300;
    pen.text(10, 22, `${plural(n[0], "row")} ${phrase(names[0])}, ${count(n[1])} ${phrase(names[1])}`, { fill: colours.ink, size: 14, weight: 600 });
    differences.slice(0, first).forEach((d, i) => {
      const y = 40 + i * 24;
      pen.text(192, y + 12, d.column.name.slice(0, 28), { align: "right", fill: colours.ink });
      pen.rect(200, y + 2, Math.abs(d.effect || 0) * wide, 13, colours.muted);
      pen.text(pen.width - 10, y + 12, effectText(d), { align: "right", fill: colours.muted });
    });
  }
}

/** All that is known of a column's difference. @param {Difference} d @param {Found} found */
function details(d, { names: [here, there] }) {
  const caption = `${titleOf(d.column)}: ${here} against ${there}`, p = `p ${pText(d.logp)}; adjusted over the columns ${pText(d.bh)} (Benjamini and Hochberg), ${pText(d.holm)} (Holm)`;
  if (d.kind === "levels") {
    const t = /** @type {Levels} */ (d.detail);
    const head = ["level", here, `share ${here}`, `share ${there}`, "difference", "lift", "its 95 % interval", "residual", "p adjusted"], shown = t.levels.slice(0, 200);
    const title = `${plural(t.levels.length, "level")}, the most remarkable first${shown.length < t.levels.length ? `; ${shown.length} of them` : ""}`;
    const rows = shown.map((l) => [
      l.level ?? "(missing)", count(l.counts[0]), share(l.counts[0], t.n[0]), share(l.counts[1], t.n[1]), `${figure(100 * l.difference)} points`,
      figures3(l.lift), Number.isFinite(l.liftLow) ? `${figures3(l.liftLow)} to ${figures3(l.liftHigh)}` : "–", figures3(l.adjusted), pText(l.logpAdjusted),
    ]);
    const effect = `Cramér's V ${figure(t.v)}, without its bias ${figure(t.corrected)} (${t.magnitude || "none"})`, sparse = t.sparse ? " Expected counts are too small for this p-value." : "";
    dialog(caption, table(title, head, rows), h("p", { text: `${effect}; χ² ${figures3(t.chi2)} with ${count(t.df || 0)} degrees of freedom, ${p}.${sparse}` }), h("p", { class: "note", text: `${selectedWarning}.` }));
    return;
  }
  const t = /** @type {Numbers} */ (d.detail), row = (/** @type {string} */ text, /** @type {number[]} */ of) => [text, ...of.map(value)];
  dialog(caption, table("Numbers", ["", here, there], [row("rows", t.n), row("missing", t.missing), row("mean", t.mean), row("median", t.median), row("standard deviation", t.sd)]),
    table("Tests", ["test", "statistic", "effect", "p"], [
      ["Mann–Whitney", `U ${value(t.u)}`, `r ${figure(t.rankBiserial)}; chance of a greater value ${phrase(here)} ${figure(t.superiority)}`, pText(t.rankLogp)],
      ["Welch's t", `t ${figures3(t.t)}, ${figures3(t.df)} degrees of freedom`, `Hedges' g ${figure(t.g)}`, pText(t.logp)],
      ["Kolmogorov–Smirnov", `D ${figure(t.ks)} at ${value(t.ksAt)}`, "", ""],
    ]), h("p", { text: `${p} (of Mann and Whitney's).` }), h("p", { class: "note", text: `${selectedWarning}.` }));
}

/** Three digits. @param {number} v */
const figures3 = (v) => (v === Infinity ? "∞" : Number.isFinite(v) ? value(Number(v.toPrecision(3))).replace(/^-/, "−") : "–");
