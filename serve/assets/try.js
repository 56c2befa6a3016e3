import { byId, el, at, number, share, plural } from './dom.js';
import { Trouble, address, ask, holdsKey, read, useKey, whenRefused } from './service.js';
import { facts, showModels, showRoutes } from './docs.js';

let cards = [];          // of the models, as /v1/models lists them
let doc = null;          // the OpenAPI document
let chosen = null;       // the card of the chosen model, with its columns
let fields = new Map();  // by column: its row of the form
let labelled = true;     // whether the service takes true labels, as far as is known
let widest = 1;          // the largest score that the scale has to show

const mostRows = 200;    // of an answer that are shown
const mostFaults = 30;

// The views

function show() {
  const target = byId(decodeURIComponent(location.hash.slice(1)) || 'try') ?? byId('try');
  const view = target.closest('.view') ?? byId('try');
  for (const v of document.querySelectorAll('.view')) v.hidden = v !== view;
  for (const a of document.querySelectorAll('nav a')) {
    if (a.hash === '#' + view.id) a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  }
  document.body.dataset.view = view.id;
  if (target === view) {
    window.scrollTo(0, 0);
    return;
  }
  if (target.tagName === 'DETAILS') target.open = true;
  target.scrollIntoView();
}

// What the service tells of itself

async function start() {
  const [health, version] = await Promise.allSettled([read('readyz', [503]), read('version')]);
  const sign = byId('health');
  if (health.status === 'fulfilled') {
    const h = health.value;
    sign.textContent = h.ready ? (h.warnings?.length ? 'ready, with a warning' : 'ready') : 'not ready';
    sign.title = [...(h.why ?? []), ...(h.warnings ?? [])].join('\n');
    sign.dataset.state = h.ready && !h.warnings?.length ? 'well' : 'ill';
  } else {
    sign.textContent = 'no answer';
    sign.dataset.state = 'ill';
  }
  if (version.status === 'fulfilled') byId('version').textContent = version.value.version;
  await load();
}

async function load() {
  const [document_, models] = await Promise.allSettled([read('openapi.json'), read('v1/models')]);
  const failed = [document_, models].find((r) => r.status === 'rejected')?.reason;
  tellTrouble(failed);
  if (document_.status === 'fulfilled') {
    doc = document_.value;
    if (!doc.paths?.['/v1/feedback']) labelled = false;
    byId('dashboard-link').hidden = !doc.paths?.['/dashboard'];
    showRoutes(doc);
  }
  if (models.status === 'fulfilled') {
    cards = models.value.models;
    showModels(models.value);
    await fillModels(models.value);
  } else {
    withoutModels();
  }
  if (location.hash) show();
}

// tellTrouble says above everything why the page knows less than it should.
function tellTrouble(t) {
  const place = byId('trouble');
  place.hidden = !t;
  if (!t) return;
  if (!(t instanceof Trouble)) throw t;
  const more = t.status === 403 ? 'This key may not read what models there are. A record can be pasted and scored all the same, if the key allows that.'
    : t.status === 401 ? 'Give a key, and the page can read what models there are.' : t.problem.detail;
  place.replaceChildren(el('b', {}, t.problem.title), '. ', more ?? '');
}

async function fillModels(list) {
  const before = byId('model').value;
  byId('model').replaceChildren(...cards.map((c) => el('option', { value: c.name + '@' + c.version }, cards.filter((d) => d.name === c.name).length > 1 ? `${c.name} ${c.version}${c.active ? '' : ' (not active)'}` : c.name === c.kind ? c.name : `${c.name} (${c.kind})`)));
  const first = cards.find((c) => c.name + '@' + c.version === before) ?? cards.find((c) => c.name === list.default && c.active) ?? cards[0];
  byId('model').value = first.name + '@' + first.version;
  byId('model').disabled = false;
  byId('text-example').hidden = false;
  for (const r of document.querySelectorAll('[name=mode]')) r.disabled = false;
  await choose();
}

