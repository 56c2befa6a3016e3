// The page's one place of truth: the rows, what is chosen of them, and the panels that show it.
import { badLabels } from "./cube.js";
import { keepFocus, say } from "./dom.js";
import { Engine, mostFilters } from "./engine.js";
import { ExactEngine, marked } from "./exact.js";
import { placeOf } from "./measures.js";
import { textOf } from "./store.js";
import { choiceOf, History, toHash, verdictName, withChoice } from "./state.js";

/** @typedef {import("./store.js").Column} Column */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Choice} Choice */
/** @typedef {import("./pen.js").Pen} Pen */

/**
 * What Go found out of the table (page.go).
 * @typedef {object} Config
 * @property {string} name of the file
 * @property {string} version of netanom
 * @property {Record<string, any>} roles names of the columns that panels show
 * @property {{start: number, step: number, steps: number, name: string} | null} time the steps of the time axis, as netanom timeseries makes them
 * @property {any} forecast
 * @property {string} [no_forecast] why there is none
 * @property {{name: string, hash: string}[]} views
 * @property {any} places
 * @property {boolean} live
 * @property {string[]} notes sentences about what the page does not hold
 * @property {import("./cube.js").Sample | null} [sample] what is known of the whole table, where the rows are a sample of it
 */

/**
 * A part of the page.
 * @typedef {object} Panel
 * @property {HTMLElement} root
 * @property {() => void} update shows what is chosen now
 * @property {() => {head: string[], rows: (string | number)[][]}} [table] the same as figures
 * @property {(pen: Pen) => void} [picture] the same as a drawing
 * @property {[number, number]} [size] of the drawing
 * @property {(() => Generator<void, void, void>)} [slow] what takes longer: it is done in slices behind everything else
 * @property {boolean} [stale]
 * @property {boolean} [seen]
 */

export class Board {
  /** @type {Store} */
  store;
  /** @type {Engine} */
  engine;
  /** @type {ExactEngine | null} the engine, where the rows are a sample of the table */
  exact = null;
  /** Whether the totals are estimated from a sample. */
  estimated = false;
  /** @type {Column | null} the scores, if there is a detector */
  score = null;
  /** @type {Column} what each row is taken for */
  verdict;
  /** @type {"score" | "label" | ""} what says that a row is anomalous */
  colourBy = "";
  /** @type {Uint8Array} by row: 1 if it is anomalous */
  hot;
  /** @type {number} the score from which on rows were judged anomalous */
  threshold = 0;
  /** @type {Record<string, Choice>} what the engine filters by */
  applied = {};
  /** @type {Uint32Array} the row behind each step of the time axis; of a sample, what tells the steps apart for its engine */
  ends;
  /** @type {{all: number, anomalous: number}} of all rows */
  whole;
  /** @type {{all: number, anomalous: number}} of those that pass all filters */
  totals;
  /** @type {State | undefined} where a preview began */
  held;
  run = 0;
  took = 0;
  waiting = false;
  catching = false;
  /** @type {Panel[]} */
  panels = [];
  /** @type {((board: Board) => void)[]} */
  listeners = [];

  /** @param {Store} store @param {Config} config @param {State} state */
  constructor(store, config, state) {
    this.config = config;
    this.history = new History(state);
    this.take(store);
  }

  /** Shows other rows under the same choices. @param {Store} store */
  take(store) {
    this.store = store;
    this.score = store.verdicts?.score ?? null;
    this.colourBy = this.score && this.state.view.colour !== "label" ? "score" : store.label ? "label" : "";
    this.hot = new Uint8Array(store.rows);
    this.#judge();
    this.exact = this.config.sample ? new ExactEngine(this, this.config.sample) : null;
    this.engine = this.exact ?? new Engine(store, this.hot);
    this.applied = {};
    this.ends = this.#steps();
    this.#apply();
    this.whole = this.#whole();
    this.#total();
  }

