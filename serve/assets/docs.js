import { byId, el, number, plural } from './dom.js';

// Routes: the OpenAPI document, made readable.

const seek = (doc, ref) => ref.replace(/^#\//, '').split('/').reduce((o, part) => o?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], doc);
const follow = (doc, o) => (o && o.$ref ? seek(doc, o.$ref) ?? {} : o ?? {});
const schemaId = (name) => 'schema-' + name;

export function showRoutes(doc) {
  const groups = new Map((doc.tags ?? []).map((t) => [t.name, []]));
  for (const [path, item] of Object.entries(doc.paths ?? {})) {
    for (const [method, operation] of Object.entries(item)) {
      const tag = operation.tags?.[0] ?? 'other';
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ path, method, operation });
    }
  }
  const parts = [];
  for (const [tag, list] of groups) {
    if (list.length === 0) continue;
    list.sort((a, b) => a.path.length - b.path.length);
    parts.push(el('section', { class: 'group' }, el('h2', {}, tag[0].toUpperCase() + tag.slice(1)), list.map((o) => route(doc, o))));
  }
  const schemas = Object.entries(doc.components?.schemas ?? {});
  if (schemas.length > 0) {
    parts.push(el('section', { class: 'group' }, el('h2', {}, 'Bodies'),
      schemas.map(([name, schema]) => el('details', { id: schemaId(name), class: 'route' }, el('summary', {}, el('code', { class: 'path' }, name), el('span', { class: 'soft' }, plural(Object.keys(schema.properties ?? {}).length, 'member'))), members(doc, schema)))));
  }
  byId('routes-body').replaceChildren(...parts);
}

function route(doc, { path, method, operation }) {
  const locked = (operation.security ?? doc.security ?? []).length > 0;
  return el('details', { class: 'route' },
    el('summary', {}, el('span', { class: 'method ' + method }, method.toUpperCase()), el('code', { class: 'path' }, path), el('span', { class: 'what' }, operation.summary ?? ''), locked && el('span', { class: 'soft small' }, 'needs a key')),
    parameters(doc, operation), body(doc, operation), answers(doc, operation));
}

function parameters(doc, operation) {
  const list = (operation.parameters ?? []).map((p) => follow(doc, p));
  if (list.length === 0) return null;
  return [el('h3', {}, 'Parameters'), table(['Name', 'In', 'Takes'], list.map((p) => [
    el('code', {}, p.name), p.in === 'path' ? 'path' : 'query', [kindOf(doc, p.schema), told(p) && el('span', { class: 'soft' }, ' – ' + p.description)]]))];
}

// told reports whether the description says more than the schema.
const told = ({ description, schema = {} }) => description && !schema.enum && schema.type !== 'boolean' && schema.minimum === undefined;

function body(doc, operation) {
  const content = Object.entries(operation.requestBody?.content ?? {});
  if (content.length === 0) return null;
  return [el('h3', {}, 'Body'), content.map(([media, o]) => [
    el('p', {}, el('code', {}, media), ' – ', kindOf(doc, o.schema)),
    Object.entries(o.examples ?? {}).map(([name, e]) => el('details', { class: 'example' }, el('summary', {}, 'Example: ' + name), el('pre', { tabindex: '0' }, JSON.stringify(e.value, null, 2)))),
  ])];
}

function answers(doc, operation) {
  const rows = Object.entries(operation.responses ?? {}).map(([status, r]) => {
    const answer = follow(doc, r);
    const [media, o] = Object.entries(answer.content ?? {})[0] ?? [];
    return [el('code', {}, status), answer.description ?? '', media ? [el('code', {}, media), ' ', kindOf(doc, o.schema)] : ''];
  });
  return [el('h3', {}, 'Answers'), table(['Status', 'Says', 'Body'], rows)];
}

// kindOf tells what a schema takes, in a line.
function kindOf(doc, schema) {
  if (!schema) return '';
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return el('a', { href: '#' + schemaId(name) }, name);
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map((c, i) => [i > 0 && (i === choices.length - 1 ? ', or ' : ', '), kindOf(doc, c)]);
  if (schema.enum) return ['one of ', schema.enum.slice(0, 12).map(String).join(', '), schema.enum.length > 12 && ` … (${schema.enum.length})`];
  const types = [].concat(schema.type ?? 'anything');
  if (types.includes('array')) return ['array of ', schema.items?.type === 'array' ? 'arrays' : schema.items ? kindOf(doc, schema.items) : 'values'];
  if (types.includes('object') && schema.required && schema.properties && Object.keys(schema.properties).length <= 3) {
    return ['object {', schema.required.map((name, i) => [i > 0 && ', ', el('code', {}, name), ': ', kindOf(doc, schema.properties[name])]), '}'];
  }
  let text = types.join(' or ');
  if (schema.minimum !== undefined && schema.maximum !== undefined) text += ` from ${number(schema.minimum)} to ${number(schema.maximum)}`;
  if (types[0] === 'string' && schema.description) text += ', ' + schema.description;
  return text;
}

// members tells the members of an object.
function members(doc, schema) {
  const needed = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, s]) => [el('code', {}, name), needed.has(name) ? 'yes' : '', memberKind(doc, s)]);
  return [schema.description && el('p', {}, schema.description), rows.length > 0 && table(['Member', 'Needed', 'Takes'], rows)];
}

function memberKind(doc, s) {
  const levels = s['x-levels'], range = s['x-range'];
  if (levels) return ['a level, in training ', levels.slice(0, 10).join(', '), levels.length > 10 && ` … (${levels.length} in all)`];
  if (range) return `a ${s['x-whole'] ? 'whole number' : 'number'}, in training from ${number(range[0])} to ${number(range[1])}`;
  return [kindOf(doc, s), s.description && ![].concat(s.type).includes('string') && el('span', { class: 'soft' }, ' – ' + s.description)];
}

