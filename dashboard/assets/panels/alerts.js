// The anomalous connections as a list: to sort, to group, to open, to mark.
import { button, byId, choice, download, h, say, select, table } from "../dom.js";
import { lines } from "../export.js";
import { count, moment, plural, value } from "../format.js";
import { frame } from "../frame.js";
import { Grid } from "../grid.js";
import { notesOf, statuses } from "../notes.js";
import { byRanks, collapsed, kindsOf, sorted } from "../order.js";
import { withView } from "../state.js";
import { textOf } from "../store.js";
import { titleOf } from "../words.js";
import { endpoint, record } from "./record.js";
import { scoreText, severity, severities } from "./severity.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Column} Column */
/** @typedef {import("../grid.js").GridColumn} GridColumn */

const shownRows = 14, printed = 40;

/** @param {Board} board */
export function alerts(board) {
  const f = frame(board, { id: "alerts", title: board.colourBy ? "Alerts" : "Connections", note: " ", wide: 12 });
  if (!board.colourBy) f.body.append(h("p", { class: "note", text: "There are no alerts: these data have no label that tells attacks, and no model has judged them (netanom dashboard --model). These are all rows." }));
  const a = new Alerts(board, f);
  f.add({ update: () => a.update(), table: () => ({ head: a.told.map((c) => c.title), rows: a.texts(1000) }) });
  a.notes.listeners.push(() => board.panels.some((p) => p.root === f.root && p.seen) && a.update());
  addEventListener("beforeprint", () => a.print());
}

class Alerts {
  /** @type {Uint32Array} */
  rows = new Uint32Array(0);
  /** @type {Uint32Array | null} where rows are grouped: how many are of the kind of a row, 0 for one within an open group */
  counts = null;
  /** @type {Set<string>} names of groups that are open */
  open = new Set();

