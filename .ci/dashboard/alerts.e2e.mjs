// Alerts: the list, the record, what the analyst says, the threshold, and files of rows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dashboard, detector, drag, figures, file, judged, number, open, parseCSV, records, run, saved, settled, sight, skip, totals, traffic } from "./page.mjs";

const list = (page) => page.locator("#alert-list");
const column = (page, title) => page.evaluate((name) => {
  const heads = [...document.querySelectorAll('#alert-list [role="columnheader"]')], at = heads.findIndex((e) => e.textContent.trim() === name);
  return [...document.querySelectorAll("#alert-list .rows [role=row]:not([hidden])")].map((r) => r.children[at].textContent);
}, title);

async function shown(t, html = judged(), how = {}) {
  const page = await open(t, html, how);
  await sight(page, "alerts");
  return page;
}

test("the list holds the alerts of the selection in the order asked for", { skip }, async (t) => {
  const page = await shown(t), n = (await totals(page)).anomalous;
  assert.equal(await list(page).getAttribute("aria-rowcount"), String(n + 1));
  const times = await column(page, "Time (UTC)");
  assert.deepEqual(times, times.toSorted().reverse(), "the newest first");
  await list(page).getByRole("button", { name: "Bytes out" }).click();
  await settled(page);
  const bytes = (await column(page, "Bytes out")).map(number);
  assert.deepEqual(bytes, bytes.toSorted((a, b) => b - a));
  assert.equal(bytes[0], await page.evaluate(() => { const b = window.netanom, c = b.role("out"); return Math.max(...[...b.engine.passing(true)].map((i) => c.values[c.codes[i]])); }));
  await list(page).getByRole("button", { name: "Bytes out" }).click();
  await settled(page);
  assert.equal(await list(page).locator('[aria-sort="ascending"]').innerText(), "Bytes out");
});

test("many alerts are few elements", { skip }, async (t) => {
  const rows = ["service,src_bytes,label", ...Array.from({ length: 20000 }, (_, i) => `s${i % 9},${i},${i % 50 ? "attack" : "normal"}`)], page = await shown(t, dashboard(file("many.csv", rows.join("\n") + "\n")));
  const elements = () => page.locator("#alert-list [role=row]").count();
  assert.ok((await elements()) <= 60);
  await list(page).focus();
  await page.keyboard.press("End");
  const last = (await column(page, "Line")).at(-1);
  assert.equal(last, "20,001");
  await page.keyboard.press("Home");
  await page.keyboard.press("PageDown");
  assert.ok((await elements()) <= 60, `${await elements()} rows`);
});

test("from a mark to the rows, to the record, and back", { skip }, async (t) => {
  const page = await shown(t);
  const worst = (await figures(page, "label")).rows.toSorted((a, b) => number(b[3]) - number(a[3]))[0][0];
  await page.locator(`#label .bars button[title="${worst}"]`).click();
  await settled(page);
  await page.keyboard.press("a");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "alert-list");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const dialog = page.locator("#dialog");
  assert.ok(await dialog.isVisible());
  const line = await dialog.locator("dt", { hasText: "Line of the file" }).locator("xpath=following-sibling::dd").innerText(), row = records(traffic()).find((r) => r.line === line);
  const said = Object.fromEntries(await dialog.locator(".fields div").evaluateAll((all) => all.map((e) => [e.firstChild.title, e.lastChild.textContent])));
  for (const name of ["service", "flag", "protocol_type", "src_ip"]) assert.equal(said[name], row[name], name);
  for (const name of ["src_bytes", "dst_bytes", "duration", "count", "serror_rate"]) assert.equal(number(said[name]), Number(row[name]), name);
  assert.equal(await dialog.locator(".fields div").count(), await page.evaluate(() => window.netanom.store.columns.length - 2), "every column but the label and the score");
  const title = await dialog.locator("h2").innerText();
  await page.keyboard.press("j");
  assert.notEqual(await dialog.locator("h2").innerText(), title);
  await page.keyboard.press("k");
  assert.equal(await dialog.locator("h2").innerText(), title);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.activeElement?.id === "alert-list");
});

