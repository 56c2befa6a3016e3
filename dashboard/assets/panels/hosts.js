// Which hosts and ports the connections go to, and what the data say of the traffic that a host had before.
import { choice, h, select } from "../dom.js";
import { superiority } from "../figures.js";
import { figure, value } from "../format.js";
import { frame } from "../frame.js";
import { quantileOf } from "../measures.js";
import { withView } from "../state.js";
import { titleOf } from "../words.js";
import { behind } from "./behind.js";
import { Density } from "./density.js";
import { Histogram } from "./histogram.js";
import { Bars, effectOf } from "./levels.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../store.js").Column} Column */
/** @typedef {{medians: string[], effect: number | null}[]} Figures of each feature */
/** @typedef {Pick<import("../board.js").Panel, "update" | "slow"> & {table: () => {head: string[], rows: (string | number)[][]}, picture: (pen: import("../pen.js").Pen) => void, box: HTMLElement}} Part */

const parts = [["destination", "Targets"], ["source", "Sources"], ["port", "Ports"]];

/** @param {Board} board */
export function hosts(board) {
  const f = frame(board, { id: "hosts", title: "Hosts", wide: 4 }), names = board.roles("hosts").filter((c) => c.values).map((c) => c.name);
  const options = /** @type {[string, string][]} */ ([...parts.filter(([role]) => board.role(role)?.levels), ...(names.length ? [["features", "Features"]] : [])]);
  const { leftOut } = board.store, known = options.some(([key]) => key === "destination" || key === "source");
  const gone = h("p", { class: "note", hidden: known, text: leftOut.length ? `Addresses are not shown: this page leaves out columns in which nearly every row has another text (${leftOut.join(", ")}).` : "These data have no addresses." });
  /** @type {Map<string, Part>} */
  const made = new Map(options.map(([key]) => [key, key === "features" ? recent(board, names, f) : ranking(board, key, f)]));
  f.body.append(...[...made.values()].map((p) => p.box), gone);
  if (!options.length) return;
  const now = () => (made.has(board.state.view.hosts) ? board.state.view.hosts : options[0][0]), part = () => /** @type {Part} */ (made.get(now()));
  const { buttons, show } = choice(options, now, (key) => board.change((s) => withView(s, { hosts: key === options[0][0] ? "" : key })));
  if (options.length > 1) f.tools.append(...buttons);
  const update = () => {
    for (const p of made.values()) p.box.hidden = p !== part();
    show();
    part().update();
    f.few(board.totals.all);
  };
  f.add({ update, slow: function* () { yield* part().slow?.() ?? []; }, table: () => part().table(), picture: (pen) => part().picture(pen), size: [520, 400] });
}

/** The commonest addresses or ports of the selection. @param {Board} board @param {string} role @param {import("../frame.js").Frame} f @returns {Part} */
function ranking(board, role, f) {
  const column = /** @type {Column} */ (board.role(role)), box = h("div"), bars = new Bars(board, column, box, 13);
  bars.byCount = true;
  const update = () => {
    bars.update();
    f.small.textContent = "most connections first";
    if (board.colourBy) f.effect(...effectOf(bars.two));
  };
  return { box, update, table: () => bars.table(), picture: (pen) => bars.picture(pen, titleOf(column)) };
}

/** What the data say of the traffic that a host had before. @param {Board} board @param {string[]} names @param {import("../frame.js").Frame} f @returns {Part} */
function recent(board, names, f) {
  const box = h("div"), features = new Features(board, names, box);
  const update = () => {
    features.update();
    f.small.textContent = "recent traffic of the same host";
    f.effect("");
  };
  return { box, ...behind(board, features.list, { options: () => "", find: () => find(board, names), show: (found) => features.show(found), update }), table: () => features.table(), picture: (pen) => features.picture(pen) };
}

/** @param {Column} column @param {Uint32Array} two */
function median(column, two) {
  const values = /** @type {Float64Array} */ (column.values);
  return [0, 1].map((bad) => value(quantileOf(values, values.map((_, k) => two[2 * k + bad]), 0.5)));
}

