// A column of numbers in bins; a part of it is chosen by dragging.
import { colours } from "../colour.js";
import { h } from "../dom.js";
import { binsOf, folded, superiority } from "../figures.js";
import { brief, count, figure, share, value } from "../format.js";
import { brush, canvas } from "../frame.js";
import { choiceOf, withChoice } from "../state.js";
import { titleOf } from "../words.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Column} Column */
/** @typedef {import("../pen.js").Pen} Pen */

const margins = { left: 46, right: 6, top: 8, bottom: 18 };

export class Histogram {
  /** @type {Column} */
  column;
  /** @type {ReturnType<typeof binsOf>} */
  bins;
  shown = 0;
  /** @type {Uint32Array} counts by code */
  raw;

  /** @param {Board} board @param {Column} column @param {HTMLElement} host @param {{bins?: number, tall?: number, titled?: boolean, typed?: boolean}} [how] typed: with inputs of the least and the greatest value */
  constructor(board, column, host, { bins = 40, tall = 96, titled = true, typed = true } = {}) {
    this.board = board;
    this.name = column.name;
    this.most = bins;
    this.box = h("div", { class: "histogram" });
    host.append(this.box);
    this.title = h("h3", { text: "" });
    if (titled) this.box.append(this.title);
    this.canvas = canvas(this.box, tall, titleOf(column));
    const put = (/** @type {number} */ a, /** @type {number} */ b) => (/** @type {any} */ s) => withChoice(s, this.name, { range: this.range(a, b) });
    brush(this.canvas, margins, {
      drag: ([a], [b]) => board.preview(put(this.bin(a), this.bin(b))), end: (cancelled) => board.settle(cancelled),
      click: ([x]) => board.change((s) => (choiceOf(s, this.name) ? withChoice(s, this.name, null) : put(this.bin(x), this.bin(x))(s))),
      hint: ([x]) => this.hint(this.bin(x)),
    });
    this.low = h("input", { type: "number", step: "any", "aria-label": `Least ${titleOf(column)}`, on: { change: () => this.#typed() } });
    this.high = h("input", { type: "number", step: "any", "aria-label": `Greatest ${titleOf(column)}`, on: { change: () => this.#typed() } });
    if (typed) this.box.append(h("div", { class: "range" }, this.low, " to ", this.high));
    this.two = new Uint32Array(0);
  }

  /** @param {number} x share of the axis */
  bin(x) {
    return Math.max(0, Math.min(this.shown - 1, Math.floor(x * this.shown)));
  }

  /** The values of bins a to b: as they occur, so that nothing at an edge is lost. @param {number} a @param {number} b @returns {[number, number]} */
  range(a, b) {
    const values = /** @type {Float64Array} */ (this.column.values), { fold } = this.bins;
    let low = NaN, high = NaN;
    for (let k = 0; k < values.length; k++) {
      if (fold[k] < a || fold[k] > b) continue;
      if (Number.isNaN(low)) low = values[k];
      high = values[k];
    }
    return Number.isNaN(low) ? [this.bins.edges[a], this.bins.edges[b + 1]] : [low, high];
  }

  #typed() {
    if (this.low.value === "" && this.high.value === "") return this.board.change((s) => withChoice(s, this.name, null));
    const values = /** @type {Float64Array} */ (this.column.values), low = this.low.value === "" ? values[0] : +this.low.value, high = this.high.value === "" ? values[values.length - 1] : +this.high.value;
    if (Number.isFinite(low) && Number.isFinite(high) && low <= high) this.board.change((s) => withChoice(s, this.name, { range: [low, high] }));
  }

  update() {
    const column = /** @type {Column} */ (this.board.column(this.name));
    if (!column?.ready) return;
    if (column !== this.column) {
      this.column = column;
      this.bins = binsOf(column, this.most);
      this.shown = this.bins.shown;
    }
    this.raw = this.board.engine.counts(column);
    this.two = folded(this.raw, this.bins.fold, this.bins.count);
    const range = choiceOf(this.board.state, this.name)?.range, r = this.board.colourBy ? superiority(column, this.raw) : null;
    this.title.replaceChildren(titleOf(column) + (this.bins.log ? " (log)" : ""), h("span", { class: "effect", text: r === null ? "" : `r ${figure(r)}`, title: "Rank-biserial correlation: 1 if every anomalous connection has a greater value than every normal one, -1 if a smaller, 0 if neither" }));
    [this.low, this.high].forEach((input, end) => { if (document.activeElement !== input) input.value = range?.[end] ?? ""; });
    const values = /** @type {Float64Array} */ (column.values);
    [this.low.placeholder, this.high.placeholder] = values.length ? [brief(values[0]), brief(values[values.length - 1])] : ["", ""];
    this.draw(this.canvas.pen());
    this.canvas.element.setAttribute("aria-label", `${titleOf(column)}: ${this.#summary()}`);
  }

  #summary() {
    let best = 0;
    for (let b = 1; b < this.shown; b++) if (this.two[2 * b] + this.two[2 * b + 1] > this.two[2 * best] + this.two[2 * best + 1]) best = b;
    return this.shown ? `most connections, ${count(this.two[2 * best] + this.two[2 * best + 1])}, have ${this.words(best)}` : "no numbers";
  }

  /** @param {number} b */
  words(b) {
    const { edges, log } = this.bins, last = b === this.shown - 1;
    if (!log && edges[b + 1] - edges[b] === 1 && Number.isInteger(edges[b])) return value(edges[b]);
    return `${value(edges[b])} to ${last ? "" : "below "}${value(edges[b + 1])}`;
  }

  /** @param {number} b */
  hint(b) {
    const normal = this.two[2 * b], hot = this.two[2 * b + 1];
    return `${titleOf(this.column)} ${this.words(b)}\n${count(normal + hot)} connections${this.board.colourBy ? `\n${count(hot)} anomalous (${share(hot, normal + hot)})` : ""}`;
  }

  /** Roots of counts, so that rare values are seen beside common ones. @param {Pen} pen */
  draw(pen) {
    const { left, right, top, bottom } = margins, base = pen.height - bottom, tall = base - top, n = this.shown, w = (pen.width - left - right) / n, root = Math.sqrt;
    let most = 1;
    for (let b = 0; b < n; b++) most = Math.max(most, this.two[2 * b] + this.two[2 * b + 1]);
    for (const part of [0, 0.25, 1]) {
      const y = Math.round(base - root(part) * tall) + 0.5;
      pen.line([[left, y], [pen.width - right, y]], part ? colours.grid : colours.line);
      if (part) pen.text(left - 5, y + 3.5, brief(most * part), { align: "right", fill: colours.muted });
    }
    const range = choiceOf(this.board.state, this.name)?.range;
    for (let b = 0; b < n; b++) {
      const normal = this.two[2 * b], hot = this.two[2 * b + 1], all = normal + hot;
      if (!all) continue;
      const whole = Math.max(1.5, root(all / most) * tall), part = (hot / all) * whole, inside = !range || (this.bins.edges[b] <= range[1] && (b === n - 1 || this.bins.edges[b + 1] > range[0])), alpha = inside ? 1 : 0.3;
      pen.rect(left + b * w, base - whole + part, Math.max(1, w - 1), whole - part, colours.normal, alpha);
      if (hot) pen.rect(left + b * w, base - whole, Math.max(1, w - 1), part, colours.hot, alpha);
    }
    const { edges } = this.bins, marks = Math.max(1, Math.min(4, n, Math.floor((pen.width - left) / 64)));
    for (let m = 0; m <= marks; m++) {
      const at = Math.round((m / marks) * n);
      pen.text(left + at * w, pen.height - 4, brief(edges[Math.min(at, edges.length - 1)]), { align: m === 0 ? "left" : m === marks ? "right" : "center", fill: colours.muted });
    }
  }

  table() {
    const rows = [];
    for (let b = 0; b < this.shown; b++) {
      const normal = this.two[2 * b], hot = this.two[2 * b + 1];
      if (normal + hot) rows.push([this.words(b), count(normal + hot), count(normal), count(hot), share(hot, normal + hot)]);
    }
    return { head: [titleOf(this.column), "connections", "normal", "anomalous", "share"], rows };
  }
}
