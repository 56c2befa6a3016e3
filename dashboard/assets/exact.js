// Counts of a page that holds a sample of its table. They come from cells of all rows where
// these can tell, and are exact; else they are estimated from the rows of the sample, each of
// which stands for as many rows as its group has in the table.
import { h } from "./dom.js";
import { Engine, withMissing } from "./engine.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./cube.js").Cells} Cells */
/** @typedef {import("./cube.js").Sample} Sample */
/** @typedef {import("./store.js").Column} Column */
/** @typedef {import("./store.js").Codes} Codes */

/**
 * Sums as whole numbers: what rounding takes from one, the next gets, so that sums over
 * neighbours stay right, those of normal and of anomalous rows apart.
 * @param {Float64Array} sums
 * @param {Uint32Array<ArrayBuffer>} [out]
 */
export function whole(sums, out = new Uint32Array(sums.length)) {
  for (const side of [0, 1]) {
    for (let k = side, sum = 0, before = 0; k < sums.length; k += 2) {
      const now = Math.round((sum += sums[k]));
      out[k] = now - before;
      before = now;
    }
  }
  return out;
}

/** @param {Float64Array} out @param {Uint8Array} codes @param {Uint8Array} hot @param {Uint16Array} mask @param {Float64Array} weight @param {number} keep @param {number} from @param {number} to */
function weigh8(out, codes, hot, mask, weight, keep, from, to) {
  for (let i = from; i < to; i++) if ((mask[i] & keep) === 0) out[codes[i] * 2 + hot[i]] += weight[i];
}

/** @param {Float64Array} out @param {Uint16Array} codes @param {Uint8Array} hot @param {Uint16Array} mask @param {Float64Array} weight @param {number} keep @param {number} from @param {number} to */
function weigh16(out, codes, hot, mask, weight, keep, from, to) {
  for (let i = from; i < to; i++) if ((mask[i] & keep) === 0) out[codes[i] * 2 + hot[i]] += weight[i];
}

/** Counts rows that stand for several. */
export class Weighted extends Engine {
  /** @param {import("./store.js").Store} store @param {Uint8Array} hot @param {Float64Array} weight */
  constructor(store, hot, weight) {
    super(store, hot);
    this.weight = weight;
    this.bare = this.mask;
  }

  /** @override @param {Column} column @param {number} keep @param {Uint32Array<ArrayBuffer>} out */
  count(column, keep, out) {
    const sum = new Float64Array(out.length), { hot, bare, weight, from, to } = this;
    if (!column.ready) return out.fill(0);
    if (column.codes instanceof Uint16Array) weigh16(sum, column.codes, hot, bare, weight, keep, from, to);
    else weigh8(sum, column.codes, hot, bare, weight, keep, from, to);
    return whole(sum, out);
  }

  /** @override @param {Column} a @param {Uint16Array} foldA @param {Column} b @param {Uint16Array} foldB @param {number} binsA @param {number} binsB */
  pairs(a, foldA, b, foldB, binsA, binsB) {
    const sum = new Float64Array(binsA * binsB * 2), { hot, bare, weight } = this, keep = this.keep(a, b), x = a.codes, y = b.codes;
    if (a.ready && b.ready) for (let i = this.from; i < this.to; i++) if ((bare[i] & keep) === 0) sum[(foldA[x[i]] * binsB + foldB[y[i]]) * 2 + hot[i]] += weight[i];
    return whole(sum);
  }

  /** @override @param {Uint32Array} ends @param {number} [first] */
  steps(ends, first = 0) {
    const sum = new Float64Array(ends.length * 2), { hot, bare, weight } = this;
    for (let s = 0, i = first; s < ends.length; s++) for (; i < ends[s]; i++) if (bare[i] === 0) sum[s * 2 + hot[i]] += weight[i];
    return whole(sum);
  }

  /** @override @param {Uint32Array} ends @param {Column} column @param {number} [first] */
  sums(ends, column, first = 0) {
    const values = withMissing(column), { codes } = column, { weight } = this;
    return this.added(ends, first, column.ready ? (i) => values[codes[i]] * weight[i] : () => 0);
  }

  /** Adds up what rows have, in steps. @param {Uint32Array} ends @param {number} first @param {(i: number) => number} of */
  added(ends, first, of) {
    const out = new Float64Array(ends.length), { bare } = this;
    for (let s = 0, i = first; s < ends.length; s++) for (; i < ends[s]; i++) if (bare[i] === 0) out[s] += of(i);
    return out;
  }

  /** @override @param {Uint32Array} ends @param {Column} column @param {Uint16Array} fold @param {number} bins @param {number} [first] */
  lanes(ends, column, fold, bins, first = 0) {
    const sum = new Float64Array(ends.length * bins * 2), { hot, bare, weight } = this, keep = this.keep(column), { codes } = column;
    if (column.ready) for (let s = 0, i = first; s < ends.length; s++) for (; i < ends[s]; i++) if ((bare[i] & keep) === 0) sum[(s * bins + fold[codes[i]]) * 2 + hot[i]] += weight[i];
    return whole(sum);
  }

