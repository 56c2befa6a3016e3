// How columns of numbers go together, and with being anomalous.
import { colours, css, inkOn, signColour } from "../colour.js";
import { choice, h } from "../dom.js";
import { correlation } from "../correlation.js";
import { count, figure } from "../format.js";
import { frame } from "../frame.js";
import { withView } from "../state.js";
import { behind } from "./behind.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Column} Column */
/** @typedef {import("../pen.js").Pen} Pen */
/** @typedef {{columns: Column[], k: number, n: Float64Array, r: Float64Array, used: number, every: number, ranks: boolean}} Found */

/** Numbers of the matrix that are looked at: more rows are thinned to every second, third and so on. */
const mostCells = 20_000_000;
const anomalous = "(anomalous)";

/** Being anomalous as a column of 0 and 1. @param {Board} board @returns {Column} */
const hotColumn = (board) => ({ name: anomalous, canon: anomalous, role: "label", kind: "flag", levels: null, values: Float64Array.of(0, 1), missing: false, rounded: false, others: 0, size: 2, codes: board.hot, ready: true });

/** @param {Column} c */
const nameOf = (c) => (c.name === anomalous ? "anomalous" : c.name);

/** A name that fits beside the cells. @param {Column} c */
const shortName = (c) => nameOf(c).replace(/^dst_host_/, "host_");

/** ".62" and "1": few characters in every cell. @param {number} r */
const cellText = (r) => figure(r).replace(/^(−?)0\./, "$1.").replace("1.00", "1");

/** @param {Board} board */
export function correlations(board) {
  const f = frame(board, { id: "correlation", title: "Correlation", wide: 4 });
  if (board.roles("matrix").length < 2) {
    f.body.append(h("p", { class: "note", text: "These data have fewer than two columns of numbers that vary." }));
    return;
  }
  const ranks = () => board.state.view.rank !== "pearson", matrix = new Matrix(board, f.body);
  const { buttons, show } = choice([["", "Spearman"], ["pearson", "Pearson"]], () => board.state.view.rank ?? "", (rank) => board.change((s) => withView(s, { rank })));
  f.tools.append(...buttons);
  f.add({
    ...behind(board, matrix.box, { options: () => String(ranks()), find: () => find(board, ranks()), show: (found) => matrix.show(found), update: () => { show(); f.few(board.totals.all); } }),
    table: () => matrix.table(), picture: (pen) => matrix.picture(pen), size: [620, 560],
  });
}

/** @param {Board} board @param {boolean} ranks @returns {Generator<number, Found, void>} */
function* find(board, ranks) {
  const columns = [...board.roles("matrix").filter((c) => c.values), ...(board.colourBy ? [hotColumn(board)] : [])];
  const rows = board.engine.passing(false), every = Math.ceil((rows.length * columns.length) / mostCells) || 1, some = every > 1 ? rows.filter((_, i) => i % every === 0) : rows;
  const { k, n, r } = yield* correlation(columns, some, ranks ? "spearman" : "pearson");
  return { columns, k, n, r, used: some.length, every, ranks };
}

/** Cells are buttons; arrow keys go from one to the next. */
class Matrix {
  /** @type {Found | null} */
  found = null;
  /** @type {any[][]} */
  cells = [];
  at = [1, 0];
  built = "";

