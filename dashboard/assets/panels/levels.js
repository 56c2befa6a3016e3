// The levels of a column as bars that are buttons, so that pointer, keyboard and screen reader do the same.
import { colours } from "../colour.js";
import { h } from "../dom.js";
import { association, both } from "../figures.js";
import { count, figure, share } from "../format.js";
import { frame } from "../frame.js";
import { choiceOf, toggled } from "../state.js";
import { textOf } from "../store.js";
import { titleOf } from "../words.js";
import { Histogram } from "./histogram.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Column} Column */
/** @typedef {import("../pen.js").Pen} Pen */

/** A panel of a column's levels, with histograms of the columns that play the parts below. @param {Board} board @param {Column} column @param {{id: string, wide?: number, most?: number, title?: string, note?: string, below?: string[]}} what */
export function levels(board, column, { id, wide = 3, most = 13, title = titleOf(column), note = "", below = [] }) {
  const f = frame(board, { id, title, wide, note });
  const bars = new Bars(board, column, f.body, most), numbers = below.map((part) => board.role(part)).filter((c) => c?.values).map((c) => new Histogram(board, /** @type {Column} */ (c), f.body, { bins: 28, tall: 64, typed: false }));
  f.add({
    update: () => { bars.update(); numbers.forEach((n) => n.update()); f.effect(...effectOf(bars.two)); f.few(board.totals.all); },
    table: () => bars.table(), picture: (pen) => bars.picture(pen, title), size: [420, 48 + 24 * most],
  });
  return bars;
}

/** @param {Uint32Array} two @returns {[string, string]} */
export function effectOf(two) {
  const v = association(two);
  return [Number.isFinite(v) ? `V ${figure(v)}` : "", "Cramér's V, without its bias, of this column and being anomalous, among the selected connections: 0 nothing to do with each other, 1 one tells the other"];
}

/** How a click on a mark is meant. @param {MouseEvent | KeyboardEvent} e */
export const meant = (e) => ({ add: e.shiftKey || e.ctrlKey || e.metaKey, exclude: e.altKey });

/** Bars of the commonest levels, of those that are chosen, and of those that a search finds. */
export class Bars {
  /** Whether the commonest of the selection come first, rather than of the file. */
  byCount = false;

  /** @param {Board} board @param {Column} column @param {HTMLElement} host @param {number} most @param {(text: string) => string} [words] what a level is called */
  constructor(board, column, host, most, words = (text) => text) {
    this.board = board;
    this.words = words;
    this.column = column;
    this.most = most;
    this.list = h("ul", { class: "bars" });
    this.rest = h("p", { class: "note" });
    this.sought = "";
    /** @type {Map<number, any>} */
    this.rows = new Map();
    this.search = h("input", { type: "search", class: "search", hidden: column.size <= most, placeholder: `Search ${count(column.size)} values`, "aria-label": `Search ${titleOf(column)}`, on: { input: () => { this.sought = this.search.value.toLowerCase(); this.show(); } } });
    host.append(this.search, this.list, this.rest);
    this.two = new Uint32Array(column.size * 2);
  }

  /** @param {Column} c @param {number} k */
  name(c, k) {
    const text = textOf(c, k);
    return text === null ? "(missing)" : this.words(text);
  }

  update() {
    const column = this.board.column(this.column.name) ?? this.column;
    if (column !== this.column) {
      this.search.hidden = column.size <= this.most && !this.sought;
      this.search.placeholder = `Search ${count(column.size)} values`;
      this.column = column;
      this.rows.clear();
      this.list.replaceChildren();
    }
    this.two = this.board.engine.counts(this.column);
    this.show();
  }

  /** Codes of the bars, in the order of how common they are in the whole file, or now. */
  codes() {
    const { column, sought, most, two } = this, size = column.size;
    /** @type {number[]} */
    let codes = [];
    if (sought) for (let k = 0; k < size && codes.length < most; k++) { if (this.name(column, k).toLowerCase().includes(sought)) codes.push(k); }
    else codes = this.byCount ? topCodes(two, size, most) : Array.from({ length: Math.min(most, size) }, (_, k) => k);
    const choice = choiceOf(this.board.state, column.name), chosen = new Set([...(choice?.only ?? []), ...(choice?.not ?? [])]);
    if (chosen.size) for (let k = 0; k < size; k++) if (chosen.has(textOf(column, k)) && !codes.includes(k)) codes.push(k);
    return codes;
  }