// withoutModels leaves what can be done without knowing any model.
function withoutModels() {
  chosen = null;
  byId('model').replaceChildren(el('option', { value: '' }, 'the service’s first'));
  byId('model').disabled = true;
  for (const r of document.querySelectorAll('[name=mode]')) r.disabled = r.value === 'form';
  document.querySelector('[name=mode][value=text]').checked = true;
  byId('threshold').value = '';
  byId('threshold-own').textContent = 'empty: the model’s own';
  byId('text-example').hidden = true;
  byId('models-body').replaceChildren();
  setMode();
}

// choose shows the form of the model that is picked.
async function choose() {
  const card = cards.find((c) => c.name + '@' + c.version === byId('model').value);
  if (!card) return;
  try {
    const path = `v1/models/${encodeURIComponent(card.name)}`;
    const whole = await read(card.active ? path : `${path}/versions/${encodeURIComponent(card.version)}`);
    const kept = chosen ? values() : null;
    chosen = whole;
    buildForm(whole);
    const example = exampleOf(whole);
    for (const [name, f] of fields) set(f, kept?.has(name) ? kept.get(name) : example[name]);
  } catch (t) {
    tellTrouble(t);
    return;
  }
  byId('threshold').value = String(chosen.threshold);
  widest = chosen.threshold > 1 ? chosen.threshold * 2 : 1;
  byId('threshold-own').textContent = `the model’s: ${number(chosen.threshold, 6)}`;
  showThreshold();
  clearResult();
  stale();
}

// The form

const recordSchema = (card) => doc?.components?.schemas?.[card.name + '.Record'];
const exampleOf = (card) => recordSchema(card)?.examples?.[0] ?? {};

function mediansOf(card) {
  const properties = recordSchema(card)?.properties ?? {};
  return Object.fromEntries(Object.entries(properties).map(([name, p]) => [name, p.examples?.[0]]));
}

// sorts of columns, as groups of the form.
const sorts = [
  ['Levels', (c) => c.type === 'level'],
  ['Whole numbers', (c) => c.type === 'integer' && !(c.low === 0 && c.high <= 1)],
  ['Flags, 0 or 1', (c) => c.type === 'integer'],
  ['Shares, 0 to 1', (c) => c.low >= 0 && c.high <= 1],
  ['Other numbers', () => true],
];

function buildForm(card) {
  const groups = sorts.map(() => []);
  fields = new Map();
  for (const [i, column] of (card.columns ?? []).entries()) {
    const f = field(column, i);
    fields.set(column.name, f);
    groups[sorts.findIndex(([, is]) => is(column))].push(f.node);
  }
  const narrow = matchMedia('(max-width: 56rem)').matches;
  const shown = groups.map((nodes, i) => [sorts[i][0], nodes]).filter(([, nodes]) => nodes.length > 0);
  byId('fields').replaceChildren(...shown.map(([name, nodes], i) =>
    el('details', { class: 'sort', open: !narrow || i === 0 }, el('summary', {}, name, ' ', el('span', { class: 'soft' }, number(nodes.length))), el('div', { class: 'grid' }, nodes))));
  find();
}

function field(column, i) {
  const id = 'field-' + i;
  const input = el('input', { id, type: 'text', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', 'aria-describedby': id + '-hint ' + id + '-fault',
    inputmode: column.type === 'integer' && column.low >= 0 ? 'numeric' : column.type === 'level' ? null : 'decimal', list: column.levels ? id + '-levels' : null });
  const hint = el('span', { id: id + '-hint', class: 'under soft' });
  const fault = el('span', { id: id + '-fault', class: 'under fault' });
  const node = el('div', { class: 'field' }, el('label', { for: id, title: column.name }, column.name), input,
    column.levels && el('datalist', { id: id + '-levels' }, column.levels.map((l) => el('option', { value: l }))), hint, fault);
  const f = { column, input, hint, fault, node };
  input.addEventListener('input', () => { clearFault(f); look(f); });
  look(f);
  return f;
}

const isNumber = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

