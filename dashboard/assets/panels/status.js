// How connections ended, by service: counts, what is more or less than chance, and the share of errors.
import { colours, css, inkOn, shareColour, signColour } from "../colour.js";
import { choice, h } from "../dom.js";
import { brief, count, figure, share } from "../format.js";
import { frame } from "../frame.js";
import { adjustedResiduals, cramersV } from "../measures.js";
import { choiceOf, toggled, withChoice, withView } from "../state.js";
import { textOf } from "../store.js";
import { titleOf } from "../words.js";
import { meant } from "./levels.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Column} Column */
/** @typedef {import("../pen.js").Pen} Pen */

const mostRows = 12, mostColumns = 11;

/** States of connections that failed, as Bro and Zeek call them: no answer, refused, reset, or half of it. */
const failures = new Set(["S0", "S1", "S2", "S3", "SH", "SHR", "REJ", "RSTO", "RSTR", "RSTOS0", "RSTRH"]);

/** @param {Board} board @param {Column} across @param {Column} down */
export function status(board, across, down) {
  const f = frame(board, { id: "status", title: `${titleOf(down)} by ${titleOf(across).toLowerCase()}`, note: "number: connections", wide: 5 });
  const grid = new Grid(board, across, down, f);
  const { buttons, show } = choice([["share", "Share anomalous"], ["residual", "Residuals"]], () => grid.shows, (key) => board.change((s) => withView(s, { matrix: key === "share" ? "" : key })));
  f.tools.append(...buttons);
  f.add({ update: () => { grid.update(); show(); }, table: () => grid.table(), picture: (pen) => grid.picture(pen), size: [760, 60 + 26 * mostRows] });
}

class Grid {
  /** @type {Column} */
  across;
  /** @type {Column} */
  down;
  columns = 0;
  rows = 0;
  /** @type {boolean[]} by code: whether such a connection failed */
  fails = [];
  hasFailures = false;
  /** @type {any[][]} */
  cells = [];
  /** @type {Uint32Array} */
  two;
  /** @type {ReturnType<typeof adjustedResiduals>} */
  residuals = [];

  /** @param {Board} board @param {Column} across @param {Column} down @param {import("../frame.js").Frame} f */
  constructor(board, across, down, f) {
    this.board = board;
    this.f = f;
    this.names = [across.name, down.name];
    this.body = h("tbody");
    this.head = h("tr");
    this.legend = h("div", { class: "legend" });
    f.body.append(h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Heat map" }, h("table", { class: "heat" }, h("thead", null, this.head), this.body)), this.legend);
  }

  get shows() {
    return this.board.state.view.matrix === "residual" || !this.board.colourBy ? "residual" : "share";
  }

  #take() {
    const { board } = this, across = /** @type {Column} */ (board.column(this.names[0])), down = /** @type {Column} */ (board.column(this.names[1]));
    if (across === this.across && down === this.down) return;
    this.across = across;
    this.down = down;
    this.columns = Math.min(mostColumns, across.size);
    this.rows = Math.min(mostRows, down.size);
    this.fails = Array.from({ length: across.size }, (_, k) => failures.has(textOf(across, k) ?? ""));
    this.hasFailures = this.fails.some(Boolean);
    this.#build();
  }