  show() {
    const codes = this.codes(), { column, two } = this, choice = choiceOf(this.board.state, column.name), only = new Set(choice?.only ?? []), not = new Set(choice?.not ?? []);
    let most = 1, normal = 0, hot = 0;
    for (const k of codes) most = Math.max(most, two[2 * k] + two[2 * k + 1]);
    codes.forEach((k, i) => {
      const row = this.rows.get(k) ?? this.#row(k), a = two[2 * k], b = two[2 * k + 1], text = textOf(column, k);
      if (this.list.children[i] !== row.li) this.list.insertBefore(row.li, this.list.children[i] ?? null);
      row.normal.style.width = (a / most) * 100 + "%";
      row.hot.style.width = (b / most) * 100 + "%";
      row.number.textContent = count(a + b);
      row.share.textContent = this.board.colourBy ? share(b, a + b) : "";
      row.button.setAttribute("aria-pressed", not.has(text) ? "mixed" : String(only.has(text)));
      row.button.className = not.has(text) ? "out" : a + b === 0 ? "none" : "";
      row.button.setAttribute("aria-label", `${this.name(column, k)}: ${count(a + b)} connections${this.board.colourBy ? `, ${share(b, a + b)} anomalous` : ""}${not.has(text) ? ", excluded" : ""}`);
      normal += a;
      hot += b;
    });
    while (this.list.children.length > codes.length) this.list.lastChild.remove();
    this.list.classList.toggle("some", only.size > 0);
    const [n, x] = both(two), others = n - normal + x - hot;
    this.rest.textContent = others > 0 ? `${count(others)} connections have other values${this.board.colourBy ? `; ${share(x - hot, others)} anomalous` : ""}` : "";
  }

  /** @param {number} k */
  #row(k) {
    const text = this.name(this.column, k), normal = h("b"), hot = h("u"), number = h("em"), part = h("em", { class: "share" });
    const button = h("button", { type: "button", title: text, on: { click: (/** @type {MouseEvent} */ e) => this.board.change((s) => toggled(s, this.column.name, textOf(this.column, k), meant(e))) } }, h("span", { text }), h("i", null, normal, hot), number, part);
    const row = { li: h("li", null, button), button, normal, hot, number, share: part };
    this.rows.set(k, row);
    return row;
  }

  table() {
    const { column, two } = this, rows = [];
    for (const k of topCodes(two, column.size, 1000)) rows.push([this.name(column, k), count(two[2 * k] + two[2 * k + 1]), count(two[2 * k]), count(two[2 * k + 1]), share(two[2 * k + 1], two[2 * k] + two[2 * k + 1])]);
    return { head: [titleOf(column), "connections", "normal", "anomalous", "share"], rows };
  }

  /** @param {Pen} pen @param {string} title */
  picture(pen, title) {
    const codes = this.codes().slice(0, this.most), { two, column } = this, most = Math.max(1, ...codes.map((k) => two[2 * k] + two[2 * k + 1])), left = 130, wide = pen.width - left - 120;
    pen.text(10, 22, title, { fill: colours.ink, size: 14, weight: 600 });
    codes.forEach((k, i) => {
      const y = 40 + i * 24, a = (two[2 * k] / most) * wide, b = (two[2 * k + 1] / most) * wide, all = two[2 * k] + two[2 * k + 1];
      pen.text(left - 8, y + 12, this.name(column, k).slice(0, 20), { align: "right", fill: colours.ink });
      pen.rect(left, y + 2, a, 13, colours.normal);
      pen.rect(left + a + (a && b ? 1 : 0), y + 2, b, 13, colours.hot);
      pen.text(pen.width - 10, y + 12, `${count(all)} · ${share(two[2 * k + 1], all)}`, { align: "right", fill: colours.muted });
    });
  }
}

/** Codes by how many rows have them, the most first. @param {Uint32Array} two @param {number} size @param {number} most */
function topCodes(two, size, most) {
  const codes = [];
  for (let k = 0; k < size; k++) if (two[2 * k] + two[2 * k + 1] > 0) codes.push(k);
  return codes.sort((a, b) => two[2 * b] + two[2 * b + 1] - two[2 * a] - two[2 * a + 1] || a - b).slice(0, most);
}
