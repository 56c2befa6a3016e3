// Axes: round steps, and their lines and numbers.
import { colours } from "./colour.js";
import { brief } from "./format.js";

/** @typedef {import("./pen.js").Pen} Pen */

/** Round numbers from 0 to about most. @param {number} most @param {number} [wanted] how many */
export function roundSteps(most, wanted = 4) {
  if (!(most > 0)) return [0];
  const raw = most / wanted, power = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw, out = [];
  for (let k = 0; k * step <= most * 1.0001; k++) out.push(k * step);
  return out;
}

/**
 * Lines of a vertical axis from 0.
 * @param {Pen} pen
 * @param {{left: number, right: number, top: number, bottom: number}} m margins
 * @param {number} most
 * @param {(v: number) => string} [text]
 */
export function heights(pen, m, most, text = brief) {
  const base = pen.height - m.bottom, high = base - m.top;
  for (const v of roundSteps(most)) {
    const y = Math.round(base - (v / most) * high) + 0.5;
    pen.line([[m.left, y], [pen.width - m.right, y]], v === 0 ? colours.line : colours.grid);
    pen.text(m.left - 6, y + 3.5, text(v), { align: "right", fill: colours.muted });
  }
}

/**
 * Words below a horizontal axis, as many as there is room for.
 * @param {Pen} pen
 * @param {{left: number, right: number, bottom: number}} m margins
 * @param {number} count of marks
 * @param {(i: number) => string} text of the place i/count
 * @param {number} [room] pixels that one takes
 */
export function places(pen, m, count, text, room = 76) {
  const width = pen.width - m.left - m.right, n = Math.max(1, Math.min(count, Math.floor(width / room)));
  for (let k = 0; k <= n; k++) {
    const x = m.left + (k / n) * width;
    pen.text(x, pen.height - m.bottom + 14, text((k / n) * count), { align: k === 0 ? "left" : k === n ? "right" : "center", fill: colours.muted });
  }
}
