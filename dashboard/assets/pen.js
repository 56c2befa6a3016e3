// One way to draw, on a canvas for the screen or as SVG for a file.

/** @typedef {{fill?: string, align?: "left" | "right" | "center", size?: number, weight?: number, turn?: boolean}} TextStyle */

const family = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";

/**
 * What charts draw with. Sizes are CSS pixels.
 * @typedef {object} Pen
 * @property {number} width
 * @property {number} height
 * @property {(x: number, y: number, w: number, h: number, fill: string, alpha?: number) => void} rect
 * @property {(points: number[][], stroke: string, width?: number, dash?: number[]) => void} line
 * @property {(points: number[][], fill: string, alpha?: number) => void} area
 * @property {(x: number, y: number, text: string, style?: TextStyle) => void} text
 * @property {(d: string, fill: string, stroke: string, alpha?: number) => void} path
 */

/** @implements {Pen} */
export class CanvasPen {
  /** @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
  constructor(context, width, height) {
    this.context = context;
    this.width = width;
    this.height = height;
  }

  /** @param {number} x @param {number} y @param {number} w @param {number} h @param {string} fill @param {number} [alpha] */
  rect(x, y, w, h, fill, alpha = 1) {
    const c = this.context;
    c.fillStyle = fill;
    c.globalAlpha = alpha;
    c.fillRect(x, y, w, h);
    c.globalAlpha = 1;
  }

  /** @param {number[][]} points */
  #trace(points) {
    const c = this.context;
    c.beginPath();
    points.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
  }

  /** @param {number[][]} points @param {string} stroke @param {number} [width] @param {number[]} [dash] */
  line(points, stroke, width = 1, dash = []) {
    const c = this.context;
    this.#trace(points);
    c.strokeStyle = stroke;
    c.lineWidth = width;
    c.setLineDash(dash);
    c.stroke();
    c.setLineDash([]);
  }

  /** @param {number[][]} points @param {string} fill @param {number} [alpha] */
  area(points, fill, alpha = 1) {
    const c = this.context;
    this.#trace(points);
    c.fillStyle = fill;
    c.globalAlpha = alpha;
    c.fill();
    c.globalAlpha = 1;
  }

  /** @param {number} x @param {number} y @param {string} text @param {TextStyle} [style] */
  text(x, y, text, { fill = "#000", align = "left", size = 11, weight = 400, turn = false } = {}) {
    const c = this.context;
    c.font = `${weight} ${size}px ${family}`;
    c.fillStyle = fill;
    c.textAlign = align;
    c.save();
    c.translate(x, y);
    if (turn) c.rotate(-Math.PI / 3);
    c.fillText(text, 0, 0);
    c.restore();
  }

  /** @param {string} d @param {string} fill @param {string} stroke @param {number} [alpha] */
  path(d, fill, stroke, alpha = 1) {
    const c = this.context, p = new Path2D(d);
    c.fillStyle = fill;
    c.globalAlpha = alpha;
    c.fill(p);
    c.globalAlpha = 1;
    c.strokeStyle = stroke;
    c.lineWidth = 0.5;
    c.stroke(p);
  }
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");

/** @param {number} v */
const short = (v) => String(Math.round(v * 100) / 100);

/** @implements {Pen} */
export class SvgPen {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    /** @type {string[]} */
    this.parts = [];
  }

  /** @param {number} x @param {number} y @param {number} w @param {number} h @param {string} fill @param {number} [alpha] */
  rect(x, y, w, h, fill, alpha = 1) {
    if (w < 0) [x, w] = [x + w, -w];
    if (h < 0) [y, h] = [y + h, -h];
    this.parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(w)}" height="${short(h)}" fill="${fill}"${alpha < 1 ? ` opacity="${short(alpha)}"` : ""}/>`);
  }

  /** @param {number[][]} points @param {string} stroke @param {number} [width] @param {number[]} [dash] */
  line(points, stroke, width = 1, dash = []) {
    this.parts.push(`<polyline points="${points.map((p) => p.map(short).join(",")).join(" ")}" fill="none" stroke="${stroke}" stroke-width="${width}"${dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : ""}/>`);
  }

  /** @param {number[][]} points @param {string} fill @param {number} [alpha] */
  area(points, fill, alpha = 1) {
    this.parts.push(`<polygon points="${points.map((p) => p.map(short).join(",")).join(" ")}" fill="${fill}" opacity="${short(alpha)}"/>`);
  }

  /** @param {number} x @param {number} y @param {string} text @param {TextStyle} [style] */
  text(x, y, text, { fill = "#000", align = "left", size = 11, weight = 400, turn = false } = {}) {
    const anchor = { left: "start", center: "middle", right: "end" }[align];
    this.parts.push(`<text x="${short(x)}" y="${short(y)}" fill="${fill}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}"${turn ? ` transform="rotate(-60 ${short(x)} ${short(y)})"` : ""}>${escaped(text)}</text>`);
  }

  /** @param {string} d @param {string} fill @param {string} stroke @param {number} [alpha] */
  path(d, fill, stroke, alpha = 1) {
    this.parts.push(`<path d="${d}" fill="${fill}" fill-opacity="${short(alpha)}" stroke="${stroke}" stroke-width=".5"/>`);
  }

  /** The picture as a file. @param {string} title @param {string} background */
  toString(title = "", background = "#ffffff") {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}" font-family="${family.replaceAll("'", "")}" role="img"><title>${escaped(title)}</title><rect width="100%" height="100%" fill="${background}"/>${this.parts.join("")}</svg>`;
  }
}
