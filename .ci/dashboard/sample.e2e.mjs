// A page with a sample of a table against the page with all rows of it: what it shows as exact
// must be the same, and what is estimated must say so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dashboard, figures, go, open, settled, sight, skip, totals, traffic } from "./page.mjs";

/** @typedef {import("playwright-core").Page} Page */

const rows = 6000, most = 2000;

/** What the panels say that are exact. @param {Page} page */
async function shown(page) {
  /** @type {Record<string, any>} */
  const out = { totals: await totals(page), count: await page.locator("#count").textContent(), cards: (await page.locator(".card").allTextContents()).slice(0, 5) };
  for (const id of ["volume", "service", "label", "status"]) out[id] = await figures(page, id);
  await sight(page, "protocol");
  out.protocol = await page.locator("#protocol .bars li").allTextContents();
  return out;
}

/** What the heads of panels say of their figures. @param {Page} page @param {string} id */
async function mark(page, id) {
  await sight(page, id);
  await settled(page);
  return page.locator(`#${id} .sampled`).textContent();
}

test("a sample's page counts as the page of all rows does", { skip }, async (t) => {
  const data = traffic(rows), full = await open(t, dashboard(data)), part = await open(t, dashboard(data, "--max-rows", String(most)));
  assert.match(await part.locator("#source").textContent() ?? "", /6,000 connections, 2,000 of them in the page/);
  const span = await full.evaluate(() => { const { time } = /** @type {any} */ (window).netanom.config; return `t=${time.start + 2 * time.step}~${time.start + Math.floor(time.steps / 2) * time.step}`; });
  for (const hash of ["", "service=http", `service=http,smtp&${span}`, `flag=!SF&protocol_type=tcp&${span}`]) {
    for (const page of [full, part]) await go(page, hash);
    assert.deepEqual(await shown(part), await shown(full), hash);
    for (const id of ["volume", "service", "label", "status"]) assert.equal(await mark(part, id), "", id);
    assert.equal(await mark(part, "column"), "≈ from a sample");
    assert.equal(await mark(part, "correlation"), "rows of the sample");
  }
});

test("a filter that only the rows know makes all counts estimates", { skip }, async (t) => {
  const page = await open(t, dashboard(traffic(rows), "--max-rows", String(most)), { hash: "duration=~0~1" });
  assert.match(await page.locator("#count").textContent() ?? "", /^≈ [\d,]+ of 6,000 connections, estimated from a sample of 2,000/);
  for (const id of ["volume", "service", "label", "status"]) assert.equal(await mark(page, id), "≈ from a sample", id);
  await page.locator("#help").click();
  assert.match(await page.locator("#dialog").textContent() ?? "", /The table has 6,000 rows.*Counts are exact, of all rows of the table, as long as they need only the time in steps, protocol_type, service, flag and attack\./);
});
