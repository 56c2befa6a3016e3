// A table of any length of which only the rows in sight are elements.
import { h } from "./dom.js";

/**
 * @typedef {object} GridColumn
 * @property {string} key
 * @property {string} title
 * @property {string} width a track of CSS grids
 * @property {boolean} [number] aligned right
 * @property {string} [hint]
 * @property {boolean} [fixed] rows cannot be put in its order
 * @property {(cell: HTMLElement, place: number) => void} fill shows a row in a cell
 */

/**
 * What a grid tells.
 * @typedef {object} GridEvents
 * @property {(place: number) => void} open
 * @property {(key: string) => void} sort
 * @property {(place: number, on?: boolean) => void} toggle opens or closes a group of rows
 * @property {(place: number) => boolean | null} isOpen null where a row begins no group
 */

/** Pixels of a row, of which all are alike. */
export const rowHeight = 28;

/** Pixels between columns. */
const gap = 8;

/** Browsers do not make elements much taller; beyond, scrolling is scaled. */
const tallest = 8e6;

/** @param {GridColumn} c */
const classOf = (c) => `is-${c.key}${c.number ? " num" : ""}`;

export class Grid {
  count = 0;
  active = 0;
  /** @type {{row: HTMLElement, cells: HTMLElement[]}[]} */
  pool = [];
  /** @type {{top: number, exact: number} | null} where the last jump led: tops of elements are rounded */
  jump = null;

