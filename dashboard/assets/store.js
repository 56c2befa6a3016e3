// The rows of a table as typed arrays, read from the block that Go writes (block.go).

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
 * @property {Uint8Array | Uint16Array} codes by row
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
 * @property {{name: string, start: number, since: Float64Array} | null} clock seconds since the first row
 * @property {string[]} leftOut columns that the page does not have
 */

/**
 * Unpacks a block.
 * @param {Uint8Array} packed
 * @returns {Promise<Store>}
 */
export async function decode(packed) {
  const stream = new Blob([/** @type {BlobPart} */ (packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return open(await new Response(stream).arrayBuffer());
}

/**
 * Reads an unpacked block.
 * @param {ArrayBuffer} buffer
 * @returns {Store}
 */
export function open(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  if (head.version !== 1) throw new Error(`the data are of version ${head.version}, which this page cannot read`);
  const base = 4 + length;
  /** @type {Column[]} */
  const columns = head.columns.map((/** @type {any} */ c) => ({
    name: c.name, canon: c.canon, role: c.role, kind: c.kind,
    levels: c.values ? null : (c.levels ?? []), values: c.values ? Float64Array.from(c.values) : null,
    missing: Boolean(c.missing), rounded: Boolean(c.rounded), others: c.others ?? 0,
    size: (c.values ?? c.levels ?? []).length + (c.missing ? 1 : 0),
    codes: c.width === 2 ? new Uint16Array(buffer, base + c.offset, head.rows) : new Uint8Array(buffer, base + c.offset, head.rows),
  }));
  const named = new Map();
  for (const c of columns) named.set(c.canon, c);
  for (const c of columns) named.set(c.name, c);
  return {
    source: head.source, layout: head.layout ?? "", rows: head.rows, columns, named,
    label: head.label < 0 ? null : columns[head.label], normal: head.normal,
    clock: head.clock ? readClock(buffer, base, head) : null, leftOut: head.left_out ?? [],
  };
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} base
 * @param {any} head
 */
function readClock(buffer, base, head) {
  const ticks = new Uint32Array(buffer, base + head.clock.offset, head.rows);
  const since = new Float64Array(head.rows);
  let now = 0;
  for (let i = 0; i < ticks.length; i++) since[i] = (now += ticks[i]) * head.clock.unit;
  return { name: head.clock.name, start: head.clock.start, since };
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
