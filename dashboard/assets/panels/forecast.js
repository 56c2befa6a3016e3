// What the next steps of time will bring, as Go computed it of all connections.
import { heights, moments } from "../axis.js";
import { colours } from "../colour.js";
import { h, select } from "../dom.js";
import { brief, bytes, moment, share } from "../format.js";
import { brush, canvas, frame } from "../frame.js";
import { withView } from "../state.js";

/** @typedef {import("../board.js").Board} Board */
/** @typedef {import("../pen.js").Pen} Pen */
/** @typedef {{name: string, key: string, method: string, reason: string, remarks: string[], past: (number | null)[], points: number[], low80: number[], high80: number[], low95: number[], high95: number[]}} Series */

const margins = { left: 50, right: 8, top: 10, bottom: 20 };

/** @param {Board} board */
export function forecast(board) {
  const ahead = board.config.forecast, f = frame(board, { id: "forecast", title: "Forecast", note: ahead ? `next ${ahead.series[0]?.points.length || 24} steps of ${ahead.name}` : "", wide: 3 });
  if (!ahead) {
    f.body.append(h("p", { class: "note", text: board.config.no_forecast || "These data have no time: the order of rows has no future that could be told." }));
    return;
  }
  const all = /** @type {Series[]} */ (ahead.series), now = () => all.find((s) => s.key === board.state.view.ahead) ?? all[0];
  const picker = select(all.map((s) => [s.key, s.name]), "Series to look ahead at", (key) => board.change((s) => withView(s, { ahead: key === all[0].key ? "" : key })));
  const c = canvas(f.body, 168, "Forecast"), words = h("p", { class: "note" }), key = h("div", { class: "legend" }, h("span", null, h("i", { class: "line" }), "known"), h("span", null, h("i", { class: "ahead" }), "expected; 80 and 95 %"));
  const text = (/** @type {number | null} */ v) => (v === null ? "–" : now().key === "attack_share" ? share(v, 1) : now().key.startsWith("bytes") ? bytes(v) : brief(v));
  f.tools.append(picker);
  f.body.append(key, words);
  const at = (/** @type {number} */ x) => Math.min(now().past.length + now().points.length - 1, Math.floor(x * (now().past.length + now().points.length)));
  const when = (/** @type {number} */ i) => moment(ahead.start + (i - now().past.length) * ahead.step, ahead.step);
  const hint = (/** @type {number} */ i) => {
    const s = now(), j = i - s.past.length;
    return j < 0 ? `${when(i)}\n${text(s.past[i])}` : `${when(i)}\nexpected ${text(s.points[j])}\n80 %: ${text(s.low80[j])} to ${text(s.high80[j])}\n95 %: ${text(s.low95[j])} to ${text(s.high95[j])}`;
  };
  brush(c, margins, { drag: () => {}, end: () => {}, click: () => {}, hint: ([x]) => hint(at(x)) });
  const draw = (/** @type {Pen} */ pen) => plot(pen, now(), ahead, text);
  f.add({
    update: () => {
      const s = now();
      picker.value = s.key;
      words.textContent = s.reason || [s.method + ".", ...s.remarks, "All connections; filters do not change it."].join(" ");
      words.title = words.textContent;
      c.element.setAttribute("aria-label", s.points.length ? `Forecast of ${s.name}: ${text(s.points[0])} in the next step` : s.reason);
      draw(c.pen());
    },
    table: () => ({ head: ["from (UTC)", "expected", "80 % from", "to", "95 % from", "to"], rows: now().points.map((v, j) => [when(now().past.length + j), text(v), text(now().low80[j]), text(now().high80[j]), text(now().low95[j]), text(now().high95[j])]) }),
    picture: draw, size: [640, 240],
  });
}

/** @param {Pen} pen @param {Series} s @param {any} ahead @param {(v: number | null) => string} text */
function plot(pen, s, ahead, text) {
  const { left, right, top, bottom } = margins, n = s.past.length, all = n + s.points.length, base = pen.height - bottom, w = (pen.width - left - right) / Math.max(1, all);
  const most = Math.max(1e-9, ...s.past.map((v) => v ?? 0), ...s.high80, ...s.points) * 1.05;
  heights(pen, margins, most, text);
  const x = (/** @type {number} */ i) => left + (i + 0.5) * w, y = (/** @type {number} */ v) => base - (Math.max(0, Math.min(v, most)) / most) * (base - top);
  const band = (/** @type {number[]} */ low, /** @type {number[]} */ high, /** @type {number} */ alpha) => pen.area([...high.map((v, j) => [x(n + j), y(v)]), ...low.map((v, j) => [x(n + j), y(v)]).reverse()], colours.hot, alpha);
  if (s.points.length) {
    band(s.low95, s.high95, 0.14);
    band(s.low80, s.high80, 0.22);
  }
  /** @type {number[][]} */
  let line = [];
  s.past.forEach((v, i) => {
    if (v !== null) line.push([x(i), y(v)]);
    if ((v === null || i === n - 1) && line.length) {
      pen.line(line, colours.ink, 1.2);
      line = [];
    }
  });
  if (s.points.length) pen.line(s.points.map((v, j) => [x(n + j), y(v)]), colours.hot, 1.6, [4, 3]);
  pen.line([[left + n * w, top], [left + n * w, base]], colours.line);
  moments(pen, margins, ahead.start - n * ahead.step, ahead.start + s.points.length * ahead.step);
}
