// The bar that stays in sight: how much is selected, by what filters, and the way back.
import { button, byId, dialog, h, say, table } from "./dom.js";
import { count, moment, share, value } from "./format.js";
import { cleared, choiceOf, filters, fromHash, toHash, withChoice, withView } from "./state.js";
import { titleOf } from "./words.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./state.js").Choice} Choice */

const keys = [
  ["Click a mark", "only this; click again to take it back"], ["Shift and click", "one more of them"], ["Alt and click", "all but this"], ["Drag", "a span of time, a range, a box"],
  ["Tab, Enter", "the same from the keyboard"], ["u, Shift+U", "undo, redo (also Ctrl+Z, Ctrl+Y)"], ["c", "clear all filters"], ["a", "go to the alerts"], ["t", "light or dark"], ["v", "views"], ["?", "this help"],
];

/** @param {Board} board */
export function bar(board) {
  document.querySelector(".skip")?.addEventListener("click", (e) => { e.preventDefault(); byId("panels").focus(); byId("panels").scrollIntoView(); }); // its address would be read as a view
  const chips = byId("chips"), total = byId("count"), undo = byId("undo"), redo = byId("redo");
  undo.onclick = () => board.undo();
  redo.onclick = () => board.redo();
  byId("link").onclick = () => copyLink();
  byId("print").onclick = () => print();
  byId("help").onclick = () => help(board);
  byId("theme").onclick = () => board.change((s) => withView(s, { theme: document.documentElement.dataset.theme === "dark" ? "light" : "dark" }));
  byId("views").onclick = () => views(board);
  if (board.score && board.store.label) {
    const by = byId("colour-by");
    by.hidden = false;
    by.onclick = () => board.change((s) => withView(s, { colour: board.colourBy === "score" ? "label" : "" }));
  }
  addEventListener("keydown", (e) => onKey(board, e));
  board.listeners.push(() => {
    const { all, anomalous } = board.totals;
    total.replaceChildren(h("b", { text: (board.estimated ? "≈ " : "") + count(all) }), ` of ${count(board.whole.all)} connections${board.estimated ? `, estimated from a sample of ${count(board.store.rows)}` : ""}`, ...(board.colourBy ? [" · ", h("b", { text: (board.estimated ? "≈ " : "") + count(anomalous) }), ` ${board.colourBy === "score" ? "alerts" : "attacks"} (${share(anomalous, all)})`] : []));
    chips.replaceChildren(...chipsOf(board), ...(filters(board.state) ? [button("Clear all", () => board.change(cleared), { class: "btn", id: "clear" })] : []));
    undo.disabled = !board.history.past.length;
    redo.disabled = !board.history.future.length;
    byId("colour-by").textContent = board.colourBy === "score" ? "Colour: alerts" : "Colour: labels";
  });
}

/** @param {Board} board */
function chipsOf(board) {
  const out = [], { span } = board.state;
  if (span) out.push(chip(spanWords(board, span), () => board.change((s) => ({ ...s, span: null }))));
  for (const name of Object.keys(board.state.columns)) {
    const column = board.column(name), choice = /** @type {Choice} */ (choiceOf(board.state, name));
    out.push(chip(`${column ? titleOf(column) : name}: ${column ? choiceWords(choice) : "no such column"}`, () => board.change((s) => withChoice(s, name, null))));
  }
  return out;
}

/** @param {Board} board @param {[number, number]} span */
export function spanWords(board, [a, b]) {
  const { time } = board.config;
  return board.store.clock ? `${moment(a, time?.step ?? 1)} to ${moment(b, time?.step ?? 1)}` : `rows ${count(a + 1)} to ${count(b)}`;
}

/** @param {Choice} choice */
export function choiceWords(choice) {
  if (choice.range) {
    const [low, high] = choice.range;
    if (high === Number.MAX_VALUE) return low === Number.MIN_VALUE ? "above 0" : `from ${value(low)}`;
    return low === high ? value(low) : `${value(low)} to ${value(high)}`;
  }
  const few = (/** @type {(string | null)[]} */ levels) => levels.slice(0, 4).map((l) => l ?? "(missing)").join(", ") + (levels.length > 4 ? ` and ${levels.length - 4} more` : "");
  return [choice.only?.length ? few(choice.only) : "", choice.not?.length ? "not " + few(choice.not) : ""].filter(Boolean).join("; ");
}

