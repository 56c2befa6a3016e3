// The threshold of the alerts, and what it means for alarms that are missed or false.
import { colours } from "../colour.js";
import { button, h } from "../dom.js";
import { count, figure, plural, share } from "../format.js";
import { brush, canvas, frame } from "../frame.js";
import { confusionAt, confusionByThreshold, placeOf } from "../measures.js";
import { choiceOf, toggled, toHash, verdictName, withChoice } from "../state.js";
import { textOf } from "../store.js";
import { meant } from "./levels.js";
import { scoreText } from "./severity.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Column} Column */
/** @typedef {import("../pen.js").Pen} Pen */

const margins = { left: 40, right: 10, top: 10, bottom: 20 }, high = 190, bars = 80, mostLevels = 12;
const sides = /** @type {[string, string, string][]} */ ([["true alarm", "attack", "alert"], ["missed attack", "attack", "no alert"], ["false alarm", "normal", "alert"], ["quiet", "normal", "no alert"]]);

/** A figure up to 1, which is shown as 1 only where it is. @param {number} v */
const near = (v) => (Number.isNaN(v) ? "–" : v < 1 && v >= 0.9995 ? ">0.999" : v.toFixed(3).replace("-", "−"));

/** A count of rows, which is none of whole ones where it is estimated. @param {number} n */
const rows = (n) => count(Math.round(n));

/** @param {Board} board */
export function threshold(board) {
  if (!board.store.verdicts || !board.score) return;
  const f = frame(board, { id: "threshold", title: "Threshold", note: "from which score on a connection is an alert", wide: 6 });
  const t = new Threshold(board, f);
  f.add({ update: () => t.update(), table: () => t.table(), picture: (pen) => t.draw(pen, true), size: [640, 240] });
}

/**
 * Counts of rows by the code of their score, attacks and others apart, of those that pass all
 * filters but one. Rows without a label all count as others.
 * @param {Column} score
 * @param {{codes: import("../store.js").Codes, bad: Uint8Array} | null} label bad: by code
 * @param {{mask: Uint16Array, from: number, to: number}} engine
 * @param {number} keep bits of the mask that count
 * @param {Float64Array} [weight] by row: how many rows of the table it stands for
 */
export function tallies(score, label, { mask, from, to }, keep, weight) {
  const attacks = new Float64Array(score.size), others = new Float64Array(score.size), { codes } = score;
  for (let i = from; i < to; i++) {
    if (mask[i] & keep) continue;
    if (label && label.bad[label.codes[i]]) attacks[codes[i]] += weight ? weight[i] : 1;
    else others[codes[i]] += weight ? weight[i] : 1;
  }
  return { attacks, others };
}

class Threshold {
  /** What the counts are of, so that they are made once for all thresholds. */
  key = "";
  /** @type {unknown} */
  of = null;
  attacks = new Float64Array(0);
  others = new Float64Array(0);
  /** @type {ReturnType<typeof confusionByThreshold>} */
  counts;
  /** Rows below, of attacks and others, as heights of bars. @type {Float64Array} */
  bins = new Float64Array(0);
  /** What levels are sorted by. */
  by = "missed";
  filters = -1;

