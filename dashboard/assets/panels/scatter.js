// Any two columns of numbers against each other.
import { h, select } from "../dom.js";
import { frame } from "../frame.js";
import { withView } from "../state.js";
import { titleOf } from "../words.js";
import { Density } from "./density.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Column} Column */

/** Columns of numbers, whose codes have come. @param {Board} board */
export const numbers = (board) => board.store.columns.filter((c) => c.values && c.values.length > 1 && c.role !== "identifier");

/** @param {Board} board */
export function scatter(board) {
  const f = frame(board, { id: "scatter", title: "Scatter", note: "drag a box", wide: 4 });
  let names = numbers(board).map((c) => c.name);
  if (names.length < 2 && !board.config.live) {
    f.body.append(h("p", { class: "note", text: "These data have fewer than two columns of numbers." }));
    return;
  }
  const options = () => /** @type {[string, string][]} */ (names.map((n) => [n, titleOf(/** @type {Column} */ (board.column(n)))]));
  const pick = (/** @type {"x" | "y"} */ axis) => select(options(), axis === "x" ? "Column across" : "Column up", (name) => board.change((s) => withView(s, { [axis]: name })));
  const across = pick("x"), up = pick("y"), density = new Density(board, f.body, { tall: 340 }), note = h("p", { class: "note" });
  f.tools.append(across, h("span", { class: "note by", text: "×" }), up);
  f.body.append(note);
  const named = (/** @type {"x" | "y"} */ axis) => [board.state.view[axis], board.config.roles[axis], names[axis === "x" ? 0 : 1]].find((n) => n && names.includes(n)) ?? names[0];
  const update = () => {
    const now = numbers(board).map((c) => c.name);
    if (now.join() !== names.join()) { // a live page learns of more of them
      names = now;
      for (const picker of [across, up]) picker.replaceChildren(...options().map(([value, text]) => h("option", { value, text })));
    }
    [across.value, up.value] = [named("x"), named("y")];
    const [x, y] = [across.value, up.value].map((n) => board.column(n));
    if (!x?.values || !y?.values || !x.ready || !y.ready) return;
    density.update(x, y);
    note.textContent = density.says();
    f.few(density.rows);
  };
  f.add({ update, table: () => density.table(), picture: (pen) => density.draw(pen), size: [520, 400] });
}
