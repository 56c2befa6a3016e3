// One connection: all that is known of it, and what the analyst says of it.
import { button, byId, choice, dialog, h, say, table } from "../dom.js";
import { count, moment, value } from "../format.js";
import { longestComment, notesOf, statuses } from "../notes.js";
import { withChoice } from "../state.js";
import { textOf } from "../store.js";
import { ticket } from "../ticket.js";
import { titleOf } from "../words.js";
import { scoreText, severity } from "./severity.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Store} Store */
/** @typedef {import("../store.js").Column} Column */
/** @typedef {import("../state.js").State} State */

/**
 * @typedef {object} Where
 * @property {number} row
 * @property {Uint32Array} list of rows to go through
 * @property {number} place in the list
 * @property {(place: number) => void} [moved] told when another row of the list is shown
 */

/** The value of a row as text, "–" for none. @param {Column} column @param {number} row */
const shown = (column, row) => (column.values ? (column.kind === "time" ? moment(column.values[column.codes[row]] ?? NaN, 0.001) : value(column.values[column.codes[row]] ?? NaN)) : (textOf(column, column.codes[row]) ?? "–"));

/** An address and its port; "–" where neither is known. @param {Board} board @param {Store} store @param {string} end source or destination @param {number} row */
export function endpoint(board, store, end, row) {
  const of = (/** @type {string} */ role) => store.named.get(board.config.roles[role] ?? ""), address = of(end), port = of(end === "source" ? "source_port" : "port");
  const text = address?.ready ? (textOf(address, address.codes[row]) ?? "–") : "–", number = port?.ready && port !== address ? textOf(port, port.codes[row]) : null;
  return number === null ? text : `${text.includes(":") ? `[${text}]` : text}:${number}`;
}

/** Shows a row in a dialog. Rows are those of the data as they are now, also if others take their place meanwhile. @param {Board} board @param {Where} where */
export function record(board, where) {
  const r = new Sheet(board, where), d = byId("dialog");
  const keys = (/** @type {KeyboardEvent} */ e) => r.key(e);
  d.addEventListener("keydown", keys);
  d.addEventListener("close", () => { d.removeEventListener("keydown", keys); d.classList.remove("record"); document.getElementById("alert-list")?.focus({ preventScroll: true }); }, { once: true });
  r.show();
}

class Sheet {
  /** @param {Board} board @param {Where} where */
  constructor(board, where) {
    this.board = board;
    this.store = board.store;
    this.verdict = board.verdict;
    this.where = where;
    this.row = where.row;
    this.notes = notesOf(board).notes;
  }

  /** @param {string} role @returns {Column | null} */
  role(role) {
    const c = this.store.named.get(this.board.config.roles[role] ?? "");
    return c?.ready ? c : null;
  }

  /** Goes to another row of the list. @param {number} by */
  go(by) {
    const { where } = this, place = where.place + by;
    if (place < 0 || place >= where.list.length) return;
    where.place = place;
    this.row = where.list[place];
    where.moved?.(place);
    this.show(by < 0 ? "previous" : "next");
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    if (/INPUT|TEXTAREA/.test(/** @type {any} */ (e.target).tagName) || e.ctrlKey || e.metaKey || e.altKey) return;
    const by = /** @type {Record<string, number>} */ ({ j: 1, ArrowRight: 1, k: -1, ArrowLeft: -1 })[e.key];
    if (!by) return;
    e.preventDefault();
    this.go(by);
  }

  get title() {
    const label = (/** @type {string} */ role) => { const c = this.role(role); return c ? textOf(c, c.codes[this.row]) : null; };
    const kind = [label("protocol"), label("service"), label("status")].filter((t) => t !== null).join(" · "), line = this.store.lineOf(this.row);
    return `${kind || "Connection"}, ${line ? `line ${count(line)}` : `row ${count(this.row + 1)}`}`;
  }

  /** The facts above all. @returns {[string, string][]} */
  facts() {
    const { store, row, verdict } = this, { clock, verdicts, label } = store, out = /** @type {[string, string][]} */ ([]);
    if (clock) out.push(["Time (UTC)", moment(clock.start + clock.since[row], 0.001)]);
    if (this.role("source") || this.role("destination")) out.push(["From", endpoint(this.board, store, "source", row)], ["To", endpoint(this.board, store, "destination", row)]);
    if (verdicts?.score.ready) {
      const score = /** @type {Float64Array} */ (verdicts.score.values)[verdicts.score.codes[row]] ?? NaN;
      out.push(["Score", `${scoreText(score)}${verdicts.calibrated ? ` (${severity(score)})` : ""}`], ["Threshold", scoreText(this.board.limit)], ["Model", verdicts.model]);
    }
    if (label?.ready) out.push(["Label", textOf(label, label.codes[row]) ?? "–"]);
    if (verdict.size > 1) out.push(["Outcome", textOf(verdict, verdict.codes[row]) ?? "–"]);
    const line = store.lineOf(row), id = verdicts?.idOf(row);
    out.push(["Line of the file", line ? String(line) : "not known"]);
    if (id) out.push(["ID", id]);
    return out;
  }

