// What panels show besides bars: comparisons, correlations, boxes, a forecast, a map, and their tables and pictures.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { choose, dashboard, drag, figures, file, hashOf, judged, number, open, quiet, records, saved, settled, shared, sight, skip, skipShared, totals, traffic } from "./page.mjs";

const look = async (page, id) => {
  await sight(page, id);
  await quiet(page);
};

test("a selection is compared with the rest, and with another", { skip }, async (t) => {
  const page = await open(t, judged(), { hash: "service=private" }), rows = records(traffic()), here = rows.filter((r) => r.service === "private").length;
  await look(page, "comparison");
  assert.match(await page.locator("#comparison .head small").innerText(), new RegExp(`^${here.toLocaleString("en")} against ${(4000 - here).toLocaleString("en")} rows`));
  const { head, rows: table } = await figures(page, "comparison");
  assert.ok(table.length > 20 && head.includes("p adjusted (Holm)"));
  await page.locator("#comparison").getByRole("button", { name: /^Details of/ }).first().click();
  assert.ok(await page.locator("#dialog caption").first().isVisible());
  await page.keyboard.press("Escape");
  await page.locator("#comparison").getByRole("button", { name: "Pin as reference" }).click();
  await page.locator("#clear").click();
  await page.locator('#service .bars button[title="smtp"]').click();
  await look(page, "comparison");
  const smtp = rows.filter((r) => r.service === "smtp").length;
  assert.match(await page.locator("#comparison .head small").innerText(), new RegExp(`^${smtp} against ${here.toLocaleString("en")} rows`));
});

test("correlations are of the selection, and lead to the columns", { skip }, async (t) => {
  const page = await open(t, dashboard(traffic()));
  await look(page, "correlation");
  const cells = page.locator("#correlation table.corr td button");
  const k = await page.locator("#correlation table.corr tbody tr").count();
  assert.equal(await cells.count(), k * (k - 1), "each with each other");
  const { rows } = await figures(page, "correlation");
  assert.equal(rows.length, (k * (k - 1)) / 2);
  for (const r of rows) assert.ok(r[2] === "–" || Math.abs(number(r[2])) <= 1, String(r));
  await cells.nth(1).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.match(await hashOf(page), /(^|&)(x|column)=/);
});

test("a box in the scatter filters both of its columns", { skip }, async (t) => {
  const page = await open(t, dashboard(traffic()));
  await look(page, "scatter");
  await drag(page, "#scatter canvas", [0.4, 0.2], [0.9, 0.7]);
  const { src_bytes: x, dst_bytes: y } = await page.evaluate(() => ({ ...window.netanom.state.columns })), inside = (r) => Number(r.src_bytes) >= x.range[0] && Number(r.src_bytes) <= x.range[1] && Number(r.dst_bytes) >= y.range[0] && Number(r.dst_bytes) <= y.range[1];
  assert.equal((await totals(page)).all, records(traffic()).filter(inside).length);
  assert.equal((await figures(page, "scatter")).rows.reduce((n, r) => n + number(r[2]), 0), 4000, "the panel keeps what is outside of the box");
  await page.locator("#scatter canvas").click();
  assert.equal((await totals(page)).all, 4000);
});

test("the forecast says what is expected, and between what", { skip }, async (t) => {
  const page = await open(t, dashboard(traffic()));
  await look(page, "forecast");
  const s = await page.evaluate(() => window.netanom.config.forecast.series[0]);
  s.points.forEach((v, j) => assert.ok(s.low95[j] <= s.low80[j] && s.low80[j] <= v && v <= s.high80[j] && s.high80[j] <= s.high95[j], `step ${j}`));
  assert.equal((await figures(page, "forecast")).rows.length, s.points.length);
  const box = await page.locator("#forecast canvas").boundingBox();
  await page.mouse.move(box.x + box.width * 0.95, box.y + box.height / 2);
  await page.waitForFunction(() => /expected[^]*80 %[^]*95 %/.test(document.querySelector(".tip")?.textContent ?? ""));
});

test("tables of panels have a caption and figures that add up", { skip }, async (whole) => {
  const page = await open(whole, judged(), { hash: "flag=SF" }), { all: selected } = await totals(page), dialog = page.locator("#dialog");
  for (const id of await page.locator("main > section[id]").evaluateAll((all) => all.filter((e) => /Show as a table/.test(e.textContent)).map((e) => e.id))) await whole.test(id, async () => {
    await look(page, id);
    await choose(page, id, "Show as a table");
    assert.ok((await dialog.locator("caption").innerText()).trim());
    const heads = await dialog.locator("thead th").allInnerTexts(), rows = await dialog.locator("tbody tr").evaluateAll((all) => all.map((r) => [...r.children].map((c) => c.textContent)));
    assert.ok(rows.length > 0 && rows.every((r) => r.length === heads.length));
    const at = (name) => heads.findIndex((text) => text.toLowerCase() === name), [all, normal, hot] = [at("connections"), at("normal"), at("anomalous")];
    if (all >= 0 && normal >= 0 && hot >= 0) {
      for (const r of rows) assert.equal(number(r[normal]) + number(r[hot]), number(r[all]), r.join());
      assert.equal(rows.reduce((n, r) => n + number(r[all]), 0), selected, "every selected connection once");
    }
    await dialog.getByRole("button", { name: "Close" }).click();
  });
});

