// What is said of the origin where nothing is known of it.
import { h } from "../dom.js";
import { frame } from "../frame.js";

/** @param {import("../board.js").Board} board */
export function nowhere(board) {
  const f = frame(board, { id: "origin", title: "Origin", wide: 3 });
  f.body.append(h("p", { class: "note", text: "These data have no addresses, so nothing can be said about where connections come from. With addresses, netanom dashboard --geoip FILE.mmdb tells countries, and --sites FILE.csv the own networks." }));
}