  /** @param {Column} c @param {number} k */
  #name(c, k) {
    return textOf(c, k) ?? "(missing)";
  }

  #build() {
    const columns = [...Array(this.columns).keys()], wrap = (/** @type {string} */ text) => h("th", { scope: "col", text, title: text });
    this.head.replaceChildren(h("td"), ...columns.map((j) => wrap(this.#name(this.across, j))), ...(this.hasFailures ? [wrap("errors")] : []));
    this.cells = [];
    this.body.replaceChildren(...Array.from({ length: this.rows }, (_, i) => {
      const text = this.#name(this.down, i), row = columns.map((j) => h("button", { type: "button", on: { click: (/** @type {MouseEvent} */ e) => this.#click(i, j, e) } })), error = h("td", { class: "num" });
      this.cells.push([...row, error]);
      return h("tr", null, h("th", { scope: "row", text, title: text }), ...row.map((b) => h("td", null, b)), ...(this.hasFailures ? [error] : []));
    }));
  }

  /** A cell chooses both of its levels, or takes them back. @param {number} i @param {number} j @param {MouseEvent} e */
  #click(i, j, e) {
    const levels = [textOf(this.across, j), textOf(this.down, i)], how = meant(e), on = this.#chosen(i, j);
    this.board.change((s) => this.names.reduce((t, name, n) => (how.add || how.exclude ? (how.exclude && n === 0 ? t : toggled(t, name, levels[n], how)) : withChoice(t, name, on ? null : { only: [levels[n]] })), s));
  }

  /** @param {number} i @param {number} j */
  #chosen(i, j) {
    const is = (/** @type {Column} */ c, /** @type {number} */ k) => { const only = choiceOf(this.board.state, c.name)?.only; return only?.length === 1 && only[0] === textOf(c, k); };
    return is(this.across, j) && is(this.down, i);
  }

  update() {
    this.#take();
    const { across, down, board } = this, same = (/** @type {number} */ n) => Uint16Array.from({ length: n }, (_, k) => k);
    this.two = board.engine.pairs(down, same(down.size), across, same(across.size), down.size, across.size);
    const counts = Array.from({ length: down.size }, (_, i) => Float64Array.from({ length: across.size }, (_, j) => this.two[2 * (i * across.size + j)] + this.two[2 * (i * across.size + j) + 1]));
    const v = cramersV(counts).corrected;
    this.residuals = adjustedResiduals(counts);
    for (let i = 0; i < this.rows; i++) this.#row(i);
    this.f.effect(Number.isFinite(v) ? `V ${figure(v)}` : "", `Cramér's V, without its bias, of ${titleOf(down)} and ${titleOf(across)} among the selected connections`);
    this.f.few(board.totals.all);
    this.legend.replaceChildren(...(this.shows === "share" ? ["0 %", h("i", { class: "ramp" }), "100 % anomalous"] : ["fewer", h("i", { class: "ramp sign" }), "more than if the two had nothing to do with each other (adjusted residuals)"]));
  }

  /** @param {number} i @param {number} j @returns {{normal: number, hot: number, residual: number}} */
  cell(i, j) {
    const at = i * this.across.size + j;
    return { normal: this.two[2 * at], hot: this.two[2 * at + 1], residual: this.residuals[i][j].adjusted };
  }

  /** @param {number} i @param {number} j */
  colour(i, j) {
    const { normal, hot, residual } = this.cell(i, j);
    if (this.shows === "share") return shareColour(hot / (normal + hot));
    return signColour(Number.isFinite(residual) ? Math.sign(residual) * Math.min(1, Math.log10(1 + Math.abs(residual)) / 2.5) : 0);
  }

  /** @param {number} i */
  #row(i) {
    let all = 0, errors = 0;
    for (let j = 0; j < this.across.size; j++) {
      const c = this.cell(i, j), n = c.normal + c.hot;
      all += n;
      if (this.fails[j]) errors += n;
      if (j < this.columns) this.#cell(i, j, n, c);
    }
    this.cells[i][this.columns].textContent = share(errors, all);
  }

  /** @param {number} i @param {number} j @param {number} n @param {{hot: number, residual: number}} c */
  #cell(i, j, n, c) {
    const b = this.cells[i][j], colour = n ? this.colour(i, j) : null, words = `${this.#name(this.down, i)}, ${this.#name(this.across, j)}: ${count(n)} connections, ${share(c.hot, n)} anomalous, residual ${figure(c.residual)}`;
    b.textContent = n ? brief(n) : "";
    b.disabled = !n;
    b.style.background = colour ? css(colour) : "";
    b.style.color = colour ? inkOn(colour) : "";
    b.setAttribute("aria-pressed", String(this.#chosen(i, j)));
    b.title = words;
    b.setAttribute("aria-label", words);
  }

  table() {
    const rows = [];
    for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.across.size; j++) {
      const c = this.cell(i, j), n = c.normal + c.hot;
      if (n) rows.push([this.#name(this.down, i), this.#name(this.across, j), count(n), share(c.hot, n), figure(c.residual)]);
    }
    return { head: [titleOf(this.down), titleOf(this.across), "connections", "anomalous", "adjusted residual"], rows };
  }

  /** @param {Pen} pen */
  picture(pen) {
    const left = 110, wide = (pen.width - left - 10) / this.columns;
    for (let j = 0; j < this.columns; j++) pen.text(left + (j + 0.5) * wide, 40, this.#name(this.across, j), { align: "center", fill: colours.muted });
    for (let i = 0; i < this.rows; i++) {
      const y = 50 + i * 26;
      pen.text(left - 8, y + 16, this.#name(this.down, i).slice(0, 16), { align: "right", fill: colours.ink });
      for (let j = 0; j < this.columns; j++) {
        const c = this.cell(i, j), n = c.normal + c.hot, colour = n ? css(this.colour(i, j)) : colours.empty;
        pen.rect(left + j * wide, y, wide - 2, 24, colour);
        if (n) pen.text(left + (j + 0.5) * wide - 1, y + 16, brief(n), { align: "center", fill: inkOn(this.colour(i, j)) });
      }
    }
  }
}
