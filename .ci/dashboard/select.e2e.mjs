// Selecting: by every kind of mark, by pointer and keyboard, and the ways back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dashboard, drag, figures, file, go, hashOf, judged, number, open, records, settled, skip, totals, traffic } from "./page.mjs";

const data = () => records(traffic());
const labelled = () => dashboard(traffic());
const bar = (panel, level) => `#${panel} .bars button[title="${level}"]`;

test("a click on a bar filters every panel, and another takes it back", { skip }, async (t) => {
  const page = await open(t, labelled()), rows = data(), http = rows.filter((r) => r.service === "http");
  await page.locator(bar("service", "http")).click();
  assert.deepEqual(await totals(page), { all: http.length, anomalous: http.filter((r) => r.attack !== "normal").length });
  const protocols = (await figures(page, "protocol")).rows;
  assert.deepEqual(protocols.map((r) => [r[0], number(r[1])]), [["tcp", http.length]], "the other panels count what is selected");
  assert.ok((await figures(page, "service")).rows.length > 10, "the panel itself keeps its other bars");
  assert.equal(await page.locator(bar("service", "http")).getAttribute("aria-pressed"), "true");
  assert.match(await page.locator("#count").innerText(), new RegExp(`^${http.length.toLocaleString("en")} of 4,000 connections`));
  await page.locator(bar("service", "http")).click();
  assert.equal((await totals(page)).all, rows.length);
});

test("Shift adds, Alt excludes, chips and Clear all take away", { skip }, async (t) => {
  const page = await open(t, labelled()), rows = data(), n = (f) => rows.filter(f).length;
  await page.locator(bar("service", "http")).click();
  await page.locator(bar("service", "smtp")).click({ modifiers: ["Shift"] });
  assert.equal((await totals(page)).all, n((r) => ["http", "smtp"].includes(r.service)));
  await page.locator(bar("protocol", "udp")).click({ modifiers: ["Alt"] });
  await page.locator(bar("service", "http")).click({ modifiers: ["Shift"] });
  assert.equal((await totals(page)).all, n((r) => r.service === "smtp" && r.protocol_type !== "udp"));
  assert.equal(await page.locator(bar("protocol", "udp")).getAttribute("aria-pressed"), "mixed");
  assert.equal(await page.locator(".chip").count(), 2);
  await page.locator(".chip button").first().click();
  assert.equal((await totals(page)).all, n((r) => r.protocol_type !== "udp"));
  assert.equal(await page.evaluate(() => document.activeElement?.id), "count", "focus does not fall out of the page");
  await page.locator("#clear").click();
  assert.equal((await totals(page)).all, rows.length);
  assert.equal(await page.locator(".chip").count(), 0);
});

test("a cell of the heat map chooses both of its levels", { skip }, async (t) => {
  const page = await open(t, labelled()), want = data().filter((r) => r.service === "private" && r.flag === "S0").length, cell = page.locator('#status td button[aria-label^="private, S0:"]');
  await cell.click();
  assert.equal((await totals(page)).all, want);
  assert.equal(await cell.getAttribute("aria-pressed"), "true");
  await cell.click();
  assert.equal((await totals(page)).all, 4000);
});

test("a part of a histogram is chosen by dragging, by typing, and taken back by a click", { skip }, async (t) => {
  const page = await open(t, labelled(), { hash: "column=src_bytes" }), rows = data().map((r) => Number(r.src_bytes));
  await drag(page, "#column canvas", [0.4, 0.5], [0.8, 0.5]);
  const [low, high] = (await hashOf(page)).match(/src_bytes=~([\d.]+)~([\d.]+)/).slice(1).map(Number);
  assert.ok(low > 0 && high > low);
  assert.equal((await totals(page)).all, rows.filter((v) => v >= low && v <= high).length);
  await page.locator("#column canvas").click();
  assert.equal((await totals(page)).all, 4000);
  await page.getByLabel("Least Bytes out").first().fill("200");
  await page.keyboard.press("Tab");
  await page.getByLabel("Greatest Bytes out").first().fill("1000");
  await page.keyboard.press("Tab");
  assert.equal((await totals(page)).all, rows.filter((v) => v >= 200 && v <= 1000).length);
});

