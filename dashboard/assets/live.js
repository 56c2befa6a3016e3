// The page of a service: its rows are fetched, and then come as server-sent events.
import { button, byId, dialog, h, keepFocus, say } from "./dom.js";
import { count, plural } from "./format.js";
import { append, decode } from "./store.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./board.js").Config} Config */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{id: string, type: string, data: string}} Event of a stream */
/** @typedef {{epoch: string, last: number, most: number, name: string, roles: Record<string, any>, notes: string[]}} Head what a service tells beside its rows */

const silence = 40000, pace = 3000, patience = 5000, longest = 1 << 26, keyName = "netanom key";

/** Finds the events in the text of a stream, in whatever pieces it comes. */
export class Events {
  /** @type {Event[]} those that are whole and were not taken yet */
  list = [];
  rest = "";
  id = "";
  type = "";
  /** @type {string[]} */
  data = [];
  /** @type {number} milliseconds that the service wants pages to wait before they ask again */
  retry = 0;
  skip = false;

  /** @param {string} text */
  push(text) {
    if (this.skip && text.startsWith("\n")) text = text.slice(1); // the second half of a line's end
    if (text !== "") this.skip = text.endsWith("\r");
    const lines = (this.rest + text).split(/\r\n|\n|\r/);
    this.rest = /** @type {string} */ (lines.pop());
    if (this.rest.length > longest) throw new Error("a line of the stream does not end");
    for (const line of lines) this.#line(line);
  }

  /** @param {string} line */
  #line(line) {
    if (line === "") return this.#end();
    const at = line.indexOf(":"), name = at < 0 ? line : line.slice(0, at), text = at < 0 ? "" : line.slice(line[at + 1] === " " ? at + 2 : at + 1);
    if (name === "data") this.data.push(text);
    else if (name === "event") this.type = text;
    else if (name === "id" && !text.includes("\0")) this.id = text;
    else if (name === "retry" && /^\d+$/.test(text)) this.retry = Number(text);
  }

  #end() {
    if (this.data.length) this.list.push({ id: this.id, type: this.type || "message", data: this.data.join("\n") });
    this.type = "";
    this.data = [];
  }

  /** The events that have come. */
  take() {
    return this.list.splice(0);
  }
}

/** Seconds to wait before trying again: from 1 to 30, longer each time, and not the same for all pages. @param {number} tries that have failed before @param {number} [random] from 0 to 1 */
export function delay(tries, random = Math.random()) {
  return Math.max(1, Math.min(30, 2 ** tries) * (0.5 + random / 2));
}

const second = [1, 5, 10, 30], steps = [...second, ...second.map((s) => 60 * s), 3600, 10800, 21600, 43200, 86400, 604800, 2592000];

/** What a step of time is called. @param {number} step seconds */
const stepName = (step) => (step >= 86400 ? `${step / 86400} d` : step >= 3600 ? `${step / 3600} h` : step >= 60 ? `${step / 60} min` : `${step} s`);

/** At most 240 round steps over the times of a store; null if it has none. @param {Store} store @returns {Config["time"]} */
export function axisOf({ clock, rows }) {
  if (!clock || rows === 0) return null;
  const first = clock.start + clock.since[0], last = clock.start + clock.since[rows - 1];
  const count = (/** @type {number} */ step) => Math.floor(last / step) - Math.floor(first / step) + 1;
  const step = steps.find((s) => count(s) <= 240) ?? steps[steps.length - 1] * Math.ceil(count(steps[steps.length - 1]) / 240);
  return { start: Math.floor(first / step) * step, step, steps: count(step), name: stepName(step) };
}

