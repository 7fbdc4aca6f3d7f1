// SPDX-License-Identifier: GPL-3.0-or-later
// Shows /openapi.json. Elements are made one by one, never from a string of HTML.
const byId = (id) => document.getElementById(id);

function element(name, properties, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

// **bold** and `code`; everything else is the text it is.
function inline(text = '') {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith('**')) return element('b', {}, part.slice(2, -2));
    return part.startsWith('`') ? element('code', {}, part.slice(1, -1)) : part;
  });
}

const paragraphs = (text = '') => text.split('\n\n').map((each) => element('p', {}, ...inline(each)));
const row = (...cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, ...[cell].flat())));
const table = (rows) => element('table', {}, element('tbody', {}, ...rows));
const resolve = (api, part) => (part?.$ref ? part.$ref.slice(2).split('/').reduce((at, key) => at[key], api) : part);

// A schema in a few words; one that has a name links to it.
function typeOf(schema) {
  if (!schema) return [''];
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return [element('a', { href: `#${name}` }, name)];
  }
  if (schema.oneOf) return schema.oneOf.flatMap((each, i) => [i ? ' or ' : '', ...typeOf(each)]);
  if (schema.enum) return [schema.enum.map((each) => each ?? 'null').join(' | ')];
  if ('const' in schema) return [JSON.stringify(schema.const)];
  if (schema.type === 'array') return ['list of ', ...typeOf(schema.items)];
  if (schema.properties) return ['{ ', ...Object.entries(schema.properties).flatMap(([name, each], i) => [i ? ', ' : '', name, ': ', ...typeOf(each)]), ' }'];
  const bounds = [schema.minimum ?? '', schema.maximum ?? ''].join('…');
  const fallback = 'default' in schema ? `, default ${schema.default}` : '';
  return [[schema.type].flat().join(' or ') + (bounds === '…' ? '' : ` ${bounds}`) + fallback];
}

const contents = (content = {}) => Object.entries(content).flatMap(([type, { schema }]) =>
  [' ', element('code', {}, type), ' ', ...typeOf(schema)]);

function operation(api, path, method, its) {
  const parts = [...paragraphs(its.description)];
  const parameters = (its.parameters ?? []).map((each) => resolve(api, each));
  if (its.security) parts.push(element('p', { className: 'about' }, 'For operators.'));
  if (parameters.length)
    parts.push(element('h3', {}, 'Parameters'), table(parameters.map((each) =>
      row(element('code', {}, each.name), each.in, typeOf(each.schema), inline(each.description)))));
  if (its.requestBody)
    parts.push(element('h3', {}, 'Body'), element('p', {}, ...inline(its.requestBody.description), ...contents(its.requestBody.content)));
  parts.push(element('h3', {}, 'Answers'), table(Object.entries(its.responses).map(([status, each]) => {
    const response = resolve(api, each);
    return row(element('code', {}, status), [...inline(response.description), ...contents(response.content)]);
  })));
  return element('details', { id: its.operationId },
    element('summary', {}, element('span', { className: `method ${method}` }, method.toUpperCase()),
      element('code', {}, path), element('span', { className: 'about' }, its.summary)),
    element('div', {}, ...parts));
}

function schema(name, its) {
  const rows = Object.entries(its.properties ?? {}).map(([key, each]) =>
    row(element('code', {}, key), typeOf(each), its.required?.includes(key) ? '' : 'may be absent', inline(each.description)));
  return element('details', { id: name }, element('summary', {}, element('code', {}, name)),
    element('div', {}, ...paragraphs(its.description), table(rows)));
}

function show(api) {
  byId('title').textContent = `${api.info.title} ${api.info.version}`;
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, its]) => ({ path, method, its })));
  byId('content').replaceChildren(...paragraphs(api.info.description),
    ...api.tags.flatMap((tag) => [element('h2', {}, tag.description),
      ...operations.filter(({ its }) => its.tags.includes(tag.name)).map(({ path, method, its }) => operation(api, path, method, its))]),
    element('h2', {}, 'Shapes'),
    ...Object.entries(api.components.schemas).map(([name, its]) => schema(name, its)));
}

// A link to a shape opens it.
function open() {
  const target = byId(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) { target.open = true; target.scrollIntoView(); }
}

try {
  show(await (await fetch('/openapi.json')).json());
  addEventListener('hashchange', open);
  open();
} catch (error) {
  byId('state').textContent = `The description cannot be loaded: ${error.message}`;
}
