// Traffic over time: connections, bytes in and out, the share of anomalies, and lanes of services.
import { heights, moments, places } from "../axis.js";
import { colours, css, shareColour } from "../colour.js";
import { choice, h } from "../dom.js";
import { brief, bytes, count, moment, share } from "../format.js";
import { brush, canvas, frame } from "../frame.js";
import { rolling } from "../measures.js";
import { withView } from "../state.js";
import { textOf } from "../store.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../pen.js").Pen} Pen */

const margins = { left: 60, right: 8, top: 12, bottom: 20 }, high = 270, mostLanes = 8;

/** @param {Board} board */
export function volume(board) {
  const timed = Boolean(board.store.clock && board.config.time);
  const f = frame(board, { id: "volume", title: timed ? "Traffic over time" : "Traffic in the order of rows", note: timed ? `steps of ${board.config.time?.name}, UTC` : "these data have no time: the order of the file says nothing about when", wide: 9 });
  const v = new Volume(board, f);
  const { buttons, show } = choice(v.measures(), () => v.measure, (key) => board.change((s) => withView(s, { measure: key === v.usual ? "" : key })));
  f.tools.append(...buttons);
  v.shown = show;
  f.add({ seen: true, update: () => v.update(), table: () => v.table(), picture: (pen) => v.draw(pen) });
}

class Volume {
  /** @type {Uint32Array} normal and anomalous connections of each step */
  counts;
  /** @type {Float64Array | null} bytes of each step */
  out = null;
  /** @type {Float64Array | null} */
  in = null;
  /** @type {ReturnType<typeof rolling> | null} */
  band = null;
  /** @type {Set<number>} */
  spikes = new Set();
  shown = () => {};

