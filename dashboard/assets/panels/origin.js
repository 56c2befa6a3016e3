// Where connections come from and go to: countries on a map, and bars of all places.
import { colours, css, shareColour } from "../colour.js";
import { choice, h, hint } from "../dom.js";
import { count, share } from "../format.js";
import { frame } from "../frame.js";
import { namesOf, placeName, project, shades } from "../map.js";
import { choiceOf, toggled, withView } from "../state.js";
import { textOf } from "../store.js";
import { frame as sheet, world } from "../world.js";
import { Bars, effectOf, meant } from "./levels.js";
import { nowhere } from "./nowhere.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../pen.js").Pen} Pen */
/** @typedef {import("../store.js").Column} Column */

const names = namesOf(world), svg = "http://www.w3.org/2000/svg";

/** @param {Board} board */
export function origin(board) {
  if (board.config.places) new Origin(board, frame(board, { id: "origin", title: "Origin", wide: 3 }));
  else nowhere(board);
}

class Origin {
  /** @type {Column} */
  column;
  /** @type {Bars} */
  bars;
  /** @type {ReturnType<typeof shades>} */
  shades;
  barsOf = "";

  /** @param {Board} board @param {import("../frame.js").Frame} f */
  constructor(board, f) {
    this.board = board;
    this.f = f;
    const { places } = board.config, ends = /** @type {[string, string][]} */ ([["source", "Sources"], ["destination", "Destinations"]]).filter(([end]) => places[end]);
    this.ends = ends;
    const { buttons, show } = choice(ends, () => this.end, (end) => board.change((s) => withView(s, { place: end === ends[0][0] ? "" : end })));
    if (ends.length > 1) f.tools.append(...buttons);
    this.list = h("div");
    if (world.length) f.body.append(this.#map());
    f.body.append(this.list, h("p", { class: "note", text: `${world.length ? "" : "No country is known of these addresses. "}Placed by ${places.from}.` }));
    f.add({ update: () => { this.update(); show(); }, table: () => this.table(), picture: world.length ? (pen) => this.draw(pen) : undefined, size: sheet ? [sheet.width, sheet.height + 30] : undefined });
  }

  get end() {
    return this.ends.some(([end]) => end === this.board.state.view.place) ? this.board.state.view.place : this.ends[0][0];
  }

  /** Countries as areas that a pointer may click; the bars below do the same for all others. */
  #map() {
    const map = document.createElementNS(svg, "svg"), make = (/** @type {string} */ tag, /** @type {Record<string, any>} */ of) => { const e = document.createElementNS(svg, tag); for (const [k, v] of Object.entries(of)) e.setAttribute(k, String(v)); return e; };
    map.setAttribute("viewBox", `0 0 ${sheet.width} ${sheet.height}`);
    map.setAttribute("class", "map");
    map.setAttribute("aria-hidden", "true");
    /** @type {Map<string, SVGElement>} */
    this.areas = new Map();
    for (const [code, , path] of world) {
      const area = make("path", { d: path });
      area.addEventListener("click", (e) => { if (this.shades.byCode.get(code)) this.board.change((s) => toggled(s, this.column.name, code, meant(/** @type {MouseEvent} */ (e)))); });
      area.addEventListener("pointermove", (e) => hint(/** @type {PointerEvent} */ (e), this.words(code)));
      area.addEventListener("pointerleave", (e) => hint(/** @type {PointerEvent} */ (e), ""));
      this.areas.set(code, area);
      map.append(area);
    }
    this.dots = (this.board.config.places.sites ?? []).map((/** @type {any} */ site) => {
      const [x, y] = project(site.lon, site.lat, sheet), dot = make("circle", { cx: x, cy: y, r: 5, class: "site" });
      dot.addEventListener("click", (e) => this.board.change((s) => toggled(s, this.column.name, "site: " + site.name, meant(/** @type {MouseEvent} */ (e)))));
      dot.addEventListener("pointermove", (e) => hint(/** @type {PointerEvent} */ (e), this.words("site: " + site.name)));
      dot.addEventListener("pointerleave", (e) => hint(/** @type {PointerEvent} */ (e), ""));
      map.append(dot);
      return { site, dot, x, y };
    });
    return map;
  }

  /** @param {string} level */
  words(level) {
    const k = this.column.levels?.indexOf(level) ?? -1, [normal, hot] = k < 0 ? [0, 0] : [this.bars.two[2 * k], this.bars.two[2 * k + 1]];
    return `${placeName(level, names)}\n${count(normal + hot)} connections${this.board.colourBy ? `\n${count(hot)} anomalous (${share(hot, normal + hot)})` : ""}`;
  }

  update() {
    const { board } = this, name = board.config.places[this.end];
    this.column = /** @type {Column} */ (board.column(name));
    if (this.barsOf !== name) {
      this.list.replaceChildren();
      this.bars = new Bars(board, this.column, this.list, 8, (text) => placeName(text, names));
      this.barsOf = name;
    }
    this.bars.update();
    this.f.effect(...effectOf(this.bars.two));
    const counts = new Map();
    for (let k = 0; k < this.column.size; k++) counts.set(textOf(this.column, k) ?? "unknown", [this.bars.two[2 * k], this.bars.two[2 * k + 1]]);
    this.shades = shades(counts, world);
    this.#paint();
    this.f.few(board.totals.all);
  }

  /** The colour of a country and how strong it is. @param {string} code @returns {[string, number]} */
  shade(code) {
    const s = this.shades.byCode.get(code);
    if (!s?.total) return [colours.empty, 1];
    return [this.board.colourBy ? css(shareColour(s.share)) : colours.normal, 0.35 + 0.65 * (Math.log1p(s.total) / Math.log1p(this.shades.most))];
  }

  #paint() {
    const only = new Set(choiceOf(this.board.state, this.column.name)?.only ?? []);
    for (const [code, area] of this.areas ?? []) {
      const [fill, strength] = this.shade(code);
      area.style.fill = fill;
      area.style.fillOpacity = String(strength);
      area.setAttribute("class", only.has(code) ? "on" : "");
    }
    for (const { site, dot } of this.dots ?? []) dot.setAttribute("class", only.has("site: " + site.name) ? "site on" : "site");
  }

  /** @param {Pen} pen */
  draw(pen) {
    for (const [code, , path] of world) {
      const [fill, strength] = this.shade(code);
      pen.path(path, fill, colours.panel, strength);
    }
    for (const { x, y } of this.dots ?? []) pen.rect(x - 3, y - 3, 6, 6, colours.ink);
    pen.text(10, sheet.height + 20, `Colour: share of anomalous connections by ${this.end === "source" ? "their source" : "their destination"}`, { fill: colours.muted });
  }

  table() {
    const all = [...this.shades.countries, ...this.shades.others].filter((s) => s.total).sort((a, b) => b.total - a.total);
    return { head: ["place", "connections", "normal", "anomalous", "share"], rows: all.map((s) => [s.name, count(s.total), count(s.normal), count(s.anomalous), share(s.anomalous, s.total)]) };
  }
}