// look tells what the column takes, and whether training had seen the like of the value.
function look(f) {
  const { column: c, input, hint } = f;
  const text = input.value.trim();
  let told, odd = '';
  if (c.type === 'level') {
    told = plural(c.levels?.length ?? 0, 'level');
    if (text && c.levels && !c.levels.includes(text)) odd = 'not seen in training';
  } else {
    told = c.low === c.high ? `always ${number(c.low)}` : `${number(c.low)} to ${number(c.high)}`;
    const v = Number(text);
    if (text && !isNumber.test(text)) odd = 'not a number';
    else if (text && (v < c.low || v > c.high)) odd = 'beyond training';
    else if (text && c.type === 'integer' && !Number.isInteger(v)) odd = 'not whole';
  }
  if (c.missing) told += ', may be empty';
  hint.replaceChildren(told, odd && el('span', { class: 'oddity' }, ' · ', el('b', {}, odd)));
  f.node.classList.toggle('odd', odd !== '');
}

function set(f, value) {
  f.input.value = value === null || value === undefined ? '' : String(value);
  clearFault(f);
  look(f);
}

function fill(record) {
  for (const [name, f] of fields) set(f, record[name]);
  stale();
}

const values = () => new Map([...fields].map(([name, f]) => [name, f.input.value]));

// recordText writes the form as a JSON object. Numbers stay as they were typed, so that
// no digit is lost; what is no JSON number is sent as text, for the service to judge.
function recordText() {
  const parts = [];
  for (const [name, f] of fields) {
    const text = f.input.value.trim();
    if (text === '') continue;
    const plain = f.column.type !== 'level' && /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text);
    parts.push(`${JSON.stringify(name)}: ${plain ? text : JSON.stringify(text)}`);
  }
  return `{${parts.join(', ')}}`;
}

function find() {
  const text = byId('find').value.trim().toLowerCase();
  let any = false;
  for (const [name, f] of fields) {
    f.node.hidden = !name.toLowerCase().includes(text);
    any ||= !f.node.hidden;
  }
  for (const group of byId('fields').children) {
    const some = [...group.querySelectorAll('.field')].some((n) => !n.hidden);
    group.hidden = !some;
    if (text && some) group.open = true;
  }
  byId('found-none').hidden = any || fields.size === 0;
}

// Faults beside their fields

function clearFault(f) {
  f.fault.textContent = '';
  f.node.classList.remove('wrong');
  f.input.removeAttribute('aria-invalid');
}

function markFaults(list) {
  for (const e of list) {
    const f = fields.get(e.column);
    if (!f || mode() !== 'form') continue;
    f.fault.textContent = e.message;
    f.node.classList.add('wrong');
    f.input.setAttribute('aria-invalid', 'true');
    f.node.closest('details').open = true;
  }
}

function goTo(f) {
  byId('find').value = '';
  find();
  f.node.closest('details').open = true;
  f.input.focus();
  f.input.scrollIntoView({ block: 'center' });
}

// The choices

const mode = () => document.querySelector('[name=mode]:checked').value;

function setMode() {
  byId('form-mode').hidden = mode() !== 'form';
  byId('text-mode').hidden = mode() !== 'text';
  stale();
}

function showThreshold() {
  const slide = byId('threshold-slide');
  const v = Number(byId('threshold').value);
  slide.min = Math.min(0, v || 0, chosen?.threshold ?? 0);
  slide.max = widest;
  slide.step = widest / 100;
  slide.value = v;
  const text = byId('threshold').value.trim();
  const odd = text !== '' && !isNumber.test(text);
  byId('threshold').classList.toggle('wrong', odd);
  byId('threshold').setAttribute('aria-invalid', String(odd));
  byId('threshold-reset').hidden = !chosen || (byId('threshold').value.trim() !== '' && v === chosen.threshold);
}

