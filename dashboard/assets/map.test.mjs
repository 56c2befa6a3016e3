// The projection is held to d3-geo's values (../world/projected.json), the map to ISO 3166
// and to the sizes of countries.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { namesOf, placeName, project, shades } from "./map.js";
import { frame, world } from "./world.js";

const projected = JSON.parse(await readFile(new URL("../world/projected.json", import.meta.url), "utf8"));

for (const { name, at, point } of projected) {
  test(`${name} lies where d3-geo puts it`, () => {
    const [x, y] = project(at[0], at[1], frame);
    assert.ok(Math.hypot(x - point[0], y - point[1]) < 2e-4, `${x}, ${y}, want ${point}`);
  });
}

/** The rings of a path of the map as points. */
function rings(path) {
  return path.split("z").filter(Boolean).map((ring) => {
    const [, start, steps] = /^M(\d+ \d+)l(.*)$/.exec(ring);
    let [x, y] = start.split(" ").map(Number);
    const numbers = steps.match(/-?\d+/g).map(Number), out = [[x, y]];
    for (let i = 0; i < numbers.length; i += 2) out.push([(x += numbers[i]), (y += numbers[i + 1])]);
    return out;
  });
}

/** Twice the area of a ring, positive or negative by its direction. */
const area = (points) => points.reduce((sum, [x, y], i) => sum + x * points[(i + 1) % points.length][1] - points[(i + 1) % points.length][0] * y, 0);

test("paths are of whole numbers and lie in the frame", () => {
  for (const [code, name, path] of world) {
    assert.match(code, /^[A-Z]{2}$/);
    assert.ok(name.length > 2);
    assert.match(path, /^(M\d+ \d+l(-?\d+(?: |(?=-)|(?=z)))+z)+$/, code);
    for (const [x, y] of rings(path).flat()) assert.ok(x >= 0 && x <= frame.width && y >= 0 && y <= frame.height, `${code}: ${x}, ${y}`);
  }
  const codes = world.map(([code]) => code);
  assert.equal(new Set(codes).size, codes.length);
  assert.ok(!codes.includes("AQ"));
});

// Areas in 1000 square kilometres, from The World Factbook, of countries that lie far apart
// and whose borders are the same there: an equal-area map must keep their ratios.
const known = { BR: 8515, AU: 7741, DZ: 2382, IN: 3287, KZ: 2725, MN: 1564, ZA: 1219 };

test("areas are in proportion", () => {
  const sizes = Object.fromEntries(world.map(([code, , path]) => [code, Math.abs(rings(path).reduce((sum, r) => sum + area(r), 0)) / 2]));
  for (const [code, km] of Object.entries(known)) {
    const ratio = sizes[code] / sizes.BR / (km / known.BR);
    assert.ok(Math.abs(ratio - 1) < 0.06, `${code} is ${ratio.toFixed(3)} of its size`);
  }
});

/** Whether a point is within a path, by the even-odd rule. */
function inside(path, [x, y]) {
  let odd = false;
  for (const points of rings(path)) {
    points.forEach(([x1, y1], i) => {
      const [x2, y2] = points[(i + 1) % points.length];
      if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) odd = !odd;
    });
  }
  return odd;
}

test("towns lie in their countries", () => {
  const towns = { DE: [10.0, 51.0], BR: [-47.9, -15.8], RU: [129.7, 62.0], US: [-104.99, 39.74], AU: [133.88, -23.7], CD: [23.6, -2.9], CN: [103.8, 36.1], CA: [-113.5, 53.5], SO: [44.06, 9.56] };
  for (const [code, [lon, lat]] of Object.entries(towns)) {
    const at = project(lon, lat, frame);
    assert.deepEqual(world.filter(([, , path]) => inside(path, at)).map(([c]) => c), [code], `${lon}, ${lat}`);
  }
});

test("shades rank countries and list the rest", () => {
  const counts = new Map([["private network", [90, 10]], ["DE", [3, 1]], ["MT", [5, 5]], ["site: Hamburg", [1, 0]], ["US", [0, 4]], ["FR", [0, 0]], ["unknown", [200, 0]]]);
  const s = shades(counts, world);
  assert.deepEqual(s.countries.map(({ code, name, total, rank, drawn }) => [code, name, total, rank, drawn]), [
    ["MT", "Malta", 10, 1, false], ["DE", "Germany", 4, 2, true], ["US", "United States of America", 4, 3, true], ["FR", "France", 0, 4, true],
  ]);
  assert.deepEqual(s.countries.map((c) => c.share), [0.5, 0.25, 1, NaN]);
  assert.deepEqual(s.others.map(({ level, name, code, total }) => [level, name, code, total]), [
    ["unknown", "unknown", "", 200], ["private network", "private network", "", 100], ["site: Hamburg", "Hamburg", "", 1],
  ]);
  assert.equal(s.byCode.get("DE"), s.countries[1]);
  assert.deepEqual([s.most, s.total], [10, 319]);
  assert.deepEqual([shades(new Map(), world).most, shades(new Map(), world).total], [0, 0]);
});

test("every place has a name", () => {
  const names = namesOf(world);
  assert.equal(placeName("XK", names), "Kosovo");
  assert.equal(placeName("SG", names), "Singapore");
  assert.equal(placeName("QZ", names), "QZ", "a code that nobody has");
  assert.equal(placeName("site: DE", names), "DE");
  assert.equal(placeName("site: ", names), "");
  assert.equal(placeName("(other)", names), "(other)");
  assert.equal(placeName("", names), "");
});
