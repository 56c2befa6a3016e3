// Measures pages of netanom dashboard in headless Chromium: the file, the time to the first
// chart, and the time from an interaction to the paint that shows it.
//
//   cd .ci/dashboard && npm ci && cd -
//   node docs/bench/dashboard/bench.mjs NETANOM DATA.csv [DATA.csv …]
//
// Each page is opened five times; medians are given. Interactions are the 60 moves of a brush
// over time, 30 clicks on services, 9 on protocols, 10 on cells, 30 moves in a histogram, and
// what clears them; the time is from before the event to after the frame behind it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { chromium } from "../../../.ci/dashboard/node_modules/playwright-core/index.mjs";

const [netanom, ...files] = process.argv.slice(2), folder = mkdtempSync(join(tmpdir(), "netanom-bench-"));
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)], at = (list, p) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(p * list.length))];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

/** Runs in the page. */
async function drive() {
  const board = window.netanom, out = [], pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const painted = () => new Promise((done) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => done(performance.now()); c.port2.postMessage(0); }));
  const act = async (kind, f) => {
    await pause(30);
    const before = performance.now();
    f();
    out.push([kind, await painted() - before, board.took]);
  };
  let seed = 7;
  const chance = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n, rows = board.store.rows, clock = board.store.clock;
  const span = (a, b) => (clock ? [a, b].map((x) => board.config.time.start + Math.round(x * board.config.time.steps) * board.config.time.step) : [Math.round(a * rows), Math.round(b * rows)]);
  const clear = () => document.getElementById("clear")?.click();
  for (let i = 0; i < 60; i++) await act("brush", () => board.preview((s) => ({ ...s, span: span(i / 75, i / 75 + 0.2) })));
  board.settle();
  await act("clear", clear);
  const click = (root, n) => { const all = [...document.querySelectorAll(root)].filter((b) => !b.disabled); all[n % all.length].click(); };
  for (let i = 0; i < 30; i++) await act("service", () => click("#service .bars button", chance(12)));
  await act("clear", clear);
  for (let i = 0; i < 9; i++) await act("protocol", () => click("#protocol .bars button", i % 3));
  await act("clear", clear);
  document.getElementById("status").scrollIntoView();
  while (!document.querySelector("#status .heat button")) await pause(50);
  await pause(300);
  for (let i = 0; i < 10; i++) await act("cell", () => click("#status .heat button", chance(40)));
  await act("clear", clear);
  const bytes = board.config.roles.out, values = board.column(bytes).values;
  for (let i = 0; i < 30; i++) await act("histogram", () => board.preview((s) => ({ ...s, columns: { ...s.columns, [bytes]: { range: [values[Math.floor((i / 60) * values.length)], values[Math.floor((i / 60 + 0.4) * values.length)]] } } })));
  board.settle();
  await act("clear", clear);
  return out;
}

console.log("| rows | file | made in | first chart | all data | paint p50 | paint p95 | worst | recount and draw p50 / p95 |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
for (const file of files) {
  const page = join(folder, basename(file) + ".html"), begun = performance.now();
  execFileSync(netanom, ["dashboard", file, "--out", page, "--quiet"]);
  const made = (performance.now() - begun) / 1000, first = [], all = [], paints = [], works = [];
  let rows = 0;
  for (let i = 0; i < 5; i++) {
    const p = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    p.on("pageerror", (e) => { throw e; });
    await p.goto("file://" + page);
    await p.waitForFunction(() => document.documentElement.dataset.ready === "all", null, { timeout: 60000 });
    await p.waitForTimeout(300);
    const marks = await p.evaluate(() => Object.fromEntries(performance.getEntriesByType("mark").map((m) => [m.name, m.startTime])));
    rows = await p.evaluate(() => window.netanom.store.rows);
    first.push(marks["first chart"]);
    all.push(marks["all data"]);
    if (i < 2) for (const [, paint, work] of await p.evaluate(drive)) { paints.push(paint); works.push(work); }
    await p.close();
  }
  const ms = (v) => v.toFixed(0) + " ms";
  console.log(`| ${rows.toLocaleString("en")} | ${(statSync(page).size / 1e6).toFixed(2)} MB | ${made.toFixed(2)} s | ${(median(first) / 1000).toFixed(2)} s | ${(median(all) / 1000).toFixed(2)} s | ${ms(at(paints, 0.5))} | ${ms(at(paints, 0.95))} | ${ms(Math.max(...paints))} | ${ms(at(works, 0.5))} / ${ms(at(works, 0.95))} |`);
}
await browser.close();
rmSync(folder, { recursive: true });