// request is what would be sent now.
function request() {
  const form = mode() === 'form';
  const body = form ? recordText() : byId('text').value;
  const media = form ? 'application/json' : byId('kind').value || guess(body);
  const query = new URLSearchParams();
  const threshold = byId('threshold').value.trim();
  if (threshold !== '' && !(chosen && Number(threshold) === chosen.threshold)) query.set('threshold', threshold);
  const reasons = byId('reasons').value;
  if (reasons !== '0') {
    query.set('reasons', reasons);
    query.set('reasons_for', 'all');
  }
  if (!form && byId('by-row').checked) query.set('on_error', 'row');
  let path = 'v1/predict';
  if (chosen) {
    path = `v1/models/${encodeURIComponent(chosen.name)}`;
    if (!chosen.active) path += `/versions/${encodeURIComponent(chosen.version)}`;
    path += '/predict';
  }
  const q = query.toString();
  return { path: q ? `${path}?${q}` : path, media, body };
}

// guess tells what pasted text is.
function guess(text) {
  const start = text.trimStart();
  if (start.startsWith('#separator')) return 'text/tab-separated-values';
  if (!start.startsWith('{') && !start.startsWith('[')) {
    const first = start.split('\n', 1)[0];
    return first.split('\t').length > first.split(',').length ? 'text/tab-separated-values' : 'text/csv';
  }
  const lines = start.split('\n').map((l) => l.trim()).filter(Boolean);
  return lines.length > 1 && lines.slice(0, 2).every((l) => l.startsWith('{') && l.endsWith('}') && l !== '{}') ? 'application/x-ndjson' : 'application/json';
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function showCommand() {
  const r = request();
  const lines = [`curl ${quoted(address(r.path))}`, `-H ${quoted('Content-Type: ' + r.media)}`];
  if (holdsKey()) lines.push('-H "Authorization: Bearer $NETANOM_KEY"');
  lines.push(`--data-binary ${quoted(r.body)}`);
  byId('command').textContent = lines.join(' \\\n  ');
}

// stale says that what is shown was of other choices, and keeps the command up to date.
function stale() {
  byId('result').classList.toggle('stale', byId('result').childElementCount > 0);
  if (byId('command-box').open) showCommand();
}

function clearResult() {
  byId('result').replaceChildren();
  byId('status').textContent = '';
}

// Scoring

let asking = null;

async function score() {
  if (byId('score').getAttribute('aria-disabled') === 'true') return;
  const r = request();
  for (const f of fields.values()) clearFault(f);
  byId('score').setAttribute('aria-disabled', 'true');
  byId('status').textContent = 'Scoring …';
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await ask(r.path, { method: 'POST', headers: { 'Content-Type': r.media }, body: r.body, signal: asking.signal });
    const id = answer.headers.get('X-Request-Id');
    showAnswer(understand(await answer.text(), r.media, id));
  } catch (t) {
    if (!(t instanceof Trouble)) throw t;
    showTrouble(t);
  } finally {
    byId('score').removeAttribute('aria-disabled');
    byId('result').classList.remove('stale');
    if (byId('command-box').open) showCommand();
  }
  if (matchMedia('(max-width: 56rem)').matches) byId('result').scrollIntoView({ block: 'start' });
}

// understand reads an answer of any form into rows.
function understand(text, media, id) {
  const model = chosen ? `${chosen.name} ${chosen.version}` : '';
  if (media === 'application/json') {
    const a = JSON.parse(text);
    const warnings = a.warnings ?? [];
    return { model: `${a.model} ${a.version}`, threshold: a.threshold, rows: a.predictions.map((p, i) => ({ ...p, id: `${a.request}/${i}`, warnings: warnings.filter((w) => w.row === i) })) };
  }
  const threshold = Number(byId('threshold').value || NaN);
  if (media === 'application/x-ndjson') {
    const rows = text.split('\n').filter(Boolean).map((l) => JSON.parse(l));
    return { model, threshold: rows.find((x) => x.threshold !== undefined)?.threshold ?? threshold, rows: rows.map((p) => ({ ...p, id: `${id}/${p.row}` })) };
  }
  const [head = [], ...lines] = cells(text, media === 'text/csv' ? null : '\t');
  const rows = lines.map((line, i) => {
    const of = (name) => { const j = Math.max(head.indexOf('netanom_' + name), -1) >= 0 ? head.indexOf('netanom_' + name) : head.indexOf(name); return j < 0 ? undefined : line[j]; };
    if (of('verdict') === 'rejected') return { error: of('error') || 'the record was rejected', errors: [] };
    const reasons = of('reasons');
    return { score: Number(of('score')), label: of('verdict'), class: chosen?.classes.length > 2 ? of('class') : undefined, reasons: reasons === undefined ? undefined : reasonsOf(reasons), id: `${id}/${i}` };
  });
  return { model, threshold, rows };
}

