// Tables that are tiny, odd or hostile, and the layouts that other tools write.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dashboard, figures, file, go, number, open, parseCSV, quiet, saved, settled, shared, sight, skip, skipShared, totals } from "./page.mjs";

/** Goes through the page as a reader does: every panel in sight, a filter, another column, the help. */
async function through(page, rows) {
  assert.equal(await page.evaluate(() => document.documentElement.dataset.ready), "all");
  for (const id of await page.locator("main > section[id]").evaluateAll((all) => all.map((e) => e.id))) {
    await sight(page, id);
  }
  await quiet(page);
  const { all } = await totals(page);
  if (rows !== undefined) assert.equal(all, rows);
  const bars = page.locator(".bars button:visible");
  if (await bars.count()) {
    await bars.first().click();
    await settled(page);
    const picked = (await totals(page)).all;
    assert.ok(picked > 0 && picked <= all, `${picked} of ${all}`);
    await quiet(page);
    const hash = await page.evaluate(() => window.netanom.hash);
    await go(page, "");
    await go(page, hash);
    assert.equal((await totals(page)).all, picked, "the same again from the address");
    await page.evaluate(() => window.netanom.change((s) => ({ ...s, columns: {} })));
  }
  for (const name of await page.evaluate(() => window.netanom.store.columns.map((c) => c.name).slice(0, 6))) {
    await page.getByLabel("Column to show").selectOption(name);
    await settled(page);
  }
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling");
  return all;
}

const lines = (...all) => all.join("\n") + "\n";
const many = (n, f) => Array.from({ length: n }, (_, i) => f(i));
const evil = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "__proto__", "constructor", "toString", "hasOwnProperty", "x".repeat(5000), "مرحبا بالعالم", "👩‍👩‍👧‍👦🏴‍☠️", "‮evil‬", "{{.Config}}", "${alert(1)}", "&lt;b&gt;", "a b", "-", "(other)", "(missing)", "!bang", "~tilde", "%41", "a,b", "a&b=c#d"];
const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

for (const [name, text, rows] of [
  ["one row", lines("service,src_bytes,label", "http,1,normal"), 1],
  ["one attack", lines("service,src_bytes,label", "http,1,attack"), 1],
  ["no label", lines("timestamp,service,src_bytes", ...many(200, (i) => `2026-03-02 00:${String(i % 60).padStart(2, "0")}:00,s${i % 3},${i}`)), 200],
  ["text alone", lines("a,b,c", ...many(60, (i) => `x${i % 3},y${i % 5},z${i % 2}`)), 60],
  ["numbers alone", lines("a,b,c", ...many(300, (i) => `${i},${i * i},${Math.sin(i)}`)), 300],
  ["one column", lines("a", ...many(50, (i) => `${i % 7}`)), 50],
  ["the same in every row", lines("timestamp,service,src_bytes,label", ...many(50, () => "2026-03-02 00:00:00,http,5,normal")), 50],
  ["missing, endless and not a number", lines("service,src_bytes,dst_bytes,label", "http,NaN,1,normal", ",inf,2,attack", "smtp,,3,normal", "smtp,-inf,,", "ftp,1e308,-1e308,normal", "ftp,1e-320,4,attack"), 6],
  ["three hundred columns", lines(many(300, (j) => `c${j}`).join() + ",label", ...many(40, (i) => many(300, (j) => (i * j) % 17).join() + (i % 2 ? ",normal" : ",attack"))), 40],
  ["hostile levels", lines("service,proto,src_bytes,label", ...many(200, (i) => `${quoted(evil[i % evil.length])},${quoted(evil[(i * 7) % evil.length])},${i},${i % 3 ? "normal" : quoted(evil[i % 5])}`)), 200],
  ["hostile names", lines([...evil.map(quoted), "label"].join(), ...many(50, (i) => [...evil.map((_, j) => (j % 2 ? `v${(i + j) % 4}` : i * j)), i % 3 ? "normal" : "attack"].join())), 50],
  ["dates apart by decades", lines("timestamp,service,label", "1971-01-01 00:00:00,http,normal", "2026-03-02 00:00:00,http,attack", "2099-12-31 23:59:59,smtp,normal"), 3],
  ["a label of one level", lines("service,src_bytes,label", ...many(40, (i) => `http,${i},attack`)), 40],
]) {
  test(`${name}: nothing goes wrong`, { skip }, async (t) => {
    const page = await open(t, dashboard(file(`${name.replaceAll(" ", "-")}.csv`, text)));
    await through(page, rows);
    assert.equal(await page.locator("main script, main img").count(), 0);
  });
}

