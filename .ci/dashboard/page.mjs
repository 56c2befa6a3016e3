// Pages of netanom dashboard in a headless Chromium, for tests: how they are made, opened and
// waited for, and what must not happen in any of them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after } from "node:test";
import { chromium } from "playwright-core";

/** @typedef {import("playwright-core").Page} Page */

/** The binary that makes pages. */
export const netanom = process.env.NETANOM ?? "";
if (!netanom && process.env.CI) throw new Error("NETANOM must name the netanom binary");

/** A reason to skip what needs the binary, false if it is there. */
export const skip = netanom ? false : "set NETANOM to a netanom binary";

/** Files that are no part of the repository. */
export const shared = process.env.NETANOM_SHARED ?? "";

/** A reason to skip what needs a shared file. */
export const skipShared = skip || (shared ? false : "set NETANOM_SHARED to the folder of shared data");

const folder = mkdtempSync(join(tmpdir(), "netanom-page-"));

/** @type {import("playwright-core").Browser | null} */
let browser = null;

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A path in a folder that goes when the tests end. @param {string} name */
export const path = (name) => join(folder, name);

/** Runs netanom and returns what it writes. @param {...string} args */
export function run(...args) {
  return execFileSync(netanom, args, { cwd: folder, maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NETANOM_DATA: "" } }).toString();
}

/** The tables of an answer of the command line, by name. @param {...string} args @returns {Record<string, any[]>} */
export function tables(...args) {
  const answer = JSON.parse(run(...args, "--format", "json", "--no-report", "--quiet"));
  return Object.fromEntries(answer.tables.map((/** @type {any} */ t) => [t.name, t.rows]));
}

/** Writes a file. @param {string} name @param {string | Buffer} text */
export function file(name, text) {
  writeFileSync(path(name), text);
  return path(name);
}

/** @type {Map<string, string>} */
const made = new Map();

/** Makes a thing once. @param {string} name @param {(path: string) => void} make */
function once(name, make) {
  if (!made.has(name)) {
    make(path(name));
    made.set(name, path(name));
  }
  return /** @type {string} */ (made.get(name));
}

/** Simulated traffic as CSV. @param {number} connections @param {...string} more flags */
export const traffic = (connections = 4000, ...more) => once(`traffic-${connections}${more.join("")}.csv`, (p) => run("simulate", "--connections", String(connections), "--quiet", "--out", p, ...more));

/** A small detector of that traffic. It has learned from few rows, so that it errs. */
export const detector = () => once("detector.netanom", (p) => run("train", traffic(300, "--seed", "7"), "--algo", "tree", "--set", "max_depth=3", "--validate", "none", "--no-report", "--quiet", "--out", p));

/** The dashboard of a file. @param {string} data @param {...string} flags */
export const dashboard = (data, ...flags) => once(`${[data.split("/").at(-1), ...flags].join(" ").replace(/[^\w.-]+/g, "-").slice(-120)}.html`, (p) => run("dashboard", data, "--quiet", "--out", p, ...flags));

/** The dashboard of simulated traffic and a detector. */
export const judged = () => dashboard(traffic(), "--model", detector());

async function launch() {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  return browser;
}

/**
 * Opens a page in a browser profile of its own. The test fails if the page asks for anything,
 * throws, complains, or goes against its policy.
 * @param {import("node:test").TestContext} t
 * @param {string} html path
 * @param {{hash?: string, ready?: string, context?: import("playwright-core").BrowserContextOptions, sharing?: Page}} [how] sharing: the profile of that page
 * @returns {Promise<Page>}
 */
export async function open(t, html, { hash = "", ready = "all", context = {}, sharing } = {}) {
  const profile = sharing?.context() ?? (await (await launch()).newContext({ viewport: { width: 1440, height: 900 }, ...context })), page = await profile.newPage(), address = pathToFileURL(html).href;
  /** @type {string[]} */
  const wrong = [];
  page.on("request", (r) => { if (!/^(data|blob):/.test(r.url()) && r.url().split("#")[0] !== address) wrong.push(`asked for ${r.url()}`); });
  page.on("console", (m) => { if (["error", "warning"].includes(m.type())) wrong.push(`${m.type()}: ${m.text()}`); });
  page.on("pageerror", (e) => wrong.push(`threw ${e.stack ?? e.message}`));
  page.on("dialog", (d) => { wrong.push(`showed ${d.type()}: ${d.message()}`); d.dismiss(); });
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
  await page.goto(address + (hash ? "#" + hash : ""));
  await page.waitForFunction((want) => [want, "failed"].includes(document.documentElement.dataset.ready ?? ""), ready);
  await settled(page);
  t.after(async () => {
    if (sharing) await page.close();
    else await profile.close();
    assert.deepEqual(wrong, [], "the page did what it must not");
  });
  return page;
}

