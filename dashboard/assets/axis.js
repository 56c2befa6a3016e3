// Axes: round steps, and their lines and numbers.
import { colours } from "./colour.js";
import { brief, moment } from "./format.js";

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

const spans = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2419200, 7257600, 31536000];

/**
 * Round moments below a horizontal axis of time: clock times, and the day where one begins.
 * @param {Pen} pen
 * @param {{left: number, right: number, top: number, bottom: number}} m margins
 * @param {number} start seconds since the Unix epoch
 * @param {number} end
 */
export function moments(pen, m, start, end) {
  const width = pen.width - m.left - m.right, room = Math.max(1, Math.floor(width / 64)), step = spans.find((s) => (end - start) / s <= room) ?? spans[spans.length - 1] * Math.ceil((end - start) / spans[spans.length - 1] / room);
  let day = moment(start, 86400);
  for (let t = Math.ceil(start / step) * step; t <= end; t += step) {
    const x = m.left + ((t - start) / (end - start)) * width, text = moment(t, step < 60 ? 1 : 60), today = text.slice(0, 10);
    if (x > pen.width - m.right - 16 || x < m.left + 14) continue;
    pen.line([[x, pen.height - m.bottom], [x, pen.height - m.bottom + 3]], colours.line);
    pen.text(x, pen.height - m.bottom + 14, step >= 86400 ? today.slice(step > 2419200 ? 0 : 5) : today !== day && text.slice(11, 16) === "00:00" ? today.slice(5) : text.slice(11), { align: "center", fill: colours.muted });
    day = today;
  }
}