test("a span of time is chosen by mouse, and by two sliders from the keyboard", { skip }, async (t) => {
  const page = await open(t, labelled()), times = data().map((r) => Date.parse(r.timestamp) / 1000), inside = ([a, b]) => times.filter((v) => v >= a && v < b).length;
  const span = () => page.evaluate(() => window.netanom.state.span);
  await drag(page, "#volume canvas", [0.3, 0.5], [0.6, 0.5]);
  const chosen = await span(), { start, step, steps } = await page.evaluate(() => window.netanom.config.time);
  assert.equal((await totals(page)).all, inside(chosen));
  assert.equal((chosen[0] - start) % step, 0, "a span begins with a step");
  await page.locator("#volume canvas").click();
  assert.equal(await span(), null);
  await page.getByLabel("First step of the selection").focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  assert.deepEqual(await span(), [start + 5 * step, start + steps * step]);
  await page.getByLabel("Last step of the selection").focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowLeft");
  assert.deepEqual(await span(), [start + 5 * step, start + (steps - 3) * step]);
  assert.equal((await totals(page)).all, inside(await span()));
  assert.equal((await figures(page, "volume")).rows.reduce((sum, r) => sum + number(r[1]), 0), 4000, "the time panel keeps the steps outside");
});

test("every count over time belongs to its step", { skip }, async (t) => {
  const page = await open(t, labelled()), times = data().map((r) => Date.parse(r.timestamp) / 1000), { rows } = await figures(page, "volume"), step = await page.evaluate(() => window.netanom.config.time.step);
  for (const r of rows) {
    const from = Date.parse(String(r[0]).replace(" ", "T") + "Z") / 1000;
    assert.equal(number(r[1]), times.filter((v) => v >= from && v < from + step).length, String(r[0]));
  }
});

test("undo and redo, by buttons and by keys", { skip }, async (t) => {
  const page = await open(t, labelled()), n = [4000];
  for (const level of ["http", "smtp", "private"]) {
    await page.locator(bar("service", level)).click();
    n.push((await totals(page)).all);
  }
  await page.locator("#undo").click();
  assert.equal((await totals(page)).all, n[2]);
  await page.keyboard.press("Control+z");
  assert.equal((await totals(page)).all, n[1]);
  await page.keyboard.press("u");
  assert.equal((await totals(page)).all, n[0]);
  assert.ok(await page.locator("#undo").isDisabled());
  await page.locator("#redo").click();
  await page.keyboard.press("Control+y");
  await page.keyboard.press("Shift+U");
  assert.equal((await totals(page)).all, n[3]);
  assert.ok(await page.locator("#redo").isDisabled());
  await page.keyboard.press("c");
  assert.equal((await totals(page)).all, 4000);
});

test("a drag is one step of the history", { skip }, async (t) => {
  const page = await open(t, labelled());
  await drag(page, "#volume canvas", [0.2, 0.5], [0.7, 0.5]);
  assert.equal(await page.evaluate(() => window.netanom.history.past.length), 1);
});

test("the address holds all of the state", { skip }, async (t) => {
  const page = await open(t, judged());
  await page.locator(bar("service", "http")).click();
  await page.locator(bar("service", "private")).click({ modifiers: ["Shift"] });
  await page.locator(bar("label", "normal")).click({ modifiers: ["Alt"] });
  await drag(page, "#volume canvas", [0.2, 0.5], [0.9, 0.5]);
  await page.evaluate(() => window.netanom.change((s) => ({ ...s, threshold: 0.25 })));
  await page.locator('#volume [data-key="bytes"]').click();
  await page.locator("#theme").click();
  await settled(page);
  await page.waitForFunction(() => location.hash === "#" + window.netanom.hash);
  const want = await totals(page), hash = await hashOf(page), again = await open(t, judged(), { hash });
  assert.deepEqual(await totals(again), want);
  assert.equal(await hashOf(again), hash);
  assert.deepEqual(await again.evaluate(() => [document.documentElement.dataset.theme, window.netanom.state.view.measure, window.netanom.limit]), ["dark", "bytes", 0.25]);
});

test("back and forward go through addresses", { skip }, async (t) => {
  const page = await open(t, labelled());
  await go(page, "service=http");
  const http = await totals(page);
  await go(page, "service=smtp");
  await page.goBack();
  await page.waitForFunction(() => window.netanom.hash === "service=http");
  assert.deepEqual(await totals(page), http);
  await page.goForward();
  await page.waitForFunction(() => window.netanom.hash === "service=smtp");
});

