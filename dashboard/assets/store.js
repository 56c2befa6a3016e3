// The rows of a table as typed arrays, read from the block that Go writes (block.go).

import { Body, damaged, damagedCode, fromRanks, largest, unpack } from "./block.js";
import { mergeColumn, mergeRows } from "./merge.js";

/** @typedef {Uint8Array | Uint16Array} Codes */

/**
 * @typedef {object} Column
 * @property {string} name as the file spells it
 * @property {string} canon its name in the known layout
 * @property {string} role feature, label, derivative, identifier or clock
 * @property {string} kind
 * @property {string[] | null} levels what codes stand for, the most frequent first; null for numbers
 * @property {Float64Array | null} values what codes stand for, ascending; null for text
 * @property {boolean} missing the last code stands for no value
 * @property {boolean} rounded each number stands for those up to it
 * @property {number} others levels that are the last one together
 * @property {number} size how many codes there are
 * @property {boolean} ready the codes are there
 * @property {Codes} codes by row; none before it is ready
 */

/**
 * What a detector says of the rows. Rows with a score of at least floor have reasons.
 * @typedef {object} Verdicts
 * @property {string} model
 * @property {string} algorithm
 * @property {number} threshold score from which on a row is an alert
 * @property {number} floor
 * @property {boolean} calibrated scores are probabilities
 * @property {Column} score
 * @property {Int32Array} places by row: of its reasons, -1 for none
 * @property {Uint16Array} reasons three of each place: a column's number and 1, 0 for none
 * @property {string[] | null} ids by place: what names the connection elsewhere
 * @property {(row: number) => Column[]} reasonsOf what raised the score of a row most, the first most
 * @property {(row: number) => string} idOf "" if there is none
 */

/**
 * @typedef {object} Store
 * @property {string} source
 * @property {string} layout
 * @property {number} rows
 * @property {Column[]} columns
 * @property {Map<string, Column>} named the columns by both of their names
 * @property {Column | null} label
 * @property {string[]} normal levels of the label that mean normal
 * @property {{name: string, start: number, since: Float64Array} | null} clock seconds since start by row, ascending
 * @property {string[]} leftOut columns that the page does not have
 * @property {Verdicts | null} verdicts reasons and IDs come with the last part
 * @property {(row: number) => number} lineOf the line of the file that a row is from, from 1; 0 if that is not known
 */

/** @typedef {import("./block.js").Head} Head */

/**
 * Unpacks all of a block.
 * @param {Uint8Array | Uint8Array[]} packed its parts
 * @returns {Promise<Store>}
 */
export async function decode(packed) {
  const { store, rest } = await begin(packed instanceof Uint8Array ? [packed] : packed);
  await rest;
  return store;
}

/**
 * Unpacks the first part of a block. The columns of the others are ready, and reasons and
 * lines known, when rest resolves.
 * @param {(Uint8Array | Promise<Uint8Array>)[]} parts the later ones may still be on their way
 * @param {(store: Store) => void} [come] called when a later one is there
 * @returns {Promise<{store: Store, rest: Promise<void>}>}
 */
export async function begin(parts, come = () => {}) {
  if (parts.length === 0) throw new Error("there are no data to show");
  const first = await unpack(await parts[0], 0), { head } = first;
  if (head.parts?.length !== parts.length) throw new Error(`the data are in ${head.parts?.length} parts, and ${parts.length} of them are here`);
  const store = emptyStore(head);
  await readPart(store, head, first);
  const rest = (async () => {
    for (let p = 1; p < parts.length; p++) {
      const next = await unpack(await parts[p], p);
      if (next.head.rows !== head.rows) throw new Error("the parts of the data do not belong together");
      await readPart(store, head, next);
      come(store);
    }
  })();
  rest.catch(() => {}); // whoever waits for it is told; nobody else is to be
  return { store, rest };
}

/** @param {any} head @returns {Store} */
function emptyStore(head) {
  const columns = head.columns.map(emptyColumn);
  return {
    source: head.source, layout: head.layout ?? "", rows: head.rows, columns, named: byName(columns),
    label: columns[head.label] ?? null, normal: head.normal, clock: null, leftOut: head.left_out ?? [],
    verdicts: head.verdicts ? verdictsOf(columns, head.verdicts, columns[head.verdicts.score], new Int32Array(0), new Uint16Array(0), null) : null,
    lineOf: (row) => (head.lines && !head.lines.listed && row < head.rows ? head.lines.first + row : 0),
  };
}

/** @param {Column[]} columns */
function byName(columns) {
  return new Map([...columns.map((c) => /** @type {const} */ ([c.canon, c])), ...columns.map((c) => /** @type {const} */ ([c.name, c]))]);
}