// cells splits delimited text, with quotes, into lines of cells. The delimiter is the one
// behind the first name, which the service wrote, unless it is known.
function cells(text, delimiter) {
  const d = delimiter ?? text[text.search(/[,\t;|]/)] ?? ',';
  const out = [];
  let line = [], cell = '', inside = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inside) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else inside = false;
    } else if (c === '"' && cell === '') inside = true;
    else if (c === d) { line.push(cell); cell = ''; }
    else if (c === '\n') { line.push(cell); out.push(line); line = []; cell = ''; }
    else if (c !== '\r') cell += c;
  }
  if (cell !== '' || line.length > 0) out.push([...line, cell]);
  return out;
}

// reasonsOf reads reasons as CSV has them: flag=S0 (1.32); count=123 (0.41).
function reasonsOf(text) {
  const out = [];
  for (const m of text.matchAll(/(?:^|; )([^=]*?)=(.*?) \(([-+.\deE]+)\)(?=; |$)/g)) out.push({ column: m[1], value: m[2], part: Number(m[3]) });
  return out;
}

// Results

function showAnswer(answer) {
  const scores = answer.rows.map((r) => r.score).filter(Number.isFinite);
  const probable = answer.rows.some((r) => r.probability !== undefined);
  const top = Math.max(probable ? 1 : widest, answer.threshold || 0, ...scores.slice(0, 1e4));
  if (top > widest) { widest = top * 1.1; showThreshold(); }
  const scale = { low: Math.min(0, answer.threshold || 0, ...scores.slice(0, 1e4)), high: top > 1 ? top * 1.05 : 1, threshold: answer.threshold };
  const result = byId('result');
  if (answer.rows.length === 1) {
    result.replaceChildren(one(answer.rows[0], answer, scale));
  } else {
    const detail = el('div', { class: 'detail' });
    result.replaceChildren(many(answer, scale, detail), detail);
  }
  if (answer.rows.length === 1 && answer.rows[0].error) markFaults(answer.rows[0].errors ?? []);
  const attacks = answer.rows.filter((r) => r.label && r.label !== normalWord()).length;
  const bad = answer.rows.filter((r) => r.error).length;
  byId('status').textContent = answer.rows.length === 1 ? (answer.rows[0].error ? 'The record was rejected.' : `${word(answer.rows[0])}, score ${share(answer.rows[0].score)}.`)
    : `${plural(answer.rows.length, 'record')}: ${plural(attacks, 'attack')}${bad ? `, ${number(bad)} rejected` : ''}.`;
}

const normalWord = () => chosen?.classes[0] ?? 'normal';
const isAttack = (row) => !row.error && row.label !== normalWord();
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function word(row) {
  if (row.error) return 'Rejected';
  return row.class && row.class !== row.label ? `${capital(row.label)}, ${row.class}` : capital(row.label);
}

