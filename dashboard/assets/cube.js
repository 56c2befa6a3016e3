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

const part = -1;

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

/** For each code of the label: whether it means an anomaly. @param {Store} store */
export function badLabels({ label, normal }) {
  return Uint8Array.from({ length: label?.size ?? 0 }, (_, k) => (normal.includes(textOf(/** @type {Column} */ (label), k) ?? "") ? 0 : 1));
}

/**
 * For how many rows of the table each row of the page stands: rows were drawn from groups, by
 * being anomalous and by some columns, and cells tell how large these are.
 * @param {Store} store @param {Column[]} by @param {Cells} cells
 */
function weights(store, by, cells) {
  const { label, verdicts } = store, bad = badLabels(store), size = by.reduce((n, c) => n * c.size, 2);
  const score = verdicts?.score, values = score?.values ?? new Float64Array(0), codes = score?.codes, least = verdicts ? values.findIndex((v) => v >= verdicts.threshold) : -1;
  const hotCells = cells.alerts ?? labelled(label && /** @type {Column} */ (cells.columns.get(label)), bad, cells.n), hot = codes ? Uint8Array.from(codes, (k) => (least >= 0 && k >= least && k < values.length ? 1 : 0)) : labelled(label, bad, store.rows);
  const table = keys(hotCells, by.map((c) => /** @type {Column} */ (cells.columns.get(c))), cells.n), page = keys(hot, by, store.rows);
  /** @type {any} */
  const all = size < 1 << 22 ? new Float64Array(size) : [], here = size < 1 << 22 ? new Float64Array(size) : []; // an array with holes is a map
  table.forEach((k, i) => (all[k] = (all[k] ?? 0) + cells.rows[i]));
  page.forEach((k) => (here[k] = (here[k] ?? 0) + 1));
  const out = page; // the keys are not needed any more
  for (let i = 0; i < out.length; i++) {
    const k = out[i];
    if (!(all[k] >= here[k])) throw damaged("there are more rows than were counted");
    out[i] = all[k] / here[k];
  }
  return out;
}

/** @param {Column | null | undefined} label @param {Uint8Array} bad @param {number} n */
function labelled(label, bad, n) {
  return label ? Uint8Array.from(label.codes, (k) => bad[k]) : new Uint8Array(n);
}

/** Numbers that name groups. @param {Codes} hot @param {Column[]} by @param {number} n */
function keys(hot, by, n) {
  const out = Float64Array.from({ length: n }, (_, i) => hot[i]);
  for (const { codes, size } of by) for (let i = 0; i < n; i++) out[i] = out[i] * size + codes[i];
  return out;
}