/** @param {any} c @returns {Column} */
function emptyColumn(c) {
  const values = c.values ? readValues(c.values) : null, levels = values ? null : (c.levels ?? []);
  return {
    name: c.name, canon: c.canon, role: c.role, kind: c.kind, levels, values,
    missing: Boolean(c.missing), rounded: Boolean(c.rounded), others: c.others ?? 0,
    size: (values ?? levels).length + (c.missing ? 1 : 0), ready: false, codes: new Uint8Array(0),
  };
}

/** @param {{scale?: number, steps?: number[], list?: string[]}} values */
function readValues({ scale = 1, steps, list = [] }) {
  if (!steps) return Float64Array.from(list, Number);
  let sum = 0;
  return Float64Array.from(steps, (step) => (sum += step) / scale);
}

/**
 * Reads the columns of a part. The page can draw and answer while it reads a later one.
 * @param {Store} store
 * @param {Head} head of the first part
 * @param {Body} body
 */
async function readPart(store, head, body) {
  const { rows } = store, part = body.head.part;
  const ticks = part === 0 && head.clock?.column < 0 ? body.longs(rows) : null;
  const desk = [0, 1, 2, 3].map(() => new Uint16Array(rows));
  let due = performance.now() + 16;
  for (const j of head.parts[part]) {
    readColumn(store, head, j, body, desk);
    if (part === 0 || performance.now() < due) continue;
    await new Promise((go) => setTimeout(go));
    due = performance.now() + 16;
  }
  if (part === 0 && head.clock) {
    const since = ticks ? sinceOfTicks(ticks, head.clock.unit) : sinceOfColumn(store.columns[head.clock.column], head.clock.start);
    store.clock = { name: head.clock.name, start: head.clock.start, since };
  }
  if (part === head.parts.length - 1) {
    if (store.verdicts) readReasons(store, head.verdicts, body);
    if (head.lines?.listed) readLines(store, head.lines.first, body);
    if (store.columns.some((c) => !c.ready)) throw damaged("a column is in none of their parts");
  }
  if (body.at !== body.bytes.length) throw damaged("they are longer than they say");
}

/** @param {Uint32Array} ticks @param {number} unit */
function sinceOfTicks(ticks, unit) {
  const since = new Float64Array(ticks.length);
  let now = 0;
  for (let i = 0; i < ticks.length; i++) since[i] = (now += ticks[i]) * unit;
  return since;
}

/** @param {Column} column @param {number} start */
function sinceOfColumn({ codes, values }, start) {
  const since = new Float64Array(codes.length), times = /** @type {Float64Array} */ (values);
  for (let i = 0; i < codes.length; i++) since[i] = codes[i] < times.length ? times[codes[i]] - start : 0;
  return since;
}

/**
 * @param {Store} store
 * @param {Head} head
 * @param {number} j
 * @param {Body} body
 * @param {Uint16Array[]} desk
 */
function readColumn(store, head, j, body, desk) {
  const column = store.columns[j], { width, before, parents, counts, table } = head.columns[j], { rows } = store;
  let codes = body.codes(rows, width); // narrow ones stay where they are in the part, which saves memory and time
  if (parents) {
    const of = parents.map((/** @type {number} */ p) => store.columns[p]);
    if (!of.every((/** @type {Column} */ c) => c?.ready)) throw damaged("a column comes before what it needs");
    codes = fromRanks(codes, of, body.codes(counts[0], counts[1]), body.codes(table[0], table[1]), column.size, desk);
  } else {
    if (before) for (let i = 1; i < rows; i++) codes[i] += codes[i - 1];
    if (largest(codes) >= column.size && rows > 0) throw damagedCode();
  }
  column.codes = codes;
  column.ready = true;
}

/**
 * @param {Store} store
 * @param {any} head of the verdicts
 * @param {Body} body
 */
function readReasons(store, head, body) {
  const flat = body.codes(3 * head.rows, head.width), reasons = new Uint16Array(flat.length);
  for (let i = 0; i < flat.length; i++) reasons[(i % head.rows) * 3 + Math.floor(i / head.rows)] = flat[i];
  const ids = head.ids ? JSON.parse(new TextDecoder().decode(body.take(head.ids))) : null;
  const score = store.columns[head.score], { codes } = score, values = /** @type {Float64Array} */ (score.values);
  const places = new Int32Array(store.rows);
  let n = 0;
  for (let i = 0; i < codes.length; i++) places[i] = values[codes[i]] >= head.floor ? n++ : -1;
  if (n !== head.rows || largest(reasons) > store.columns.length || (ids && ids.length !== n)) throw damaged("reasons are not those of the rows");
  Object.assign(/** @type {Verdicts} */ (store.verdicts), { places, reasons, ids });
}