  /** @param {Board} board @param {import("../frame.js").Frame} f */
  constructor(board, f) {
    this.board = board;
    this.f = f;
    this.labelled = Boolean(board.store.label);
    this.range = h("input", { type: "range", min: 0, step: 1, "aria-label": "Threshold, in steps of the scores there are", on: { input: () => this.#preview(this.values[Math.min(+this.range.value, this.values.length - 1)]), change: () => board.settle() } });
    this.exact = h("input", { type: "number", step: "any", "aria-label": "Threshold", on: { change: () => { if (this.exact.value !== "" && Number.isFinite(+this.exact.value)) board.change((s) => ({ ...s, threshold: +this.exact.value })); } } });
    this.reset = button("Model's own", () => board.change((s) => ({ ...s, threshold: null })), { class: "more" });
    this.canvas = canvas(f.body, high, "");
    this.cells = this.#matrix();
    this.facts = h("dl", { class: "measures" });
    this.levels = h("tbody");
    f.body.prepend(h("div", { class: "slide" }, this.range, this.exact, this.reset));
    const key = (/** @type {string} */ mark, /** @type {string} */ text) => h("span", null, h("i", { class: mark }), text);
    f.body.append(h("div", { class: "legend" }, ...(this.labelled ? [key("stroke", "precision"), key("stroke dashed", "recall"), key("normal", "normal"), key("hot", "attacks")] : []), h("span", { text: "bars: connections by score, their heights logarithmic" })));
    f.body.append(h("div", { class: "judged" }, this.matrix, this.facts), ...(this.labelled ? [this.#levelTable()] : []), h("p", { class: "note", text: `${board.config.sample ? "Estimated from the sample" : "Of the data"} in this page${this.labelled ? "; a model that has learned from them is better here than elsewhere" : ", which have no labels: how many alerts are right is not known"}.` }));
    brush(this.canvas, margins, { drag: (_, b) => b, end: (cancelled) => board.settle(cancelled), click: ([x]) => { this.#preview(this.valueAt(x)); board.settle(); }, hint: ([x]) => this.hint(this.valueAt(x)) });
    this.canvas.element.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => { if (e.buttons & 1 && this.canvas.element.hasPointerCapture(e.pointerId)) this.#dragged(e); });
  }

  /** The different scores, ascending. */
  get values() {
    return /** @type {Float64Array} */ (this.board.score?.values);
  }

  /** @param {PointerEvent} e */
  #dragged(e) {
    const r = this.canvas.element.getBoundingClientRect();
    this.#preview(this.valueAt(Math.max(0, Math.min(1, (e.clientX - r.left - margins.left) / (r.width - margins.left - margins.right)))));
  }

  /** @param {number} threshold */
  #preview(threshold) {
    if (Number.isFinite(threshold)) this.board.preview((s) => ({ ...s, threshold }));
  }

  /** Whether scores are shown by their logarithms. */
  get log() {
    const { values } = this, least = values[0] > 0 ? values[0] : values[1];
    return values[0] >= 0 && values.length > 2 && values[values.length - 1] > 1000 * least && !this.board.store.verdicts?.calibrated;
  }

  /** The ends of the axis. @returns {[number, number]} */
  get ends() {
    const { values, log } = this;
    if (this.board.store.verdicts?.calibrated) return [0, 1];
    return log ? [Math.log(values[0] > 0 ? values[0] : values[1]), Math.log(values[values.length - 1])] : [values[0], values[values.length - 1]];
  }

  /** Where a score is on the axis, from 0 to 1. @param {number} v */
  placeOf(v) {
    const [a, b] = this.ends, x = this.log ? Math.log(Math.max(v, Number.MIN_VALUE)) : v;
    return b > a ? Math.max(0, Math.min(1, (x - a) / (b - a))) : 0;
  }

  /** The score at a place of the axis, in no more digits than a pixel tells. @param {number} x */
  valueAt(x) {
    const [a, b] = this.ends, v = a + x * (b - a);
    return Number((this.log ? Math.exp(v) : v).toPrecision(3));
  }

  #matrix() {
    const cell = (/** @type {string} */ name, wrong = false) => {
      const number = h("b"), part = h("span"), pick = h("button", { type: "button", class: wrong ? "wrong" : null, on: { click: (/** @type {MouseEvent} */ e) => this.board.change((s) => toggled(s, verdictName, name, meant(e))) } }, number, part);
      return { name, number, part, pick };
    };
    const cells = this.labelled ? sides.map(([name], i) => cell(name, i === 1 || i === 2)) : [cell("alert"), cell("no alert")], td = (/** @type {any} */ c) => h("td", null, c.pick);
    const head = h("thead", null, h("tr", null, ...(this.labelled ? [h("td")] : []), h("th", { scope: "col", text: "alert" }), h("th", { scope: "col", text: "no alert" })));
    const lines = this.labelled ? ["attack", "normal"].map((name, i) => h("tr", null, h("th", { scope: "row", text: name }), td(cells[2 * i]), td(cells[2 * i + 1]))) : [h("tr", null, ...cells.map(td))];
    this.matrix = h("table", { class: "matrix" }, h("caption", { text: this.labelled ? "Labels and alerts: click to select" : "Click to select" }), head, h("tbody", null, ...lines));
    return cells;
  }

  #levelTable() {
    const heads = [["level", "Label"], ["rows", "Connections"], ["alerts", "Alerts"], ["rate", "Found"], ["missed", "Missed"]];
    this.heads = heads.map(([key, text], i) => h("th", { scope: "col", class: i ? "num" : null, title: key === "rate" ? "Of attacks: how many are alerts (recall). Of normal connections: how many are false alarms" : null }, i ? button(text, () => { this.by = key; this.update(); }, { "data-key": key }) : text));
    return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Labels and alerts" }, h("table", { class: "plain rows" }, h("thead", null, h("tr", null, ...this.heads)), this.levels));
  }

  update() {
    const { board, range } = this, limit = board.limit, own = board.store.verdicts?.threshold;
    board.exact?.used.add("weights"); // its counts are weighed here, not by the engine
    this.#recount();
    range.max = this.values.length - 1;
    range.value = placeOf(this.values, limit);
    range.setAttribute("aria-valuetext", scoreText(limit));
    if (document.activeElement !== this.exact) this.exact.value = Number(limit.toPrecision(6));
    this.reset.disabled = board.state.threshold === null || limit === own;
    this.reset.title = `The model's own threshold is ${scoreText(own ?? NaN)}`;
    this.#figures();
    if (this.labelled) this.#levels();
    this.draw(this.canvas.pen());
    this.f.few(board.totals.all);
  }

  /** Counts again if anything but the threshold has changed. */
  #recount() {
    const { board } = this, { state, engine, store, score } = board, key = toHash({ ...withChoice(state, verdictName, null), threshold: null, view: {} });
    if (!score || (this.of === store && this.key === key && this.filters === engine.bits.size)) return;
    [this.of, this.key, this.filters] = [store, key, engine.bits.size];
    Object.assign(this, tallies(score, store.label && { codes: store.label.codes, bad: board.badLabels() }, engine, this.#keep(), board.config.sample?.weight));
    this.counts = confusionByThreshold(score, this.attacks, this.others);
    this.bins = new Float64Array(2 * bars);
    this.values.forEach((v, k) => {
      const b = Math.min(bars - 1, Math.floor(this.placeOf(v) * bars));
      this.bins[2 * b] += this.others[k];
      this.bins[2 * b + 1] += this.attacks[k];
    });
  }

  /** The bits of all filters but that on outcomes. */
  #keep() {
    const { engine, verdict } = this.board;
    return 0xffff & ~(engine.bits.get(verdict) ?? 0);
  }

  /** Days that the selection covers, 0 if that is not known or less than an hour. */
  get days() {
    const { engine, store } = this.board, since = store.clock?.since;
    if (!since || engine.to - engine.from < 2) return 0;
    const days = (since[engine.to - 1] - since[engine.from]) / 86400;
    return days >= 1 / 24 ? days : 0;
  }

  /** @returns {[string, string, string][]} name, figure, what it is */
  measures() {
    const m = confusionAt(this.counts, this.board.limit), alerts = m.tp + m.fp, days = this.days;
    const out = /** @type {[string, string, string][]} */ ([["Alerts", rows(alerts), "Connections with a score of at least the threshold"]]);
    if (days) out.push(["Alerts per day", count(Math.round((alerts / days) * 10) / 10), `Of ${figure(days)} days that the selection covers`]);
    if (!this.labelled) return out;
    return [["Precision", near(m.precision), "Of the alerts, how many are attacks"], ["Recall", near(m.recall), "Of the attacks, how many are alerts"], ["False alarm rate", share(m.fp, m.fp + m.tn), "Of the normal connections, how many are alerts"], ["F1", near(m.f1), "Harmonic mean of precision and recall"], ["MCC", near(m.mcc), "Matthews' correlation of alerts and attacks"], ...out];
  }

  #figures() {
    const m = confusionAt(this.counts, this.board.limit), n = this.labelled ? [m.tp, m.fn, m.fp, m.tn] : [m.fp, m.tn], only = choiceOf(this.board.state, verdictName)?.only ?? [];
    this.cells.forEach(({ name, number, part, pick }, i) => {
      const whole = this.labelled ? n[i < 2 ? 0 : 2] + n[i < 2 ? 1 : 3] : m.n;
      number.textContent = rows(n[i]);
      part.textContent = `${this.labelled ? name + ", " : ""}${share(n[i], whole)}`;
      pick.setAttribute("aria-pressed", String(only.includes(name)));
    });
    this.facts.replaceChildren(...this.measures().map(([name, text, title]) => h("div", { title }, h("dt", { text: name }), h("dd", { text }))));
  }

  /** Alerts by level of the label. @returns {{k: number, level: string | null, bad: boolean, rows: number, alerts: number, rate: number, missed: number}[]} */
  perLevel() {
    const { board } = this, { engine, store, score } = board, label = /** @type {Column} */ (store.label), bad = board.badLabels();
    const all = new Float64Array(label.size), alerts = new Float64Array(label.size), weight = board.config.sample?.weight, least = placeOf(this.values, board.limit), most = this.values.length, keep = this.#keep(), { codes } = label, scores = /** @type {Column} */ (score).codes, { mask } = engine;
    for (let i = engine.from; i < engine.to; i++) {
      if (mask[i] & keep) continue;
      const w = weight ? weight[i] : 1;
      all[codes[i]] += w;
      if (scores[i] >= least && scores[i] < most) alerts[codes[i]] += w;
    }
    return [...all].map((n, k) => ({ k, level: textOf(label, k), bad: bad[k] === 1, rows: n, alerts: alerts[k], rate: n ? alerts[k] / n : 0, missed: bad[k] ? n - alerts[k] : 0 })).filter((l) => l.rows > 0);
  }

  #levels() {
    const by = /** @type {"rows" | "alerts" | "rate" | "missed"} */ (this.by), all = this.perLevel().sort((a, b) => (by === "rate" ? Number(b.bad) - Number(a.bad) || a.rate - b.rate : b[by] - a[by]) || b.rows - a.rows), name = /** @type {Column} */ (this.board.store.label).name, only = choiceOf(this.board.state, name)?.only ?? [];
    this.heads?.forEach((th) => th.firstChild.setAttribute?.("aria-pressed", String(th.firstChild.dataset.key === by)));
    this.levels.replaceChildren(...all.slice(0, mostLevels).map((l) => h("tr", null,
      h("th", { scope: "row" }, button(l.level ?? "(missing)", (e) => this.board.change((s) => toggled(s, name, l.level, meant(e))), { "aria-pressed": String(only.includes(l.level)) })),
      ...[rows(l.rows), rows(l.alerts), share(l.alerts, l.rows) + (l.bad ? "" : " false"), l.bad ? rows(l.missed) : "–"].map((text) => h("td", { class: "num", text })))));
    if (all.length > mostLevels) this.levels.append(h("tr", null, h("td", { colspan: 5, class: "note", text: `${plural(all.length - mostLevels, "other level")}` })));
  }

  /** @param {number} v */
  hint(v) {
    const m = confusionAt(this.counts, v), lines = [`at ${scoreText(v)}`, plural(Math.round(m.tp + m.fp), "alert")];
    if (this.labelled) lines.push(`precision ${near(m.precision)}`, `recall ${near(m.recall)}`);
    return lines.join("\n");
  }

  /** @param {Pen} pen @param {boolean} [alone] with words that the page has below */
  draw(pen, alone = false) {
    const { left, right, top } = margins, wide = pen.width - left - right, base = pen.height - margins.bottom, split = this.labelled ? base - (base - top) * 0.36 : top;
    const x = (/** @type {number} */ t) => left + t * wide, log = (/** @type {number} */ n) => Math.log1p(n);
    let most = 1;
    for (let b = 0; b < bars; b++) most = Math.max(most, this.bins[2 * b] + this.bins[2 * b + 1]);
    for (let b = 0; b < bars; b++) {
      const n = this.bins[2 * b], a = this.bins[2 * b + 1], tall = (log(n + a) / log(most)) * (base - split - 6), part = n + a ? (a / (n + a)) * tall : 0;
      pen.rect(x(b / bars), base - tall, wide / bars - 1, tall - part, colours.normal);
      pen.rect(x(b / bars), base - part, wide / bars - 1, part, this.labelled ? colours.hot : colours.normal);
    }
    pen.line([[left, base + 0.5], [pen.width - right, base + 0.5]], colours.line);
    if (this.labelled) this.#curves(pen, x, split);
    if (alone && this.labelled) pen.text(x(0.5), top - 2, "— precision   - - recall", { align: "center", fill: colours.ink });
    for (let k = 0; k <= 4; k++) pen.text(x(k / 4), base + 14, scoreText(this.valueAt(k / 4)), { align: k === 0 ? "left" : k === 4 ? "right" : "center", fill: colours.muted });
    const at = Math.round(x(this.placeOf(this.board.limit))) + 0.5;
    pen.line([[at, top - 6], [at, base]], colours.ink, 2);
    pen.rect(at - 4, top - 8, 8, 8, colours.ink);
    this.canvas.element.setAttribute("aria-label", `How many connections have which score${this.labelled ? ", and precision and recall by threshold" : ""}. At ${scoreText(this.board.limit)}: ${this.measures().map(([name, text]) => `${name} ${text}`).join(", ")}`);
  }

  /** @param {Pen} pen @param {(t: number) => number} x @param {number} split */
  #curves(pen, x, split) {
    const { top } = margins, steps = 160, y = (/** @type {number} */ v) => split - 6 - v * (split - 6 - top), [a, b] = this.ends;
    for (const v of [0, 0.5, 1]) {
      pen.line([[x(0), Math.round(y(v)) + 0.5], [x(1), Math.round(y(v)) + 0.5]], colours.grid);
      pen.text(x(0) - 6, y(v) + 4, String(v), { align: "right", fill: colours.muted });
    }
    const curve = (/** @type {"precision" | "recall"} */ name) => {
      const out = [];
      for (let i = 0; i <= steps; i++) {
        const v = a + (i / steps) * (b - a), m = confusionAt(this.counts, this.log ? Math.exp(v) : v)[name];
        if (!Number.isNaN(m)) out.push([x(i / steps), y(m)]);
      }
      return out;
    };
    pen.line(curve("precision"), colours.ink, 1.6);
    pen.line(curve("recall"), colours.hot, 1.6, [5, 3]);
  }

  table() {
    const lines = [];
    for (let k = 0; k <= 20; k++) {
      const v = this.valueAt(k / 20), m = confusionAt(this.counts, v);
      lines.push([scoreText(v), rows(m.tp + m.fp), ...(this.labelled ? [rows(m.tp), rows(m.fp), rows(m.fn), near(m.precision), near(m.recall), share(m.fp, m.fp + m.tn), near(m.f1), near(m.mcc)] : [])]);
    }
    return { head: ["Threshold", "Alerts", ...(this.labelled ? ["True alarms", "False alarms", "Missed attacks", "Precision", "Recall", "False alarm rate", "F1", "MCC"] : [])], rows: lines };
  }
}