  /** @override */
  totals() {
    return this.weighed(0xffff, this.from, this.to);
  }

  /** How many rows the rows from..to-1 stand for. @param {number} keep bits of filters that count @param {number} from @param {number} to */
  weighed(keep, from, to) {
    const two = [0, 0], { hot, bare, weight } = this;
    for (let i = from; i < to; i++) if ((bare[i] & keep) === 0) two[hot[i]] += weight[i];
    return { all: Math.round(two[0] + two[1]), anomalous: Math.round(two[1]) };
  }
}

/** The cells of a cube, counted like rows. */
class CubeEngine extends Weighted {
  /** Whether it is known which cells are anomalous. */
  sure = false;

  /** @param {Cells} cells */
  constructor(cells) {
    super(/** @type {import("./store.js").Store} */ (/** @type {unknown} */ ({ rows: cells.n })), new Uint8Array(cells.n), cells.rows);
    this.cells = cells;
    this.columns = new Map(cells.columns);
  }

  /** Says what is anomalous. @param {Board} board @param {Column | null} before the verdict until now */
  judge(board, before) {
    const { label } = board.store, { alerts } = this.cells, labels = label && (this.columns.get(label)?.codes ?? null);
    if (before) this.columns.delete(before);
    const own = Boolean(alerts) && sameAlerts(board);
    this.sure = board.colourBy === "score" ? own : board.colourBy !== "label" || Boolean(labels);
    const codes = board.judged(this.hot, labels, alerts && { codes: alerts, least: 1, most: 2 });
    if ((!label || labels) && (!board.score || own)) this.columns.set(board.verdict, { ...board.verdict, codes });
  }

  /** @param {Column} column @param {((code: number) => boolean) | null} wanted */
  pass(column, wanted) {
    const own = this.columns.get(column);
    if (own) super.filter(own, wanted);
  }

  /** @param {Column} column */
  own(column) {
    return /** @type {Column} */ (this.columns.get(column));
  }
}

/** Whether the threshold judges as the model's own does. @param {Board} board */
function sameAlerts({ store, limit }) {
  const own = store.verdicts?.threshold ?? NaN, [low, high] = [Math.min(own, limit), Math.max(own, limit)];
  return low === high || !store.verdicts?.score.values?.some((v) => v >= low && v < high);
}

/** Counts of the whole table as far as they are known, else estimates. */
export class ExactEngine extends Weighted {
  /** What answers came from, but cells: "weights" of rows, or the "rows" themselves. @type {Set<string>} */
  used = new Set();
  /** Steps of the chosen span; null for none; undefined for one that cuts a step. @type {[number, number] | null | undefined} */
  span = null;

  /** @param {Board} board @param {Sample} sample */
  constructor(board, sample) {
    super(board.store, board.hot, sample.weight);
    this.board = board;
    this.sample = sample;
    this.edges = sample.edges;
    this.places = new Map([...sample.edges].map((e, s) => [e, s + 1]));
    this.cubes = sample.cubes.map((c) => new CubeEngine(c));
    const { bare, used } = this;
    Object.defineProperty(this, "mask", { get: () => { used.add("rows"); return bare; } });
    for (const c of this.cubes) c.judge(board, null);
  }

  /** @override @param {Column} column @param {((code: number) => boolean) | null} wanted */
  filter(column, wanted) {
    super.filter(column, wanted);
    for (const c of this.cubes) c.pass(column, wanted);
  }

  /** @override @param {Column} before @param {Column} now */
  replace(before, now) {
    super.replace(before, now);
    for (const c of this.cubes) c.judge(this.board, before);
  }

  /** The steps of a span; undefined if it cuts one. @param {[number, number]} span @returns {[number, number] | undefined} */
  stepsOf(span) {
    const { time } = this.board.config, n = this.edges.length;
    const steps = span.map((v) => {
      if (!this.board.store.clock || !time) return v === 0 ? 0 : (this.places.get(v) ?? -1);
      const s = (v - time.start) / time.step, near = Math.round(s);
      return Math.abs(s - near) * time.step < 2e-6 && near <= n ? near : -1; // an address keeps six places of seconds
    });
    return steps.every((s) => s >= 0) ? /** @type {[number, number]} */ (steps) : undefined;
  }

  /** The rows of a span; null where only the clock can tell. @param {[number, number]} span @returns {[number, number] | null} */
  rowsOf(span) {
    const steps = this.stepsOf(span), { ends, edges } = { ends: this.sample.ends, edges: this.edges };
    if (steps) return /** @type {[number, number]} */ (steps.map((s) => ends[s]));
    if (this.board.store.clock && this.board.config.time) return null;
    return /** @type {[number, number]} */ (span.map((row) => {
      const s = edges.findIndex((e) => e > row), from = s > 0 ? edges[s - 1] : 0;
      return s < 0 ? this.store.rows : Math.round(ends[s] + ((row - from) / (edges[s] - from)) * (ends[s + 1] - ends[s]));
    }));
  }