function table(head, rows, numeric = [], size = '') {
  const cell = (tag, i, c) => el(tag, { class: numeric.includes(i) ? 'number' : null, scope: tag === 'th' ? 'col' : null }, c);
  return el('div', { class: 'scroll ' + size, tabindex: '0', role: 'group', 'aria-label': 'Table: ' + head.filter((h) => typeof h === 'string').join(', ') },
    el('table', {}, el('thead', {}, el('tr', {}, head.map((h, i) => cell('th', i, h)))), el('tbody', {}, rows.map((r) => el('tr', {}, r.map((c, i) => cell('td', i, c)))))));
}

// Models.

const figures = {
  accuracy: 'Accuracy', balanced_accuracy: 'Balanced accuracy', precision: 'Precision', recall: 'Recall', f1: 'F1', macro_f1: 'F1, mean of classes', weighted_f1: 'F1, by class size',
  mcc: 'Matthews correlation', kappa: 'Cohen’s kappa', fpr: 'False alarms', attack_recall: 'Attacks found', roc_auc: 'Area under ROC', pr_auc: 'Area under precision–recall',
  ks: 'Kolmogorov–Smirnov', log_loss: 'Log loss', brier: 'Brier score', recall_fpr_01: 'Recall at 0.1 % false alarms', recall_fpr_1: 'Recall at 1 % false alarms', recall_fpr_5: 'Recall at 5 % false alarms',
};
const splits = { random: 'Random folds', group: 'Unseen groups', attacks: 'Unseen attacks', time: 'Later in time' };
const brief = ['recall', 'fpr', 'roc_auc'];

export function showModels(list) {
  const parts = [];
  const refused = list.models.filter((m) => m.refused);
  for (const m of refused) {
    parts.push(el('p', { class: 'note' }, el('b', {}, `The file of ${m.name} was refused: `), m.refused, '. What was loaded before it still answers.'));
  }
  parts.push(overview(list), list.models.map((m) => card(m, list)));
  byId('models-body').replaceChildren(...parts.flat());
}

function overview(list) {
  const known = splitsOf(list.models);
  const columns = known.flatMap((s) => brief.filter((f) => list.models.some((m) => figure(m, s, f))).map((f) => [s, f]));
  const head = ['Model', 'Version', 'Kind', 'Threshold', 'Rows', ...columns.map(([s, f]) => [figures[f] ?? f, el('small', {}, splits[s] ?? s)])];
  const rows = list.models.map((m) => [
    [el('b', {}, m.name), ' ', el('small', {}, roleOf(m, list))], el('code', {}, m.version), m.kind, number(m.threshold, 4), number(m.training_rows),
    ...columns.map(([s, f]) => rounded(figure(m, s, f)?.value))]);
  const wrap = table(head, rows, [3, 4, ...columns.map((_, i) => 5 + i)]);
  wrap.setAttribute('aria-label', 'Table of models');
  return wrap;
}

const rounded = (v) => (Number.isFinite(v) ? v.toFixed(4) : '–');
const splitsOf = (models) => [...new Set(models.flatMap((m) => (m.quality ?? []).map((q) => q.split)))];
const figure = (m, split, metric) => (m.quality ?? []).find((q) => q.split === split && q.metric === metric);

function roleOf(m, list) {
  const words = [];
  if (m.active && m.name === list.default) words.push('default');
  else if (!m.active) words.push('by its version only');
  if (list.shadow && (list.shadow === m.name || list.shadow === `${m.name}@${m.version}`)) words.push('shadow');
  return words.join(', ');
}

function card(m) {
  const known = splitsOf([m]);
  const names = [...new Set((m.quality ?? []).map((q) => q.metric))];
  const cell = (q) => (q ? [rounded(q.value), ' ', el('small', {}, `${rounded(q.low)}–${rounded(q.high)}`)] : '–');
  return el('details', { class: 'route' },
    el('summary', {}, el('b', {}, m.name), el('code', { class: 'path' }, m.version), el('span', { class: 'soft' }, 'figures, policy, file')),
    facts([
      ['Classes', m.classes.join(', ')], ['Loaded', new Date(m.loaded_at).toLocaleString()], ['Trained by', 'netanom ' + m.trained_by],
      ['Fields unlike training', policyText(m.policy)], ['SHA-256 of the file', el('code', { class: 'break' }, m.sha256)], m.refused && ['Refused', m.refused],
    ]),
    names.length > 0
      ? [el('h3', {}, 'On rows that it was not trained on'), table(['Figure', ...known.map((s) => splits[s] ?? s)], names.map((f) => [figures[f] ?? f, ...known.map((s) => cell(figure(m, s, f)))]), known.map((_, i) => i + 1), 'narrow'),
        el('p', { class: 'soft small' }, 'With each figure stands the interval that holds it with 95 % confidence.')]
      : el('p', { class: 'soft' }, 'The file tells no figures of quality.'));
}

const troubles = { missing: 'a missing field', null: 'an empty value', extra: 'an unknown field', type: 'a wrong type', range: 'a value beyond training', level: 'an unseen level' };
const actions = { reject: 'rejected', warn: 'scored, with a warning', other: 'scored without a word' };

function policyText(pairs) {
  const by = new Map();
  for (const pair of pairs ?? []) {
    const [trouble, action] = pair.split('=');
    by.set(action, [...(by.get(action) ?? []), troubles[trouble] ?? trouble]);
  }
  return [...by].map(([action, list], i) => el('span', { class: 'line' }, el('b', {}, (actions[action] ?? action) + ': '), list.join(', '), i < by.size - 1 ? '; ' : ''));
}

export function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs.filter(Boolean).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}