/**
 * @param {Column[]} columns
 * @param {{model: string, algorithm: string, threshold: number, floor: number, calibrated?: boolean}} of
 * @param {Column} score
 * @param {Int32Array} places
 * @param {Uint16Array} reasons
 * @param {string[] | null} ids
 * @returns {Verdicts}
 */
export function verdictsOf(columns, of, score, places, reasons, ids) {
  return {
    model: of.model, algorithm: of.algorithm, threshold: of.threshold, floor: of.floor, calibrated: Boolean(of.calibrated), score, places, reasons, ids,
    reasonsOf(row) {
      const at = (this.places[row] ?? -1) * 3;
      return at < 0 ? [] : [...this.reasons.subarray(at, at + 3)].filter((r) => r > 0).map((r) => columns[r - 1]);
    },
    idOf(row) {
      return this.ids?.[this.places[row]] ?? "";
    },
  };
}

/**
 * @param {Store} store
 * @param {number} first
 * @param {Body} body
 */
function readLines(store, first, body) {
  const lines = body.longs(store.rows);
  for (let i = 0, line = first; i < lines.length; i++) lines[i] = line = (line + lines[i]) >>> 0;
  store.lineOf = (row) => lines[row] ?? 0;
}

/**
 * The text of a code; null where it stands for no value.
 * @param {Column} column
 * @param {number} code
 * @returns {string | null}
 */
export function textOf(column, code) {
  if (column.levels) return code < column.levels.length ? column.levels[code] : null;
  const values = /** @type {Float64Array} */ (column.values);
  return code < values.length ? String(values[code]) : null;
}

/**
 * A store of the rows of one store and those of another behind them, or between them where
 * both have times, without the oldest beyond most. Columns are those of both, by name; where
 * a row's own store has no such column its value is missing. Times are still counted from
 * the start of the first store, and can be before it. Values that no row has any more go.
 * @param {Store} store
 * @param {Store} more
 * @param {number} most
 * @returns {Store}
 */
export function append(store, more, most) {
  if (![...store.columns, ...more.columns].every((c) => c.ready)) throw new Error("rows can be appended when all columns are there");
  const { from, clock } = mergeRows(store, more, most), split = store.rows;
  const known = new Map(store.columns.map((c) => [c.name, c])), added = new Map(more.columns.map((c) => [c.name, c]));
  const names = [...new Set([...known.keys(), ...added.keys()])];
  const columns = names.map((name) => mergeColumn(known.get(name) ?? null, added.get(name) ?? null, from, split));
  const named = byName(columns), label = store.label ?? more.label;
  const lines = Uint32Array.from(from, (r) => (r < split ? store.lineOf(r) : more.lineOf(r - split)));
  return {
    source: store.source, layout: store.layout, rows: from.length, columns, named, clock,
    label: label && (named.get(label.name) ?? null), normal: [...new Set([...store.normal, ...more.normal])],
    leftOut: [...new Set([...store.leftOut, ...more.leftOut])].filter((name) => !names.includes(name)),
    verdicts: mergeVerdicts(store, more, columns, from), lineOf: (row) => lines[row] ?? 0,
  };
}

/** @param {Store} store @param {Store} more @param {Column[]} columns @param {Int32Array} from @returns {Verdicts | null} */
function mergeVerdicts(store, more, columns, from) {
  const of = store.verdicts ?? more.verdicts, score = of && columns.find((c) => c.name === of.score.name);
  if (!of || !score) return null;
  const places = new Int32Array(from.length).fill(-1), ids = store.verdicts?.ids || more.verdicts?.ids ? /** @type {string[]} */ ([]) : null;
  /** @type {number[]} */
  const reasons = [];
  const numbers = [store, more].map((s) => [0, ...s.columns.map((c) => 1 + columns.findIndex((other) => other.name === c.name))]);
  let n = 0;
  for (let i = 0; i < from.length; i++) {
    const late = from[i] >= store.rows, row = late ? from[i] - store.rows : from[i], verdicts = (late ? more : store).verdicts, at = verdicts?.places[row] ?? -1;
    if (!verdicts || at < 0) continue;
    places[i] = n++;
    for (let k = 0; k < 3; k++) reasons.push(numbers[late ? 1 : 0][verdicts.reasons[at * 3 + k]]);
    ids?.push(verdicts.idOf(row));
  }
  return verdictsOf(columns, of, score, places, Uint16Array.from(reasons), ids);
}