const many = Array.from({ length: 30 }, (_, i) => ["duration", "src_bytes", "dst_bytes", "land", "hot", "count", "srv_count", "serror_rate", "rerror_rate", "same_srv_rate", "diff_srv_rate", "dst_host_count", "dst_host_srv_count", "logged_in", "service", "flag", "protocol_type", "urgent", "wrong_fragment", "num_root", "root_shell", "num_shells"][i]).filter(Boolean).map((name) => `${name}=!x`).join("&");
for (const [name, hash] of [
  ["nonsense", "&&=&=x&%&t=&t=9~1&t=a~b&thr=&thr=Infinity&thr=x&service&service=&order=%E0%A4%A&%zz=1"],
  ["no such columns", "nosuch=x&__proto__=x&constructor=y&toString=~1~2&hasOwnProperty=!z"],
  ["names of objects as views", "measure=__proto__&matrix=constructor&theme=toString&order=__proto__&place=constructor&ahead=__proto__&column=__proto__&x=constructor&y=toString&hosts=__proto__&host=constructor&rank=valueOf&triage=constructor&group=__proto__&against=toString"],
  ["script", "service=%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E=a&theme=%22%3E%3Cscript%3E&reference=service%3D%253Cimg%2520onerror%253D"],
  ["ranges of text and levels of numbers", "service=~1~2&src_bytes=http&attack=~0~1&duration=!0"],
  ["huge numbers", "t=-1e308~1e308&src_bytes=~-1e308~1e308&thr=1e308&duration=~1e400~2"],
  ["more filters than there may be", many],
]) {
  test(`an address of ${name} does no harm`, { skip }, async (t) => {
    const page = await open(t, judged(), { hash });
    assert.equal(await page.evaluate(() => document.documentElement.dataset.ready), "all");
    assert.equal(await page.locator("main script, main img, #chips img").count(), 0);
    await page.keyboard.press("c");
    assert.equal((await totals(page)).all, 4000);
    assert.equal(await page.evaluate(() => /** @type {any} */ ({}).x), undefined);
  });
}

test("named views are kept by the browser, and come with the file", { skip }, async (t) => {
  const views = file("views.yaml", "mail: service=smtp\n'<b>odd</b>': '#flag=S0'\n"), html = dashboard(traffic(), "--views", views), page = await open(t, html), rows = data();
  await page.locator(bar("service", "http")).click();
  await page.keyboard.press("v");
  await page.getByLabel("Name of this view").fill("web");
  await page.keyboard.press("Enter");
  await page.locator("#dialog").getByRole("button", { name: "mail" }).click();
  assert.equal((await totals(page)).all, rows.filter((r) => r.service === "smtp").length);
  const again = await open(t, html, { sharing: page });
  await again.locator("#views").click();
  assert.deepEqual(await again.locator(".views li > button:first-child").allInnerTexts(), ["mail", "<b>odd</b>", "web"]);
  await again.locator("#dialog").getByRole("button", { name: "web", exact: true }).click();
  assert.equal((await totals(again)).all, rows.filter((r) => r.service === "http").length);
  await again.locator("#views").click();
  await again.getByRole("button", { name: "Forget the view web" }).click();
  assert.equal(await again.locator(".views li").count(), 2);
});

test("a search finds levels beyond the bars", { skip }, async (t) => {
  const page = await open(t, labelled()), rows = data(), shown = () => page.locator("#service .bars button").evaluateAll((all) => all.map((b) => b.title));
  const rare = (await figures(page, "service")).rows.map((r) => String(r[0])).at(-1);
  assert.ok(!(await shown()).includes(rare));
  await page.locator("#service .search").fill(rare.toUpperCase());
  assert.ok((await shown()).includes(rare));
  await page.locator(bar("service", rare)).click();
  assert.equal((await totals(page)).all, rows.filter((r) => r.service === rare).length);
  await page.locator("#service .search").fill("");
  assert.ok((await shown()).includes(rare), "what is chosen stays in sight");
});

test("bytes, share and lanes of the time panel count the same rows", { skip }, async (t) => {
  const page = await open(t, labelled(), { hash: "measure=bytes" }), { head, rows } = await figures(page, "volume"), sum = (f) => data().reduce((n, r) => n + Number(r[f]), 0), of = (name) => rows.reduce((n, r) => n + number(r[head.indexOf(name)]), 0);
  assert.equal(of("bytes out"), sum("src_bytes"));
  assert.equal(of("bytes in"), sum("dst_bytes"));
  assert.equal(of("anomalous"), data().filter((r) => r.attack !== "normal").length);
  for (const key of ["share", "lanes", "connections"]) {
    await page.locator(`#volume [data-key="${key}"]`).click();
    await settled(page);
    assert.equal(await page.locator(`#volume [data-key="${key}"]`).getAttribute("aria-pressed"), "true");
  }
});