  /** Lets only the cells of a span pass. @param {[number, number] | null} span */
  during(span) {
    this.span = span && this.stepsOf(span);
    for (const c of this.cubes) if (c.cells.ends) c.between(this.span ? c.cells.ends[this.span[0]] : 0, this.span ? c.cells.ends[this.span[1]] : c.cells.n);
  }

  /** The cells that can tell, null if none can. @param {boolean} timed @param {...Column} columns that are asked for */
  #cells(timed, ...columns) {
    const needed = [...columns, ...this.bits.keys()], time = timed || this.span;
    const found = this.span === undefined ? null : this.cubes.find((c) => c.sure && (c.cells.ends || !time) && needed.every((column) => c.columns.has(column)));
    if (!found) this.used.add("weights");
    return found ?? null;
  }

  /** @override @param {Column} column @param {Uint32Array<ArrayBuffer>} [out] */
  counts(column, out) {
    const c = this.#cells(false, column);
    return c ? c.counts(c.own(column), out) : super.counts(column, out);
  }

  /** @override @param {Column} column */
  selected(column) {
    const c = this.#cells(false, column);
    return c ? c.selected(c.own(column)) : super.selected(column);
  }

  /** @override @param {Column} column @returns {[number, number]} */
  sum(column) {
    const c = this.#cells(false), sums = c?.cells.sums.get(column);
    if (!c || !sums) return super.sum(column);
    /** @type {[number, number]} */
    const two = [0, 0];
    for (let i = c.from; i < c.to; i++) if (c.bare[i] === 0) two[c.hot[i]] += sums[i];
    return two;
  }

  /** @override @param {Column} a @param {Uint16Array} foldA @param {Column} b @param {Uint16Array} foldB @param {number} binsA @param {number} binsB */
  pairs(a, foldA, b, foldB, binsA, binsB) {
    const c = this.#cells(false, a, b);
    return c ? c.pairs(c.own(a), foldA, c.own(b), foldB, binsA, binsB) : super.pairs(a, foldA, b, foldB, binsA, binsB);
  }

  /** Steps in rows or cells. @param {Uint32Array} edges of steps @param {Uint32Array} ends */
  #ends(edges, ends) {
    return Uint32Array.from(edges, (e) => ends[this.places.get(e) ?? 0]);
  }

  /** @override @param {Uint32Array} edges */
  steps(edges) {
    const c = this.#cells(true), ends = c?.cells.ends ?? this.sample.ends;
    return c ? c.steps(this.#ends(edges, ends), ends[0]) : super.steps(this.#ends(edges, ends), ends[0]);
  }

  /** @override @param {Uint32Array} edges @param {Column} column */
  sums(edges, column) {
    const c = this.#cells(true), sums = c?.cells.sums.get(column), ends = this.sample.ends;
    if (c?.cells.ends && sums) return c.added(this.#ends(edges, c.cells.ends), c.cells.ends[0], (i) => sums[i]);
    this.used.add("weights");
    return super.sums(this.#ends(edges, ends), column, ends[0]);
  }

  /** @override @param {Uint32Array} edges @param {Column} column @param {Uint16Array} fold @param {number} bins */
  lanes(edges, column, fold, bins) {
    const c = this.#cells(true, column), ends = c?.cells.ends ?? this.sample.ends, own = this.#ends(edges, ends);
    return c ? c.lanes(own, c.own(column), fold, bins, ends[0]) : super.lanes(own, column, fold, bins, ends[0]);
  }

  /** @override */
  totals() {
    return this.#cells(false)?.totals() ?? super.totals();
  }

  /** Counts of all rows of the table. */
  whole() {
    const c = this.cubes.find((d) => d.sure);
    return c ? c.weighed(0, 0, c.cells.n) : { ...this.weighed(0, 0, this.store.rows), all: this.sample.table };
  }

  /** @override @param {boolean} onlyHot */
  passing(onlyHot) {
    const { board } = this, all = super.passing(onlyHot), complete = onlyHot && this.sample.whole && this.cubes[0].sure && (board.colourBy === "score" || !board.score);
    if (complete) this.used.delete("rows");
    return all;
  }
}

/** Says at the head of a panel whether its figures are of the sample. @param {HTMLElement} root @param {ExactEngine} engine */
export function marked(root, { used, store, sample }) {
  const head = root.querySelector(".head"), rows = used.has("rows"), weights = used.has("weights");
  root.dataset.from = weights ? "estimate" : rows ? "sample" : "table";
  if (!head) return;
  const mark = head.querySelector(".sampled") ?? h("small", { class: "sampled" });
  if (!mark.parentNode) head.insertBefore(mark, head.querySelector(".tools"));
  mark.textContent = weights ? "≈ from a sample" : rows ? "rows of the sample" : "";
  mark.title = weights ? `Estimated from a sample of ${store.rows} of ${sample.table} rows, each of which stands for as many as its group has` : rows ? `Of the ${store.rows} rows in this page, not of all ${sample.table}` : "";
}
