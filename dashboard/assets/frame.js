// The frame of a panel: its head, its tools, its canvas.
import { colours } from "./colour.js";
import { button, byId, dialog, download, h, hint, say, table } from "./dom.js";
import { CanvasPen, SvgPen } from "./pen.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./board.js").Panel} Panel */
/** @typedef {import("./pen.js").Pen} Pen */
/** @typedef {ReturnType<typeof frame>} Frame */

/** Rows below which a panel says that they are few. */
export const fewRows = 30;

/**
 * A panel's frame, at the end of the page. What it shows is filled in by the panel.
 * @param {Board} board
 * @param {{id: string, title: string, note?: string, wide: number}} what wide: columns of twelve
 */
export function frame(board, { id, title, note = "", wide }) {
  const small = h("small", { text: note }), effect = h("span", { class: "effect" }), tools = h("div", { class: "tools" }), body = h("div", { class: "body" }), few = h("p", { class: "note few", hidden: true });
  const root = h("section", { class: `panel wide-${wide}`, id, "aria-labelledby": `${id}-title` }, h("div", { class: "head" }, h("h2", { id: `${id}-title`, text: title }), small, effect, tools), body, few);
  byId("panels").append(root);
  return {
    root, body, tools, small,
    /** Shows a figure of how much the panel's column has to do with anomalies. @param {string} text @param {string} [why] */
    effect: (text, why = "") => { effect.textContent = text; effect.title = why; },
    /** Warns where rows are few. @param {number} n */
    few: (n) => { few.hidden = n >= fewRows; few.textContent = n === 0 ? "Nothing is selected." : `Only ${n} of the selected connections: figures of so few say little.`; },
    /** Adds the panel to the page. @param {Omit<Panel, "root">} panel */
    add: (panel) => add(board, { root, ...panel }, title, tools),
  };
}

/** @param {Board} board @param {Panel} panel @param {string} title @param {HTMLElement} tools */
function add(board, panel, title, tools) {
  board.panels.push(panel);
  watcher(board).observe(panel.root);
  if (panel.table || panel.picture) tools.append(menu(board, panel, title));
  return panel;
}

/** @type {IntersectionObserver | null} */
let sight = null;

/** Shows panels when they come into sight. @param {Board} board */
function watcher(board) {
  return sight ??= new IntersectionObserver((entries) => {
    let slow = false;
    for (const e of entries) {
      const p = board.panels.find((q) => q.root === e.target);
      if (!p) continue;
      p.seen = e.isIntersecting;
      slow ||= Boolean(p.seen && p.slow);
    }
    board.catchUp();
    if (slow) board.again();
  }, { rootMargin: "120px" });
}

/** What can be done with any panel. @param {Board} board @param {Panel} panel @param {string} title */
function menu(board, panel, title) {
  const name = `${board.config.name.replace(/[^\w.-]+/g, "_").replace(/\.\w+$/, "")}-${panel.root.id}`;
  const list = h("div", { class: "menu", id: `${panel.root.id}-menu`, hidden: true });
  const open = button("⋯", () => show(list.hidden), { class: "more", "aria-label": `${title}: table and pictures`, "aria-expanded": "false", "aria-controls": list.id });
  const show = (/** @type {boolean} */ on) => { list.hidden = !on; open.setAttribute("aria-expanded", String(on)); if (on) list.querySelector("button")?.focus(); };
  const item = (/** @type {string} */ text, /** @type {() => void} */ f) => list.append(button(text, () => { show(false); open.focus(); f(); }));
  const figures = panel.table;
  if (figures) item("Show as a table", () => { const { head, rows } = figures(); dialog(title, table(title, head, rows)); });
  if (panel.picture) {
    item("Save as PNG", () => savePNG(panel, `${name}.png`));
    item("Save as SVG", () => download(new Blob([drawn(panel, title)], { type: "image/svg+xml" }), `${name}.svg`));
  }
  const box = h("div", { class: "has-menu", on: { keydown: (/** @type {any} */ e) => { if (e.key === "Escape" && !list.hidden) { show(false); open.focus(); e.stopPropagation(); } }, focusout: (/** @type {any} */ e) => { if (!box.contains(e.relatedTarget)) show(false); } } }, open, list);
  return box;
}