  /** Counts what passes all filters. */
  #total() {
    this.exact?.used.clear();
    this.totals = this.engine.totals();
    this.estimated = Boolean(this.exact?.used.size);
  }

  /** What is counted, and "≈ " if it is estimated from a sample. @template T @param {() => T} count @returns {[T, string]} */
  about(count) {
    const used = this.exact?.used, before = [...(used ?? [])];
    used?.clear();
    const out = count(), mark = used?.size ? "≈ " : "";
    for (const u of before) used?.add(u);
    return [out, mark];
  }

  get state() {
    return this.history.now;
  }

  /** Counts of all rows. */
  #whole() {
    if (this.exact) return this.exact.whole();
    let anomalous = 0;
    for (let i = 0; i < this.hot.length; i++) anomalous += this.hot[i];
    return { all: this.hot.length, anomalous };
  }

  /** The score from which on a row is an alert. */
  get limit() {
    return this.state.threshold ?? this.store.verdicts?.threshold ?? 0.5;
  }

  /** The column of a name, with the verdict. @param {string} name @returns {Column | null} */
  column(name) {
    return name === verdictName ? this.verdict : (this.store.named.get(name) ?? null);
  }

  /** The column that plays a part, null if none does. @param {string} role */
  role(role) {
    const name = this.config.roles[role];
    return typeof name === "string" ? this.column(name) : null;
  }

  /** The columns that play a part. @param {string} role @returns {Column[]} */
  roles(role) {
    return /** @type {Column[]} */ ((this.config.roles[role] ?? []).map((/** @type {string} */ name) => this.column(name)).filter(Boolean));
  }

  /** For each code of the label: whether it means an anomaly. */
  badLabels() {
    return badLabels(this.store);
  }

  /** Says of each row whether it is anomalous, and how that agrees with its label. */
  #judge() {
    const { store, score } = this, { label } = store, values = /** @type {Float64Array} */ (score?.values);
    const levels = score && label ? ["true alarm", "false alarm", "missed attack", "quiet"] : score ? ["alert", "no alert"] : label ? ["attack", "normal"] : ["connection"];
    const codes = this.judged(this.hot, label && label.codes, score && { codes: score.codes, least: placeOf(values, this.limit), most: values.length });
    this.threshold = this.limit;
    this.verdict = { name: verdictName, canon: verdictName, role: "verdict", kind: "category", levels, values: null, missing: false, rounded: false, others: 0, size: levels.length, codes, ready: true };
  }

  /**
   * The outcome of each row, from the codes of its label and of its score; those from least to
   * below most are alerts. What is anomalous goes into hot.
   * @param {Uint8Array} hot
   * @param {import("./store.js").Codes | null} labels
   * @param {{codes: import("./store.js").Codes, least: number, most: number} | null} scores
   */
  judged(hot, labels, scores) {
    const bad = this.badLabels(), out = new Uint8Array(hot.length), byScore = this.colourBy === "score";
    for (let i = 0; i < hot.length; i++) {
      const alert = scores && scores.codes[i] >= scores.least && scores.codes[i] < scores.most ? 1 : 0, attack = labels ? bad[labels[i]] : 0;
      out[i] = scores && labels ? (alert ? 1 - attack : 3 - attack) : scores ? 1 - alert : labels ? 1 - attack : 0;
      hot[i] = byScore ? alert : attack;
    }
    return out;
  }

  /** The row behind each step of the time axis. */
  #steps() {
    const { store } = this, time = this.config.time, clock = store.clock;
    if (this.exact) return this.exact.edges;
    if (!clock || !time) {
      const n = Math.max(1, Math.min(240, store.rows));
      return Uint32Array.from({ length: n }, (_, s) => Math.floor(((s + 1) * store.rows) / n));
    }
    return Uint32Array.from({ length: time.steps }, (_, s) => firstFrom(clock.since, time.start + (s + 1) * time.step - clock.start));
  }

  /** The first row of the time axis: those before have no time, or lie apart. */
  get firstRow() {
    const { clock } = this.store, time = this.config.time;
    return clock && time ? firstFrom(clock.since, time.start - clock.start) : 0;
  }

  /** Rows from and to of the chosen span. @returns {[number, number]} */
  rowsOfSpan() {
    const { span } = this.state, { clock, rows } = this.store;
    if (!span) return [0, rows];
    const exact = this.exact?.rowsOf(span);
    if (exact) return exact;
    return clock ? [firstFrom(clock.since, span[0] - clock.start), firstFrom(clock.since, span[1] - clock.start)] : [span[0], span[1]];
  }

  /** Brings the engine to the state. */
  #apply() {
    const { engine, state } = this;
    if (this.score && this.threshold !== this.limit) this.#rejudge();
    const by = this.score && state.view.colour !== "label" ? "score" : this.store.label ? "label" : "";
    if (by !== this.colourBy) {
      this.colourBy = by;
      this.#rejudge();
    }
    for (const name of new Set([...Object.keys(this.applied), ...Object.keys(state.columns)])) {
      const now = choiceOf(state, name), before = Object.hasOwn(this.applied, name) ? this.applied[name] : null, column = this.column(name);
      if (now === before || !column?.ready) continue;
      if (now && !engine.bits.has(column) && engine.bits.size >= mostFilters) this.#refuse(name);
      else engine.filter(column, now && wanted(column, now));
    }
    this.applied = this.state.columns;
    engine.between(...this.rowsOfSpan());
    this.exact?.during(state.span);
  }

  /** Takes back a choice for which the engine has no room, as in an address made by hand. @param {string} name */
  #refuse(name) {
    this.history.now = withChoice(this.state, name, null);
    say(`At most ${mostFilters} columns can be filtered at once; clear one of the filters first.`);
  }

  #rejudge() {
    const before = this.verdict;
    this.#judge();
    this.engine.replace(before, this.verdict);
    const choice = choiceOf(this.state, verdictName);
    if (choice && this.engine.bits.size < mostFilters) this.engine.filter(this.verdict, wanted(this.verdict, choice));
    this.whole = this.#whole();
  }

  /** Applies choices on columns that have come later. */
  arrived() {
    this.applied = {};
    this.refresh();
  }

  /** Goes on to another state, one step of the history. @param {(s: State) => State} f */
  change(f) {
    const next = f(this.history.now);
    this.held = undefined;
    this.history.go(next);
    this.refresh();
  }

  /** Shows a state that is not settled yet, as while something is dragged. @param {(s: State) => State} f */
  preview(f) {
    this.held ??= this.history.now;
    this.history.now = f(this.held);
    this.refresh();
  }

  /** Settles what was previewed as one step, or takes it back. @param {boolean} [cancelled] */
  settle(cancelled = false) {
    if (!this.held) return;
    const next = cancelled ? this.held : this.history.now;
    this.history.now = this.held;
    this.change(() => next);
  }

  undo() {
    if (this.history.undo()) this.refresh();
  }

  redo() {
    if (this.history.redo()) this.refresh();
  }

  /** Shows the state, in the next frame. */
  refresh() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => keepFocus(() => this.paint()));
  }

  /** Counts again and shows everything that can be seen. */
  paint() {
    this.waiting = false;
    const begun = performance.now();
    this.#apply();
    this.#total();
    for (const f of this.listeners) f(this);
    for (const p of this.panels) {
      p.stale = true;
      if (p.seen) this.show(p);
    }
    this.took = performance.now() - begun;
    this.#later(++this.run);
  }

  /** Shows what has come into sight, some of it in each frame. */
  catchUp() {
    if (this.catching) return;
    this.catching = true;
    requestAnimationFrame(() => {
      this.catching = false;
      const until = performance.now() + 12;
      for (const p of this.panels) {
        if (!p.seen || !p.stale) continue;
        if (performance.now() > until) return this.catchUp();
        this.show(p);
      }
    });
  }

  /** @param {Panel} p */
  show(p) {
    p.stale = false;
    this.exact?.used.clear();
    p.update();
    if (p.slow) this.exact?.used.add("rows");
    if (this.exact) marked(p.root, this.exact);
  }

  /** Does the slow parts in slices, until the state changes. @param {number} run */
  async #later(run) {
    await pause(120);
    if (this.store.columns.some((c) => !c.ready)) return;
    for (const p of this.panels) {
      if (run !== this.run) return;
      if (!p.slow || !p.seen) continue;
      let since = performance.now();
      for (const _ of p.slow()) {
        if (performance.now() - since < 12) continue;
        await pause(0);
        if (run !== this.run) return;
        since = performance.now();
      }
    }
    if (run === this.run) document.documentElement.dataset.quiet = String(run);
  }

  /** Does the slow parts again, as when one comes into sight. */
  again() {
    this.#later(++this.run);
  }

  /** The address of the state. */
  get hash() {
    return toHash(this.state);
  }
}

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The first row from a time on, forgiving its last digits. @param {Float64Array} since @param {number} value */
const firstFrom = (since, value) => placeOf(since, value - 1e-7);

/** Whether a code passes a choice. @param {Column} column @param {Choice} choice @returns {(code: number) => boolean} */
export function wanted(column, choice) {
  if (choice.range) {
    const [low, high] = choice.range, values = /** @type {Float64Array} */ (column.values ?? new Float64Array(0));
    return (k) => k < values.length && values[k] >= low && values[k] <= high;
  }
  const only = choice.only?.length ? new Set(choice.only) : null, not = new Set(choice.not ?? []);
  return (k) => (!only || only.has(textOf(column, k))) && !not.has(textOf(column, k));
}