test("pictures of panels are whole, and SVG has no script in it", { skip }, async (t) => {
  const evil = "</text><script>alert(1)</script>&", csv = file("pictures.csv", `service,proto,src_bytes,dst_bytes,label\n${Array.from({ length: 300 }, (_, i) => `"${evil}${i % 5}",${i % 2 ? "tcp" : "udp"},${i},${(i * 7) % 50},${i % 3 ? "normal" : "attack"}`).join("\n")}\n`);
  for (const html of [judged(), dashboard(csv)]) {
    const page = await open(t, html);
    for (const id of await page.locator("main > section[id]").evaluateAll((all) => all.filter((e) => /Save as PNG/.test(e.textContent)).map((e) => e.id))) {
      await look(page, id);
      const png = await saved(page, () => choose(page, id, "Save as PNG")), svg = await saved(page, () => choose(page, id, "Save as SVG"));
      assert.equal(png.bytes.subarray(0, 8).toString("latin1"), "\x89PNG\r\n\x1a\n", id);
      const [width, height] = [png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)];
      assert.ok(width >= 600 && height >= 300 && width < 6000 && height < 6000, `${id}: ${width} × ${height}`);
      assert.match(png.name, new RegExp(`-${id}\\.png$`));
      const found = await page.evaluate((text) => {
        const d = new DOMParser().parseFromString(text, "image/svg+xml"), e = d.documentElement;
        return { error: d.querySelector("parsererror")?.textContent ?? "", name: e.localName, marks: e.querySelectorAll("*").length, bad: d.querySelectorAll("script,foreignObject,image,a,[href]").length, size: [Number(e.getAttribute("width")), Number(e.getAttribute("height"))], nan: /NaN|undefined/.test(text) };
      }, svg.bytes.toString());
      assert.deepEqual([found.error, found.name, found.bad, found.nan], ["", "svg", 0, false], id);
      assert.ok(found.marks > 5, id);
      assert.deepEqual(found.size.map((v) => 2 * v), [width, height], id);
    }
  }
});

/** Networks of the test database of places, as far as they are IPv4. */
function networks() {
  /** @type {Map<string, string>} */
  const out = new Map();
  for (const entry of JSON.parse(readFileSync(join(shared, "data/geo/GeoIP2-City-Test.json"), "utf8"))) for (const [net, of] of Object.entries(entry)) {
    const v4 = /^(?:::)?(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(net), code = /** @type {any} */ (of).country?.iso_code;
    if (v4 && code && !/^(10|127|192\.168|0)\./.test(v4[1])) out.set(v4[1], code);
  }
  return out;
}

function withPlaces() {
  const all = [...networks()], lines = ["src_ip,dst_ip,service,src_bytes,label"], want = new Map();
  all.forEach(([address, code], i) => {
    for (let n = 0; n <= i % 4; n++) {
      lines.push(`${address},10.1.2.3,http,${i},${i % 2 ? "attack" : "normal"}`);
      want.set(code, (want.get(code) ?? 0) + 1);
    }
  });
  const sites = file("sites.csv", "network,site,latitude,longitude\n10.1.0.0/16,Head office,52.5,13.4\n"), csv = file("places.csv", lines.join("\n") + "\n");
  return { html: dashboard(csv, "--geoip", join(shared, "data/geo/GeoIP2-City-Test.mmdb"), "--sites", sites), want, all: lines.length - 1 };
}

test("a click on a country and on a site selects its connections", { skip: skipShared }, async (t) => {
  const { html, want, all } = withPlaces(), page = await open(t, html);
  assert.ok(want.size > 3);
  await look(page, "origin");
  const { rows } = await figures(page, "origin");
  assert.equal(rows.reduce((n, r) => n + number(r[1]), 0), all);
  const big = await page.evaluate((codes) => {
    const sizes = [...document.querySelectorAll("#origin svg.map path")].map((e, i) => ({ i, area: e.getBoundingClientRect().width * e.getBoundingClientRect().height, d: e.getAttribute("d") }));
    const b = window.netanom, c = b.column(b.config.places.source);
    return { sizes: sizes.length, levels: c.levels.filter((l) => codes.includes(l)) };
  }, [...want.keys()]);
  assert.deepEqual(big.levels.toSorted(), [...want.keys()].toSorted(), "every country of the database is told");
  assert.ok(big.sizes > 150);
  let found = 0;
  for (const [code, n] of want) {
    const hit = await page.evaluate((level) => {
      const b = window.netanom;
      for (const e of document.querySelectorAll("#origin svg.map path")) {
        e.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        const only = b.state.columns[b.config.places.source]?.only;
        if (only?.[0] === level) return true;
        if (only) b.change((s) => ({ ...s, columns: {} }));
      }
      return false;
    }, code);
    if (!hit) continue;
    found++;
    assert.equal((await totals(page)).all, n, code);
    await page.keyboard.press("c");
    await settled(page);
    if (found === 3) break;
  }
  assert.ok(found >= 3, `${found} countries were found on the map`);
  await page.locator('#origin [data-key="destination"]').click();
  await settled(page);
  await page.locator("#origin .site").dispatchEvent("click");
  assert.equal((await totals(page)).all, all);
  assert.match(await hashOf(page), /site%3A%20Head%20office/);
});

test("without addresses and times the page says so", { skip }, async (t) => {
  const lines = readFileSync(traffic(), "utf8").trim().split("\n").map((l) => l.split(",").slice(5).join(",")), page = await open(t, dashboard(file("kdd.csv", lines.join("\n") + "\n")));
  assert.match(await page.locator("#origin").innerText(), /no addresses/);
  assert.match(await page.locator("#forecast").innerText(), /no time/);
  assert.match(await page.locator("#volume").innerText(), /order of the file/);
  await drag(page, "#volume canvas", [0.2, 0.5], [0.5, 0.5]);
  const [a, b] = await page.evaluate(() => window.netanom.state.span);
  assert.deepEqual(await totals(page), { all: b - a, anomalous: lines.slice(1 + a, 1 + b).filter((l) => !l.endsWith(",normal")).length });
});
