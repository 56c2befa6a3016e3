// Elements, and what they tell when they are pointed at. Text is only ever set as text.

/**
 * Makes an element. Keys of attributes are set as attributes, but text, on and class.
 * @param {string} tag
 * @param {Record<string, any> | null} [attributes]
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function h(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "text") e.textContent = value;
    else if (name === "on") for (const [event, f] of Object.entries(value)) e.addEventListener(event, /** @type {EventListener} */ (f));
    else if (value === true) e.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) e.setAttribute(name, String(value));
  }
  e.append(...children);
  return e;
}

/** The element of an id. @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/** A button. @param {string} text @param {(e: any) => void} click @param {Record<string, any>} [more] */
export const button = (text, click, more) => h("button", { type: "button", text, on: { click }, ...more });

/** Buttons of which one is pressed. @param {[string, string][]} options key and text @param {() => string} get @param {(key: string) => void} set */
export function choice(options, get, set) {
  const buttons = options.map(([key, text]) => button(text, () => set(key), { "data-key": key, "aria-pressed": String(get() === key) }));
  return { buttons, show: () => buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.key === get()))) };
}

/** A selection of names. @param {[string, string][]} options @param {string} label @param {(key: string) => void} set */
export function select(options, label, set) {
  const e = h("select", { "aria-label": label, on: { change: () => set(e.value) } }, ...options.map(([key, text]) => h("option", { value: key, text })));
  return e;
}

let tip = /** @type {any} */ (null);

/** Shows text beside the pointer; hides it if there is none. @param {{clientX: number, clientY: number}} at @param {string} text */
export function hint(at, text) {
  if (!tip) document.body.append((tip = h("div", { class: "tip", "aria-hidden": "true" })));
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  tip.style.left = Math.max(4, Math.min(innerWidth - tip.offsetWidth - 8, at.clientX + 14)) + "px";
  tip.style.top = (at.clientY + 18 + tip.offsetHeight > innerHeight ? at.clientY - tip.offsetHeight - 10 : at.clientY + 18) + "px";
}

/** Says a sentence to screen readers and, for a moment, on the page. @param {string} text */
export function say(text) {
  const box = byId("said");
  box.textContent = text;
  box.classList.add("on");
  clearTimeout(box.timer);
  box.timer = setTimeout(() => box.classList.remove("on"), 4000);
}

/** Gives the user a file. @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const a = h("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(a.href), 60000);
}

/** Shows a dialog that closes by its button, Escape, or a click beside it. @param {string} title @param {...(Node | string)} content */
export function dialog(title, ...content) {
  const d = byId("dialog");
  const close = button("Close", () => d.close(), { class: "btn" });
  d.replaceChildren(h("h2", { id: "dialog-title", text: title }), ...content, h("div", { class: "end" }, close));
  d.onclick = (/** @type {any} */ e) => { if (e.target === d) d.close(); };
  if (!d.open) d.showModal();
  return d;
}

/** Whether a cell is a figure, and not an address, which has more dots. @param {string | number} v */
const isFigure = (v) => typeof v === "number" || /^[−<>]?[\d,]+(\.\d+)?( %)?$/.test(v);

/** A table of texts and numbers. @param {string} caption @param {string[]} head @param {(string | number)[][]} rows */
export function table(caption, head, rows) {
  const side = (/** @type {number} */ j) => (j && rows.some((r) => isFigure(r[j])) && rows.every((r) => isFigure(r[j]) || r[j] === "–") ? "num" : null), sides = head.map((_, j) => side(j));
  const cell = (/** @type {string | number} */ v, /** @type {number} */ j) => j === 0 ? h("th", { scope: "row", text: String(v) }) : h("td", { class: sides[j] ?? (isFigure(v) ? "num" : null), text: String(v) });
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, h("table", { class: "plain" }, h("caption", { text: caption }),
    h("thead", null, h("tr", null, ...head.map((text, j) => h("th", { scope: "col", class: sides[j], text })))), h("tbody", null, ...rows.map((row) => h("tr", null, ...row.map(cell))))));
}

/** What can be shown in its place has the focus again if painting took it away. @param {() => void} paint */
export function keepFocus(paint) {
  const had = /** @type {any} */ (document.activeElement), nameOf = (/** @type {Element} */ e) => e.getAttribute("aria-label") ?? e.textContent, root = had?.closest?.("[id]:not(button)")?.id, name = had && nameOf(had);
  paint();
  if (!had || had.isConnected || !root) return;
  const same = [...(byId(root)?.querySelectorAll(had.tagName) ?? [])].find((e) => nameOf(e) === name);
  (same ?? byId("count")).focus({ preventScroll: true });
}