/** Waits until what was chosen is painted, in every panel that is in the window. @param {Page} page */
export async function settled(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame), board = () => /** @type {any} */ (window).netanom;
    const behind = (/** @type {any} */ p) => { const r = p.root.getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight && (p.stale || !p.seen); };
    await frame();
    while (board() && (board().waiting || board().panels.some(behind))) await frame();
    await frame();
  });
}

/** Brings a panel into the window, and waits until the panels above it have their height. @param {Page} page @param {string} id */
export async function sight(page, id) {
  for (let before = NaN, now = 0; before !== now; ) {
    before = now;
    now = await page.evaluate((name) => {
      const e = /** @type {HTMLElement} */ (document.getElementById(name));
      e.scrollIntoView({ block: e.clientHeight > innerHeight ? "start" : "center", behavior: "instant" });
      return scrollY + document.body.scrollHeight;
    }, id);
    await settled(page);
  }
}

/** Waits until the slow figures of all panels in sight are those of what is chosen. @param {Page} page */
export async function quiet(page) {
  await settled(page);
  await page.waitForFunction(() => document.documentElement.dataset.quiet === String(/** @type {any} */ (window).netanom.run));
}

/** What the page counts now. @param {Page} page @returns {Promise<{all: number, anomalous: number}>} */
export async function totals(page) {
  await settled(page);
  return page.evaluate(() => ({ .../** @type {any} */ (window).netanom.totals }));
}

/** The address of the state. @param {Page} page @returns {Promise<string>} */
export const hashOf = (page) => page.evaluate(() => /** @type {any} */ (window).netanom.hash);

/** Goes to a state by its address, when the address of the state before has been written. @param {Page} page @param {string} hash */
export async function go(page, hash) {
  const written = () => page.waitForFunction(() => location.hash.slice(1) === /** @type {any} */ (window).netanom.hash);
  await written();
  await page.evaluate((text) => (location.hash = text), hash);
  await written();
  await settled(page);
}

/** Drags with the mouse between two places of an element, in shares of its width and height. @param {Page} page @param {string} selector @param {[number, number]} from @param {[number, number]} to */
export async function drag(page, selector, from, to) {
  const e = page.locator(selector).first();
  await sight(page, selector.split(" ")[0].slice(1));
  await e.scrollIntoViewIfNeeded();
  const box = await e.boundingBox();
  assert.ok(box, selector);
  const at = (/** @type {[number, number]} */ [x, y]) => /** @type {[number, number]} */ ([box.x + x * box.width, box.y + y * box.height]);
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
  await settled(page);
}

/** The figures of a panel, as its table has them. @param {Page} page @param {string} id @returns {Promise<{head: string[], rows: (string | number)[][]}>} */
export async function figures(page, id) {
  await sight(page, id);
  return page.evaluate((name) => /** @type {any} */ (window).netanom.panels.find((/** @type {any} */ p) => p.root.id === name).table(), id);
}

/** The file that something in the page saves. @param {Page} page @param {() => Promise<unknown>} act */
export async function saved(page, act) {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** Chooses an item of a panel's menu. @param {Page} page @param {string} id @param {string} item */
export async function choose(page, id, item) {
  const panel = page.locator(`#${id}`);
  await sight(page, id);
  await panel.locator(".has-menu > button").click();
  await panel.getByRole("button", { name: item, exact: true }).click();
}

/** Rows of cells of CSV text. @param {string} text */
export function parseCSV(text) {
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  let cell = "", quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === "," || c === "\n") {
      row.push(cell);
      cell = "";
      if (c === "\n") rows.push(row.splice(0));
    } else if (c !== "\r") cell += c;
  }
  if (cell || row.length) rows.push([...row, cell]);
  return rows;
}

/** The records of a CSV file by column, and their lines. @param {string} data path @returns {Record<string, string>[]} */
export function records(data) {
  const [head, ...rows] = parseCSV(readFileSync(data, "utf8"));
  return rows.map((r, i) => ({ ...Object.fromEntries(head.map((name, j) => [name, r[j]])), line: String(i + 2) }));
}

/** A number as the page writes it, with groups of digits. @param {string | number} text */
export const number = (text) => Number(String(text).replaceAll(",", "").replace("−", "-"));
