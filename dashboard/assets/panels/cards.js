// The figures at the top: how much, how much of it is anomalous, and the counters of odd packets.
import { byId, h } from "../dom.js";
import { bytes, count, share } from "../format.js";
import { both, present, sums } from "../figures.js";
import { titleOf } from "../words.js";

/** @typedef {import("../board.js").Board} Board */

/** @param {Board} board */
export function cards(board) {
  const root = h("section", { class: "cards", id: "cards", "aria-label": "Key figures" });
  byId("panels").append(root);
  const slot = (/** @type {string} */ title, /** @type {boolean} */ hot) => {
    const name = h("span", { text: title }), value = h("b"), note = h("em");
    root.append(h("div", { class: hot ? "card hot" : "card" }, name, value, note));
    return (/** @type {string} */ v, /** @type {string} */ n, t = title) => { value.textContent = v; note.textContent = n; name.textContent = t; };
  };
  const all = slot("Connections", false), hot = board.colourBy ? slot(board.colourBy === "score" ? "Alerts" : "Attacks", true) : null, rate = board.colourBy ? slot("Share anomalous", true) : null;
  const labelled = board.score && board.store.label ? slot("Labelled attacks", false) : null;
  const volumes = ["out", "in"].map((role) => ({ column: board.role(role), show: slot(role === "out" ? "Bytes out" : "Bytes in", false) })).filter(({ column, show }) => (column?.values ? true : (show("–", "no such column"), false))).map(({ column, show }) => ({ name: /** @type {any} */ (column).name, show }));
  const metrics = board.roles("metrics").filter((c) => c.values).slice(0, labelled ? 2 : 3).map((column) => ({ name: column.name, show: slot(titleOf(column), false) }));
  const update = () => {
    const { engine, whole } = board, about = board.estimated ? "≈ " : "", totals = board.totals, part = totals.all / Math.max(1, whole.all);
    all(about + count(totals.all), whole.all === totals.all ? whole.all === 0 ? "none yet" : "all of them" : share(totals.all, whole.all) + " of all");
    hot?.(about + count(totals.anomalous), totals.anomalous === whole.anomalous ? "all there are" : share(totals.anomalous, whole.anomalous) + " of all of them", board.colourBy === "score" ? "Alerts" : "Attacks");
    const points = 100 * (totals.anomalous / Math.max(1, totals.all) - whole.anomalous / Math.max(1, whole.all));
    rate?.(about + share(totals.anomalous, totals.all), part === 1 || !totals.all ? "as of all" : `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)} points to all`);
    if (labelled && board.store.label) {
      const { label } = board.store, [two, mark] = board.about(() => engine.selected(label)), bad = board.badLabels();
      let n = 0;
      for (let k = 0; k < bad.length; k++) if (bad[k]) n += two[2 * k] + two[2 * k + 1];
      labelled(mark + count(n), share(n, totals.all) + " of these");
    }
    for (const { name, show } of volumes) {
      const column = /** @type {any} */ (board.column(name));
      if (!column.ready) {
        show("…", "");
        continue;
      }
      const [[a, b], mark] = board.about(() => engine.sum(column));
      show(mark + bytes(a + b), totals.all ? bytes((a + b) / totals.all) + " each" : "–");
    }
    for (const { name, show } of metrics) {
      const column = /** @type {any} */ (board.column(name));
      if (!column.ready) {
        show("…", "");
        continue;
      }
      const [two, mark] = board.about(() => engine.selected(column)), [a, b] = sums(column, two), [x, y] = present(column, two), n = both(two);
      show(mark + count(a + b), x + y ? `in ${count(x + y)}; ${share(y, n[1])} of anomalous` : "none here");
    }
  };
  board.panels.push({ root, update, seen: true });
}
