// Counts of the rows that pass all filters. A chart's counts leave out the filter on its own
// column, so that its other marks stay to be chosen.

import { sums } from "./figures.js";

/** @typedef {import("./store.js").Column} Column */
/** @typedef {import("./store.js").Store} Store */

/** How many columns may be filtered at once: a bit of the mask each. */
export const mostFilters = 16;

// Counting loops are written once for each width of codes, so that each meets one kind of
// array and is compiled for it.

/** @param {Uint32Array} out @param {Uint8Array} codes @param {Uint8Array} hot @param {Uint16Array} mask @param {number} keep @param {number} from @param {number} to */
function count8(out, codes, hot, mask, keep, from, to) {
  for (let i = from; i < to; i++) if ((mask[i] & keep) === 0) out[codes[i] * 2 + hot[i]]++;
}

/** @param {Uint32Array} out @param {Uint16Array} codes @param {Uint8Array} hot @param {Uint16Array} mask @param {number} keep @param {number} from @param {number} to */
function count16(out, codes, hot, mask, keep, from, to) {
  for (let i = from; i < to; i++) if ((mask[i] & keep) === 0) out[codes[i] * 2 + hot[i]]++;
}

/** @param {Uint16Array} mask @param {Uint8Array} codes @param {Uint16Array} fail @param {number} bit */
function mark8(mask, codes, fail, bit) {
  for (let i = 0; i < mask.length; i++) mask[i] = (mask[i] & ~bit) | fail[codes[i]];
}

/** @param {Uint16Array} mask @param {Uint16Array} codes @param {Uint16Array} fail @param {number} bit */
function mark16(mask, codes, fail, bit) {
  for (let i = 0; i < mask.length; i++) mask[i] = (mask[i] & ~bit) | fail[codes[i]];
}

/** The numbers of all codes, 0 for a missing one. @param {Column} column */
export function withMissing(column) {
  const values = new Float64Array(column.size);
  values.set(/** @type {Float64Array} */ (column.values));
  return values;
}

/** Counts the rows that pass all filters, normal and anomalous ones apart. */
export class Engine {
  /**
   * @param {Store} store
   * @param {Uint8Array} hot by row: 1 if it is anomalous
   */
  constructor(store, hot) {
    this.store = store;
    this.hot = hot;
    this.mask = new Uint16Array(store.rows);
    /** @type {Map<Column, number>} */
    this.bits = new Map();
    this.from = 0;
    this.to = store.rows;
    /** @type {Map<Column, {code: number, rows: Uint32Array} | null>} */
    this.rare = new Map();
    /** @type {Map<number, {all: number, anomalous: number}>} how many rows pass the filters of some bits */
    this.passed = new Map();
  }

  /**
   * Lets only rows pass whose code is as wanted; null lets all pass again.
   * @param {Column} column
   * @param {((code: number) => boolean) | null} wanted
   */
  filter(column, wanted) {
    let bit = this.bits.get(column);
    if (bit === undefined) {
      if (wanted === null) return;
      bit = this.#freeBit();
      this.bits.set(column, bit);
    }
    this.passed.clear();
    const fail = new Uint16Array(column.size);
    if (wanted) for (let k = 0; k < column.size; k++) if (!wanted(k)) fail[k] = bit;
    if (column.codes instanceof Uint16Array) mark16(this.mask, column.codes, fail, bit);
    else mark8(this.mask, column.codes, fail, bit);
    if (wanted === null) this.bits.delete(column);
  }

  /**
   * Lets a column take the place of another, without its filter.
   * @param {Column} before
   * @param {Column} now
   */
  replace(before, now) {
    this.passed.clear(); // what is anomalous is no longer the same
    this.rare.delete(before);
    if (this.bits.has(before)) this.filter(before, null);
    this.bits.delete(now);
  }

