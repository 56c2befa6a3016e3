// Two columns of numbers against each other: single rows where they are few, else a density of bins. A box is chosen by dragging.
import { colours, css, shareColour } from "../colour.js";
import { h } from "../dom.js";
import { binsOf } from "../figures.js";
import { brief, count, plural, share, value } from "../format.js";
import { brush, canvas } from "../frame.js";
import { choiceOf, withChoice } from "../state.js";
import { titleOf } from "../words.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Column} Column */
/** @typedef {import("../pen.js").Pen} Pen */
/** @typedef {import("../state.js").State} State */
/** @typedef {{column: Column, at: Float32Array} & ReturnType<typeof binsOf>} Axis at: share of the axis, by code */

const margins = { left: 50, right: 8, top: 20, bottom: 34 };

/** Up to so many rows are shown one by one. */
export const mostPoints = 10000;

/** @param {Column} column @param {number} most bins @returns {Axis} */
function axisOf(column, most) {
  const bins = binsOf(column, most), { edges, fold, log, shown } = bins, values = /** @type {Float64Array} */ (column.values), half = values.every(Number.isInteger) && !log ? 0.5 : 0;
  const at = Float32Array.from(values, (v, k) => {
    const b = fold[k], [low, high] = [edges[b], edges[b + 1]];
    return (b + Math.min(1, log && b === 0 && low === 0 ? 0.5 : log ? Math.log(v / low) / Math.log(high / low) : (v + half - low) / (high - low))) / shown;
  });
  return { ...bins, column, at };
}

/** The edges that have room for a number: powers of ten where the axis is logarithmic. @param {Axis} axis @param {number} length of the axis @param {number} room that a number takes */
function marks({ edges, log, shown }, length, room) {
  const most = Math.floor(length / room);
  const all = edges.map((_, i) => i), tens = all.filter((i) => edges[i] === 0 || Math.abs(Math.log10(edges[i]) - Math.round(Math.log10(edges[i]))) < 1e-9);
  const from = log && tens.length > 2 ? tens : all, least = Math.max(1, Math.ceil((from.length - 1) / Math.max(1, most))), step = [1, 2, 4, 5, 8, 10, 16, 20].find((s) => s >= least) ?? least;
  let last = -Infinity;
  return from.filter((at, i) => i % step === 0 && ((at - last) / shown) * length >= room / 2 && ((last = at), true));
}

/** @param {Axis} axis @param {number} b */
function words({ column, edges, shown }, b) {
  const whole = edges[b + 1] - edges[b] === 1 && Number.isInteger(edges[b]) && /** @type {Float64Array} */ (column.values).every(Number.isInteger);
  return whole ? value(edges[b]) : `${value(edges[b])} to ${b === shown - 1 ? "" : "below "}${value(edges[b + 1])}`;
}

/** The values of bins a to b as they occur, else their edges. @param {Axis} axis @param {number} a @param {number} b @returns {[number, number]} */
function rangeOf({ column, fold, edges }, a, b) {
  const inside = /** @type {Float64Array} */ (column.values).filter((_, k) => fold[k] >= a && fold[k] <= b);
  return inside.length ? [inside[0], inside[inside.length - 1]] : [edges[a], edges[b + 1]];
}

export class Density {
  /** @type {Axis} across */
  x;
  /** @type {Axis} up */
  y;
  /** Counts by bins of x times bins of y. */
  two = new Uint32Array(0);
  /** Rows that have both numbers, anomalous ones among them, and rows that have not. */
  rows = 0;
  hot = 0;
  without = 0;

