// Makes what the dashboard knows of countries: ../assets/world.js (the map),
// ../place_countries.go (codes and names), and projected.json (points for the tests).
// README.md says how to run it and where the data come from.
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { geoEqualEarth, geoPath } from "d3-geo";
import { feature, merge } from "topojson-client";

const require = createRequire(import.meta.url);
const iso = require("i18n-iso-countries/codes.json"); // alpha-2, alpha-3, numeric
const english = require("i18n-iso-countries/langs/en.json").countries;

const width = 760, height = 360, turn = 11; // degrees east of the middle: the seam then lies in the Bering Strait
const antarctica = "010";

// Areas of Natural Earth without an ISO code of their own. Addresses in the first two are
// registered under the code given here, with whose polygon they are drawn; XK is the
// user-assigned code that address databases use for the third.
const without = { "N. Cyprus": "CY", Somaliland: "SO", Kosovo: "XK" };

// Natural Earth's abbreviations, in full.
const inFull = {
  "W. Sahara": "Western Sahara", "Dem. Rep. Congo": "Democratic Republic of the Congo", "Dominican Rep.": "Dominican Republic",
  "Falkland Is.": "Falkland Islands", "Fr. S. Antarctic Lands": "French Southern and Antarctic Lands", "Central African Rep.": "Central African Republic",
  "Eq. Guinea": "Equatorial Guinea", eSwatini: "Eswatini", "Solomon Is.": "Solomon Islands", "Bosnia and Herz.": "Bosnia and Herzegovina",
  Macedonia: "North Macedonia", "S. Sudan": "South Sudan", Bahamas: "The Bahamas", Gambia: "The Gambia",
};

// Spellings that neither source has.
const alsoCalled = {
  BN: ["Brunei"], CV: ["Cabo Verde"], CW: ["Curacao"], FM: ["Micronesia"], KP: ["Korea, Democratic People's Republic of"], MK: ["Macedonia"],
  MM: ["Burma"], MO: ["Macau"], RU: ["Russian Fed."], SX: ["Sint Maarten"], SZ: ["Swaziland"], VA: ["Vatican City", "Vatican", "Holy See"],
  VG: ["British Virgin Islands"], VI: ["U.S. Virgin Islands", "US Virgin Islands"], VN: ["Viet Nam"], CG: ["Congo-Brazzaville"],
  CD: ["DR Congo", "Congo-Kinshasa"], MF: ["Saint Martin"], FK: ["Falkland Islands"], BL: ["Saint Barthelemy"], PS: ["Palestinian Territory"], XK: ["XKX"],
};

const topology = JSON.parse(await readFile(require.resolve("world-atlas/countries-110m.json"), "utf8"));
const byNumber = new Map(iso.map(([two, , number]) => [number, two]));

