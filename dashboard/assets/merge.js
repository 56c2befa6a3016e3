// Two stores' rows as those of one: the order of rows, and codes of a common dictionary.

/** @typedef {import("./store.js").Column} Column */
/** @typedef {import("./store.js").Store} Store */

const mostCodes = 65535, otherLevel = "(other)";

/**
 * The rows of a store and of more in the order of their times, those of the store first
 * where times are the same or not known, without the oldest beyond most. From has their
 * numbers; those of more are counted behind those of the store.
 * @param {Store} store
 * @param {Store} more
 * @param {number} most
 * @returns {{from: Int32Array, clock: Store["clock"]}}
 */
export function mergeRows(store, more, most) {
  const n = store.rows, all = n + more.rows, from = new Int32Array(all), since = new Float64Array(all);
  const clock = store.clock ?? (n === 0 ? more.clock : null);
  const a = store.clock?.since, b = more.clock?.since, later = clock && more.clock ? more.clock.start - clock.start : 0;
  const end = a && n > 0 ? a[n - 1] : 0;
  for (let i = 0, j = 0, k = 0; k < all; k++) {
    const own = i < n && (j >= more.rows || !a || !b || a[i] <= b[j] + later);
    since[k] = own ? (a?.[i] ?? 0) : b ? b[j] + later : end;
    from[k] = own ? i++ : n + j++;
  }
  const drop = Math.max(0, all - Math.max(0, most));
  return { from: from.slice(drop), clock: clock && { name: clock.name, start: clock.start, since: since.slice(drop) } };
}

/**
 * A column of two stores; null for one that has none.
 * @param {Column | null} a
 * @param {Column | null} b
 * @param {Int32Array} from its rows: below split those of a, then those of b
 * @param {number} split
 * @returns {Column}
 */
export function mergeColumn(a, b, from, split) {
  const usedA = new Uint32Array((a?.size ?? 0) + 1), usedB = new Uint32Array((b?.size ?? 0) + 1), codesA = a?.codes ?? [], codesB = b?.codes ?? [];
  for (const r of from) {
    if (r < split) usedA[codesA[r] ?? 0]++;
    else usedB[codesB[r - split] ?? 0]++;
  }
  const text = Boolean(a?.levels || b?.levels), keys = [keysOf(a, text), keysOf(b, text)];
  /** @type {Map<string | number, number>} */
  const counts = new Map();
  for (const [s, used] of [usedA, usedB].entries()) keys[s].forEach((key, k) => used[k] > 0 && counts.set(key, (counts.get(key) ?? 0) + used[k]));
  const dictionary = text ? levelsOf(counts, (a?.others ?? 0) + (b?.others ?? 0)) : valuesOf(counts);
  const { levels, values, place } = dictionary, none = (levels ?? values ?? []).length;
  const [newA, newB] = [a, b].map((c, s) => Uint16Array.from({ length: (c?.size ?? 0) + 1 }, (_, k) => place.get(keys[s][k]) ?? none));
  const missing = [usedA, usedB].some((used, s) => used.some((n, k) => n > 0 && k >= keys[s].length));
  const size = none + (missing ? 1 : 0), codes = size > 256 ? new Uint16Array(from.length) : new Uint8Array(from.length);
  for (let i = 0; i < from.length; i++) codes[i] = from[i] < split ? newA[codesA[from[i]] ?? 0] : newB[codesB[from[i] - split] ?? 0];
  const { name, canon, role, kind } = /** @type {Column} */ (a ?? b), rounded = dictionary.rounded || Boolean(a?.rounded || b?.rounded);
  return { name, canon, role, kind, levels, values, missing, rounded, others: dictionary.others, size, ready: true, codes };
}

/**
 * What codes stand for, but for the one of missing values.
 * @param {Column | null} column
 * @param {boolean} text
 * @returns {(string | number)[]}
 */
function keysOf(column, text) {
  if (!column) return [];
  const all = [...(column.levels ?? column.values ?? [])];
  return text ? all.map(String) : all;
}

/**
 * Levels, the most frequent first.
 * @param {Map<any, number>} counts
 * @param {number} others levels that are one together
 */
function levelsOf(counts, others) {
  const last = (/** @type {string} */ level) => (others > 0 && level === otherLevel ? 1 : 0);
  const levels = [...counts.keys()].sort((a, b) => last(a) - last(b) || Number(counts.get(b)) - Number(counts.get(a)) || (a < b ? -1 : 1));
  const place = new Map(levels.map((level, k) => [level, Math.min(k, mostCodes - 1)]));
  if (levels.length > mostCodes) {
    const cut = levels.splice(mostCodes - 1);
    others += cut.length - cut.filter(last).length;
    levels.push(otherLevel);
  }
  return { levels, values: null, place, rounded: false, others: levels.length > 0 && last(levels[levels.length - 1]) ? others : 0 };
}

/**
 * Numbers ascending. Where they are too many, each stands for those up to it.
 * @param {Map<any, number>} counts
 */
function valuesOf(counts) {
  const all = Float64Array.from(counts.keys()).sort(), n = Math.min(all.length, mostCodes), values = new Float64Array(n), place = new Map();
  for (let i = 0; i < all.length; i++) {
    const k = Math.floor((i * n) / all.length);
    values[k] = all[i];
    place.set(all[i], k);
  }
  return { levels: null, values, place, rounded: all.length > n, others: 0 };
}