test("status and comment survive a reload and come with the files", { skip }, async (t) => {
  const page = await shown(t), dialog = page.locator("#dialog");
  await list(page).focus();
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "False alarm" }).click();
  await dialog.getByLabel("Comment").fill('=HYPERLINK("x") <b>seen</b>');
  const line = await dialog.locator("dt", { hasText: "Line of the file" }).locator("xpath=following-sibling::dd").innerText();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.ready === "all");
  await sight(page, "alerts");
  assert.ok((await column(page, "Status"))[0].startsWith("false alarm"));
  const [head, ...rows] = parseCSV((await saved(page, () => page.locator("#csv").click())).bytes.toString()), row = rows.find((r) => r[head.indexOf("line")] === line);
  assert.equal(row[head.indexOf("analyst_status")], "false alarm");
  assert.equal(row[head.indexOf("analyst_comment")], `'=HYPERLINK("x") <b>seen</b>`);
  await sight(page, "alerts");
  await page.getByLabel("Status of the alerts shown").selectOption("false alarm");
  await settled(page);
  assert.equal(await list(page).getAttribute("aria-rowcount"), "2");
});

test("a ticket escapes what the data say", { skip }, async (t) => {
  const nasty = "[x](javascript:alert(1))|<img src=x>`**", text = `service,flag,src_bytes,label\n"${nasty}",S0,1,attack\nhttp,SF,2,normal\n`;
  const page = await shown(t, dashboard(file("nasty.csv", text)), { context: { permissions: ["clipboard-read", "clipboard-write"] } });
  await list(page).focus();
  await page.keyboard.press("Enter");
  await page.locator("#dialog").getByRole("button", { name: "Copy for a ticket" }).click();
  await page.waitForFunction(() => document.getElementById("said").textContent || document.querySelector("#dialog textarea[readonly]"));
  const md = await page.evaluate(() => document.querySelector("#dialog textarea[readonly]")?.value ?? navigator.clipboard.readText());
  assert.ok(md.includes("\\[x\\]\\(javascript:alert\\(1\\)\\)\\|\\<img src\\=x\\>\\`\\*\\*"), md);
  assert.ok(!/[^\\]<img/.test(md));
});

test("the file of the selection has its rows as they are in the source", { skip }, async (t) => {
  const page = await shown(t, judged(), { hash: "service=private,ftp&src_bytes=~0~500" }), source = records(traffic()), want = source.filter((r) => ["private", "ftp"].includes(r.service) && Number(r.src_bytes) <= 500);
  const { name, bytes } = await saved(page, () => page.locator("#csv").click()), [head, ...rows] = parseCSV(bytes.toString()), at = (r, c) => r[head.indexOf(c)];
  const left = await page.evaluate(() => ["line", ...window.netanom.store.leftOut]); // of which the help tells
  assert.ok(left.length < 5);
  assert.equal(name, "traffic-4000-selection.csv");
  assert.equal(rows.length, want.length);
  assert.equal(rows.length, (await totals(page)).all);
  assert.deepEqual(rows.map((r) => at(r, "line")).toSorted(), want.map((r) => r.line).toSorted());
  for (const r of rows) {
    const own = source[at(r, "line") - 2];
    for (const c of Object.keys(own).filter((name) => !left.includes(name))) {
      if (c === "timestamp") assert.equal(at(r, c), own[c]);
      else if (own[c] !== "" && Number.isFinite(Number(own[c]))) assert.equal(Number(at(r, c)), Number(own[c]), c);
      else assert.equal(at(r, c), own[c], c);
    }
  }
});

test("formulas in cells are defused", { skip }, async (t) => {
  const levels = ["=1+1", "+1", "-x", "@SUM(A1)", "\tx", 'a"b,c', "plain"], text = "service,src_bytes,label\n" + levels.map((l, i) => `"${l.replaceAll('"', '""')}",${-i},normal`).join("\n") + "\n";
  const page = await open(t, dashboard(file("formulas.csv", text))), [head, ...rows] = parseCSV((await saved(page, () => page.locator("#csv").click())).bytes.toString());
  for (const r of rows) assert.ok(!/^[=+@\t\r]/.test(r[head.indexOf("service")]) && r[head.indexOf("service")][0] !== "-", r.join());
  assert.ok(rows.some((r) => r.includes('a"b,c')));
  assert.deepEqual(rows.map((r) => r[head.indexOf("src_bytes")]), ["0", "-1", "-2", "-3", "-4", "-5", "-6"], "numbers stay numbers");
});

