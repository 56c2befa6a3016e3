// Figures that take longer than a frame: they are found in slices behind everything else, and
// the old ones are greyed as long as they are not of what is selected now.
import { toHash } from "../state.js";

/** @typedef {import("../board.js").Board} Board */

/** What the selected rows depend on. @param {Board} board */
export const selectionKey = (board) => toHash({ ...board.state, threshold: board.limit, view: {} }) + board.colourBy;

/**
 * The two parts of a panel that shows such figures.
 * @template T
 * @param {Board} board
 * @param {HTMLElement} body is greyed while they are looked for
 * @param {{options: () => string, find: () => Generator<unknown, T, void>, show: (found: T) => void, update?: () => void}} how options: what else they depend on; update: what is shown at once
 */
export function behind(board, body, { options, find, show, update }) {
  /** @type {unknown} */
  let store = null;
  let known = "";
  const key = () => `${options()}|${selectionKey(board)}`;
  const current = () => store === board.store && known === key();
  /** @type {T | null} */
  let found = null;
  return {
    update() {
      update?.();
      const busy = !current();
      body.setAttribute("aria-busy", String(busy));
      if (!busy && found) show(found);
    },
    slow: function* () {
      if (current() || !board.store.columns.every((c) => c.ready)) return;
      const of = board.store, wanted = key(), work = find();
      let step = work.next();
      for (; !step.done; step = work.next()) yield;
      [found, store, known] = [step.value, of, wanted];
      body.setAttribute("aria-busy", "false");
      show(step.value);
    },
  };
}
