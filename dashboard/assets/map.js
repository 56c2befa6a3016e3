// What a map of shades shows. The geometry comes from world.js, which only pages that have
// geography embed, so that it is an argument here.

/** @typedef {[code: string, name: string, path: string][]} World countries by ISO 3166 code */
/** @typedef {{width: number, height: number, turn: number, scale: number, x: number, y: number}} Frame */

/**
 * @typedef {object} Shade
 * @property {string} level of the column of places
 * @property {string} code of the country; empty for sites, private networks and so on
 * @property {string} name to be shown
 * @property {boolean} drawn whether the map has an area for it
 * @property {number} normal connections
 * @property {number} anomalous connections
 * @property {number} total
 * @property {number} share of anomalous connections, 0 to 1; NaN if there are none at all
 * @property {number} rank from 1, by total
 */

/**
 * @typedef {object} Shades
 * @property {Shade[]} countries most connections first, then by code
 * @property {Shade[]} others what is no country, most connections first
 * @property {Map<string, Shade>} byCode the countries
 * @property {number} most connections of one country, 0 if there is none
 * @property {number} total connections, those without a place left out
 */

const sitePrefix = "site: ";
const codeForm = /^[A-Z]{2}$/;

/**
 * Chooses what a map and its lists show. Places without connections are kept, so that what a
 * filter empties can be greyed instead of vanishing.
 * @param {Map<string, readonly [normal: number, anomalous: number]>} counts by level of the column of places
 * @param {World} world
 * @returns {Shades}
 */
export function shades(counts, world) {
  const names = namesOf(world), all = [...counts].map(([level, two]) => shade(level, two, names));
  const countries = ranked(all.filter((s) => s.code)), others = ranked(all.filter((s) => !s.code));
  return {
    countries, others, byCode: new Map(countries.map((s) => [s.code, s])),
    most: countries[0]?.total ?? 0, total: all.reduce((sum, s) => sum + s.total, 0),
  };
}

/**
 * @param {string} level
 * @param {readonly [number, number]} counts
 * @param {Map<string, string>} names
 * @returns {Shade}
 */
function shade(level, [normal, anomalous], names) {
  const total = normal + anomalous, code = codeForm.test(level) ? level : "";
  return { level, code, name: placeName(level, names), drawn: names.has(level), normal, anomalous, total, share: anomalous / total, rank: 0 };
}

/** @param {Shade[]} list */
function ranked(list) {
  list.sort((a, b) => b.total - a.total || (a.level < b.level ? -1 : 1));
  list.forEach((s, i) => (s.rank = i + 1));
  return list;
}

/**
 * The English names by code of the countries that the map draws.
 * @param {World} world
 */
export function namesOf(world) {
  return new Map(world.map(([code, name]) => [code, name]));
}

/** @type {Intl.DisplayNames | undefined} */
let regions;

/**
 * The name of a place as a reader knows it: "DE" is Germany, "site: Hamburg" is Hamburg. Codes
 * that the map does not draw, mostly islands, are named by the browser.
 * @param {string} level of the column of places
 * @param {Map<string, string>} names of namesOf
 * @returns {string}
 */
export function placeName(level, names) {
  if (level.startsWith(sitePrefix)) return level.slice(sitePrefix.length);
  if (!codeForm.test(level)) return level;
  regions ??= new Intl.DisplayNames("en", { type: "region" });
  return names.get(level) ?? regions.of(level) ?? level;
}

/**
 * Where a place lies in the frame: Equal Earth, after B. Šavrič, T. Patterson and B. Jenny
 * (2018), International Journal of Geographical Information Science 33, equation 7.
 * @param {number} lon degrees east
 * @param {number} lat degrees north, -90 to 90
 * @param {Frame} frame
 * @returns {[x: number, y: number]} x to the right and y down
 */
export function project(lon, lat, { turn, scale, x, y }) {
  const [a1, a2, a3, a4] = [1.340264, -0.081106, 0.000893, 0.003796];
  const away = (((lon - turn + 180) % 360) + 360) % 360 - 180; // from the middle, -180 to 180
  const t = Math.asin((Math.sqrt(3) / 2) * Math.sin((lat * Math.PI) / 180)), t2 = t * t, t6 = t2 ** 3;
  const across = (2 * Math.sqrt(3) * Math.cos(t)) / (3 * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)));
  return [x + scale * across * ((away * Math.PI) / 180), y - scale * t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))];
}