  /** @returns {string[]} */
  reasons() {
    return (this.store.verdicts?.reasonsOf(this.row) ?? []).filter((c) => c.ready).map((c) => `${titleOf(c)} = ${shown(c, this.row)}`);
  }

  /** All columns in groups. @returns {[string, Column[]][]} */
  groups() {
    const { store, board } = this, { roles } = board.config, rest = new Set(store.columns.filter((c) => c.ready && c !== store.label && c !== store.verdicts?.score));
    const take = (/** @type {string[]} */ names) => names.map((n) => store.named.get(n)).filter((c) => c && rest.delete(c));
    const out = /** @type {[string, Column[]][]} */ ([
      ["Connection", take([store.clock?.name ?? "", roles.source, roles.source_port, roles.destination, roles.port, roles.protocol, roles.service, roles.status, roles.duration, roles.out, roles.in])],
      ["Counters", take(roles.metrics ?? [])], ["Recent traffic of the host", take([...(roles.hosts ?? []), ...[...rest].map((c) => c.name).filter((n) => n.startsWith("dst_host_"))])],
    ]);
    return [...out, /** @type {[string, Column[]]} */ (["Everything else", [...rest]])].filter(([, columns]) => columns.length);
  }

  /** @param {string} [focus] the button that stays focused */
  show(focus) {
    const { where, board } = this, list = where.list.length, facts = this.facts(), reasons = this.reasons(), d = byId("dialog");
    d.classList.add("record");
    const step = (/** @type {string} */ name, /** @type {number} */ by, /** @type {string} */ text) => button(text, () => this.go(by), { class: "btn", id: `record-${name}`, disabled: where.place + by < 0 || where.place + by >= list });
    dialog(this.title,
      h("div", { class: "row" }, step("previous", -1, "‹ Previous"), step("next", 1, "Next ›"), h("span", { class: "note", text: `${count(where.place + 1)} of ${count(list)}; also the keys k and j` })),
      h("dl", { class: "facts" }, ...facts.map(([name, text]) => h("div", null, h("dt", { text: name }), h("dd", { text })))),
      ...(reasons.length ? [h("h3", { text: "Raised the score most" }), h("p", { class: "reasons" }, ...reasons.map((text) => h("span", { class: "reason", text })))] : []),
      this.#analyst(), h("div", { class: "row" }, ...this.#actions()),
      ...this.groups().flatMap(([name, columns]) => [h("h3", { text: name }), h("dl", { class: "fields" }, ...columns.map((c) => h("div", null, h("dt", { text: titleOf(c), title: c.name }), h("dd", { text: shown(c, this.row) }))))]),
      h("h3", { text: board.store.clock ? "Before and after it" : "Beside it in the file" }), this.#around());
    d.scrollTop = 0;
    const at = focus && byId(`record-${focus}`);
    (at && !at.disabled ? at : (byId("record-next").disabled ? byId("record-previous") : byId("record-next"))).focus();
    if (document.activeElement === document.body || byId("record-next").disabled && byId("record-previous").disabled) d.querySelector(".end button")?.focus();
  }

  #analyst() {
    const note = () => this.notes.of(this.store, this.row), said = h("span", { class: "note", role: "status" });
    const put = (/** @type {{status?: string, comment?: string}} */ change) => {
      this.notes.set(this.store, this.row, change);
      said.textContent = this.notes.kept ? "Kept in this browser." : "This browser keeps nothing: use Save notes below the alerts.";
    };
    const { buttons, show } = choice(statuses.map((s) => [s, s ? s[0].toUpperCase() + s.slice(1) : "Open"]), () => note()?.status ?? "", (status) => { put({ status }); show(); });
    const text = h("textarea", { rows: 2, maxlength: longestComment, "aria-label": "Comment", placeholder: "Comment", on: { input: () => put({ comment: text.value }) } });
    text.value = note()?.comment ?? "";
    return h("div", { class: "analyst" }, h("div", { class: "tools", role: "group", "aria-label": "Status" }, ...buttons), text, said);
  }