  /** @param {Board} board @param {import("../frame.js").Frame} f */
  constructor(board, f) {
    this.board = board;
    this.f = f;
    this.timed = Boolean(board.store.clock && board.config.time);
    this.usual = this.timed ? "connections" : "share";
    this.canvas = canvas(f.body, high, "Connections in equal steps, normal and anomalous ones apart");
    this.legend = h("div", { class: "legend" });
    f.body.append(this.legend, this.#keys());
    brush(this.canvas, margins, {
      drag: ([a], [b]) => board.preview((s) => ({ ...s, span: this.spanOf(Math.floor(a * this.n), Math.ceil(b * this.n)) })),
      end: (cancelled) => board.settle(cancelled),
      click: () => board.change((s) => ({ ...s, span: null })),
      hint: ([x]) => this.hint(Math.min(this.n - 1, Math.floor(x * this.n))),
    });
  }

  get n() {
    return this.board.ends.length;
  }

  get measure() {
    const wish = this.board.state.view.measure ?? this.usual;
    return this.measures().some(([key]) => key === wish) ? wish : this.usual;
  }

  /** @returns {[string, string][]} */
  measures() {
    const { board } = this, out = /** @type {[string, string][]} */ ([["connections", "Connections"]]);
    if (board.role("out") || board.role("in")) out.push(["bytes", "Bytes in / out"]);
    if (board.colourBy) out.push(["share", "Share anomalous"]);
    if (board.role("service")) out.push(["lanes", "Lanes"]);
    return out;
  }

  /** The span of steps a to b-1. @param {number} a @param {number} b @returns {[number, number]} */
  spanOf(a, b) {
    a = Math.max(0, Math.min(a, this.n - 1)); // a drag along an edge is of its step
    b = Math.max(a + 1, Math.min(b, this.n));
    const { time } = this.board.config, { ends } = this.board;
    if (this.timed && time) return [time.start + a * time.step, time.start + b * time.step];
    return [a > 0 ? ends[a - 1] : 0, ends[Math.max(a, b - 1)]];
  }

  /** The steps of the chosen span, as shares of the axis. @returns {[number, number] | null} */
  chosen() {
    const { span } = this.board.state, { time } = this.board.config;
    if (!span) return null;
    if (this.timed && time) return /** @type {[number, number]} */ (span.map((t) => Math.max(0, Math.min(1, (t - time.start) / time.step / this.n))));
    return /** @type {[number, number]} */ (span.map((r) => r / Math.max(1, this.board.whole.all)));
  }

  /** Two sliders that do from the keyboard what dragging does. */
  #keys() {
    const slider = (/** @type {string} */ label, /** @type {number} */ start) => h("input", { type: "range", min: 0, max: this.n, value: start, "aria-label": label, on: { input: () => this.#slid() } });
    this.from = slider("First step of the selection", 0);
    this.to = slider("Last step of the selection", this.n);
    return h("div", { class: "sliders" }, "Select from ", this.from, " to ", this.to);
  }

  #slid() {
    const a = Math.min(+this.from.value, this.n - 1), b = Math.max(a + 1, +this.to.value);
    this.board.change((s) => ({ ...s, span: a === 0 && b === this.n ? null : this.spanOf(a, b) }));
  }

  /** Where a step begins. @param {number} i */
  when(i) {
    const { time } = this.board.config, { ends } = this.board;
    if (this.timed && time) return moment(time.start + i * time.step, time.step);
    return "row " + count((i > 0 ? ends[Math.min(i, this.n) - 1] : 0) + 1);
  }

  /** @param {number} i */
  hint(i) {
    const begin = this.when(i), next = this.when(i + 1), end = this.timed && next.startsWith(begin.slice(0, 11)) ? next.slice(11) : next;
    const two = this.counts, normal = two[2 * i], hot = two[2 * i + 1], lines = [`${begin} – ${end}`, `${count(normal + hot)} connections`];
    if (this.board.colourBy) lines.push(`${count(hot)} anomalous (${share(hot, normal + hot)})`);
    if (this.out) lines.push(`${bytes(this.out[i])} out`);
    if (this.in) lines.push(`${bytes(this.in[i])} in`);
    if (this.spikes.has(i)) lines.push("far from what is usual here");
    return lines.join("\n");
  }

  update() {
    const { board } = this, { engine, ends, firstRow } = board, chosen = this.chosen();
    this.counts = engine.steps(ends, firstRow);
    const sent = board.role("out"), got = board.role("in"), wish = this.measure;
    this.out = wish === "bytes" && sent ? engine.sums(ends, sent, firstRow) : null;
    this.in = wish === "bytes" && got ? engine.sums(ends, got, firstRow) : null;
    this.band = wish === "connections" ? this.#band() : null;
    this.spikes = new Set((this.band?.spikes ?? []).map((/** @type {any} */ s) => s.index));
    if (this.timed) this.f.small.textContent = `steps of ${board.config.time?.name}, UTC`;
    [this.from.max, this.to.max] = [this.n, this.n];
    if (chosen) [this.from.value, this.to.value] = chosen.map((c) => Math.round(c * this.n));
    else [this.from.value, this.to.value] = [0, this.n];
    this.draw(this.canvas.pen());
    this.shown();
    this.#legend();
    this.canvas.element.setAttribute("aria-label", this.#summary());
    this.f.few(board.totals.all);
  }

  /** What each step is expected to hold. */
  #band() {
    if (this.n < 20) return null;
    return rolling(Float64Array.from({ length: this.n }, (_, i) => this.counts[2 * i] + this.counts[2 * i + 1]), 15, 3.5);
  }

  #summary() {
    let best = 0;
    for (let i = 1; i < this.n; i++) if (this.counts[2 * i] + this.counts[2 * i + 1] > this.counts[2 * best] + this.counts[2 * best + 1]) best = i;
    return `${this.n} steps; most connections, ${count(this.counts[2 * best] + this.counts[2 * best + 1])}, from ${this.when(best)}; ${this.spikes.size} steps stand out`;
  }

  #legend() {
    const key = (/** @type {string} */ kind, /** @type {string} */ text) => h("span", null, h("i", { class: kind }), text), two = [key("normal", "normal"), key("hot", "anomalous")];
    const kinds = { connections: this.board.colourBy ? two : [key("normal", "connections")], bytes: [key("normal", "out: sent by the source"), key("normal pale", "in: sent back")], share: [key("hot", "share of anomalous connections")], lanes: [key("ramp", "0 to 100 % anomalous; height: connections")] };
    const out = /** @type {any} */ (kinds)[this.measure];
    if (this.band) out.push(key("band", "expected: rolling median, 3.5 scaled deviations"), h("span", { text: `▾ ${this.spikes.size} steps stand out` }));
    this.legend.replaceChildren(...out);
  }