  /** @param {Board} board @param {HTMLElement} host @param {{tall: number, bins?: number, hidden?: boolean}} how bins: at most, of each column; hidden: the inputs are seen only when they have the focus */
  constructor(board, host, { tall, bins = 48, hidden = false }) {
    this.board = board;
    this.most = bins;
    this.canvas = canvas(host, tall, "");
    brush(this.canvas, margins, {
      drag: (a, b) => board.preview(this.#box(a, b)), end: (cancelled) => board.settle(cancelled),
      click: (at) => board.change((s) => (this.#names().some((n) => choiceOf(s, n)) ? this.#names().reduce((t, n) => withChoice(t, n, null), s) : this.#box(at, at)(s))),
      hint: (at) => this.#hint(at),
    });
    const input = (/** @type {string} */ text, /** @type {0 | 1} */ axis, /** @type {0 | 1} */ end) => h("input", { type: "number", step: "any", "data-says": text, on: { change: () => this.#typed(axis, end) } });
    /** @type {any[][]} */
    this.inputs = [[input("Least", 0, 0), input("Greatest", 0, 1)], [input("Least", 1, 0), input("Greatest", 1, 1)]];
    this.labels = [h("span"), h("span")];
    host.append(h("div", { class: hidden ? "ranges sliders" : "ranges" }, ...this.inputs.map(([low, high], i) => h("div", { class: "range" }, this.labels[i], low, " to ", high))));
  }

  /** @param {Column} x @param {Column} y */
  update(x, y) {
    if (this.x?.column !== x) this.x = axisOf(x, this.most);
    if (this.y?.column !== y) this.y = axisOf(y, this.most);
    const { board } = this, n = this.x.shown, m = this.y.shown;
    this.two = board.engine.pairs(x, this.x.fold, y, this.y.fold, this.x.shown + 1, this.y.shown + 1);
    this.rows = this.hot = this.without = 0;
    for (let i = 0; i <= n; i++) for (let j = 0; j <= m; j++) {
      const { normal, hot } = this.cell(i, j);
      if (i === n || j === m) this.without += normal + hot;
      else { this.rows += normal + hot; this.hot += hot; }
    }
    this.draw(this.canvas.pen());
    this.canvas.element.setAttribute("aria-label", `${titleOf(x)} across and ${titleOf(y)} up: ${this.says()}`);
    [x, y].forEach((c, i) => this.#inputs(c, i));
  }

  /** @param {Column} column @param {number} i */
  #inputs(column, i) {
    const range = choiceOf(this.board.state, column.name)?.range, values = /** @type {Float64Array} */ (column.values), ends = values.length ? [values[0], values[values.length - 1]] : [];
    this.labels[i].textContent = titleOf(column);
    this.inputs[i].forEach((input, end) => {
      if (document.activeElement !== input) input.value = range?.[end] ?? "";
      input.placeholder = ends.length ? brief(ends[end]) : "";
      input.setAttribute("aria-label", `${input.dataset.says} ${titleOf(column)}`);
    });
  }

  /** Whether rows are shown one by one; of a sample they are not all there. */
  get single() {
    return this.rows <= mostPoints && !this.board.exact;
  }

  /** What is shown, in words. */
  says() {
    const { rows, hot, without } = this;
    const part = this.board.colourBy ? `, ${share(hot, rows)} anomalous` : "";
    return `${plural(rows, "connection")}${part}, ${this.single ? "each a point" : "as a density: the stronger, the more"}${without ? `; ${count(without)} without one of the numbers left out` : ""}.`;
  }

  #names() {
    return [this.x.column.name, this.y.column.name];
  }

  /** @param {number} i bin of x @param {number} j bin of y */
  cell(i, j) {
    const at = 2 * (i * (this.y.shown + 1) + j);
    return { normal: this.two[at], hot: this.two[at + 1] };
  }

  /** @param {Axis} axis @param {number} part */
  #bin(axis, part) {
    return Math.max(0, Math.min(axis.shown - 1, Math.floor(part * axis.shown)));
  }

  /** A box as the ranges of both columns. @param {number[]} a its left top corner @param {number[]} b @returns {(s: State) => State} */
  #box(a, b) {
    const { x, y } = this, [name, other] = this.#names(), right = rangeOf(x, this.#bin(x, a[0]), this.#bin(x, b[0])), up = rangeOf(y, this.#bin(y, 1 - b[1]), this.#bin(y, 1 - a[1]));
    return (s) => withChoice(withChoice(s, name, { range: right }), other, { range: up });
  }

  /** @param {number} axis @param {number} end */
  #typed(axis, end) {
    const { column } = [this.x, this.y][axis], values = /** @type {Float64Array} */ (column.values), texts = this.inputs[axis].map((e) => e.value), ends = [values[0], values[values.length - 1]];
    const range = /** @type {[number, number]} */ (texts.map((t, i) => (t === "" ? ends[i] : Number(t))));
    if (range[0] > range[1]) range[1 - end] = range[end];
    if (range.every(Number.isFinite)) this.board.change((s) => withChoice(s, column.name, texts.every((t) => t === "") ? null : { range }));
  }

  /** @param {number[]} at */
  #hint([across, down]) {
    const { x, y } = this;
    if (!x?.shown || !y.shown) return "";
    const i = this.#bin(x, across), j = this.#bin(y, 1 - down), { normal, hot } = this.cell(i, j);
    return `${titleOf(x.column)} ${words(x, i)}\n${titleOf(y.column)} ${words(y, j)}\n${plural(normal + hot, "connection")}${this.board.colourBy && normal + hot ? `\n${count(hot)} anomalous (${share(hot, normal + hot)})` : ""}`;
  }

  /** Which bins are in the chosen range. @param {Axis} axis @returns {[number, number] | null} the first and the last */
  #chosen({ column, edges, shown }) {
    const range = choiceOf(this.board.state, column.name)?.range;
    if (!range) return null;
    let a = 0, b = shown - 1;
    while (a < b && edges[a + 1] <= range[0]) a++;
    while (b > a && edges[b] > range[1]) b--;
    return [a, b];
  }

