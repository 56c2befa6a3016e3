// What the analyst says of rows: a status and a comment, kept in the browser by the line that
// a row is from, and as a file to give to others.

import { textOf } from "./store.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{line: number, id: string, status: string, comment: string, at: number}} Note at: when it was written, in milliseconds since the Unix epoch */
/** @typedef {{read: () => string | null, write: (text: string) => void}} Shelf where notes are kept; both may throw */

/** What a row can be marked as; "" is not looked at yet. */
export const statuses = ["", "acknowledged", "false alarm", "confirmed"];

/** The most characters of a comment. */
export const longestComment = 2000;

const mostNotes = 100_000, longestID = 200, mark = "netanom notes";

/** Mixes a number into a checksum. @param {number} sum @param {number} v */
const mixed = (sum, v) => Math.imul(sum ^ v, 0x01000193) >>> 0;

/** @param {number} sum @param {string} text */
function mixedText(sum, text) {
  for (let i = 0; i < text.length; i++) sum = mixed(sum, text.charCodeAt(i));
  return mixed(sum, 0xffff);
}

/**
 * A short text that tells these rows from those of other files: of the name, how many rows
 * there are, and some values of some columns.
 * @param {Store} store
 * @param {string} name of the file
 * @param {string[]} columns their names; those that are not there do not count
 */
export function markOf(store, name, columns) {
  let sum = mixedText(0x811c9dc5, name);
  const step = Math.max(1, Math.floor(store.rows / 4096));
  for (const c of columns.map((n) => store.named.get(n))) if (c?.ready) for (let i = 0; i < store.rows; i += step) sum = mixedText(sum, textOf(c, c.codes[i]) ?? "\u0000");
  return `${name} · ${store.rows} · ${sum.toString(16).padStart(8, "0")}`;
}

/** A checksum of all that a row holds, for rows of which nothing else is known. @param {Store} store @param {number} row */
function print(store, row) {
  let sum = mixedText(0x811c9dc5, String(store.clock ? store.clock.start + store.clock.since[row] : ""));
  for (const c of store.columns) if (c.ready && c !== store.verdicts?.score) sum = mixedText(sum, textOf(c, c.codes[row]) ?? "\u0000");
  return "#" + sum.toString(16).padStart(8, "0");
}

/** What names a row wherever it moves. @param {Store} store @param {number} row */
function nameOf(store, row) {
  const line = store.lineOf(row), id = store.verdicts?.idOf(row) ?? "";
  return { line, id: id || (line ? "" : print(store, row)) };
}

/** @param {{line: number, id: string}} name */
const keyOf = ({ line, id }) => `${line}:${id}`;

/** A comment as it is kept. @param {string} text */
const clean = (text) => text.slice(0, longestComment).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, " ");

/**
 * Reads what Notes.text wrote; entries that are none are left out.
 * @param {string} text
 * @param {string} data the mark of the data that the notes must be of
 * @returns {Note[]}
 */
export function readNotes(text, data) {
  let all;
  try {
    all = JSON.parse(text);
  } catch {
    throw new Error("this is no file of notes: it is not JSON");
  }
  if (all === null || typeof all !== "object" || all[mark] !== 1 || !Array.isArray(all.notes)) throw new Error("this is no file of notes of this page");
  if (all.data !== data) throw new Error(`these notes are of other data (${String(all.data).slice(0, 100)})`);
  const out = [];
  for (const n of all.notes.slice(0, mostNotes)) {
    if (!n || !Number.isSafeInteger(n.line) || n.line < 0 || typeof n.id !== "string" || n.id.length > longestID || !statuses.includes(n.status) || typeof n.comment !== "string") continue;
    const { line, id, status, at } = n, comment = clean(n.comment);
    if (status || comment.trim()) out.push({ line, id, status, comment, at: Number.isFinite(at) ? Math.max(0, Math.min(at, Date.now())) : 0 });
  }
  return out;
}

export class Notes {
  /** @type {Map<string, Note>} */
  #all = new Map();
  /** @type {Set<number>} lines that have a note, to pass over the others quickly */
  #lines = new Set();
  /** @type {{of: Store | null, ids: unknown, version: number, codes: Uint8Array}} */
  #known = { of: null, ids: null, version: -1, codes: new Uint8Array(0) };
  /** Grows with every change. */
  version = 0;
  /** Whether notes outlive the page. */
  kept = true;
  /** @type {(() => void)[]} called after every change */
  listeners = [];

  /** @param {string} data the mark of the data @param {Shelf} shelf */
  constructor(data, shelf) {
    this.data = data;
    this.shelf = shelf;
    this.reload();
  }

  get size() {
    return this.#all.size;
  }

  /** Takes what is on the shelf, as when another window has written there. */
  reload() {
    try {
      const text = this.shelf.read();
      this.kept = true;
      if (text) this.#take(readNotes(text, this.data));
      else this.#take([]);
    } catch {
      this.kept = false;
    }
  }

