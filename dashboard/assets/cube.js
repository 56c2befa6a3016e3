// What a page that holds a sample knows of the whole table: how many rows have the same codes in
// the columns that filter most, read from the block that Go writes (cube_block.go).
import { Body, damaged, damagedCode, largest, unpack } from "./block.js";
import { textOf } from "./store.js";

/** @typedef {import("./store.js").Column} Column */
/** @typedef {import("./store.js").Codes} Codes */
/** @typedef {import("./store.js").Store} Store */

/**
 * Rows of the table with the same codes in some columns: a cell each.
 * @typedef {object} Cells
 * @property {number} n cells
 * @property {Map<Column, Column>} columns of the store: the same with the codes of cells
 * @property {Codes | null} alerts by cell: 1 if its rows are alerts at the model's threshold
 * @property {Float64Array} rows of each cell
 * @property {Map<Column, Float64Array>} sums of the bytes of each cell
 * @property {Uint32Array | null} ends cells before the time axis, and before the end of each step; null if cells are not of one step
 */

/**
 * @typedef {object} Sample
 * @property {number} table rows of the table
 * @property {boolean} whole all anomalous rows are in the page
 * @property {Uint32Array} ends rows of the page before the time axis, and before the end of each step
 * @property {Uint32Array} edges what names the end of each step: its number from 1, or without times the rows of the table before it
 * @property {Float64Array} weight by row of the page: for how many rows of the table it stands
 * @property {Cells[]} cubes
 */

const part = -1, mostGroups = 1 << 22;

/**
 * @param {Uint8Array} packed
 * @param {Store} store its first part is read
 * @param {unknown} time the time axis, if there is one
 * @returns {Promise<Sample>}
 */
export async function readSample(packed, store, time) {
  const body = await unpack(packed, part), head = /** @type {any} */ (body.head), { table, steps: n } = head;
  if (head.rows !== store.rows) throw damaged("what was counted is of other rows");
  const ends = ascending(body.longs(n + 1), store.rows), cubes = head.cubes.map((/** @type {any} */ c) => readCells(body, c, store, n));
  if (body.at !== body.bytes.length) throw damaged("they are longer than they say");
  const edges = Uint32Array.from({ length: n }, (_, s) => (store.clock && time ? s + 1 : Math.floor(((s + 1) * table) / n)));
  const by = head.by.map((/** @type {number} */ j) => store.columns[j]);
  return { table, whole: head.kept === head.anomalous, ends, edges, cubes, weight: weights(store, by, cubes[0]) };
}

/** @param {Uint32Array} ends @param {number} most */
function ascending(ends, most) {
  if (ends.some((e, i) => e > most || (i > 0 && e < ends[i - 1]))) throw damaged("steps are not in their order");
  return ends;
}

/** @param {Body} body @param {any} head @param {Store} store @param {number} steps @returns {Cells} */
function readCells(body, head, store, steps) {
  const { cells: n } = head, ends = head.timed ? ascending(body.longs(steps + 1), n) : null;
  const columns = new Map(head.columns.map((/** @type {number} */ j) => {
    const column = store.columns[j], codes = body.codes(n, column.size > 256 ? 2 : 1);
    if (largest(codes) >= column.size) throw damagedCode();
    return [column, { ...column, codes, ready: true }];
  }));
  const alerts = head.judged ? body.codes(n, 1) : null, rows = Float64Array.from(body.longs(n));
  return { n, columns, alerts, rows, ends, sums: new Map(head.sums.map((/** @type {number} */ j) => [store.columns[j], doubles(body, n)])) };
}

/** @param {Body} body @param {number} n */
function doubles(body, n) {
  const bytes = new Uint8Array(8 * n);
  for (let k = 0; k < 8; k++) {
    const plane = body.take(n);
    for (let i = 0; i < n; i++) bytes[8 * i + k] = plane[i];
  }
  return new Float64Array(bytes.buffer);
}

/** For each code of the label: whether it means an anomaly. Without a label nothing is known. @param {Store} store */
export function badLabels({ label, normal }) {
  return Uint8Array.from({ length: label?.size ?? 0 }, (_, k) => {
    const text = textOf(/** @type {Column} */ (label), k);
    return text === null || normal.includes(text) ? 0 : 1;
  });
}

/**
 * For how many rows of the table each row of the page stands: rows were drawn from groups, by
 * being anomalous and by some columns, and cells tell how large these are.
 * @param {Store} store @param {Column[]} by @param {Cells} cells
 */
function weights(store, by, cells) {
  const { label, verdicts } = store, bad = badLabels(store), size = by.reduce((n, c) => n * c.size, 2);
  const score = verdicts?.score, alert = score && Uint8Array.from({ length: score.size }, (_, k) => (/** @type {Float64Array} */ (score.values)[k] >= verdicts.threshold ? 1 : 0));
  const known = label && cells.columns.get(label); // of what cells do not know, rows are not told apart either
  const [hotCells, hot] = cells.alerts && score && alert ? [cells.alerts, means(score, alert, store.rows)] : [means(known, bad, cells.n), means(known && label, bad, store.rows)];
  const table = keys(hotCells, by.map((c) => /** @type {Column} */ (cells.columns.get(c)))), page = keys(hot, by);
  return standFor(table, cells.rows, page, size);
}

/**
 * For how many rows of the table each row of the page stands.
 * @param {Float64Array} table groups of cells, as numbers below size
 * @param {Float64Array} rows of cells
 * @param {Float64Array} page groups of rows; the result takes their place
 * @param {number} size
 */
export function standFor(table, rows, page, size) {
  return size <= mostGroups ? shares(table, rows, page, new Float64Array(size), new Float64Array(size)) : sharesOfMany(table, rows, page);
}

/** @param {Float64Array} table keys of cells @param {Float64Array} rows of cells @param {Float64Array} page keys of rows @param {Float64Array} all room for all groups @param {Float64Array} here */
function shares(table, rows, page, all, here) {
  for (let i = 0; i < table.length; i++) all[table[i]] += rows[i];
  for (let i = 0; i < page.length; i++) here[page[i]]++;
  for (let k = 0; k < all.length; k++) if (here[k] > all[k]) throw damaged("there are more rows than were counted");
  for (let i = 0; i < page.length; i++) page[i] = all[page[i]] / here[page[i]]; // the keys are not needed any more
  return page;
}

/** The same of so many possible groups that those that occur are numbered first. @param {Float64Array} table @param {Float64Array} rows @param {Float64Array} page */
function sharesOfMany(table, rows, page) {
  /** @type {Map<number, number>} */
  const places = new Map(), number = (/** @type {number} */ k) => { const at = places.get(k) ?? places.size; places.set(k, at); return at; };
  const a = table.map(number), b = page.map(number);
  return shares(a, rows, b, new Float64Array(places.size), new Float64Array(places.size));
}

/** What the code of each row means. @param {Column | null | undefined} column @param {Uint8Array} meaning by code @param {number} n */
function means(column, meaning, n) {
  const out = new Uint8Array(n), codes = column?.codes ?? out;
  if (column) for (let i = 0; i < n; i++) out[i] = meaning[codes[i]];
  return out;
}

/** Numbers that name groups. @param {Codes} hot @param {Column[]} by */
function keys(hot, by) {
  const out = new Float64Array(hot);
  for (const { codes, size } of by) for (let i = 0; i < out.length; i++) out[i] = out[i] * size + codes[i];
  return out;
}
