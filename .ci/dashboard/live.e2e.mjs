// The live dashboard in a real browser, beside a real service: NETANOM names the program,
// CHROMIUM the browser. Run with node --test.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, afterEach, before } from "node:test";

import { chromium } from "playwright-core";

const program = process.env.NETANOM, browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const lacking = !program ? "NETANOM does not name the program" : existsSync(browserPath) ? "" : `there is no ${browserPath}`;
if (lacking && process.env.CI) throw new Error(`${lacking}, and CI is to have it`);

let dir, port, service, browser, header, lines;
const base = () => `http://127.0.0.1:${port}`;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Starts the service, and waits until it is ready. */
async function start(...more) {
  service = spawn(program, ["serve", "--model", join(dir, "m.netanom"), "--addr", `127.0.0.1:${port}`, "--drain", "50ms", "--quiet", "--access-log=false", ...more], { stdio: ["ignore", "ignore", "inherit"] });
  for (let i = 0; i < 200; i++) {
    if ((await fetch(base() + "/readyz").catch(() => null))?.ok) return;
    await sleep(50);
  }
  assert.fail("the service is not ready");
}

/** Ends it. @param {"SIGTERM" | "SIGKILL"} signal */
async function stop(signal) {
  const ended = new Promise((done) => service.once("exit", done));
  service.kill(signal);
  return ended;
}

/** Sends records from one to another. */
async function send(from, to, token) {
  const body = [header, ...lines.slice(from, to)].join("\n");
  const answer = await fetch(base() + "/v1/predict", { method: "POST", body, headers: { "Content-Type": "text/csv", ...(token ? { Authorization: `Bearer ${token}` } : {}) } });
  assert.equal(answer.status, 200, await answer.text());
}

/** A page, and what went wrong in it. */
async function opened(path = "/dashboard") {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }), page = await context.newPage(), wrong = [];
  page.on("pageerror", (e) => wrong.push(e.stack ?? e.message));
  page.on("console", (m) => { if (m.type() === "error" && !/Failed to load resource|ERR_/.test(m.text())) wrong.push(m.text()); });
  page.on("request", (r) => { if (!r.url().startsWith(base()) && !r.url().startsWith("data:")) wrong.push(`asked for ${r.url()}`); });
  await page.goto(base() + path);
  return { page, wrong, close: () => context.close() };
}

/** Waits until the page shows so many rows. */
const shows = (page, rows) => page.waitForFunction((n) => /** @type {any} */ (window).netanom?.store.rows === n, rows, { timeout: 15000 });
const ready = (page, state) => page.waitForFunction((s) => document.documentElement.dataset.ready === s, state, { timeout: 15000 });
const sign = (page, pattern) => page.waitForFunction((p) => new RegExp(p).test(document.getElementById("live")?.textContent ?? ""), pattern, { timeout: 20000 });
const text = (page, selector) => page.$eval(selector, (e) => e.textContent);

before(async () => {
  if (lacking) return;
  dir = mkdtempSync(join(tmpdir(), "live-"));
  const run = (...args) => execFileSync(program, args, { cwd: dir, stdio: "pipe" });
  run("simulate", "--connections", "3000", "--seed", "7", "--out", "traffic.csv");
  run("train", "traffic.csv", "--algo", "tree", "--validate", "none", "--out", "m.netanom", "--no-report");
  [header, ...lines] = readFileSync(join(dir, "traffic.csv"), "utf8").trim().split("\n");
  port = await new Promise((done) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const at = s.address().port;
      s.close(() => done(at));
    });
  });
  browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
});

afterEach(async () => {
  if (service && service.exitCode === null && service.signalCode === null) await stop("SIGKILL");
});

