// What the analyst has chosen: a plain value that goes into the address of the page and back.

/**
 * What of a column passes. Levels are texts, null stands for a missing value.
 * @typedef {object} Choice
 * @property {(string | null)[]} [only] these levels alone
 * @property {(string | null)[]} [not] all levels but these
 * @property {[number, number]} [range] numbers from the first to the second, both included
 */

/**
 * @typedef {object} State
 * @property {[number, number] | null} span seconds since the Unix epoch, or where rows have no time the numbers of rows from 0; the second is excluded
 * @property {Record<string, Choice>} columns by name
 * @property {number | null} threshold score from which on a row is an alert; null for the model's own
 * @property {Record<string, string>} view how things are shown: measure, order, axes and the like
 */

/** @returns {State} */
export function empty() {
  return { span: null, columns: {}, threshold: null, view: {} };
}

/** The column of what a row is taken for (board.js): no column of a file has this name. */
export const verdictName = "(verdict)";

/** What is chosen of a column; a column may be called "constructor". @param {State} s @param {string} column @returns {Choice | null} */
export function choiceOf(s, column) {
  return Object.hasOwn(s.columns, column) ? s.columns[column] : null;
}

/** @param {State} s @param {string} column @param {Choice | null} choice */
export function withChoice(s, column, choice) {
  if (choice?.range || choice?.only?.length || choice?.not?.length) return { ...s, columns: { ...s.columns, [column]: choice } };
  const { [column]: _, ...columns } = s.columns;
  return { ...s, columns };
}

/**
 * What a click on a level means: only this one, or none if it is the only one already; with
 * add one more or less of them; with exclude all but this one, or no longer without it.
 * @param {State} s
 * @param {string} column
 * @param {string | null} level
 * @param {{add?: boolean, exclude?: boolean}} [how]
 */
export function toggled(s, column, level, { add = false, exclude = false } = {}) {
  const now = choiceOf(s, column) ?? /** @type {Choice} */ ({}), key = exclude ? "not" : "only", levels = now[key] ?? [];
  const has = levels.includes(level), without = levels.filter((l) => l !== level);
  if (exclude) return withChoice(s, column, { ...(now.only ? { only: now.only.filter((l) => l !== level) } : {}), not: has ? without : [...levels, level] });
  if (add) return withChoice(s, column, { only: has ? without : [...levels, level] });
  return withChoice(s, column, has && levels.length === 1 ? null : has ? { only: without } : { only: [level] });
}

/** @param {State} s @param {Record<string, string>} view */
export function withView(s, view) {
  const next = { ...s.view, ...view };
  for (const [key, value] of Object.entries(next)) if (value === "") delete next[key];
  return { ...s, view: next };
}

/** A state without any filter. @param {State} s */
export function cleared(s) {
  return { ...s, span: null, columns: {} };
}

/** How many filters there are. @param {State} s */
export function filters(s) {
  return Object.keys(s.columns).length + (s.span ? 1 : 0);
}

const reserved = new Set(["t", "thr", "measure", "order", "theme", "x", "y", "column", "colour", "matrix", "rank", "place", "ahead", "rows", "hosts", "host", "hostx", "hosty", "against", "reference", "triage", "group"]);
const missing = "\u0000";

/** @param {string | null} level */
const code = (level) => encodeURIComponent(level ?? missing).replaceAll("!", "%21").replaceAll("~", "%7E");

/** @param {string} text @returns {string | null} */
const decoded = (text) => {
  const level = decodeURIComponent(text);
  return level === missing ? null : level;
};

/** The state as the part of an address behind #. @param {State} s */
export function toHash(s) {
  const parts = [];
  if (s.span) parts.push("t=" + s.span.map((v) => Math.round(v * 1e6) / 1e6).join("~"));
  for (const [name, choice] of Object.entries(s.columns)) {
    const key = encodeURIComponent(reserved.has(name) || name.startsWith(":") ? ":" + name : name);
    if (choice.range) parts.push(`${key}=~${choice.range.join("~")}`);
    else parts.push(`${key}=${[...(choice.only ?? []).map(code), ...(choice.not ?? []).map((l) => "!" + code(l))].join(",")}`);
  }
  if (s.threshold !== null) parts.push("thr=" + s.threshold);
  for (const [key, value] of Object.entries(s.view)) parts.push(`${key}=${encodeURIComponent(value)}`);
  return parts.join("&");
}

/** @param {string} text @returns {[number, number] | null} */
function pair(text) {
  const [a, b] = text.split("~").map(Number);
  return text !== "" && Number.isFinite(a) && Number.isFinite(b) && a <= b ? [a, b] : null;
}

/** @param {string} text @returns {Choice | null} */
function readChoice(text) {
  if (text.startsWith("~")) {
    const range = pair(text.slice(1));
    return range && { range };
  }
  const all = text.split(",").filter((l) => l !== "" && l !== "!");
  const only = all.filter((l) => !l.startsWith("!")).map(decoded), not = all.filter((l) => l.startsWith("!")).map((l) => decoded(l.slice(1)));
  return { ...(only.length ? { only } : {}), ...(not.length ? { not } : {}) };
}

/** Reads what toHash wrote; what cannot be read is left out. @param {string} hash @returns {State} */
export function fromHash(hash) {
  let s = empty();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at < 1) continue;
    try {
      const name = decodeURIComponent(part.slice(0, at)), text = part.slice(at + 1);
      if (name === "t") s.span = pair(text);
      else if (name === "thr") s.threshold = text !== "" && Number.isFinite(Number(text)) ? Number(text) : null;
      else if (reserved.has(name)) s.view[name] = decodeURIComponent(text);
      else s = withChoice(s, name.startsWith(":") ? name.slice(1) : name, readChoice(text));
    } catch {
      continue; // a broken escape
    }
  }
  return s;
}

/** States to go back to. */
export class History {
  /** @param {State} first */
  constructor(first) {
    this.now = first;
    /** @type {State[]} */
    this.past = [];
    /** @type {State[]} */
    this.future = [];
  }

  /** Goes on to another state. @param {State} next */
  go(next) {
    if (toHash(next) === toHash(this.now)) return;
    this.past.push(this.now);
    if (this.past.length > 200) this.past.shift();
    this.future = [];
    this.now = next;
  }

  /** @param {State[]} from @param {State[]} to */
  #step(from, to) {
    const next = from.pop();
    if (!next) return false;
    to.push(this.now);
    this.now = next;
    return true;
  }

  undo() {
    return this.#step(this.past, this.future);
  }

  redo() {
    return this.#step(this.future, this.past);
  }
}