  /** @param {Board} board @param {HTMLElement} host */
  constructor(board, host) {
    this.board = board;
    this.note = h("p", { class: "note", text: "Looking at the rows…" });
    this.head = h("tr");
    this.body = h("tbody");
    const grid = h("table", { class: "heat corr", on: { keydown: (/** @type {KeyboardEvent} */ e) => this.#key(e) } }, h("thead", null, this.head), this.body);
    this.box = h("div", { class: "behind" }, h("div", { class: "scroll", role: "region", "aria-label": "Correlations", tabindex: "0" }, grid),
      h("div", { class: "legend" }, "−1", h("i", { class: "ramp sign" }), "1"), this.note);
    host.append(this.box);
  }

  /** @param {Found} found */
  show(found) {
    this.found = found;
    const names = found.columns.map((c) => c.name).join("\u0000");
    if (names !== this.built) this.#build(found.columns);
    this.built = names;
    this.cells.forEach((row, i) => row.forEach((_, j) => this.#cell(i, j)));
    const { rows } = this.board.store, total = this.board.totals.all;
    const thinned = found.every > 1 ? `: one of every ${found.every} of the ${this.board.exact ? "" : count(total) + " "}selected` : "";
    this.note.textContent = `${count(found.used)} of ${count(rows)} rows${thinned}. ${found.ranks ? "Spearman's: of ranks" : "Pearson's: of the numbers themselves"}. A cell shows its columns in Scatter.`;
  }

  /** @param {Column[]} columns */
  #build(columns) {
    const across = columns.filter((c) => c.name !== anomalous), head = (/** @type {Column} */ c, /** @type {string} */ scope) => h("th", { scope, title: nameOf(c) }, h("span", { text: shortName(c) }));
    this.at = [Math.min(1, columns.length - 1), 0];
    this.cells = columns.map((_, i) => across.map((_, j) => h("button", { type: "button", tabindex: i === this.at[0] && j === 0 ? "0" : "-1", on: { click: () => this.#click(i, j) } })));
    this.head.replaceChildren(h("td"), ...across.map((c) => head(c, "col")));
    this.body.replaceChildren(...columns.map((c, i) => h("tr", null, head(c, "row"), ...this.cells[i].map((b) => h("td", null, b)))));
  }

  /** @param {number} i @param {number} j */
  #cell(i, j) {
    const { columns, k, r, n } = /** @type {Found} */ (this.found), b = this.cells[i][j], v = r[i * k + j], colour = signColour(Number.isNaN(v) ? 0 : v), { x, y } = this.board.state.view;
    const words = `${nameOf(columns[i])} and ${nameOf(columns[j])}: ${Number.isNaN(v) ? "none, one of them does not vary" : v.toFixed(4).replace("-", "−")}, ${count(n[i * k + j])} rows`;
    b.textContent = cellText(v);
    b.title = words;
    b.setAttribute("aria-label", words);
    b.setAttribute("aria-pressed", String(i !== j && columns[i].name === y && columns[j].name === x));
    b.style.background = css(colour);
    b.style.color = inkOn(colour);
  }

  /** Two columns are shown against each other; one, or one and being anomalous, by itself. @param {number} i @param {number} j */
  #click(i, j) {
    const { columns } = /** @type {Found} */ (this.found), [y, x] = [columns[i].name, columns[j].name];
    this.#go([i, j]);
    this.board.change((s) => withView(s, x === y || y === anomalous ? { column: x } : { x, y }));
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key], last = [this.cells.length - 1, this.cells[0].length - 1];
    if (!move) return;
    e.preventDefault();
    this.#go(this.at.map((v, d) => Math.max(0, Math.min(last[d], v + move[d]))));
    this.cells[this.at[0]][this.at[1]].focus();
  }

  /** @param {number[]} at the cell that Tab comes to */
  #go(at) {
    this.cells[this.at[0]][this.at[1]].tabIndex = -1;
    this.at = at;
    this.cells[at[0]][at[1]].tabIndex = 0;
  }

  table() {
    if (!this.found) return { head: [], rows: [] };
    const { columns, k, n, r, ranks } = this.found, rows = [];
    for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) rows.push({ v: r[i * k + j], cells: [nameOf(columns[j]), nameOf(columns[i]), Number.isNaN(r[i * k + j]) ? "–" : r[i * k + j].toFixed(4).replace("-", "−"), count(n[i * k + j])] });
    rows.sort((a, b) => Math.abs(b.v || 0) - Math.abs(a.v || 0));
    return { head: ["column", "and", ranks ? "Spearman's ρ" : "Pearson's r", "rows"], rows: rows.map((row) => row.cells) };
  }

  /** @param {Pen} pen */
  picture(pen) {
    if (!this.found) return;
    const { columns, k, r } = this.found, left = 190, top = 120, w = (pen.width - left - 10) / k, t = (pen.height - top - 10) / k;
    columns.forEach((c, i) => {
      pen.text(left - 6, top + (i + 0.5) * t + 4, nameOf(c).slice(0, 28), { align: "right", fill: colours.ink });
      pen.text(left + (i + 0.5) * w, top - 6, nameOf(c).slice(0, 18), { fill: colours.ink, turn: true });
      for (let j = 0; j < k; j++) {
        const v = r[i * k + j], colour = signColour(Number.isNaN(v) ? 0 : v);
        pen.rect(left + j * w, top + i * t, w - 2, t - 2, css(colour));
        pen.text(left + (j + 0.5) * w - 1, top + (i + 0.5) * t + 3, cellText(v), { align: "center", fill: inkOn(colour) });
      }
    });
  }
}