after(async () => {
  await browser?.close();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

test("a page that waits, fills, keeps its filter, and heals", { skip: lacking || false, timeout: 180000 }, async () => {
  await start("--dashboard-rows", "2000");
  const { page, wrong, close } = await opened();
  await ready(page, "waiting");
  assert.match(await text(page, "#loading"), /Waiting for records/);
  await sign(page, "live");

  await send(0, 300); // the page begins by itself
  await ready(page, "all");
  await shows(page, 300);
  assert.match(await text(page, "#source"), /^m@[0-9a-f]{12} · 300 connections$/);
  assert.match(await text(page, "#count"), /^300 of 300 connections/);

  const http = lines.slice(0, 300).filter((l) => l.split(",")[header.split(",").indexOf("service")] === "http").length;
  await page.locator("#service .bars button", { hasText: "http" }).first().click();
  await page.waitForFunction(() => location.hash.includes("service=http"));
  assert.match(await text(page, "#count"), new RegExp(`^${http} of 300 `));

  for (let i = 300; i < 800; i += 100) await send(i, i + 100); // a filter that the user has set stays
  await shows(page, 800);
  const later = lines.slice(0, 800).filter((l) => l.split(",")[header.split(",").indexOf("service")] === "http").length;
  assert.match(await text(page, "#count"), new RegExp(`^${later} of 800 `));
  assert.match(await text(page, "#chips"), /Service: http/);
  await page.keyboard.press("u");
  await page.waitForFunction(() => /^800 of 800 /.test(document.getElementById("count")?.textContent ?? ""));
  await page.keyboard.press("Shift+U");
  await page.waitForFunction((n) => document.getElementById("count")?.textContent?.startsWith(`${n} of 800 `), later);

  await page.locator("#chips .chip button").first().focus(); // and so does the focus
  await send(800, 810);
  await shows(page, 810);
  assert.match(await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? ""), /Remove the filter Service/);

  await page.click("#pause"); // nothing moves while it is paused
  await send(810, 900);
  await sign(page, "paused · 90 new rows");
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).netanom.store.rows), 810);
  await page.click("#pause");
  await shows(page, 900);

  await stop("SIGKILL"); // the service dies, and comes again without any rows
  await sign(page, "reconnecting in \\d+ s");
  assert.ok(await page.$eval("#live", (e) => e.classList.contains("off")));
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).netanom.store.rows), 900);
  await start("--dashboard-rows", "2000");
  await sign(page, "^live");
  await send(900, 1000);
  await shows(page, 1000);
  assert.match(await text(page, "#chips"), /Service: http/);
  const ids = await page.evaluate(() => { const { store } = /** @type {any} */ (window).netanom; return new Set(Array.from({ length: store.rows }, (_, i) => store.verdicts.idOf(i))).size; });
  assert.equal(ids, 1000);

  for (let i = 0; i < 3; i++) await send(0, 1000); // no more rows than were asked for
  await shows(page, 2000);
  const began = performance.now();
  assert.equal(await stop("SIGTERM"), 0);
  assert.ok(performance.now() - began < 5000, "the open page delays the end of the service");
  assert.deepEqual(wrong, []);
  await close();
});

test("a service that asks for a key", { skip: lacking || false, timeout: 60000 }, async () => {
  const keys = join(dir, "keys"), made = (name, scope) => execFileSync(program, ["serve", "key", name, "--scope", scope, "--keys", keys], { encoding: "utf8" }).trim();
  const sensor = made("sensor", "score"), reader = made("reader", "read");
  await start("--keys", keys, "--redact", "service");
  await send(0, 50, sensor);
  const { page, wrong, close } = await opened();
  await page.waitForSelector("#dialog[open] #key");
  await page.fill("#key", sensor);
  await page.click("#use-key");
  await page.waitForFunction(() => /scope read\. A key/.test(document.getElementById("dialog")?.textContent ?? "") && /** @type {any} */ (document.getElementById("dialog")).open);
  await page.keyboard.press("Escape");
  await page.click("#enter-key");
  await page.fill("#key", reader);
  await page.keyboard.press("Enter");
  await ready(page, "all");
  await shows(page, 50);
  assert.equal(await page.$("#enter-key"), null);
  assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).netanom.column("service")), null);
  await page.reload(); // the tab remembers the key
  await shows(page, 50);
  await send(50, 60, sensor);
  await shows(page, 60);
  assert.deepEqual(wrong, []);
  await close();
  await stop("SIGTERM");
});