// one shows all that is said of a record.
function one(row, answer, scale) {
  if (row.error) {
    return el('div', { class: 'answer' }, el('h2', { class: 'says' }, 'Rejected'), el('p', {}, capital(row.error) + '.'), faultList(row.errors ?? []));
  }
  const attack = isAttack(row);
  const margin = row.score >= scale.threshold ? 'at or above' : 'below';
  return el('div', { class: 'answer' + (attack ? ' attack' : '') },
    el('h2', { class: 'says' }, word(row)),
    el('p', { class: 'why' }, Number.isFinite(scale.threshold) ? `The score ${share(row.score)} is ${margin} the threshold ${number(scale.threshold, 4)}.` : `The score is ${share(row.score)}.`),
    scaleOf(row, scale),
    facts([
      row.probability !== undefined && ['Probability of an attack', share(row.probability)],
      row.class && ['Class', row.class], ['Model', answer.model], ['Record', el('code', { class: 'break' }, row.id)],
    ]),
    row.warnings?.length > 0 && [el('h3', {}, 'Warnings'), el('ul', { class: 'faults' }, row.warnings.slice(0, mostFaults).map((w) => el('li', {}, w.column && el('code', {}, w.column), w.column && ' ', w.message)))],
    reasonBars(row),
    labelled && feedback(row));
}

// scaleOf draws the score on its scale, with the threshold.
function scaleOf(row, { low, high, threshold }) {
  const place = (v) => `${(100 * Math.min(1, Math.max(0, (v - low) / (high - low)))).toFixed(2)}%`;
  const marked = Number.isFinite(threshold);
  return at(el('div', { class: 'scale' + (marked ? '' : ' open'), role: 'img', 'aria-label': `Score ${share(row.score)} on a scale from ${number(low, 3)} to ${number(high, 3)}${marked ? `, threshold ${number(threshold, 4)}` : ''}` },
    el('div', { class: 'track' }, el('span', { class: 'filled' }), el('span', { class: 'dot' }), marked && el('span', { class: 'cut' })),
    el('div', { class: 'ends' }, el('span', {}, number(low, 3)), el('span', {}, number(high, 3)), marked && el('span', { class: 'cut-name' }, `threshold ${number(threshold, 4)}`))),
  { '--score': place(row.score), '--cut': place(marked ? threshold : high) });
}

function reasonBars(row) {
  if (row.reasons === undefined) return null;
  if (row.reasons.length === 0) return el('p', { class: 'soft' }, 'No column raised the score.');
  const most = Math.max(...row.reasons.map((r) => Math.abs(r.part)));
  return [el('h3', {}, 'What raised the score most'), el('ol', { class: 'bars' }, row.reasons.map((r) => el('li', {},
    el('span', { class: 'named' }, el('code', {}, r.column), ' = ', el('b', {}, r.value === '' ? '(nothing)' : r.value)),
    el('span', { class: 'part' }, (r.part > 0 ? '+' : '') + number(r.part, 3)),
    at(el('span', { class: 'beam', 'aria-hidden': 'true' }), { '--long': `${(100 * Math.abs(r.part) / (most || 1)).toFixed(1)}%` }))))];
}

// many lists the rows of an answer; one of them is shown in full below.
function many(answer, scale, detail) {
  const attacks = answer.rows.filter(isAttack).length;
  const pick = (row, button) => {
    for (const b of document.querySelectorAll('.rows [aria-pressed=true]')) b.setAttribute('aria-pressed', 'false');
    button.setAttribute('aria-pressed', 'true');
    detail.replaceChildren(one(row, answer, scale));
  };
  const rows = answer.rows.slice(0, mostRows).map((row, i) => {
    const button = el('button', { type: 'button', class: 'row' + (isAttack(row) ? ' attack' : ''), 'aria-pressed': 'false', click: () => pick(row, button) },
      el('span', { class: 'soft' }, number(i + 1)), el('span', { class: 'said' }, word(row)), row.error ? el('span', { class: 'mini none' }) : at(el('span', { class: 'mini', 'aria-hidden': 'true' }), { '--score': `${Math.min(100, Math.max(0, 100 * (row.score - scale.low) / (scale.high - scale.low))).toFixed(1)}%` }),
      el('span', { class: 'figure' }, row.error ? '–' : share(row.score)));
    return el('li', {}, button);
  });
  const list = el('ol', { class: 'rows' }, rows);
  const worst = answer.rows.slice(0, mostRows).reduce((best, r, i, all) => ((r.score ?? -Infinity) > (all[best].score ?? -Infinity) ? i : best), 0);
  if (rows.length > 0) queueMicrotask(() => pick(answer.rows[worst], rows[worst].firstChild));
  return el('div', { class: 'answer' + (attacks ? ' attack' : '') }, el('h2', { class: 'says' }, attacks === 0 ? 'No attack' : plural(attacks, 'attack')), el('p', { class: 'why' }, `In ${plural(answer.rows.length, 'record')}, by ${answer.model || 'the first model'}.`),
    list, answer.rows.length > mostRows && el('p', { class: 'soft small' }, `The first ${mostRows} are listed; the command below answers with all.`));
}

