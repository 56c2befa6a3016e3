// The colours of the theme, and shares as colours.

/** @typedef {[number, number, number]} RGB */
/** @typedef {{ink: string, muted: string, line: string, grid: string, panel: string, normal: string, hot: string, middle: string, empty: string, band: string}} Colours */

/** @type {Colours} */
export const colours = { ink: "#000", muted: "#555", line: "#ccc", grid: "#eee", panel: "#fff", normal: "#4f86b8", hot: "#c2410c", middle: "#b9b3a8", empty: "#eef2f6", band: "#d6e0ea" };

/** Takes the colours from the style sheet. */
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of /** @type {(keyof Colours)[]} */ (Object.keys(colours))) colours[name] = style.getPropertyValue("--" + name).trim() || colours[name];
}

/** @param {string} hex @returns {RGB} */
export function rgb(hex) {
  const full = hex.length < 7 ? "#" + [...hex.slice(1)].map((c) => c + c).join("") : hex;
  return /** @type {RGB} */ ([1, 3, 5].map((i) => parseInt(full.slice(i, i + 2), 16)));
}

/** @param {RGB} a @param {RGB} b @param {number} t */
const mix = (a, b, t) => /** @type {RGB} */ (a.map((x, i) => Math.round(x + (b[i] - x) * t)));

/** @param {RGB} c @param {number} [alpha] */
export const css = (c, alpha = 1) => alpha < 1 ? `rgba(${c[0]},${c[1]},${c[2]},${alpha})` : "#" + c.map((v) => v.toString(16).padStart(2, "0")).join("");

/** The colour of a share of anomalies: that of normal, over grey, to that of anomalous. @param {number} t 0 to 1 @returns {RGB} */
export function shareColour(t) {
  const middle = rgb(colours.middle);
  return t < 0.5 ? mix(rgb(colours.normal), middle, t * 2) : mix(middle, rgb(colours.hot), t * 2 - 1);
}

/** The colour of a figure from -1 over none to 1. @param {number} v @returns {RGB} */
export function signColour(v) {
  return mix(rgb(colours.panel), rgb(v < 0 ? colours.normal : colours.hot), Math.min(1, Math.abs(v)));
}

/** Black or white, whichever is read better on a colour. @param {RGB} c */
export function inkOn(c) {
  const [r, g, b] = c.map((v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
}
