// Elements are made by el alone. Text from the service or from the user only ever
// becomes a text node or a value, so that it cannot become markup.

export const byId = (id) => document.getElementById(id);

// el makes an element. Attributes that are false or null are left out; functions listen.
export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === 'function') node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

// at sets a custom property that the style sheet places something by.
export function at(node, values) {
  for (const [name, value] of Object.entries(values)) node.style.setProperty(name, value);
  return node;
}

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 6 });

// number writes a number to be read by people.
export function number(v, digits) {
  if (typeof v !== 'number' || !Number.isFinite(v)) return '–';
  if (digits && v !== 0) {
    if (Math.abs(v) < 1e-4 || Math.abs(v) >= 1e7) return v.toExponential(digits - 1);
    return String(Number(v.toPrecision(digits)));
  }
  return Math.abs(v) !== 0 && Math.abs(v) < 1e-6 ? v.toExponential(3) : grouped.format(v);
}

// share writes a share as a score is written, without the look of certainty that
// rounding to 1 would have.
export function share(v) {
  if (typeof v !== 'number') return '–';
  if (v !== 1 && Math.abs(v) > 0.9995 && v < 1) return String(Math.floor(v * 1e5) / 1e5);
  return number(v, 4);
}

export const plural = (n, one, many = one + 's') => `${number(n)} ${n === 1 ? one : many}`;