test("the alerts are saved with their reasons", { skip }, async (t) => {
  const page = await shown(t), n = (await totals(page)).anomalous, [head, ...rows] = parseCSV((await saved(page, () => page.locator("#alerts-csv").click())).bytes.toString());
  assert.equal(rows.length, n);
  assert.ok(rows.some((r) => / = /.test(r[head.indexOf("reasons")])));
});

const confusion = (page) => page.locator("#threshold .matrix button b").allInnerTexts().then((all) => all.map(number));

test("the threshold changes the alerts, and its figures add up", { skip }, async (t) => {
  const page = await open(t, judged()), attacks = records(traffic()).filter((r) => r.attack !== "normal").length;
  await sight(page, "threshold");
  const range = page.locator('#threshold input[type="range"]');
  for (const key of ["Home", "End", "PageDown"]) {
    await range.focus();
    await page.keyboard.press(key);
    await settled(page);
    const [tp, fn, fp, tn] = await confusion(page), { all, anomalous } = await totals(page);
    assert.equal(tp + fn, attacks);
    assert.equal(tp + fn + fp + tn, all);
    assert.equal(tp + fp, anomalous, "alerts are what the page colours");
  }
  await page.getByRole("button", { name: "Model's own" }).click();
  const own = await confusion(page), { rows } = await figures(page, "label");
  assert.equal(rows.reduce((n, r) => n + number(r[3]), 0), own[0] + own[2]);
  await page.locator("#threshold .matrix button", { hasText: "missed attack" }).click();
  assert.equal((await totals(page)).all, own[1]);
  assert.deepEqual(await confusion(page), own, "the panel keeps its other cells");
  assert.ok((await figures(page, "label")).rows.every((r) => r[0] !== "normal"));
});

test("the threshold is dragged as one step", { skip }, async (t) => {
  const page = await open(t, judged());
  await drag(page, "#threshold canvas", [0.3, 0.5], [0.8, 0.5]);
  assert.ok(await page.evaluate(() => window.netanom.state.threshold !== null));
  assert.equal(await page.evaluate(() => window.netanom.history.past.length), 1);
});

test("a page coloured by labels tells it", { skip }, async (t) => {
  const page = await open(t, judged());
  await page.locator("#colour-by").click();
  const { anomalous } = await totals(page);
  assert.equal(anomalous, records(traffic()).filter((r) => r.attack !== "normal").length);
  assert.match(await page.locator("#count").innerText(), /attacks/);
});

test("alerts of one kind are grouped, and opened", { skip }, async (t) => {
  const page = await shown(t), n = (await totals(page)).anomalous;
  await page.getByLabel("Group alerts").selectOption("kind");
  await settled(page);
  const kinds = Number(await list(page).getAttribute("aria-rowcount")) - 1;
  assert.ok(kinds > 1 && kinds < n, `${kinds} kinds of ${n}`);
  assert.equal(await list(page).getAttribute("role"), "treegrid");
  const many = Number.parseInt((await column(page, "Alike"))[0]);
  await list(page).focus();
  await page.keyboard.press("ArrowRight");
  await settled(page);
  if (many > 1) assert.equal(Number(await list(page).getAttribute("aria-rowcount")) - 1, kinds + many - 1);
});

test("a model of data without a label has alerts and no confusion", { skip }, async (t) => {
  const text = run("convert", traffic(), "--quiet").split("\n").map((l) => l.replace(/,[^,]*$/, "")).join("\n"), page = await open(t, dashboard(file("unlabelled.csv", text), "--model", detector()));
  const alerts = (await totals(page)).anomalous;
  await sight(page, "threshold");
  assert.deepEqual(await confusion(page), [alerts, 4000 - alerts]);
});