  /** @param {Pen} pen */
  draw(pen) {
    const { left, right } = margins, width = pen.width - left - right, wish = this.measure;
    if (wish === "bytes") this.#bytes(pen, width);
    else if (wish === "share") this.#share(pen, width);
    else if (wish === "lanes") this.#lanes(pen, width);
    else this.#connections(pen, width);
    const { time } = this.board.config;
    if (this.timed && time) moments(pen, margins, time.start, time.start + this.n * time.step);
    else places(pen, margins, this.n, (i) => count(Math.round((i / this.n) * this.board.whole.all)), 96);
    const chosen = this.chosen();
    if (!chosen) return;
    const [a, b] = chosen.map((c) => left + c * width), base = pen.height - margins.bottom;
    pen.rect(left, 0, a - left, base, colours.panel, 0.72);
    pen.rect(b, 0, pen.width - right - b, base, colours.panel, 0.72);
    for (const x of [a, b]) pen.line([[x, 0], [x, base]], colours.ink, 1);
  }

  /** @param {Pen} pen @param {number} width */
  #connections(pen, width) {
    const { left, top, bottom } = margins, base = pen.height - bottom, tall = base - top, n = this.n, w = width / n, two = this.counts, gap = w > 4 ? 1 : 0;
    let most = 1;
    for (let i = 0; i < n; i++) most = Math.max(most, two[2 * i] + two[2 * i + 1]);
    heights(pen, margins, most);
    const { band } = this, y = (/** @type {number} */ v) => base - (Math.min(Math.max(v, 0), most) / most) * tall;
    for (let i = 0; i < n; i++) {
      const a = (two[2 * i] / most) * tall, b = (two[2 * i + 1] / most) * tall, x = left + i * w;
      if (a > 0) pen.rect(x, base - a, w - gap + (gap ? 0 : 0.3), a, colours.normal);
      if (b > 0) pen.rect(x, base - a - b, w - gap + (gap ? 0 : 0.3), Math.max(b - (a > 0 && b > 2 ? 1 : 0), 0.5), colours.hot);
      if (this.spikes.has(i)) pen.area([[x + w / 2 - 4, base - a - b - 9], [x + w / 2 + 4, base - a - b - 9], [x + w / 2, base - a - b - 3]], colours.ink);
    }
    if (!band) return;
    const at = (/** @type {number} */ i) => left + (i + 0.5) * w, known = [...band.expected.keys()].filter((i) => Number.isFinite(band.expected[i]));
    pen.area([...known.map((i) => [at(i), y(band.high[i])]), ...known.toReversed().map((i) => [at(i), y(band.low[i])])], colours.ink, 0.1);
    pen.line(known.map((i) => [at(i), y(band.expected[i])]), colours.ink, 1.2);
  }

  /** @param {Pen} pen @param {number} width */
  #bytes(pen, width) {
    const { left, top, bottom } = margins, base = pen.height - bottom, middle = (base + top) / 2, half = (base - top) / 2 - 8, w = width / this.n, log = (/** @type {number} */ v) => Math.log10(1 + Math.max(0, v));
    let most = 1;
    for (const side of [this.out, this.in]) for (const v of side ?? []) most = Math.max(most, log(v));
    for (let p = 0; p <= most; p += 3) {
      const d = (log(10 ** p) / most) * half;
      for (const y of p ? [middle - d, middle + d] : [middle]) {
        pen.line([[left, y], [pen.width - margins.right, y]], p ? colours.grid : colours.line);
        if (p) pen.text(left - 6, y + 3.5, bytes(10 ** p), { align: "right", fill: colours.muted });
      }
    }
    for (let i = 0; i < this.n; i++) {
      const a = ((this.out ? log(this.out[i]) : 0) / most) * half, b = ((this.in ? log(this.in[i]) : 0) / most) * half;
      pen.rect(left + i * w, middle - a, w + 0.3, a, colours.normal);
      pen.rect(left + i * w, middle + 1, w + 0.3, b, colours.normal, 0.55);
    }
    pen.text(left + 6, top + 2, "out (logarithmic)", { fill: colours.muted });
    pen.text(left + 6, base - 4, "in (logarithmic)", { fill: colours.muted });
  }

  /** @param {Pen} pen @param {number} width */
  #share(pen, width) {
    const { left, top, bottom } = margins, base = pen.height - bottom, tall = base - top, w = width / this.n;
    heights(pen, margins, 100, (v) => brief(v) + " %");
    /** @type {number[][]} */
    let line = [];
    const flush = () => {
      if (line.length > 1) pen.area([[line[0][0], base], ...line, [line[line.length - 1][0], base]], colours.hot, 0.2);
      if (line.length) pen.line(line.length > 1 ? line : [[line[0][0] - 1, line[0][1]], [line[0][0] + 1, line[0][1]]], colours.hot, 1.5);
      line = [];
    };
    for (let i = 0; i < this.n; i++) {
      const all = this.counts[2 * i] + this.counts[2 * i + 1];
      if (all) line.push([left + (i + 0.5) * w, base - (this.counts[2 * i + 1] / all) * tall]);
      else flush();
    }
    flush();
  }

  /** Lanes of the commonest services: the height of a mark is the connections, its colour the share of anomalies. @param {Pen} pen @param {number} width */
  #lanes(pen, width) {
    const { board } = this, column = /** @type {import("../store.js").Column} */ (board.role("service")), { left, top, bottom } = margins, base = pen.height - bottom;
    const bins = Math.min(mostLanes, column.size), fold = Uint16Array.from({ length: column.size }, (_, k) => Math.min(k, bins)), every = Math.max(1, Math.ceil(this.n / 120));
    const ends = board.ends.filter((_, i) => (i + 1) % every === 0 || i === this.n - 1), two = board.engine.lanes(ends, column, fold, bins + 1, board.firstRow);
    const lane = (base - top) / bins, w = (width * every) / this.n;
    for (let k = 0; k < bins; k++) {
      const floor = top + (k + 1) * lane;
      let most = 1;
      for (let s = 0; s < ends.length; s++) most = Math.max(most, two[(s * (bins + 1) + k) * 2] + two[(s * (bins + 1) + k) * 2 + 1]);
      pen.line([[left, floor], [pen.width - margins.right, floor]], colours.grid);
      pen.text(left - 6, floor - lane / 2 + 4, (textOf(column, k) ?? "missing").slice(0, 8), { align: "right", fill: colours.muted });
      for (let s = 0; s < ends.length; s++) {
        const normal = two[(s * (bins + 1) + k) * 2], hot = two[(s * (bins + 1) + k) * 2 + 1], all = normal + hot;
        if (!all) continue;
        const tall = Math.max(2, Math.sqrt(all / most) * (lane - 3)), right = Math.min(left + (s + 1) * w, left + width);
        pen.rect(left + s * w, floor - tall, right - left - s * w - 0.5, tall, css(shareColour(hot / all)));
      }
    }
  }

  table() {
    const rows = [], label = this.timed ? "from (UTC)" : "from row";
    for (let i = 0; i < this.n; i++) {
      const normal = this.counts[2 * i], hot = this.counts[2 * i + 1];
      rows.push([this.when(i), count(normal + hot), count(hot), share(hot, normal + hot), ...(this.out ? [count(this.out[i])] : []), ...(this.in ? [count(this.in[i])] : []), ...(this.band ? [brief(this.band.low[i]) + " – " + brief(this.band.high[i]), this.spikes.has(i) ? "stands out" : ""] : [])]);
    }
    return { head: [label, "connections", "anomalous", "share", ...(this.out ? ["bytes out"] : []), ...(this.in ? ["bytes in"] : []), ...(this.band ? ["expected", ""] : [])], rows };
  }
}
