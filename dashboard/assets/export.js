// The selected connections as CSV.
import { byId, download, say } from "./dom.js";
import { count } from "./format.js";
import { textOf } from "./store.js";

/** @typedef {import("./board.js").Board} Board */

/** A cell that no spreadsheet runs as a formula, quoted where CSV asks for it. @param {string} text @param {boolean} number */
export function cell(text, number) {
  if (!number && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

/** A moment as ISO 8601 has it, exact to a microsecond. @param {number} seconds since the Unix epoch */
export function stamp(seconds) {
  const all = Math.round(seconds * 1e6), part = ((all % 1e6) + 1e6) % 1e6, d = new Date((all - part) / 1000);
  if (Number.isNaN(d.getTime())) return String(seconds);
  return d.toISOString().replace(/\.\d+Z$/, "") + (part ? "." + String(part).padStart(6, "0") : "") + "Z";
}

/** The cells of a column by code. @param {import("./store.js").Column} c */
const cellsOf = (c) => Array.from({ length: c.size }, (_, k) => (c.kind === "time" && c.values && k < c.values.length ? stamp(c.values[k]) : cell(textOf(c, k) ?? "", Boolean(c.values))));

/**
 * The rows as parts of a CSV file, in slices. Behind the columns come what the page knows of a
 * row besides: its line in the file, its verdict, and what the analyst said of it.
 * @param {Board} board
 * @param {Uint32Array} rows
 * @param {{name: string, of: (row: number) => string}[]} [more] further columns
 * @returns {Generator<string, void, void>}
 */
export function* lines(board, rows, more = []) {
  const { store, verdict } = board, columns = store.columns.filter((c) => c.ready !== false), clock = store.clock;
  const timed = clock && !columns.some((c) => c.name === clock.name), texts = columns.map(cellsOf);
  yield ["line", ...(timed ? [clock.name] : []), ...columns.map((c) => c.name), "outcome", ...more.map((m) => m.name)].map((t) => cell(t, false)).join(",") + "\n";
  for (let from = 0; from < rows.length; from += 4096) {
    let text = "";
    for (const i of rows.subarray(from, from + 4096)) {
      text += store.lineOf(i);
      if (timed) text += "," + stamp(clock.start + clock.since[i]);
      for (let j = 0; j < columns.length; j++) text += "," + texts[j][columns[j].codes[i]];
      text += "," + textOf(verdict, verdict.codes[i]);
      for (const m of more) text += "," + cell(m.of(i), false);
      text += "\n";
    }
    yield text;
  }
}

/** Saves the selection without holding up the page. @param {Board} board @param {{name: string, of: (row: number) => string}[]} more */
export async function saveSelection(board, more) {
  const rows = board.engine.passing(false), parts = [], button = byId("csv");
  button.disabled = true;
  let since = performance.now();
  for (const part of lines(board, rows, more)) {
    parts.push(part);
    if (performance.now() - since < 25) continue;
    await new Promise((done) => setTimeout(done, 0));
    since = performance.now();
  }
  button.disabled = false;
  download(new Blob(parts, { type: "text/csv" }), board.config.name.replace(/[^\w.-]+/g, "_").replace(/\.\w+$/, "") + "-selection.csv");
  say(`${count(rows.length)} connections were saved.`);
}