/** @param {Panel} panel @returns {[number, number]} */
const sizeOf = (panel) => panel.size ?? [Math.max(320, panel.root.clientWidth - 24), 240];

/** The panel as SVG. @param {Panel} panel @param {string} title */
export function drawn(panel, title) {
  const pen = new SvgPen(...sizeOf(panel));
  panel.picture?.(pen);
  return pen.toString(title, colours.panel);
}

/** @param {Panel} panel @param {string} name */
function savePNG(panel, name) {
  const [width, height] = sizeOf(panel), c = h("canvas", { width: width * 2, height: height * 2 }), x = c.getContext("2d");
  x.scale(2, 2);
  x.fillStyle = colours.panel;
  x.fillRect(0, 0, width, height);
  panel.picture?.(new CanvasPen(x, width, height));
  c.toBlob((/** @type {Blob | null} */ blob) => (blob ? download(blob, name) : say("The picture could not be made.")));
}

/**
 * A canvas as wide as its panel.
 * @param {HTMLElement} host
 * @param {number} height
 * @param {string} label of what is to be seen
 */
export function canvas(host, height, label) {
  const element = h("canvas", { role: "img", "aria-label": label }), box = h("div", { class: "canvas" }, element);
  box.style.height = element.style.height = height + "px";
  host.append(box);
  return {
    element, box, height,
    /** A pen on the cleared canvas. */
    pen() {
      const ratio = Math.min(2, devicePixelRatio || 1), width = box.clientWidth || 320, w = Math.round(width * ratio), hh = Math.round(height * ratio);
      if (element.width !== w || element.height !== hh) [element.width, element.height] = [w, hh];
      const x = element.getContext("2d");
      x.setTransform(ratio, 0, 0, ratio, 0, 0);
      x.clearRect(0, 0, width, height);
      return new CanvasPen(x, width, height);
    },
  };
}

/**
 * Lets a part of a canvas be chosen by dragging. Shares of the plot's width and height go in
 * and out, from its left top corner.
 * @param {ReturnType<typeof canvas>} c
 * @param {{left: number, right: number, top?: number, bottom?: number}} margins
 * @param {{drag: (a: number[], b: number[]) => void, end: (cancelled: boolean) => void, click: (at: number[], e: PointerEvent) => void, hint: (at: number[]) => string}} on
 */
export function brush(c, margins, on) {
  const { element } = c, { left, right, top = 0, bottom = 0 } = margins;
  /** @type {number[] | null} */
  let from = null;
  let moved = false;
  const inside = (/** @type {number} */ v) => Math.max(0, Math.min(1, v));
  const place = (/** @type {PointerEvent} */ e) => {
    const r = element.getBoundingClientRect();
    return [inside((e.clientX - r.left - left) / (r.width - left - right)), inside((e.clientY - r.top - top) / (r.height - top - bottom))];
  };
  element.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => {
    if (e.button !== 0) return;
    from = place(e);
    moved = false;
    element.setPointerCapture(e.pointerId);
    hint(e, "");
  });
  element.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => {
    const at = place(e);
    if (!from) return hint(e, on.hint(at));
    const r = element.getBoundingClientRect();
    if (!moved && Math.hypot((at[0] - from[0]) * r.width, (at[1] - from[1]) * r.height) < 4) return;
    moved = true;
    on.drag(from.map((v, i) => Math.min(v, at[i])), from.map((v, i) => Math.max(v, at[i])));
  });
  const done = (/** @type {PointerEvent} */ e) => {
    if (!from) return;
    const at = from;
    from = null;
    const cancelled = e.type === "pointercancel"; // the finger scrolls the page
    if (moved || cancelled) on.end(cancelled);
    else if (e.type === "pointerup") on.click(at, e);
  };
  element.addEventListener("pointerup", done);
  element.addEventListener("pointercancel", done);
  element.addEventListener("pointerleave", (/** @type {PointerEvent} */ e) => hint(e, ""));
}