  /** Turns to the notes of other data; what was said meanwhile goes with it. @param {string} data */
  turn(data) {
    const made = [...this.#all.values()];
    this.data = data;
    this.reload();
    if (made.length) this.#put([...this.#all.values(), ...made]);
  }

  /** @param {Iterable<Note>} notes */
  #take(notes) {
    this.#all = new Map([...notes].map((n) => [keyOf(n), n]));
    this.#lines = new Set([...this.#all.values()].map((n) => n.line));
    this.version++;
    for (const f of this.listeners) f();
  }

  /** @param {Store} store @param {number} row @returns {Note | null} */
  of(store, row) {
    if (!this.#lines.has(store.lineOf(row))) return null;
    return this.#all.get(keyOf(nameOf(store, row))) ?? null;
  }

  /** The place of each row's status among the statuses. @param {Store} store */
  codes(store) {
    const known = this.#known, ids = store.verdicts?.ids;
    if (known.of === store && known.ids === ids && known.version === this.version) return known.codes;
    const codes = new Uint8Array(store.rows);
    if (this.size) for (let i = 0; i < codes.length; i++) codes[i] = statuses.indexOf(this.of(store, i)?.status ?? "");
    this.#known = { of: store, ids, version: this.version, codes };
    return codes;
  }

  /**
   * Says something of a row. What other windows have said of other rows stays.
   * @param {Store} store
   * @param {number} row
   * @param {{status?: string, comment?: string}} change
   */
  set(store, row, change) {
    if (this.kept) this.#quietly(() => this.reload());
    const name = nameOf(store, row), key = keyOf(name), before = this.#all.get(key), all = new Map(this.#all);
    const status = statuses.includes(change.status ?? "-") ? /** @type {string} */ (change.status) : (before?.status ?? ""), comment = clean(change.comment ?? before?.comment ?? "");
    if (status || comment.trim()) all.set(key, { ...name, status, comment, at: Date.now() });
    else all.delete(key);
    this.#put(all.values());
  }

  /** @param {() => void} f */
  #quietly(f) {
    const { listeners } = this;
    this.listeners = [];
    f();
    this.listeners = listeners;
  }

  /** @param {Iterable<Note>} notes */
  #put(notes) {
    this.#quietly(() => this.#take(notes));
    try {
      this.shelf.write(this.text());
      this.kept = true;
    } catch {
      this.kept = false;
    }
    for (const f of this.listeners) f();
  }

  /**
   * Adds the notes of a file; of two on one row the newer stays. Throws where it is none.
   * @param {string} text
   * @returns {number} how many were taken
   */
  merge(text) {
    const all = new Map(this.#all);
    let taken = 0;
    for (const n of readNotes(text, this.data)) {
      const own = all.get(keyOf(n));
      if (own && own.at >= n.at) continue;
      all.set(keyOf(n), n);
      taken++;
    }
    this.#put(all.values());
    return taken;
  }

  /** All notes as a file. */
  text() {
    return JSON.stringify({ [mark]: 1, data: this.data, notes: [...this.#all.values()] }, null, 1);
  }
}

/** @type {WeakMap<Board, ReturnType<typeof open>>} */
const opened = new WeakMap();

/** @param {Board} board */
function open(board) {
  const { config, store } = board, { protocol, service, status, out, in: received } = config.roles;
  const data = () => (config.live ? config.name : markOf(store, config.name, [protocol, service, status, out, received].filter((n) => typeof n === "string")));
  let complete = config.live || store.columns.every((c) => c.ready), key = `${mark} ${data()}`;
  const notes = new Notes(data(), { read: () => (complete ? localStorage.getItem(key) : null), write: (text) => { if (complete) localStorage.setItem(key, text); } });
  board.listeners.push(() => { // what tells these rows from others comes with the later parts
    if (complete || !store.columns.every((c) => c.ready)) return;
    complete = true;
    key = `${mark} ${data()}`;
    notes.turn(data());
  });
  addEventListener("storage", (e) => { if (e.key === key) notes.reload(); });
  return {
    notes,
    /** What a row is marked as. @param {number} row */
    status: (row) => notes.of(board.store, row)?.status ?? "",
    /** What was said of a row. @param {number} row */
    comment: (row) => notes.of(board.store, row)?.comment ?? "",
    /** Says something of a row. @param {number} row @param {{status?: string, comment?: string}} change */
    set: (row, change) => notes.set(board.store, row, change),
    /** Columns for files of rows. @returns {{name: string, of: (row: number) => string}[]} */
    columns() {
      const { store: rows } = board, codes = notes.codes(rows);
      return [{ name: "analyst_status", of: (row) => statuses[codes[row]] }, { name: "analyst_comment", of: (row) => notes.of(rows, row)?.comment ?? "" }];
    },
  };
}

/** The notes on the rows of a page: the same object every time. @param {Board} board */
export function notesOf(board) {
  const known = opened.get(board) ?? open(board);
  opened.set(board, known);
  return known;
}