/** A refusal that another key could change. */
class Refused extends Error {}

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** @param {string} text */
function bytesOf(text) {
  const direct = /** @type {any} */ (Uint8Array).fromBase64;
  return direct ? direct(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** The key that this tab remembers; setting it forgets the one before. @param {string} [set] */
function key(set) {
  try {
    if (set !== undefined) sessionStorage.setItem(keyName, set);
    return sessionStorage.getItem(keyName) ?? "";
  } catch {
    return set ?? ""; // some browsers keep nothing
  }
}

/** Asks a service for rows for as long as the page is open. */
class Live {
  /** @type {Board | null} */
  board = null;
  /** @type {Store | null} */
  store = null;
  /** @type {Head | null} */
  head = null;
  id = "";
  key = key();
  /** all rows are to be fetched, because some in between are missing */
  stale = true;
  paused = false;
  /** a pointer is down: nothing may move under it */
  held = false;
  /** there are rows that are not shown */
  dirty = false;
  on = false;
  tries = 0;
  least = 0;
  fetched = -Infinity;
  shown = 0;
  hidden = 0;
  text = "connecting…";
  /** @type {[number, number][]} when rows came, and how many */
  rates = [];
  wake = () => {};

  /** @param {Config} config @param {(store: Store) => Board} open */
  constructor(config, open) {
    this.config = config;
    this.open = open;
    this.sign = byId("live");
    this.sign.hidden = false;
    this.pause = button("Pause", () => this.#toggle(), { class: "btn", id: "pause", "aria-pressed": "false" });
    this.sign.after(this.pause);
    addEventListener("pointerdown", () => { this.held = true; });
    for (const up of ["pointerup", "pointercancel"]) addEventListener(up, () => setTimeout(() => { this.held = false; }, 250));
    addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { this.wake(); this.#show(); } });
    setInterval(() => { if (this.dirty) this.#show(); this.#tell(); }, 500);
    this.#tell();
  }

  async run() {
    for (;;) {
      try {
        if (this.stale) await this.#load();
        await this.#follow();
        this.#lost("the service has ended the stream");
      } catch (e) {
        if (e instanceof Refused) await this.#ask(e.message);
        else this.#lost(String(/** @type {any} */ (e)?.message ?? e));
      }
      if (!this.on && !this.stale || this.tries > 0) await this.#wait();
    }
  }

  /** Goes on at once after a reset, and later after a failure. @param {string} why */
  #lost(why) {
    if (this.stale && this.on) { // the service said so itself
      this.on = false;
      return;
    }
    if (this.on) say("The connection to the service is lost; the page tries again by itself.");
    this.on = false;
    this.tries++;
    this.sign.title = why;
  }

  /** @param {string} path @param {AbortSignal} signal @param {Record<string, string>} [more] */
  async #fetch(path, signal, more = {}) {
    const headers = { ...more, ...(this.key ? { Authorization: `Bearer ${this.key}` } : {}) };
    const answer = await fetch(path, { headers, signal, cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" });
    if (answer.ok) return answer;
    this.least = Number(answer.headers.get("Retry-After")) || 0;
    const problem = await answer.json().catch(() => null), why = String(problem?.detail ?? problem?.title ?? `the answer is ${answer.status}`);
    throw [401, 403].includes(answer.status) ? new Refused(why) : new Error(why);
  }

  /** Fetches all rows. Those of before are kept if the same model goes on in another process. */
  async #load() {
    await pause(Math.max(0, this.fetched + pace - performance.now()));
    this.fetched = performance.now();
    const bytes = new Uint8Array(await (await this.#fetch("dashboard/data", AbortSignal.timeout(60000))).arrayBuffer());
    const at = 4 + new DataView(bytes.buffer).getUint32(0, true), before = this.head, old = this.store;
    /** @type {Head} */
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at)));
    const fresh = await decode(bytes.subarray(at)), goesOn = before && before.name === head.name && before.epoch !== head.epoch;
    if (before && JSON.stringify([before.roles, before.notes]) !== JSON.stringify([head.roles, head.notes])) { // other fields need other panels
      location.reload();
      await new Promise(() => {});
    }
    this.store = goesOn && old?.rows ? (fresh.rows ? append(old, fresh, head.most) : old) : fresh;
    this.#came(fresh.rows && before ? Math.max(0, this.store.rows - (old?.rows ?? 0)) : 0);
    this.head = head;
    this.id = `${head.epoch}-${head.last}`;
    this.stale = false;
    this.#show();
  }

  /** Takes in rows as they come, until the stream ends. */
  async #follow() {
    const stop = new AbortController(), events = new Events();
    let timer = 0;
    const alive = () => { clearTimeout(timer); timer = setTimeout(() => stop.abort(new Error("the service is silent")), silence); };
    try {
      alive();
      const answer = await this.#fetch("dashboard/events", stop.signal, { Accept: "text/event-stream", "Last-Event-ID": this.id });
      const reader = /** @type {ReadableStream<any>} */ (answer.body).pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        alive();
        if (!this.on && this.board && this.tries > 0) say("The connection to the service is back.");
        [this.on, this.tries, this.least] = [true, 0, 0];
        events.push(value);
        for (const event of events.take()) await this.#take(event);
        if (this.stale) return;
      }
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
  }

  /** @param {Event} event */
  async #take(event) {
    if (event.type === "reset") this.stale = true;
    if (this.stale || event.type !== "message") return;
    const more = await decode(bytesOf(event.data)), most = /** @type {Head} */ (this.head).most;
    this.store = this.store?.rows ? append(this.store, more, most) : more;
    this.id = event.id;
    this.#came(more.rows);
    this.#show();
  }

  /** @param {number} rows */
  #came(rows) {
    this.rates.push([performance.now(), rows]);
    if (this.paused) this.hidden += rows;
  }

  /** Shows the rows, unless that would disturb: then a little later. */
  #show() {
    const { store, head, board } = this;
    this.dirty = true;
    if (!head || !store) return;
    if (!store.rows) return board ? undefined : this.#waiting();
    const busy = board && document.documentElement.dataset.quiet !== String(board.run) && performance.now() - this.shown < patience;
    if (board && (this.paused || this.held || busy || document.hidden)) return;
    this.dirty = false;
    this.shown = performance.now();
    Object.assign(this.config, { name: head.name, roles: head.roles, notes: head.notes, time: axisOf(store) });
    if (board) {
      board.take(store);
      keepFocus(() => board.paint());
      return;
    }
    this.board = this.open(store);
    byId("count").setAttribute("aria-live", "off"); // a count that never rests would be read out without end
    document.title = `${head.name} – netanom dashboard`;
    document.documentElement.dataset.ready = "all";
  }

  #waiting() {
    byId("loading").textContent = `Waiting for records. The charts appear when ${this.head?.name} has scored the first one.`;
    document.documentElement.dataset.ready = "waiting";
  }

  /** Waits before trying again, until the network is back or the page is looked at. */
  async #wait() {
    const end = performance.now() + 1000 * Math.max(delay(this.tries - 1), this.least);
    let woken = false;
    const wake = new Promise((done) => { this.wake = () => { woken = true; done(null); }; });
    for (let left = end - performance.now(); left > 0 && !woken; left = end - performance.now()) {
      this.text = `reconnecting in ${Math.ceil(left / 1000)} s…`;
      this.#tell();
      await Promise.race([pause(Math.min(left, left % 1000 || 1000)), wake]);
    }
    this.wake = () => {};
    this.text = "connecting…";
    this.#tell();
  }

  #toggle() {
    this.paused = !this.paused;
    this.hidden = 0;
    this.pause.textContent = this.paused ? "Resume" : "Pause";
    this.pause.setAttribute("aria-pressed", String(this.paused));
    this.#tell();
    this.#show();
  }

  /** Says in the head of the page how things are. */
  #tell() {
    const now = performance.now(), span = 5000;
    this.rates = this.rates.filter(([at]) => at > now - span);
    const rate = this.rates.reduce((sum, [, rows]) => sum + rows, 0) / (span / 1000), live = `live · ${rate >= 10 || Number.isInteger(rate) ? count(Math.round(rate)) : rate.toFixed(1)} rows/s`;
    const text = !this.on ? this.text : this.paused ? `paused · ${plural(this.hidden, "new row")}` : live;
    if (this.sign.textContent !== text) this.sign.textContent = text;
    this.sign.classList.toggle("off", !this.on || this.paused);
    if (this.on) this.sign.title = "";
  }

  /** Asks for a key, for as long as it takes. @param {string} why */
  async #ask(why) {
    this.on = false;
    this.text = "a key is needed";
    this.#tell();
    const given = new Promise((/** @type {(key: string) => void} */ done) => {
      const input = h("input", { type: "password", class: "wide", id: "key", autocomplete: "off", spellcheck: "false" });
      const use = () => { if (input.value.trim()) { done(input.value.trim()); byId("dialog").close(); } };
      const show = () => {
        dialog("Key", h("p", { text: `The service says: ${why}. A key of the scope read lets this page see the records.` }), h("label", { for: "key", text: "Key" }), h("div", { class: "row" }, input, button("Use it", use, { class: "btn", id: "use-key" })),
          h("p", { class: "note", text: "It is remembered by this tab alone, until that is closed." }));
        input.focus();
      };
      input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Enter") use(); });
      this.pause.before((this.opener = button("Enter a key", show, { class: "btn", id: "enter-key" })));
      if (!this.board) byId("loading").textContent = "The service asks for a key before it shows its records.";
      show();
    });
    this.key = key(await given);
    this.opener.remove();
    this.text = "connecting…";
    [this.tries, this.least] = [0, 0];
  }
}

/**
 * Shows what the service that gave the page scores, and goes on with that for as long as the
 * page is open, whatever becomes of the connection.
 * @param {Config} config
 * @param {(store: Store) => Board} open makes the panels, when there are rows
 */
export async function live(config, open) {
  await new Live(config, open).run();
}