test("a table without rows is refused, in a sentence", { skip }, () => {
  assert.throws(() => dashboard(file("no-rows.csv", "service,src_bytes,label\n")), (e) => e.status === 1 && /there is a header but no row below it/.test(e.stderr));
});

test("hostile levels are shown as they are, and saved as they are", { skip }, async (t) => {
  const page = await open(t, dashboard(file("levels.csv", lines("service,src_bytes,label", ...many(220, (i) => `${quoted(evil[i % evil.length])},${i},${i % 3 ? "normal" : "attack"}`)))));
  const shown = (await figures(page, "service")).rows;
  for (const level of evil.filter((l) => l.length < 200 && l !== "-")) assert.equal(number(shown.find((r) => r[0] === level)?.[1] ?? -1), 10, level);
  for (const level of ["__proto__", "constructor", "!bang", "~tilde", "a,b", "a&b=c#d", "%41"]) {
    await page.locator("#service .search").fill(level);
    await page.locator("#service .bars button").first().click();
    assert.equal((await totals(page)).all, 10, level);
    const hash = await page.evaluate(() => window.netanom.hash);
    await go(page, "");
    await go(page, hash);
    assert.equal((await totals(page)).all, 10, `${level} from the address`);
    await go(page, "");
  }
  await page.keyboard.press("Escape");
  await page.evaluate(() => window.netanom.change((s) => ({ ...s, columns: {} })));
  await settled(page);
  const [head, ...rows] = parseCSV((await saved(page, () => page.locator("#csv").click())).bytes.toString());
  assert.deepEqual(rows.map((r) => r[head.indexOf("service")]).slice(0, 6), evil.slice(0, 6));
});

test("forty thousand addresses", { skip }, async (t) => {
  const text = lines("timestamp,src_ip,dst_ip,service,src_bytes,label", ...many(90000, (i) => { const a = i % 40000; return `2026-03-0${1 + (i % 7)} 0${i % 10}:00:00,10.${a >> 16}.${(a >> 8) & 255}.${a & 255},192.168.0.${i % 40},http,${i % 1000},${i % 9 ? "normal" : "attack"}`; }));
  const page = await open(t, dashboard(file("addresses.csv", text)));
  await through(page, 90000);
  assert.equal(await page.evaluate(() => window.netanom.column("src_ip")?.levels.length), 40000);
  const began = await page.evaluate(() => { const b = window.netanom; b.change((s) => ({ ...s, columns: { service: { only: ["http"] } } })); return performance.now(); });
  await settled(page);
  assert.ok((await page.evaluate(() => performance.now())) - began < 5000);
});

const layouts = shared ? ["zeek/bro_conn.log", "zeek/json_conn.log", ...readdirSync(join(shared, "data/flows")).filter((f) => /UNSW|unsw|cic.*(DDoS|SSH)|CTU-H.*4-1/.test(f)).map((f) => "flows/" + f)] : ["zeek/bro_conn.log"];
for (const name of layouts) {
  test(`${name}: nothing goes wrong`, { skip: skipShared || !existsSync(join(shared, "data", name)) }, async (t) => {
    const page = await open(t, dashboard(join(shared, "data", name)));
    assert.ok((await through(page)) > 0);
  });
}

test("a broken page says so", { skip }, async (t) => {
  const { readFileSync } = await import("node:fs"), whole = readFileSync(dashboard(file("one-row.csv", lines("service,src_bytes,label", "http,1,normal"))), "utf8"), cut = file("cut.html", whole.replace(/(id="block-0"[^>]*>.{40})[^<]*</, "$1<"));
  await assert.rejects(async () => { // the page complains, as it should
    await open(/** @type {any} */ ({ after: () => {} }), cut).then(async (page) => {
      const text = await page.locator("body").innerText();
      await page.context().close();
      assert.match(text, /could not show its data/);
      throw new Error("as it should");
    });
  }, /as it should/);
});