  /** @param {HTMLElement} host @param {{id: string, label: string, columns: GridColumn[], rows: number, on: GridEvents}} what rows: in sight */
  constructor(host, { id, label, columns, rows, on }) {
    this.id = id;
    this.columns = columns;
    this.on = on;
    this.most = rows;
    this.heads = columns.map((c) => h("span", { role: "columnheader", class: classOf(c), title: c.hint }, c.fixed ? c.title : h("button", { type: "button", text: c.title, on: { click: () => on.sort(c.key) } })));
    this.rows = h("div", { class: "rows", role: "rowgroup" });
    this.space = h("div", { class: "space", role: "presentation" }, this.rows);
    this.root = h("div", { class: "grid", id, role: "grid", tabindex: "0", "aria-label": label, "aria-colcount": columns.length, on: { scroll: () => this.draw(), keydown: (/** @type {KeyboardEvent} */ e) => this.#key(e), click: (/** @type {MouseEvent} */ e) => this.#click(e) } },
      h("div", { role: "rowgroup", class: "top" }, h("div", { role: "row", class: "line", "aria-rowindex": 1 }, ...this.heads)), this.space);
    /** @type {Set<string>} */
    this.hidden = new Set();
    host.append(this.root);
  }

  /** Hides a column, or shows it. @param {string} key @param {boolean} hidden */
  hide(key, hidden) {
    if (hidden) this.hidden.add(key);
    else this.hidden.delete(key);
  }

  /** Shows so many rows. @param {number} count @param {{key: string, down: boolean, grouped: boolean}} how */
  show(count, { key, down, grouped }) {
    this.count = count;
    this.active = Math.max(0, Math.min(this.active, count - 1));
    this.root.setAttribute("role", grouped ? "treegrid" : "grid");
    this.root.setAttribute("aria-rowcount", String(count + 1));
    this.root.style.height = (Math.min(this.most, Math.max(2, count)) + 1) * rowHeight + 14 + "px";
    this.space.style.height = Math.min(tallest, count * rowHeight) + "px";
    const tracks = this.columns.filter((c) => !this.hidden.has(c.key)).map((c) => c.width);
    this.root.style.setProperty("--tracks", tracks.join(" "));
    this.root.style.setProperty("--least", tracks.reduce((sum, t) => sum + Number(/\d+/.exec(t)) + gap, gap) + "px");
    this.columns.forEach((c, j) => {
      this.heads[j].hidden = this.hidden.has(c.key);
      if (!c.fixed) this.heads[j].setAttribute("aria-sort", c.key !== key ? "none" : down ? "descending" : "ascending");
    });
    this.draw();
  }

  /** Pixels that rows have. */
  get room() {
    return Math.max(rowHeight, this.root.clientHeight - rowHeight);
  }

  /** How many pixels of rows a pixel of scrolling is, and the most of both. */
  get scale() {
    const all = this.count * rowHeight, travel = Math.max(1, all - this.room), scroll = Math.max(1, Math.min(tallest, all) - this.room);
    return { travel, ratio: travel / scroll };
  }

  /** Pixels of rows above what is in sight. */
  get above() {
    const { scrollTop } = this.root, { travel, ratio } = this.scale;
    if (this.jump && Math.abs(this.jump.top - scrollTop) < 1) return this.jump.exact;
    this.jump = null;
    return Math.max(0, Math.min(travel, scrollTop * ratio));
  }

  /** Brings a row into sight. @param {number} place */
  reveal(place) {
    const top = place * rowHeight, { above, room } = this, { travel, ratio } = this.scale;
    const exact = Math.max(0, Math.min(travel, top < above ? top : top + rowHeight > above + room ? top + rowHeight - room : above));
    if (exact !== above) {
      this.root.scrollTop = exact / ratio;
      this.jump = { top: this.root.scrollTop, exact };
    }
    this.draw();
  }

  draw() {
    const { above, room, count } = this, first = Math.floor(above / rowHeight), n = Math.min(count - first, Math.ceil(room / rowHeight) + 1);
    while (this.pool.length < n) this.pool.push(this.#line());
    this.rows.style.transform = `translateY(${this.root.scrollTop - (above - first * rowHeight)}px)`;
    this.pool.forEach(({ row, cells }, i) => {
      row.hidden = i >= n;
      if (i >= n) return row.removeAttribute("id");
      const place = first + i, open = this.on.isOpen(place);
      row.id = `${this.id}-${place}`;
      row.setAttribute("aria-rowindex", String(place + 2));
      row.classList.toggle("active", place === this.active);
      if (open === null) row.removeAttribute("aria-expanded");
      else row.setAttribute("aria-expanded", String(open));
      this.columns.forEach((c, j) => {
        cells[j].hidden = this.hidden.has(c.key);
        if (!cells[j].hidden) c.fill(cells[j], place);
      });
    });
    if (count && this.active >= first && this.active < first + n) this.root.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
    else this.root.removeAttribute("aria-activedescendant");
  }

  #line() {
    const cells = this.columns.map((c) => h("span", { role: "gridcell", class: classOf(c) })), row = h("div", { role: "row", class: "line" }, ...cells);
    this.rows.append(row);
    return { row, cells };
  }

  /** @param {MouseEvent} e */
  #click(e) {
    const at = /** @type {HTMLElement} */ (e.target), row = at.closest("[aria-rowindex]"), place = Number(row?.getAttribute("aria-rowindex")) - 2;
    if (!row || place < 0) return;
    this.active = place;
    this.draw();
    if (at.closest(".toggle") && this.on.isOpen(place) !== null) this.on.toggle(place);
    else this.on.open(place);
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
    if (e.target !== this.root || !this.count || e.ctrlKey || e.metaKey || e.altKey) return;
    const page = Math.max(1, Math.floor(this.room / rowHeight) - 1), to = /** @type {Record<string, number>} */ ({ ArrowDown: this.active + 1, ArrowUp: this.active - 1, PageDown: this.active + page, PageUp: this.active - page, Home: 0, End: this.count - 1 })[e.key];
    const open = this.on.isOpen(this.active);
    if (to !== undefined) {
      this.active = Math.max(0, Math.min(to, this.count - 1));
      this.reveal(this.active);
    } else if (e.key === "Enter" || e.key === " ") this.on.open(this.active);
    else if (open !== null && (e.key === "ArrowRight" || e.key === "ArrowLeft")) this.on.toggle(this.active, e.key === "ArrowRight");
    else return;
    e.preventDefault();
  }
}