/** Medians and effects of features. @param {Board} board @param {string[]} names @returns {Generator<void, Figures, void>} */
function* find(board, names) {
  /** @type {Figures} */
  const out = [];
  for (const name of names) {
    const column = board.column(name), two = column?.values ? board.engine.counts(column) : null;
    out.push(column && two ? { medians: median(column, two), effect: superiority(column, two) } : { medians: ["–", "–"], effect: null });
    yield;
  }
  return out;
}

const head = ["Feature", "Median of normal", "of anomalous", "Effect"];

/** Features of the traffic of a host: two against each other, a third by itself, and how much each has to do with anomalies. */
class Features {
  /** @type {Histogram | null} */
  histogram = null;
  /** @type {Figures} */
  found = [];

  /** @param {Board} board @param {string[]} names @param {HTMLElement} host */
  constructor(board, names, host) {
    this.board = board;
    this.names = names;
    this.box = h("div");
    this.pickers = names.length > 1 ? ["hostx", "hosty"].map((key, i) => select(names.map((n) => [n, n]), i ? "Feature up" : "Feature across", (name) => board.change((s) => withView(s, { [key]: name })))) : [];
    if (this.pickers.length) host.append(h("div", { class: "pickers" }, this.pickers[0], "×", this.pickers[1]));
    this.density = names.length > 1 ? new Density(board, host, { tall: 190, bins: 32, hidden: true }) : null;
    this.rows = names.map((name) => {
      const bar = h("i"), cells = [0, 1].map(() => h("td", { class: "num" })), figures = h("span"), column = board.column(name);
      const pick = h("button", { type: "button", text: name, title: column ? titleOf(column) : name, on: { click: () => board.change((s) => withView(s, { host: name })) } });
      return { tr: h("tr", null, h("th", { scope: "row" }, pick), ...cells, h("td", { class: "num effects" }, bar, figures)), pick, cells, bar, figures };
    });
    const why = "Rank-biserial correlation with being anomalous: 1 if every anomalous connection has more than every normal one";
    const heads = ["Feature", "normal", "anomalous", "effect"].map((text, i) => h("th", { scope: "col", class: i ? "num" : null, text, title: i === 3 ? why : i ? "median" : null }));
    this.list = h("div", { class: "scroll behind", tabindex: "0", role: "region", "aria-label": "Features of hosts" },
      h("table", { class: "plain rows tight" }, h("thead", null, h("tr", null, ...heads)), h("tbody", null, ...this.rows.map((r) => r.tr))));
    host.append(this.box, this.list);
  }

  /** @param {string} key @param {number} i */
  #named(key, i) {
    const wish = this.board.state.view[key];
    return wish && this.names.includes(wish) ? wish : this.names[Math.min(i, this.names.length - 1)];
  }

  update() {
    const { board } = this, [x, y, third] = [this.#named("hostx", 0), this.#named("hosty", 1), this.#named("host", 2)], [a, b] = [board.column(x), board.column(y)];
    this.pickers.forEach((p, i) => (p.value = i ? y : x));
    if (a?.ready && b?.ready && a.values && b.values) this.density?.update(a, b);
    if (this.histogram?.name !== third) {
      this.box.replaceChildren();
      this.histogram = new Histogram(board, /** @type {Column} */ (board.column(third)), this.box, { tall: 70, typed: false });
    }
    this.histogram?.update();
    this.rows.forEach(({ pick }, i) => pick.setAttribute("aria-pressed", String(this.names[i] === third)));
  }

  /** @param {Figures} found */
  show(found) {
    this.found = found;
    found.forEach(({ medians, effect }, i) => {
      const { cells, bar, figures } = this.rows[i];
      cells.forEach((c, k) => (c.textContent = medians[k]));
      bar.style.width = Math.abs(effect ?? 0) * 36 + "px";
      figures.textContent = figure(effect);
    });
  }

  table() {
    return { head, rows: this.found.map(({ medians, effect }, i) => [this.names[i], ...medians, figure(effect)]) };
  }

  /** @param {import("../pen.js").Pen} pen */
  picture(pen) {
    if (this.density) this.density.draw(pen);
    else this.histogram?.draw(pen);
  }
}