  /** @param {Pen} pen */
  draw(pen) {
    const { x, y } = this, { left, right, top, bottom } = margins, wide = pen.width - left - right, tall = pen.height - top - bottom;
    if (!x?.shown || !y.shown) return pen.text(left, top + 20, "There are no numbers to show.", { fill: colours.muted });
    const base = pen.height - bottom;
    for (const i of marks(x, wide, 52)) {
      const at = Math.round(left + (i / x.shown) * wide) + 0.5;
      pen.line([[at, top], [at, base]], colours.grid);
      pen.text(at, base + 13, brief(x.edges[i]), { align: i === 0 ? "left" : i === x.shown ? "right" : "center", fill: colours.muted });
    }
    for (const j of marks(y, tall, 26)) {
      const at = Math.round(base - (j / y.shown) * tall) + 0.5;
      pen.line([[left, at], [left + wide, at]], colours.grid);
      pen.text(left - 5, at + 3.5, brief(y.edges[j]), { align: "right", fill: colours.muted });
    }
    pen.text(2, 11, `↑ ${titleOf(y.column)}${y.log ? " (log)" : ""}`, { fill: colours.ink });
    pen.text(pen.width - right, pen.height - 5, `${titleOf(x.column)}${x.log ? " (log)" : ""} →`, { align: "right", fill: colours.ink });
    const plot = { left, top, wide, tall };
    if (this.single) this.#points(pen, plot);
    else this.#cells(pen, plot);
    this.#outline(pen, plot);
  }

  /** @param {Pen} pen @param {{left: number, top: number, wide: number, tall: number}} plot */
  #cells(pen, { left, top, wide, tall }) {
    const { x, y, board } = this, w = wide / x.shown, t = tall / y.shown, shades = Array.from({ length: 21 }, (_, s) => css(shareColour(s / 20)));
    let most = 1;
    for (let i = 0; i < x.shown; i++) for (let j = 0; j < y.shown; j++) most = Math.max(most, this.cell(i, j).normal + this.cell(i, j).hot);
    for (let i = 0; i < x.shown; i++) for (let j = 0; j < y.shown; j++) {
      const { normal, hot } = this.cell(i, j), n = normal + hot;
      if (n) pen.rect(left + i * w, top + (y.shown - 1 - j) * t, w + 0.3, t + 0.3, board.colourBy ? shades[Math.round((hot / n) * 20)] : colours.normal, 0.25 + (0.75 * Math.log1p(n)) / Math.log1p(most));
    }
  }

  /** Rows on one pixel are drawn once, the stronger. @param {Pen} pen @param {{left: number, top: number, wide: number, tall: number}} plot */
  #points(pen, { left, top, wide, tall }) {
    const { engine, hot, colourBy } = this.board, { x, y } = this, [a, b] = [x.column, y.column], keep = ~((engine.bits.get(a) ?? 0) | (engine.bits.get(b) ?? 0)), width = Math.ceil(wide) + 1;
    /** @type {[Map<number, number>, Map<number, number>]} */
    const spots = [new Map(), new Map()];
    for (let i = engine.from; i < engine.to; i++) {
      if (engine.mask[i] & keep) continue;
      const p = x.at[a.codes[i]], q = y.at[b.codes[i]];
      if (p === undefined || q === undefined) continue;
      const spot = Math.round((1 - q) * tall) * width + Math.round(p * wide), of = spots[colourBy ? hot[i] : 0];
      of.set(spot, (of.get(spot) ?? 0) + 1);
    }
    const side = this.rows > 2000 ? 2 : 3;
    spots.forEach((of, bad) => of.forEach((n, spot) => pen.rect(left + (spot % width) - side / 2, top + Math.floor(spot / width) - side / 2, side, side, bad ? colours.hot : colours.normal, 1 - 0.5 ** Math.min(n, 5))));
  }

  /** @param {Pen} pen @param {{left: number, top: number, wide: number, tall: number}} plot */
  #outline(pen, { left, top, wide, tall }) {
    const [p, q] = [this.#chosen(this.x), this.#chosen(this.y)];
    if (!p && !q) return;
    const [a, b] = p ?? [0, this.x.shown - 1], [c, d] = q ?? [0, this.y.shown - 1];
    const x0 = left + (a / this.x.shown) * wide, x1 = left + ((b + 1) / this.x.shown) * wide, y0 = top + tall - ((d + 1) / this.y.shown) * tall, y1 = top + tall - (c / this.y.shown) * tall;
    const around = [[left, top, x0 - left, tall], [x1, top, left + wide - x1, tall], [x0, top, x1 - x0, y0 - top], [x0, y1, x1 - x0, top + tall - y1]];
    for (const [u, v, w, t] of around) pen.rect(u, v, w, t, colours.panel, 0.65);
    pen.line([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]], colours.ink, 1.5);
  }

  table() {
    const { x, y } = this, cells = [];
    if (!x) return { head: [], rows: [] };
    for (let i = 0; i < x.shown; i++) for (let j = 0; j < y.shown; j++) {
      const { normal, hot } = this.cell(i, j);
      if (normal + hot) cells.push({ i, j, normal, hot, n: normal + hot });
    }
    cells.sort((a, b) => b.n - a.n);
    return { head: [titleOf(x.column), titleOf(y.column), "connections", "normal", "anomalous", "share"], rows: cells.map(({ i, j, normal, hot, n }) => [words(x, i), words(y, j), count(n), count(normal), count(hot), share(hot, n)]) };
  }
}
