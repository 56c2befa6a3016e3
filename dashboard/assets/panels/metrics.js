// Counters that are nearly always 0, and what it says when they are not.
import { h } from "../dom.js";
import { both, present, sums, superiority } from "../figures.js";
import { count, figure, share } from "../format.js";
import { frame } from "../frame.js";
import { choiceOf, withChoice } from "../state.js";
import { titleOf } from "../words.js";

/** @typedef {import("../board.js").Board} Board */

const fewest = Number.MIN_VALUE, head = ["Counter", "Total", "In", "Normal", "Anomalous", "Effect"];

/** @param {Board} board */
export function metrics(board) {
  const columns = board.roles("metrics").filter((c) => c.values);
  const f = frame(board, { id: "metrics", title: "Anomaly metrics", note: "where they are not 0", wide: 4 });
  if (!columns.length) {
    f.body.append(h("p", { class: "note", text: "These data have none of the counters that tell odd packets and logins (wrong fragments, urgent packets, failed logins and their like)." }));
    return;
  }
  const body = h("tbody"), cells = columns.map((column) => {
    const name = column.name, pick = h("button", { type: "button", text: titleOf(column), title: `${name}: click to select where it is not 0`, on: { click: () => board.change((s) => withChoice(s, name, choiceOf(s, name) ? null : { range: [fewest, Number.MAX_VALUE] })) } }), tds = head.slice(1).map(() => h("td", { class: "num" }));
    body.append(h("tr", null, h("th", { scope: "row" }, pick), ...tds));
    return { name, pick, tds };
  });
  f.body.append(h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Anomaly metrics" }, h("table", { class: "plain rows" }, h("thead", null, h("tr", null, ...head.map((text, i) => h("th", { scope: "col", class: i ? "num" : null, text, title: i === 5 ? "Rank-biserial correlation with being anomalous: 1 if every anomalous connection has more than every normal one" : null })))), body)));
  /** @returns {string[][]} */
  const figures = () => cells.map(({ name }) => {
    const column = /** @type {any} */ (board.column(name)), two = board.engine.counts(column), [normal, hot] = both(two), [a, b] = sums(column, two), [x, y] = present(column, two);
    return [count(a + b), count(x + y), share(x, normal), share(y, hot), figure(superiority(column, two))];
  });
  f.add({
    update: () => {
      figures().forEach((row, i) => {
        row.forEach((text, j) => (cells[i].tds[j].textContent = text));
        cells[i].pick.setAttribute("aria-pressed", String(Boolean(choiceOf(board.state, cells[i].name))));
      });
      f.few(board.totals.all);
    },
    table: () => ({ head, rows: figures().map((row, i) => [titleOf(/** @type {any} */ (board.column(cells[i].name))), ...row]) }),
  });
}