  /** @param {string} name @returns {(s: State) => State} */
  #only(name) {
    const column = this.store.named.get(name), text = column ? textOf(column, column.codes[this.row]) : null, v = column?.values?.[column.codes[this.row]];
    return (s) => withChoice(s, name, v !== undefined ? { range: [v, v] } : { only: [text] });
  }

  /** @param {string[]} roles */
  #filter(roles) {
    byId("dialog").close();
    this.board.change((s) => roles.map((r) => this.role(r)).reduce((next, c) => (c ? this.#only(c.name)(next) : next), s));
  }

  #actions() {
    const act = (/** @type {string} */ text, /** @type {() => void} */ f) => button(text, f, { class: "btn" }), kind = ["protocol", "service", "status"].filter((r) => this.role(r));
    return [
      ...(kind.length ? [act("Only connections like this", () => this.#filter(kind))] : []),
      ...["source", "destination"].filter((end) => this.role(end)).map((end) => act(`Only this ${end}`, () => this.#filter([end]))),
      act("Copy as JSON", () => this.#copy(this.json(), "The record is in the clipboard, as POST /v1/predict takes it.")),
      act("Copy for a ticket", () => this.#copy(this.markdown(), "The ticket is in the clipboard, as Markdown.")),
    ];
  }

  /** @param {string} text @param {string} done */
  async #copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      say(done);
    } catch {
      const area = h("textarea", { rows: 8, readonly: true, "aria-label": "Text to copy" });
      area.value = text;
      dialog("Copy this text", h("p", { text: "This browser does not let the page write to the clipboard." }), area);
      area.select();
    }
  }

  /** The record as the service takes it: without its label, and what was derived from it. */
  json() {
    const out = new Map();
    for (const c of this.store.columns) {
      if (!c.ready || c === this.store.label || c.role === "label" || c.role === "derivative") continue;
      const k = c.codes[this.row], v = c.values?.[k];
      out.set(c.canon, c.values ? (v === undefined ? null : c.kind === "time" ? moment(v, 0.001).replace(" ", "T") + "Z" : v) : textOf(c, k));
    }
    return JSON.stringify(Object.fromEntries(out), null, 2);
  }

  markdown() {
    const { config } = this.board, link = location.protocol.startsWith("http") ? location.href : "#" + this.board.hash, note = this.notes.of(this.store, this.row);
    const fields = this.groups().flatMap(([, columns]) => columns.map((c) => /** @type {[string, string]} */ ([c.name, shown(c, this.row)])));
    const facts = [...this.facts(), .../** @type {[string, string][]} */ (note?.status ? [["Status", note.status]] : [])];
    return ticket({ title: `Anomalous connection: ${this.title}`, facts, reasons: this.reasons(), comment: note?.comment ?? "", fields, link, source: `Data: ${config.name}; netanom ${config.version}` });
  }

  /** The rows before and after. */
  #around() {
    const { store, row } = this, timed = store.clock, from = Math.max(0, row - 3), to = Math.min(store.rows, row + 4);
    const columns = /** @type {Column[]} */ (["protocol", "service", "status", "source", "destination", "out", "in"].map((r) => this.role(r)).filter(Boolean)), score = store.verdicts?.score.ready ? store.verdicts.score : null;
    const cells = (/** @type {number} */ i) => [...columns.map((c) => shown(c, i)), ...(score ? [scoreText(score.values?.[score.codes[i]] ?? NaN)] : []), ...(store.label?.ready ? [textOf(store.label, store.label.codes[i]) ?? "–"] : [])];
    const t = table("Rows beside this one", [timed ? "Time (UTC)" : "Line", ...columns.map(titleOf), ...(score ? ["Score"] : []), ...(store.label?.ready ? ["Label"] : [])],
      Array.from({ length: to - from }, (_, k) => [timed ? moment(timed.start + timed.since[from + k], 0.001) : String(store.lineOf(from + k) || from + k + 1), ...cells(from + k)]));
    t.querySelectorAll("tbody tr").forEach((/** @type {HTMLElement} */ tr, /** @type {number} */ k) => {
      const first = /** @type {HTMLElement} */ (tr.firstElementChild), text = first.textContent ?? "";
      if (from + k === row) return tr.setAttribute("aria-current", "true");
      first.replaceChildren(button(text, () => { this.row = from + k; this.show(); }, { "aria-label": `Show the row of ${text}` }));
    });
    t.querySelector("table").classList.add("rows");
    return t;
  }
}