// showTrouble says why there is no verdict, and marks the fields that are to blame.
function showTrouble(t) {
  const order = [...fields.keys()];
  const errors = [...(t.problem.errors ?? [])];
  if (mode() === 'form') errors.sort((a, b) => order.indexOf(a.column) - order.indexOf(b.column));
  markFaults(errors);
  const wait = t.retry ? ` Try again in ${plural(Number(t.retry), 'second')}.` : '';
  byId('result').replaceChildren(el('div', { class: 'answer trouble' }, el('h2', { class: 'says' }, 'No verdict'),
    el('p', { class: 'why' }, t.problem.title + (t.problem.detail && errors.length === 0 ? `: ${t.problem.detail}` : '') + '.' + wait),
    faultList(errors), t.problem.instance && el('p', { class: 'soft small break' }, t.problem.instance)));
  byId('status').textContent = errors.length > 0 ? `No verdict: ${plural(errors.length, 'field')} to look at.` : `No verdict: ${t.problem.title}.`;
}

function faultList(errors) {
  if (errors.length === 0) return null;
  return el('ul', { class: 'faults' }, errors.slice(0, mostFaults).map((e) => {
    const f = mode() === 'form' ? fields.get(e.column) : null;
    return el('li', {}, mode() === 'text' && `Record ${number(e.row + 1)}: `, f ? el('button', { type: 'button', class: 'link', click: () => goTo(f) }, e.column) : e.column && el('code', {}, e.column), e.column && ' ', e.message);
  }), errors.length > mostFaults && el('li', { class: 'soft' }, `and ${number(errors.length - mostFaults)} more`));
}

// True labels

function feedback(row) {
  const classes = chosen?.classes ?? ['normal', 'attack'];
  const told = el('p', { class: 'small', role: 'status' });
  const input = el('input', { id: 'label', type: 'text', list: 'label-levels', spellcheck: 'false', autocomplete: 'off', maxlength: '256' });
  const send = async (label) => {
    if (label === '') { input.focus(); return; }
    told.textContent = 'Sending …';
    try {
      const answer = await (await ask('v1/feedback', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ id: row.id, label }) })).json();
      told.textContent = answer.stored > 0 ? `Stored: ${label}.` : 'That label was known already.';
    } catch (t) {
      if (!(t instanceof Trouble)) throw t;
      if (t.status === 404) {
        labelled = false;
        box.replaceWith(el('p', { class: 'soft small', role: 'status' }, 'This service keeps no labels.'));
        return;
      }
      const e = t.problem.errors?.[0];
      told.textContent = `Not stored: ${e ? e.message : t.problem.detail || t.problem.title}.`;
    }
  };
  const quick = classes.length <= 6 ? classes.map((c) => el('button', { type: 'button', class: 'quiet', click: () => send(c) }, c)) : [];
  input.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || e.ctrlKey || e.metaKey) return;
    e.preventDefault(); // Enter here sends the label, and scores nothing
    send(input.value.trim());
  });
  const box = el('fieldset', { class: 'feedback' }, el('legend', {}, 'What was it really?'), el('div', { class: 'bar' }, quick,
    el('span', { class: 'other' }, el('label', { for: 'label', class: quick.length ? '' : 'hidden' }, quick.length ? 'or' : 'Label'), input, el('datalist', { id: 'label-levels' }, classes.map((c) => el('option', { value: c }))),
      el('button', { type: 'button', class: 'quiet', click: () => send(input.value.trim()) }, 'Send'))), told);
  return box;
}

