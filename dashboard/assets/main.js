// The page begins here: the data are read, the panels are made, and the first charts are shown
// before the rest of the data has come.
import { address, bar } from "./bar.js";
import { Board } from "./board.js";
import { readColours } from "./colour.js";
import { byId } from "./dom.js";
import { readSample } from "./cube.js";
import { count } from "./format.js";
import { saveSelection } from "./export.js";
import { live } from "./live.js";
import { notesOf } from "./notes.js";
import { alerts } from "./panels/alerts.js";
import { cards } from "./panels/cards.js";
import { anyColumn } from "./panels/column.js";
import { comparison } from "./panels/comparison.js";
import { correlations } from "./panels/correlation.js";
import { forecast } from "./panels/forecast.js";
import { hosts } from "./panels/hosts.js";
import { levels } from "./panels/levels.js";
import { metrics } from "./panels/metrics.js";
import { origin } from "./panels/origin.js";
import { scatter } from "./panels/scatter.js";
import { status } from "./panels/status.js";
import { threshold } from "./panels/threshold.js";
import { volume } from "./panels/volume.js";
import { fromHash } from "./state.js";
import { decode85 } from "./text.js";
import { begin } from "./store.js";

/** The bytes of a part of the data that lies in the page. @param {string} id */
function part(id) {
  const e = byId(id);
  e?.remove();
  return decode85(e?.textContent ?? "", Number(e?.dataset.length));
}

/** Shows light or dark, as chosen or as the system has it. @param {{state: import("./state.js").State}} board */
function theme({ state }) {
  const root = document.documentElement, wish = state.view.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  if (root.dataset.theme === wish) return;
  root.dataset.theme = wish;
  readColours();
}

/** The panels that are seen at once, so that there is a chart before all others are made. @param {Board} board */
function firstPanels(board) {
  cards(board);
  volume(board);
}

/** The other panels, in the order of the page. @param {Board} board */
function otherPanels(board) {
  const role = (/** @type {string} */ name) => board.role(name), protocol = role("protocol"), service = role("service"), flag = role("status"), label = board.store.label;
  forecast(board);
  if (protocol) levels(board, protocol, { id: "protocol", most: 5, below: ["duration", "out", "in"] });
  if (service) levels(board, service, { id: "service" });
  if (label) levels(board, label, { id: "label", title: "Label", note: "what the data say" });
  anyColumn(board);
  if (flag && service) status(board, flag, service);
  metrics(board);
  origin(board);
  hosts(board);
  scatter(board);
  correlations(board);
  comparison(board);
  threshold(board);
  alerts(board);
  board.refresh();
}

/** Everything is drawn for paper, in sight or not, as wide as it is there. @param {Board} board */
function paper(board) {
  const all = () => board.panels.forEach((p) => board.show(p));
  addEventListener("beforeprint", () => {
    const until = performance.now() + 4000;
    document.documentElement.dataset.theme = "light"; // paper is; afterwards the theme is put back
    readColours();
    all();
    for (const p of board.panels) for (const _ of p.slow?.() ?? []) if (performance.now() > until) return; // of many rows, paper gets what is done in time
  });
  addEventListener("afterprint", () => board.refresh());
  matchMedia("print").addEventListener("change", all);
  let wait = 0;
  addEventListener("resize", () => { clearTimeout(wait); wait = setTimeout(() => board.refresh(), 80); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => board.refresh());
}

/** Says what is shown; rows of a live page change. @param {Board} board */
function source({ store, config }) {
  const { sample } = config, n = sample ? `${count(sample.table)} connections, ${count(store.rows)} of them in the page` : `${count(store.rows)} connections`;
  byId("source").textContent = `${config.name} · ${n}${store.verdicts && !config.live ? ` · model ${store.verdicts.model}` : ""}`;
}

/** Shows rows for the first time. @param {import("./store.js").Store} store @param {import("./board.js").Config} config */
function open(store, config) {
  document.body.className = ""; // there was nothing to show before: it would only be laid out twice
  const board = new Board(store, config, fromHash(location.hash));
  board.listeners.push(theme, source);
  bar(board);
  byId("loading").remove();
  firstPanels(board);
  address(board);
  paper(board);
  byId("csv").onclick = () => saveSelection(board, notesOf(board).columns());
  Object.assign(window, { netanom: board });
  board.paint();
  return board;
}

/** Shows the charts that are seen first, and then makes all others. @param {import("./store.js").Store} store @param {import("./board.js").Config} config */
async function openAll(store, config) {
  const board = open(store, config);
  document.documentElement.dataset.ready = "first";
  await painted("first chart");
  shown();
  otherPanels(board);
  await painted("all charts");
  return board;
}

async function start() {
  theme({ state: fromHash(location.hash) });
  const config = JSON.parse(byId("config").textContent);
  if (config.live) document.body.className = "";
  if (config.live) return live(config, (store) => {
    const board = open(store, config);
    otherPanels(board);
    return board;
  });
  /** @type {Board | null} */
  let board = null;
  const cube = byId("cube") && part("cube"), { store, rest } = await begin([part("block-0"), later("block-1"), later("block-2")], () => board?.arrived());
  if (cube) config.sample = await readSample(cube, store, config.time);
  board = await openAll(store, config);
  await rest;
  board.arrived();
  document.documentElement.dataset.ready = "all";
  await painted("all data");
}

/** Waits until what was drawn is on the screen, and marks the time. @param {string} what */
const painted = (what) => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.mark(what)))));

/** Called when the first chart is shown. */
let shown = () => {};
const first = new Promise((done) => (shown = () => done(null)));

/** A part of the data behind this script, which the browser may not have read yet, and which can wait for the first chart. @param {string} id @returns {Promise<Uint8Array>} */
async function later(id) {
  await first;
  if (document.readyState === "loading") await new Promise((done) => addEventListener("DOMContentLoaded", done, { once: true }));
  return part(id);
}

start().catch((e) => {
  document.body.className = "";
  const box = byId("loading") ?? document.body;
  box.textContent = `This page could not show its data: ${e?.message ?? e}. If the file was cut short on its way, fetch it again.`;
  document.documentElement.dataset.ready = "failed";
  console.error(e);
});
