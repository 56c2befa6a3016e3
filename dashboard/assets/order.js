// Rows in the order of a column, and rows of the same kind together.

/** @typedef {import("./store.js").Column} Column */

/** @type {WeakMap<Column, Uint16Array>} */
const known = new WeakMap();

/**
 * The rank of each code: of its number, or of its name, in which digits count as numbers.
 * Codes of missing values have the last one.
 * @param {Column} column
 */
export function ranksOf(column) {
  const before = known.get(column);
  if (before) return before;
  const ranks = Uint16Array.from({ length: column.size }, (_, k) => k), { levels } = column;
  if (levels) {
    const { compare } = new Intl.Collator("en", { numeric: true });
    levels.map((_, k) => k).sort((a, b) => compare(levels[a], levels[b]) || a - b).forEach((k, rank) => (ranks[k] = rank));
  }
  known.set(column, ranks);
  return ranks;
}

/**
 * Rows by a column, those with the same value in the order they come in; those without one
 * are the last either way.
 * @param {Uint32Array} rows
 * @param {Column} column
 * @param {boolean} descending
 */
export function sorted(rows, column, descending) {
  const last = (column.levels ?? column.values ?? []).length - 1, up = ranksOf(column);
  return byRanks(rows, column.codes, descending ? up.map((r) => (r > last ? r : last - r)) : up, column.size);
}

/**
 * @param {Uint32Array} rows
 * @param {import("./store.js").Codes} codes
 * @param {Uint16Array} ranks of codes
 * @param {number} size
 */
export function byRanks(rows, codes, ranks, size) {
  const places = new Uint32Array(size + 1), out = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) places[ranks[codes[rows[i]]] + 1]++;
  for (let k = 0; k < size; k++) places[k + 1] += places[k];
  for (let i = 0; i < rows.length; i++) out[places[ranks[codes[rows[i]]]]++] = rows[i];
  return out;
}

/**
 * Numbers of kinds, from 0 in the order in which they come: rows are of one kind if they have
 * the same codes in all columns.
 * @param {Uint32Array} rows
 * @param {Column[]} columns
 * @returns {{kinds: Uint32Array, count: number}} kinds by the place of a row
 */
export function kindsOf(rows, columns) {
  let kinds = new Uint32Array(rows.length), count = rows.length ? 1 : 0;
  for (const { codes, size } of columns) {
    const few = count * size <= 1 << 22, table = new Int32Array(few ? count * size : 0).fill(-1), map = new Map(), next = new Uint32Array(rows.length);
    let n = 0;
    for (let i = 0; i < rows.length; i++) {
      const key = kinds[i] * size + codes[rows[i]];
      let kind = few ? table[key] : (map.get(key) ?? -1);
      if (kind < 0) {
        kind = n++;
        if (few) table[key] = kind;
        else map.set(key, kind);
      }
      next[i] = kind;
    }
    kinds = next;
    count = n;
  }
  return { kinds, count };
}

/**
 * The first row of each kind; behind those of kinds that are open, the others of them.
 * @param {Uint32Array} rows
 * @param {{kinds: Uint32Array, count: number}} of
 * @param {(first: number) => boolean} isOpen by the first row of a kind
 * @returns {{rows: Uint32Array, counts: Uint32Array}} counts: how many are of the kind of a first row, 0 for the others
 */
export function collapsed(rows, { kinds, count }, isOpen) {
  const sizes = new Uint32Array(count), firsts = new Uint32Array(count);
  for (let i = rows.length - 1; i >= 0; i--) {
    sizes[kinds[i]]++;
    firsts[kinds[i]] = rows[i];
  }
  /** @type {(number[] | null)[]} */
  const members = Array.from(firsts, (first, k) => (sizes[k] > 1 && isOpen(first) ? [] : null));
  if (members.some(Boolean)) for (let i = 0; i < rows.length; i++) members[kinds[i]]?.push(rows[i]);
  const length = members.reduce((sum, m) => sum + (m ? m.length : 1), 0), out = new Uint32Array(length), counts = new Uint32Array(length);
  for (let k = 0, at = 0; k < count; k++) {
    counts[at] = sizes[k];
    out.set(members[k] ?? [firsts[k]], at);
    at += members[k]?.length ?? 1;
  }
  return { rows: out, counts };
}