// The key

function openKey(why) {
  byId('key-why').textContent = why;
  byId('key').value = '';
  if (!byId('key-dialog').open) byId('key-dialog').showModal();
}

function showKey() {
  byId('key-open').textContent = holdsKey() ? 'Key in use' : 'Key';
  byId('key-forget').hidden = !holdsKey();
}

whenRefused((problem) => {
  if (byId('key-dialog').open) return; // two requests were refused; once is enough
  openKey(holdsKey() ? `The key was refused: ${problem.detail ?? problem.title}.` : 'This service asks for a key.');
  useKey('');
  showKey();
});

// Everything that listens

byId('ask').addEventListener('submit', (e) => { e.preventDefault(); score(); });
byId('ask').addEventListener('input', (e) => { if (e.target.id !== 'find' && e.target.id !== 'label') stale(); });
document.addEventListener('keydown', (e) => {
  if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey) || byId('try').hidden || byId('key-dialog').open) return;
  e.preventDefault();
  score();
});
byId('model').addEventListener('change', choose);
byId('find').addEventListener('input', find);
byId('find').addEventListener('keydown', (e) => { if (e.key === 'Enter' && !e.ctrlKey && !e.metaKey) e.preventDefault(); });
byId('fill-example').addEventListener('click', () => fill(exampleOf(chosen)));
byId('fill-median').addEventListener('click', () => fill(mediansOf(chosen)));
byId('fill-none').addEventListener('click', () => fill({}));
byId('text-example').addEventListener('click', () => {
  byId('text').value = chosen ? JSON.stringify([exampleOf(chosen), mediansOf(chosen)], null, 1) : '';
  byId('kind').value = '';
  stale();
});
for (const r of document.querySelectorAll('[name=mode]')) r.addEventListener('change', () => {
  if (mode() === 'text' && byId('text').value === '' && chosen) byId('text').value = recordText().replaceAll(', "', ',\n "');
  setMode();
});
byId('threshold-slide').addEventListener('input', (e) => { byId('threshold').value = String(Number(Number(e.target.value).toPrecision(4))); showThreshold(); });
byId('threshold').addEventListener('input', showThreshold);
byId('threshold-reset').addEventListener('click', () => { byId('threshold').value = String(chosen.threshold); showThreshold(); stale(); });
byId('reasons').addEventListener('input', (e) => { byId('reasons-told').textContent = e.target.value; });
byId('command-box').addEventListener('toggle', () => { if (byId('command-box').open) showCommand(); });
byId('copy').addEventListener('click', async () => {
  const text = byId('command');
  try {
    await navigator.clipboard.writeText(text.textContent);
    byId('copy').textContent = 'Copied';
  } catch { // no permission, or no HTTPS: it is selected instead
    getSelection().selectAllChildren(text);
    byId('copy').textContent = 'Selected';
  }
  setTimeout(() => { byId('copy').textContent = 'Copy'; }, 2000);
});
byId('key-open').addEventListener('click', () => openKey('Where a service asks for a key, give it here.'));
byId('key-close').addEventListener('click', () => byId('key-dialog').close());
byId('key-forget').addEventListener('click', () => { useKey(''); showKey(); byId('key-dialog').close(); });
byId('key-form').addEventListener('submit', (e) => {
  e.preventDefault();
  const text = byId('key').value.trim();
  byId('key').value = '';
  if (/[^\x21-\x7e]/.test(text)) { // what no header can hold
    byId('key-why').textContent = 'That is no key: it holds characters that a key has not.';
    return;
  }
  useKey(text);
  showKey();
  byId('key-dialog').close();
  load();
});
addEventListener('hashchange', show);

showKey();
setMode();
show();
start();
