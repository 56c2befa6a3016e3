// What a block is made of: heads, numbers in planes, and columns as ranks (block.go, coding.go).

/** @typedef {import("./store.js").Codes} Codes */
/** @typedef {import("./store.js").Column} Column */
/** @typedef {{columns: any[], parts: number[][], rows: number, version: number, part: number, clock?: any, verdicts?: any, lines?: any}} Head */

const version = 2, mostContexts = 1 << 18;

/** @param {string} why */
export function damaged(why) {
  return new Error(`the data are damaged: ${why}`);
}

/** Takes numbers off the body of a part, one behind the other. */
export class Body {
  /** @param {Head} head @param {Uint8Array} bytes @param {number} at */
  constructor(head, bytes, at) {
    this.head = head;
    this.bytes = bytes;
    this.at = at;
  }

  /** @param {number} n */
  take(n) {
    if (!(n >= 0) || this.at + n > this.bytes.length) throw damaged("they end early");
    return this.bytes.subarray(this.at, (this.at += n));
  }

  /**
   * Numbers of one byte or two.
   * @param {number} n
   * @param {number} width
   * @returns {Codes}
   */
  codes(n, width) {
    const low = this.take(n);
    if (width !== 2) return low;
    const high = this.take(n), out = new Uint16Array(n);
    for (let i = 0; i < n; i++) out[i] = low[i] | (high[i] << 8);
    return out;
  }

  /** Numbers of four bytes. @param {number} n */
  longs(n) {
    const [a, b, c, d] = [this.take(n), this.take(n), this.take(n), this.take(n)], out = new Uint32Array(n);
    for (let i = 0; i < n; i++) out[i] = a[i] | (b[i] << 8) | (c[i] << 16) | (d[i] << 24);
    return out;
  }
}

/** Unpacks gzip. The bytes are written to the stream themselves, since a Blob would take them to another process and back. @param {Uint8Array} packed */
async function inflate(packed) {
  const stream = new DecompressionStream("gzip"), writer = stream.writable.getWriter(), reader = stream.readable.getReader(), parts = [];
  const written = writer.write(/** @type {BufferSource} */ (packed)).then(() => writer.close());
  written.catch(() => {}); // reading fails too
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
    length += next.value.length;
  }
  await written;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Unpacks a part of a block.
 * @param {Uint8Array} packed
 * @param {number} part
 * @returns {Promise<Body>}
 */
export async function unpack(packed, part) {
  let bytes;
  try {
    bytes = await inflate(packed);
  } catch {
    throw damaged("they cannot be unpacked");
  }
  const length = bytes.length < 4 ? Infinity : new DataView(bytes.buffer).getUint32(0, true);
  if (4 + length > bytes.length) throw damaged("they end early");
  /** @type {Head} */
  let head;
  try {
    head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  } catch {
    throw damaged("what they begin with cannot be read");
  }
  if (head.version !== version) throw new Error(`the data are of version ${head.version}, which this page cannot read`);
  if (head.part !== part) throw new Error("the parts of the data are not in their order");
  return new Body(head, bytes, 4 + length);
}

/** @returns {Error} */
export function damagedCode() {
  return damaged("a code stands for nothing");
}

/**
 * The largest of codes, 0 of none.
 * @param {Codes} codes
 */
export function largest(codes) {
  let most = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] > most) most = codes[i];
  return most;
}

/**
 * The codes that ranks stand for. Rows with the same codes of the parents have a context,
 * numbered as they first occur; counts has how many codes each has, less one, and table
 * these codes.
 * @param {Codes} ranks
 * @param {Column[]} parents
 * @param {Codes} counts
 * @param {Codes} table
 * @param {number} size of the column
 * @param {Uint16Array[]} desk room for the codes of all rows, four times
 */
export function fromRanks(ranks, parents, counts, table, size, desk) {
  const starts = new Int32Array(counts.length + 1), [a, b] = parents, [out, rank, first, second] = desk;
  for (let k = 0; k < counts.length; k++) starts[k + 1] = starts[k] + counts[k] + 1;
  const places = new Int32Array(Math.min(a.size * (b?.size ?? 1), mostContexts)).fill(-1), codes = new Uint16Array(table);
  if (starts[counts.length] !== codes.length || largest(codes) >= size) throw damagedCode();
  rank.set(ranks);
  first.set(a.codes);
  if (b) second.set(b.codes);
  const last = b ? besideTwo(out, rank, first, second, b.size, places, starts, codes) : besideOne(out, rank, first, places, starts, codes);
  if (last >= codes.length) throw damagedCode();
  if (size > 256) return out.slice();
  const narrow = ranks instanceof Uint8Array ? ranks : new Uint8Array(out.length);
  narrow.set(out);
  return narrow;
}

// The loops over rows meet one kind of array, and so are compiled once and for it. They
// return the last place of the table that a rank meant.

/** @param {Uint16Array} out @param {Uint16Array} ranks @param {Uint16Array} a @param {Int32Array} places @param {Int32Array} starts @param {Uint16Array} table */
function besideOne(out, ranks, a, places, starts, table) {
  let contexts = 0, last = 0;
  for (let i = 0; i < out.length; i++) {
    let at = places[a[i]];
    if (at < 0) places[a[i]] = at = starts[contexts++];
    at += ranks[i];
    if (at > last) last = at;
    out[i] = table[at];
  }
  return contexts === starts.length - 1 ? last : Infinity;
}

/** @param {Uint16Array} out @param {Uint16Array} ranks @param {Uint16Array} a @param {Uint16Array} b @param {number} size of b @param {Int32Array} places @param {Int32Array} starts @param {Uint16Array} table */
function besideTwo(out, ranks, a, b, size, places, starts, table) {
  let contexts = 0, last = 0;
  for (let i = 0; i < out.length; i++) {
    const key = a[i] * size + b[i];
    let at = places[key];
    if (at < 0) places[key] = at = starts[contexts++];
    at += ranks[i];
    if (at > last) last = at;
    out[i] = table[at];
  }
  return contexts === starts.length - 1 ? last : Infinity;
}