/** @param {string} text @param {() => void} remove */
function chip(text, remove) {
  return h("span", { class: "chip" }, h("span", { text, title: text }), button("×", () => { remove(); byId("count").focus(); }, { "aria-label": `Remove the filter ${text}` }));
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    say("The address of this view is in the clipboard.");
  } catch {
    dialog("The address of this view", h("p", { text: "This browser does not let the page write to the clipboard. Copy the address from here:" }), h("input", { class: "wide", readonly: true, value: location.href, "aria-label": "Address" })).querySelector("input").select();
  }
}

/** @param {Board} board */
function help(board) {
  dialog("How to work with this page", table("Pointer and keys", ["do", "to"], keys), h("p", { text: "Every panel counts the connections that pass the filters of all other panels. A panel's own filter does not hide its other marks." }),
    ...board.config.notes.map((text) => h("p", { text })), h("p", { class: "note", text: `Made by netanom ${board.config.version}. The page asks nothing of any network${board.config.live ? " but of the service that gave it" : ""}.` }));
}

/** @param {Board} board @param {KeyboardEvent} e */
function onKey(board, e) {
  if (byId("dialog").open) return;
  const at = /** @type {any} */ (e.target);
  if (/INPUT|SELECT|TEXTAREA/.test(at.tagName) && at.type !== "range") return;
  const modified = e.ctrlKey || e.metaKey;
  if (modified && e.key.toLowerCase() === "z") { e.preventDefault(); return e.shiftKey ? board.redo() : board.undo(); }
  if (modified && e.key.toLowerCase() === "y") { e.preventDefault(); return board.redo(); }
  if (modified || e.altKey) return;
  const act = /** @type {Record<string, () => void>} */ ({ u: () => board.undo(), U: () => board.redo(), c: () => board.change(cleared), t: () => byId("theme").click(), v: () => views(board), a: () => { byId("alerts")?.scrollIntoView(); document.getElementById("alert-list")?.focus(); }, "?": () => help(board) });
  act[e.key]?.();
}

const shelf = "netanom views";

/** @returns {{name: string, hash: string}[]} */
function kept() {
  try {
    const all = JSON.parse(localStorage.getItem(shelf) ?? "[]");
    return Array.isArray(all) ? all.filter((v) => typeof v?.name === "string" && typeof v?.hash === "string") : [];
  } catch {
    return []; // some browsers keep nothing for files
  }
}

/** @param {{name: string, hash: string}[]} all */
function keep(all) {
  try {
    localStorage.setItem(shelf, JSON.stringify(all.slice(0, 200)));
  } catch {
    say("This browser keeps nothing for this page; copy the address instead.");
  }
}

/** Named views: those that came with the file, and those that this browser keeps. @param {Board} board */
function views(board) {
  const show = () => {
    const name = h("input", { type: "text", maxlength: 80, "aria-label": "Name of this view", placeholder: "Name of this view" });
    const save = () => { if (name.value.trim()) { keep([...kept().filter((v) => v.name !== name.value.trim()), { name: name.value.trim(), hash: board.hash }]); show(); } };
    const item = (/** @type {{name: string, hash: string}} */ v, /** @type {boolean} */ own) => h("li", null, button(v.name, () => { board.change(() => fromHash(v.hash)); byId("dialog").close(); }, { class: "btn" }), own ? button("Forget", () => { keep(kept().filter((o) => o.name !== v.name)); show(); }, { class: "btn", "aria-label": `Forget the view ${v.name}` }) : h("span", { class: "note", text: "in the file" }));
    const list = [...board.config.views.map((v) => item(v, false)), ...kept().map((v) => item(v, true))];
    dialog("Views", list.length ? h("ul", { class: "views" }, ...list) : h("p", { class: "note", text: "None yet. A view is a set of filters under a name." }), h("div", { class: "row" }, name, button("Keep this view", save, { class: "btn" })),
      h("p", { class: "note", text: "Kept views stay in this browser. To give a view to others, copy the address, or put it into the file given to --views." }));
    name.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Enter") { e.preventDefault(); save(); } });
  };
  show();
}

/** Keeps the state in the address, a little later, since browsers count how often. @param {Board} board */
export function address(board) {
  let wait = 0;
  board.listeners.push(() => {
    clearTimeout(wait);
    wait = setTimeout(() => { if ("#" + toHash(board.state) !== location.hash) history.replaceState(null, "", "#" + toHash(board.state)); }, 150);
  });
  addEventListener("hashchange", () => { if ("#" + toHash(board.state) !== location.hash) board.change(() => fromHash(location.hash)); });
}