/** Areas by alpha-2 code: the English name, and the parts of the topology. */
function areas() {
  const out = new Map();
  for (const g of topology.objects.countries.geometries) {
    if (g.id === antarctica) continue;
    const code = g.id ? byNumber.get(g.id) : without[g.properties.name];
    if (!code) throw new Error(`no code for ${g.id} ${g.properties.name}`);
    const area = out.get(code) ?? { name: "", parts: [] };
    if (g.id || code === "XK") area.name = inFull[g.properties.name] ?? g.properties.name;
    area.parts.push(g);
    out.set(code, area);
  }
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** An SVG path of whole numbers, every step relative to the last; rings without extent are dropped. */
function compact(path) {
  let out = "";
  for (const ring of path.split("Z").filter(Boolean)) {
    const points = ring.slice(1).split("L").map((p) => p.split(",").map(Number));
    let [x, y] = points[0], steps = "";
    for (const [a, b] of points.slice(1)) {
      const dx = a - x, dy = b - y;
      if (dx === 0 && dy === 0) continue;
      steps += (steps && dx >= 0 ? " " : "") + dx + (dy >= 0 ? " " : "") + dy;
      [x, y] = [a, b];
    }
    if (steps) out += `M${points[0][0]} ${points[0][1]}l${steps}z`;
  }
  return out;
}

const all = areas();
const shape = ({ parts }) => (parts.length > 1 ? merge(topology, parts) : feature(topology, parts[0]));
const features = { type: "FeatureCollection", features: [...all.values()].map((a) => ({ type: "Feature", properties: {}, geometry: shape(a).geometry ?? shape(a) })) };
const projection = geoEqualEarth().rotate([-turn, 0]).fitSize([width, height], features);
const path = geoPath(projection).digits(0);
const rows = [...all].map(([code, a]) => [code, a.name, compact(path(shape(a)))]);
for (const [code, , d] of rows) if (!d) throw new Error(`${code} has no extent at this scale`);
const round = (x) => Math.round(x * 1e4) / 1e4;
const [x, y] = projection.translate();
const frame = { width, height, turn, scale: round(projection.scale()), x: round(x), y: round(y) };

await writeFile(new URL("../assets/world.js", import.meta.url), `// The countries of the world but Antarctica: Natural Earth 1:110m, public domain.
// Made by dashboard/world/mkworld.mjs; do not edit.

/** The frame of the map: its size, the meridian in its middle, and where the projection puts longitude ${turn}, latitude 0. */
export const frame = ${JSON.stringify(frame).replaceAll('"', "").replaceAll(",", ", ").replaceAll(":", ": ").replace("{", "{ ").replace("}", " }")};

/**
 * ISO 3166 code, English name, SVG path in the frame.
 * @type {[string, string, string][]}
 */
export const world = [
${rows.map((r) => JSON.stringify(r)).join(",\n")},
];
`);

/** Points all over the map, with where d3-geo puts them. */
function points() {
  const places = {
    Hamburg: [9.99, 53.55], Quito: [-78.47, -0.18], Sydney: [151.21, -33.87], Anadyr: [177.51, 64.73], Nome: [-165.41, 64.5],
    Honolulu: [-157.86, 21.31], Ushuaia: [-68.3, -54.8], Longyearbyen: [15.63, 78.22], "Cape Town": [18.42, -33.92], Singapore: [103.82, 1.35],
    origin: [0, 0], middle: [turn, 0], "north pole": [0, 90], "south pole": [0, -90], "west of the seam": [-169.1, 10], "east of the seam": [-168.9, 10],
  };
  for (const lon of [-180, -90, 45, 135, 180]) for (const lat of [-60, -30, 30, 75]) places[`${lon}, ${lat}`] = [lon, lat];
  const exact = geoEqualEarth().rotate([-turn, 0]).scale(frame.scale).translate([frame.x, frame.y]);
  return Object.entries(places).map(([name, at]) => ({ name, at, point: exact(at).map(round) }));
}
await writeFile(new URL("projected.json", import.meta.url), `[\n${points().map((p) => "  " + JSON.stringify(p)).join(",\n")}\n]\n`);

/** For each code: alpha-3 and the spellings of the name, those of the map first; a spelling belongs to the first who has it. */
function spellings() {
  const natural = new Map();
  for (const g of topology.objects.countries.geometries) if (g.id) natural.set(byNumber.get(g.id), g.properties.name);
  const plain = (s) => s.normalize("NFD").replace(/\p{M}/gu, "");
  const codes = iso.map(([two, three]) => [two, three]);
  const sources = [(two) => all.get(two)?.name ?? [], (two) => natural.get(two) ?? [], (two) => english[two] ?? [], (two) => alsoCalled[two] ?? []];
  const owner = new Map(), names = new Map(codes.map(([two]) => [two, []]));
  for (const of of sources) {
    for (const [two] of codes) {
      for (const name of [of(two)].flat().flatMap((n) => [n, plain(n)])) {
        if (name === two || owner.has(name.toLowerCase())) continue;
        owner.set(name.toLowerCase(), two);
        names.get(two).push(name);
      }
    }
  }
  return codes.sort(([a], [b]) => (a < b ? -1 : 1)).map(([two, three]) => [two, three, ...names.get(two)].join("|"));
}
await writeFile(new URL("../place_countries.go", import.meta.url), `// Code generated by dashboard/world/mkworld.mjs; DO NOT EDIT.

package dashboard

// countryTable has a line for each code of ISO 3166 and for XK, Kosovo: alpha-2, alpha-3,
// and English names. The spellings are those of i18n-iso-countries (MIT) and Natural Earth.
const countryTable = \`${spellings().join("\n")}\`
`);