  /** @param {Board} board @param {import("../frame.js").Frame} f */
  constructor(board, f) {
    this.board = board;
    this.f = f;
    this.mine = notesOf(board);
    this.notes = this.mine.notes;
    this.columns = this.#columns();
    this.none = h("p", { class: "note", hidden: true });
    this.paper = h("div", { class: "paper" });
    f.body.append(this.none);
    this.grid = new Grid(f.body, { id: "alert-list", label: "Alerts: arrows to move, Enter to open", columns: this.columns, rows: shownRows, on: { open: (p) => this.show(p), sort: (key) => this.#sort(key), toggle: (p, on) => this.#toggle(p, on), isOpen: (p) => (this.counts && this.counts[p] > 1 ? this.open.has(this.#groupOf(this.rows[p])) : null) } });
    this.words = h("span");
    f.body.append(this.paper, h("div", { class: "legend" }, this.words, h("span", { class: "space" }), ...this.#noteButtons()));
    this.#tools();
  }

  #tools() {
    const { board, f } = this, view = () => board.state.view, timed = Boolean(board.store.clock);
    const quick = choice([...(timed ? [/** @type {[string, string]} */ (["-when", "Newest"])] : []), ...(board.score ? [/** @type {[string, string]} */ (["-score", "Highest score"])] : [])], () => this.order, (key) => this.#put({ order: key === this.usual ? "" : key }));
    const which = choice([["", board.colourBy === "label" ? "Attacks" : "Alerts"], ["all", "All rows"]], () => view().rows ?? "", (rows) => this.#put({ rows }));
    this.quick = () => { quick.show(); which.show(); which.buttons[0].textContent = board.colourBy === "label" ? "Attacks" : "Alerts"; };
    if (board.colourBy) f.tools.append(...which.buttons);
    this.triage = select([["", "Any status"], ["open", "Open"], ...statuses.slice(1).map((s) => /** @type {[string, string]} */ ([s, s[0].toUpperCase() + s.slice(1)]))], "Status of the alerts shown", (triage) => this.#put({ triage }));
    this.group = select([["", "Not grouped"], ["kind", "By kind"], ...(board.role("source") ? [/** @type {[string, string]} */ (["source", "By source"])] : [])], "Group alerts", (group) => this.#put({ group }));
    f.tools.append(...quick.buttons, this.triage, this.group, button("Export list", () => this.save(), { id: "alerts-csv" }));
    this.triage.value = view().triage ?? "";
  }

  #noteButtons() {
    const file = h("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": "File of notes", on: { change: () => this.#load(file) } });
    return [button("Save notes", () => download(new Blob([this.notes.text()], { type: "application/json" }), "netanom-notes.json"), { class: "more", title: "Status and comments of all rows as a file, for others" }), button("Load notes", () => file.click(), { class: "more" }), file];
  }

  /** @param {any} input */
  async #load(input) {
    try {
      const file = input.files[0];
      if (!file) return;
      if (file.size > 64e6) throw new Error("the file is too large for one of notes");
      say(`${plural(this.notes.merge(await file.text()), "note")} taken.`);
    } catch (e) {
      say(`Nothing was taken: ${/** @type {Error} */ (e).message}.`);
    }
    input.value = "";
  }

  /** @param {Record<string, string>} view */
  #put(view) {
    this.grid.root.scrollTop = this.grid.active = 0;
    this.board.change((s) => withView(s, view));
  }

  /** The order where none is chosen. */
  get usual() {
    return this.board.store.clock ? "-when" : this.board.score ? "-score" : "when";
  }

  get order() {
    const wish = this.board.state.view.order ?? this.usual;
    return this.columns.some((c) => c.key === wish.replace(/^-/, "") && !c.fixed) ? wish : this.usual;
  }

  /** @param {string} key */
  #sort(key) {
    const first = ["when", "score", "out", "in", "status"].includes(key) ? "-" + key : key, now = this.order, order = now === first ? (first === key ? "-" + key : key) : first;
    this.#put({ order: order === this.usual ? "" : order });
  }

  /** The column of the table behind a column of the list. @param {string} key @returns {Column | null} */
  of(key) {
    const { board } = this;
    return key === "score" ? board.score : key === "label" ? board.store.label : key === "flag" ? board.role("status") : board.role(key);
  }

  /** @returns {GridColumn[]} */
  #columns() {
    const { board } = this, timed = Boolean(board.store.clock), row = (/** @type {number} */ place) => this.rows[place];
    /** @type {GridColumn[]} */
    const out = [{ key: "when", title: timed ? "Time (UTC)" : "Line", width: timed ? "130px" : "72px", number: !timed, fill: (cell, p) => { cell.textContent = this.when(row(p)); } }];
    out.push({ key: "count", title: "Alike", width: "66px", number: true, fixed: true, hint: "How many alerts are of the same kind; arrow right opens them", fill: (cell, p) => this.#alike(cell, p) });
    const add = (/** @type {string} */ key, /** @type {string} */ title, /** @type {string} */ width, /** @type {Partial<GridColumn>} */ more = {}) => { if (this.of(key)) out.push({ key, title, width, fill: (cell, p) => { cell.textContent = cell.title = this.text(key, row(p)); }, ...more }); };
    add("score", "Score", board.store.verdicts?.calibrated ? "138px" : "92px", { hint: board.store.verdicts?.calibrated ? severities : "Scores of this model are no probabilities", fill: (cell, p) => this.#score(cell, row(p)) });
    add("label", "Label", "minmax(76px,1fr)");
    add("protocol", "Protocol", "minmax(52px,.4fr)");
    add("service", "Service", "minmax(66px,1fr)");
    add("flag", "State", "minmax(50px,.4fr)", { hint: "How the connection ended" });
    for (const key of ["source", "destination"]) add(key, key[0].toUpperCase() + key.slice(1), "minmax(118px,1.2fr)", { fill: (cell, p) => { cell.textContent = cell.title = endpoint(board, board.store, key, row(p)); } });
    add("out", "Bytes out", "minmax(70px,.5fr)", { number: true });
    add("in", "Bytes in", "minmax(70px,.5fr)", { number: true });
    out.push({ key: "status", title: "Status", width: "92px", hint: "What the analyst says", fill: (cell, p) => this.#status(cell, row(p)) });
    if (board.store.verdicts) out.push({ key: "why", title: "Why", width: "minmax(240px,4fr)", fixed: true, hint: "Values that raised the score most, the first most", fill: (cell, p) => this.#why(cell, row(p)) });
    return out;
  }

  /** When a row was, or where it is in the file. @param {number} row */
  when(row) {
    const { clock } = this.board.store, line = this.board.store.lineOf(row);
    return clock ? moment(clock.start + clock.since[row], 1) : line ? count(line) : "row " + count(row + 1);
  }

  /** @param {string} key @param {number} row */
  text(key, row) {
    const column = this.of(key), code = column?.ready ? column.codes[row] : -1;
    if (!column || code < 0) return "…";
    const text = textOf(column, code);
    return text === null ? "–" : column.values ? value(column.values[code]) : text;
  }

  /** The score of a row, NaN without one. @param {number} row */
  score(row) {
    const column = this.board.score;
    return column?.values?.[column.codes[row]] ?? NaN;
  }

  /** @param {HTMLElement} cell @param {number} row */
  #score(cell, row) {
    const s = this.score(row), { score, store } = this.board, values = /** @type {Float64Array} */ (score?.values), least = store.verdicts?.calibrated ? 0 : values[0], most = store.verdicts?.calibrated ? 1 : values[values.length - 1];
    if (!cell.firstChild) cell.append(h("b"), h("i", { class: "meter" }, h("u")), h("em"));
    const [number, meter, word] = /** @type {any} */ (cell.children);
    number.textContent = scoreText(s);
    meter.firstChild.style.width = Math.max(0, Math.min(1, (s - least) / (most - least || 1))) * 100 + "%";
    word.textContent = store.verdicts?.calibrated ? severity(s) : "";
  }

  /** The values that raised the score of a row. @param {number} row */
  reasons(row) {
    const { verdicts } = this.board.store;
    return (verdicts?.reasonsOf(row) ?? []).filter((c) => c.ready).map((c) => `${titleOf(c)} = ${c.values ? value(c.values[c.codes[row]] ?? NaN) : (textOf(c, c.codes[row]) ?? "–")}`);
  }

  /** @param {HTMLElement} cell @param {number} row */
  #why(cell, row) {
    const texts = this.reasons(row);
    while (cell.children.length < texts.length) cell.append(h("span", { class: "reason" }));
    [.../** @type {any} */ (cell.children)].forEach((e, i) => { e.hidden = i >= texts.length; e.textContent = texts[i] ?? ""; });
    cell.title = texts.join("\n");
  }

  /** @param {HTMLElement} cell @param {number} row */
  #status(cell, row) {
    const note = this.notes.of(this.board.store, row);
    cell.textContent = (note?.status ?? "") + (note?.comment ? " ✎" : "");
    cell.title = note?.comment ?? "";
  }

  /** @param {HTMLElement} cell @param {number} place */
  #alike(cell, place) {
    const n = this.counts?.[place] ?? 0, isOpen = n > 1 && this.open.has(this.#groupOf(this.rows[place]));
    cell.classList.toggle("toggle", n > 1);
    cell.textContent = !this.counts ? "" : n > 1 ? `${count(n)} × ${isOpen ? "▾" : "▸"}` : n === 1 ? "1 ×" : "·";
  }

  /** The columns that say which alerts are alike. @returns {Column[]} */
  #kinds() {
    const { board } = this, by = board.state.view.group, columns = by === "source" ? [board.role("source")] : by === "kind" ? [board.role("protocol"), board.role("service"), board.role("status"), board.store.label] : [];
    return /** @type {Column[]} */ (columns.filter((c) => c?.ready));
  }

  /** @param {number} row */
  #groupOf(row) {
    return JSON.stringify(this.#kinds().map((c) => textOf(c, c.codes[row])));
  }

  /** @param {number} place @param {boolean} [on] */
  #toggle(place, on) {
    const group = this.#groupOf(this.rows[place]);
    if (on ?? !this.open.has(group)) this.open.add(group);
    else this.open.delete(group);
    this.update();
  }

  /** Whether rows that are no alerts are listed too. */
  get everything() {
    return !this.board.colourBy || this.board.state.view.rows === "all";
  }

  /** All alerts of the selection, or all rows, in order. */
  all() {
    const { board } = this, { store } = board, codes = this.notes.codes(store), wish = board.state.view.triage, order = this.order, down = order.startsWith("-"), key = order.replace("-", "");
    let rows = board.engine.passing(!this.everything);
    if (wish) rows = rows.filter((r) => statuses[codes[r]] === (wish === "open" ? "" : wish));
    if (key === "when") return down ? rows.slice().reverse() : rows;
    if (key === "status") return byRanks(rows, codes, Uint16Array.from(statuses, (_, k) => (down ? statuses.length - 1 - k : k)), statuses.length);
    const column = this.of(key);
    return column?.ready ? sorted(rows, column, down) : rows;
  }

  update() {
    const { board, grid } = this, kinds = this.#kinds(), all = this.all(), order = this.order;
    const groups = kinds.length && all.length ? collapsed(all, kindsOf(all, kinds), (row) => this.open.has(this.#groupOf(row))) : null;
    this.rows = groups?.rows ?? all;
    this.counts = groups?.counts ?? null;
    const few = board.state.view.triage ? "No alerts of the selection have this status." : "There are no alerts in the selection.";
    this.none.hidden = this.rows.length > 0;
    this.none.textContent = this.everything ? (board.state.view.triage ? few.replace("alerts", "rows") : "Nothing is selected.") : board.colourBy === "score" ? few : few.replace("alerts", "labelled attacks");
    grid.root.hidden = !this.rows.length;
    this.f.small.textContent = this.#note(all.length);
    this.quick?.();
    this.triage.value = board.state.view.triage ?? "";
    this.group.value = board.state.view.group ?? "";
    this.words.textContent = this.#words();
    grid.hide("count", !groups);
    if (this.rows.length) grid.show(this.rows.length, { key: order.replace("-", ""), down: order.startsWith("-"), grouped: Boolean(groups) });
  }

  /** @param {number} n */
  #note(n) {
    const { board } = this, groups = this.counts ? `, ${plural(this.counts.filter((c) => c > 0).length, "kind")}` : "";
    if (this.everything) return `${plural(n, "row")} of the selection${groups}`;
    if (board.colourBy === "score") return `${count(n)} with a score of at least ${scoreText(board.limit)}${groups}`;
    return `${count(n)} labelled attacks${groups}${board.score ? " (the page is coloured by labels)" : "; no model"}`;
  }

  #words() {
    const { notes } = this, kept = notes.kept ? "kept in this browser" : "NOT kept by this browser: save them as a file";
    return `${plural(notes.size, "note")} of the analyst, ${kept}.${this.board.store.verdicts?.calibrated ? " " + severities + "." : ""}`;
  }

  /** @param {number} place */
  show(place) {
    const list = this.rows, { store } = this.board;
    record(this.board, { row: list[place], list, place, moved: (to) => {
      const at = store === this.board.store ? this.rows.indexOf(list[to]) : -1; // marking a row can take it off the list
      if (at < 0) return;
      this.grid.active = at;
      this.grid.reveal(at);
    } });
  }

  /** The columns as texts: how many are alike is said of groups alone. */
  get told() {
    return this.columns.filter((c) => c.key !== "count" || this.counts);
  }

  /** The first rows as texts. @param {number} most */
  texts(most) {
    const cell = h("span");
    return Array.from({ length: Math.min(most, this.rows.length) }, (_, p) => this.told.map((c) => {
      if (c.key === "why") return this.reasons(this.rows[p]).join("; ");
      cell.replaceChildren();
      c.fill(cell, p);
      return [...cell.childNodes].map((n) => n.textContent).join(" ").trim();
    }));
  }

  print() {
    const rows = this.texts(printed), more = this.rows.length - rows.length;
    this.paper.replaceChildren(table(more > 0 ? `The first ${printed}; ${count(more)} more are not printed` : "All of the selection", this.told.map((c) => c.title), rows));
  }

  /** Saves the alerts of the selection, without holding up the page. */
  async save() {
    const { board } = this, rows = this.all(), parts = [], pressed = byId("alerts-csv");
    pressed.disabled = true;
    for (const part of lines(board, rows, [{ name: "reasons", of: (row) => this.reasons(row).join("; ") }, ...this.mine.columns()])) {
      parts.push(part);
      await new Promise((done) => setTimeout(done, 0));
    }
    pressed.disabled = false;
    download(new Blob(parts, { type: "text/csv" }), board.config.name.replace(/[^\w.-]+/g, "_").replace(/\.\w+$/, "") + (this.everything ? "-rows.csv" : "-alerts.csv"));
    say(`${plural(rows.length, this.everything ? "row" : "alert")} saved.`);
  }
}
