// Any column of the table: bars of its levels or bins of its numbers, to look at and to filter by.
import { h, select } from "../dom.js";
import { superiority } from "../figures.js";
import { count, figure, value } from "../format.js";
import { frame } from "../frame.js";
import { withView } from "../state.js";
import { textOf } from "../store.js";
import { Bars, effectOf } from "./levels.js";
import { Histogram } from "./histogram.js";

/** @typedef {import("../board.js").Board} Board */

/** @param {Board} board */
export function anyColumn(board) {
  const f = frame(board, { id: "column", title: "Any column", wide: 3 });
  const names = board.store.columns.map((c) => c.name), usual = () => board.config.roles.first ?? names[0];
  if (!names.length) {
    f.body.append(h("p", { class: "note", text: "These data have no columns to show." }));
    return;
  }
  const picker = select(names.map((n) => [n, n]), "Column to show", (name) => board.change((s) => withView(s, { column: name })));
  f.tools.append(picker);
  /** @type {any} */
  let chart = null;
  let shown = "", note = h("p", { class: "note" });
  const update = () => {
    const wish = board.state.view.column ?? usual(), name = board.column(wish) ? wish : names[0], column = board.column(name);
    if (!column || column.ready === false) return;
    if (name !== shown) {
      f.body.replaceChildren();
      chart = column.values ? new Histogram(board, column, f.body, { tall: 190, titled: false }) : new Bars(board, column, f.body, 13);
      f.body.append(note);
      shown = name;
    }
    picker.value = name;
    chart.update();
    const r = column.values ? superiority(column, chart.raw) : null;
    if (column.values) f.effect(r === null ? "" : `r ${figure(r)}`, "Rank-biserial correlation of the values and being anomalous");
    else f.effect(...effectOf(chart.two));
    note.textContent = notes(column);
    f.few(board.totals.all);
  };
  f.add({ update, table: () => chart.table(), picture: (pen) => (chart.picture ? chart.picture(pen, shown) : chart.draw(pen)), size: [420, 360] });
}

/** @param {import("../store.js").Column} column */
function notes(column) {
  const parts = [];
  if (column.values) parts.push(`${count(column.values.length)} different values${column.values.length ? `, ${value(column.values[0])} to ${value(column.values[column.values.length - 1])}` : ""}.`);
  if (column.rounded) parts.push("There were too many different values: each stands for the few that are just below it too.");
  if (column.others) parts.push(`The rarest ${count(column.others)} values are shown as "${textOf(column, (column.levels ?? []).length - 1)}".`);
  return parts.join(" ");
}