  #freeBit() {
    let used = 0;
    for (const b of this.bits.values()) used |= b;
    for (let i = 0; i < mostFilters; i++) if ((used & (1 << i)) === 0) return 1 << i;
    throw new Error(`at most ${mostFilters} columns can be filtered at once; clear one of the filters`);
  }

  /**
   * Lets only the rows from..to-1 pass.
   * @param {number} from
   * @param {number} to
   */
  between(from, to) {
    this.passed.clear();
    this.from = Math.max(0, Math.min(from, this.store.rows));
    this.to = Math.max(this.from, Math.min(to, this.store.rows));
  }

  /** @param {Column[]} own columns whose filters do not count */
  keep(...own) {
    let keep = 0xffff;
    for (const c of own) keep &= ~(this.bits.get(c) ?? 0);
    return keep;
  }

  /**
   * Counts by code: normal rows at 2k, anomalous ones at 2k+1. The column's own filter
   * does not count.
   * @param {Column} column
   * @param {Uint32Array<ArrayBuffer>} [out] to use again
   */
  counts(column, out = new Uint32Array(column.size * 2)) {
    return this.count(column, this.keep(column), out);
  }

  /** As counts, but of the rows that pass the column's own filter too. @param {Column} column */
  selected(column) {
    return this.count(column, 0xffff, new Uint32Array(column.size * 2));
  }

  /** Counts with the filters of some bits only. @param {Column} column @param {number} keep @param {Uint32Array<ArrayBuffer>} out */
  count(column, keep, out) {
    out.fill(0);
    if (!column.ready) return out;
    const rare = this.#rareOf(column);
    if (rare) this.#countRare(column, keep, out, rare);
    else if (column.codes instanceof Uint16Array) count16(out, column.codes, this.hot, this.mask, keep, this.from, this.to);
    else count8(out, column.codes, this.hot, this.mask, keep, this.from, this.to);
    return out;
  }

  /** The rows that do not have a column's commonest code, where these are few. @param {Column} column */
  #rareOf(column) {
    let found = this.rare.get(column);
    if (found !== undefined) return found;
    const { codes } = column, counts = new Uint32Array(column.size);
    for (let i = 0; i < codes.length; i++) counts[codes[i]]++;
    const code = counts.indexOf(counts.reduce((a, b) => Math.max(a, b), 0)), few = codes.length - counts[code];
    found = few * 20 < codes.length ? { code, rows: new Uint32Array(few) } : null;
    if (found) for (let i = 0, n = 0; i < codes.length; i++) if (codes[i] !== code) found.rows[n++] = i;
    this.rare.set(column, found);
    return found;
  }

  /** Counts the few rows with other codes; the commonest has what is left. @param {Column} column @param {number} keep @param {Uint32Array} out @param {{code: number, rows: Uint32Array}} rare */
  #countRare(column, keep, out, { code, rows }) {
    const { mask, hot, from, to } = this, { codes } = column, { all, anomalous } = this.#passing(keep);
    let normal = all - anomalous, bad = anomalous;
    for (const i of rows) {
      if (i < from || i >= to || (mask[i] & keep) !== 0) continue;
      out[codes[i] * 2 + hot[i]]++;
      if (hot[i]) bad--;
      else normal--;
    }
    out[code * 2] = normal;
    out[code * 2 + 1] = bad;
  }

  /** How many rows pass the filters of some bits, and how many of these are anomalous. @param {number} keep */
  #passing(keep) {
    let found = this.passed.get(keep);
    if (found) return found;
    const { mask, hot } = this;
    let all = 0, anomalous = 0;
    for (let i = this.from; i < this.to; i++) if ((mask[i] & keep) === 0) { all++; anomalous += hot[i]; }
    this.passed.set(keep, (found = { all, anomalous }));
    return found;
  }

  /** The sum of a column of numbers over the rows that pass, normal and anomalous ones apart. @param {Column} column @returns {[number, number]} */
  sum(column) {
    return sums(column, this.selected(column));
  }

  /**
   * Counts by two columns, folded: bins of a times bins of b. The filters on both do not count.
   * @param {Column} a
   * @param {Uint16Array} foldA bin of each code
   * @param {Column} b
   * @param {Uint16Array} foldB
   * @param {number} binsA
   * @param {number} binsB
   */
  pairs(a, foldA, b, foldB, binsA, binsB) {
    const out = new Uint32Array(binsA * binsB * 2);
    if (!a.ready || !b.ready) return out;
    const { mask, hot } = this, keep = this.keep(a, b), x = a.codes, y = b.codes;
    for (let i = this.from; i < this.to; i++) if ((mask[i] & keep) === 0) out[(foldA[x[i]] * binsB + foldB[y[i]]) * 2 + hot[i]]++;
    return out;
  }

  /**
   * Counts rows in steps of the order of rows, or of time. The choice of rows does not count.
   * @param {Uint32Array} ends the row behind each step
   * @param {number} [first] row
   */
  steps(ends, first = 0) {
    const out = new Uint32Array(ends.length * 2), { mask, hot } = this;
    for (let s = 0, i = first; s < ends.length; s++) {
      let all = 0, anomalous = 0;
      for (; i < ends[s]; i++) if (mask[i] === 0) { all++; anomalous += hot[i]; }
      out[s * 2] = all - anomalous;
      out[s * 2 + 1] = anomalous;
    }
    return out;
  }

  /**
   * Adds up the numbers of a column in the same steps.
   * @param {Uint32Array} ends
   * @param {Column} column of numbers
   * @param {number} [first] row
   */
  sums(ends, column, first = 0) {
    const out = new Float64Array(ends.length), { mask } = this, { codes } = column, values = withMissing(column);
    if (!column.ready) return out;
    for (let s = 0, i = first; s < ends.length; s++) {
      let sum = 0;
      for (; i < ends[s]; i++) if (mask[i] === 0) sum += values[codes[i]];
      out[s] = sum;
    }
    return out;
  }

  /**
   * Counts in the same steps, apart for each bin of a column: steps times bins. The filter on
   * the column does not count.
   * @param {Uint32Array} ends
   * @param {Column} column
   * @param {Uint16Array} fold bin of each code
   * @param {number} bins
   * @param {number} [first] row
   */
  lanes(ends, column, fold, bins, first = 0) {
    const out = new Uint32Array(ends.length * bins * 2), { mask, hot } = this, keep = this.keep(column), { codes } = column;
    if (!column.ready) return out;
    for (let s = 0, i = first; s < ends.length; s++) for (; i < ends[s]; i++) if ((mask[i] & keep) === 0) out[(s * bins + fold[codes[i]]) * 2 + hot[i]]++;
    return out;
  }

  /** How many rows pass, and how many of these are anomalous. */
  totals() {
    return this.#passing(0xffff);
  }

  /**
   * The rows that pass, the first first.
   * @param {boolean} onlyHot
   */
  passing(onlyHot) {
    const { mask, hot } = this, out = new Uint32Array(this.to - this.from);
    let n = 0;
    for (let i = this.from; i < this.to; i++) if (mask[i] === 0 && (!onlyHot || hot[i])) out[n++] = i;
    return out.subarray(0, n);
  }
}
