// SPDX-License-Identifier: GPL-3.0-or-later
// A stand-in for a Supabase project's REST API: not PostgREST itself, which Debian does not have, but what Loquat can
// meet of it, in front of a real PostgreSQL. What a row may be is thus PostgreSQL's own judgement. Written from
// PostgREST's documentation and sources (version 13); these of its rules are enforced:
//
// - The gateway: no `apikey` is 401, and so are an unknown one, a secret key from a browser's User-Agent, and one that
//   is sent as Bearer without being a token. What is larger than `maxBytes` is 413, an HTML page as of nginx.
// - The key decides the role, and each request is one transaction in that role: grants and row level security count.
// - Accept-Profile and Content-Profile choose the schema; one that is not exposed is 406 PGRST106.
// - A table that is not there is 404 PGRST205, a column in `columns` that is not there 400 PGRST204.
// - Rows come as JSON. Without `columns`, one that cannot be read is 400 PGRST102, and so are rows with different keys.
// - `Prefer: resolution=…` and `on_conflict` become ON CONFLICT, by the primary key if there is no `on_conflict`;
//   without a resolution `on_conflict` is ignored. PostgreSQL refuses columns that no unique constraint has (42P10).
// - `return=representation` returns what was written and nothing else, in the columns that `select` names; a column may
//   be a path into JSON. A column's filter is `eq.`, followed by the value as it is, or `in.(…)`.
// - PostgreSQL's errors get PostgREST's statuses and bodies {code, details, hint, message}; `details` quotes rows.
//
// And it fails as it is told, see fail().
import { createServer } from 'node:http';
import pg from 'pg';

const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
const list = (names) => names.map(quoted).join(', ');
// "metadata->late_seq" is a column of its last name.
const path = (text) => text.split(/(->>?)/).map((part, at) => (at === 0 ? quoted(part) : at % 2 ? part : pg.escapeLiteral(part))).join('');
const selected = (query, columns) => (query.get('select')?.split(',') ?? columns).map((text) => `${path(text)} as ${quoted(text.split('>').at(-1))}`).join(', ');

// PostgREST's table of statuses; the first that fits.
const statuses = [
  [/^08|^53(?!400)/, 503], [/^0L|^0P|^28/, 403], [/^23503|^23505/, 409], [/^25006/, 405], [/^42883|^42P01/, 404],
  [/^(09|25|2D|38|39|3B|40|53|54|55|57|58|F0|HV|XX|42P17)/, 500], [/./, 400],
];

class Refusal extends Error {
  constructor(status, code, message, hint = null, details = null) {
    super(message);
    Object.assign(this, { status, body: { code, details, hint, message } });
  }
}

const unauthorized = (message, hint) => Object.assign(new Error(message), { status: 401, body: { message, hint } });

function refusalOf(error, role) {
  if (error.body) return error;
  if (!error.code) throw error;
  const status = error.code === '42501' ? (role === 'anon' ? 401 : 403) : statuses.find(([form]) => form.test(error.code))[1];
  return new Refusal(status, error.code, error.message, error.hint ?? null, error.detail ?? null);
}

const claims = (key) => {
  try { return JSON.parse(Buffer.from(key.split('.')[1], 'base64url').toString()); } catch { return undefined; }
};

// A key in the older form, as the dashboard shows it: a token that names its role.
export function tokenKey(role) {
  const part = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'supabase', ref: 'fake', role })}.c2lnbmF0dXJl`;
}

export class FakePostgrest {
  // `keys`: role by key. `schemas`: those exposed, the first for who names none.
  static async start(database, { keys, schemas = ['public'], maxBytes = 10e6 }) {
    const fake = new FakePostgrest();
    Object.assign(fake, { keys, schemas, maxBytes, faults: [], seen: [] });
    fake.pool = new pg.Pool({ connectionString: database, max: 4 });
    fake.pool.on('error', () => {}); // an idle connection that its server closed
    for (const role of ['anon', 'authenticated', 'service_role'])
      await fake.pool.query(`create role ${role}`).catch((error) => { if (!['42710', '23505'].includes(error.code)) throw error; });
    await fake.pool.query('alter role service_role bypassrls').catch((error) => { if (!/concurrently/.test(error.message)) throw error; });
    for (const schema of schemas) await fake.pool.query(`grant usage on schema ${quoted(schema)} to anon, authenticated, service_role`);
    fake.server = createServer((request, response) => fake.serve(request, response));
    await new Promise((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    fake.server.unref();
    fake.port = fake.server.address().port;
    fake.url = `http://127.0.0.1:${fake.port}`;
    return fake;
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await this.pool.end();
  }

  // The next `times` requests that `when` accepts are left to `act`: it may send an answer, do the work, cut the line,
  // or do nothing and let the client wait.
  fail(act, { when = () => true, times = 1 } = {}) {
    this.faults.push({ act, when, times });
  }

  mend() {
    this.faults = [];
  }

  async serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url, this.url);
    const asked = {
      method: request.method, path: url.pathname, query: url.searchParams, headers: request.headers,
      body: Buffer.concat(chunks).toString(), at: Date.now(), status: undefined,
    };
    this.seen.push(asked);
    const send = (status, body, headers = {}) => {
      asked.status = status;
      const isPage = typeof body === 'string';
      response.writeHead(status, { 'Content-Type': isPage ? 'text/html' : 'application/json; charset=utf-8', ...headers });
      response.end(body === undefined ? undefined : isPage ? body : JSON.stringify(body));
    };
    const work = () => this.answer(asked);
    const fault = this.faults.find(({ when, times }) => times > 0 && when(asked));
    try {
      if (fault) {
        fault.times -= 1;
        return await fault.act({ asked, send, work, cut: () => request.socket.destroy() });
      }
      const { status, body } = await work();
      send(status, body, status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {});
    } catch (error) {
      send(500, { code: 'fake', message: String(error?.stack) });
    }
  }

  async answer(asked) {
    let role;
    try {
      role = this.admit(asked);
      const reads = asked.method === 'GET';
      const schema = asked.headers[reads ? 'accept-profile' : 'content-profile'] ?? this.schemas[0];
      if (!this.schemas.includes(schema))
        throw new Refusal(406, 'PGRST106', `Invalid schema: ${schema}`, `Only the following schemas are exposed: ${this.schemas.join(', ')}`);
      const [, name] = /^\/rest\/v1\/([^/]+)$/.exec(asked.path) ?? [];
      if (!name) throw new Refusal(404, 'PGRST125', 'Invalid path specified in request URL');
      const table = await this.describe(schema, name);
      if (reads) return { status: 200, body: await this.as(role, this.reading(table, asked.query)) };
      if (asked.method !== 'POST') throw new Refusal(405, 'PGRST117', `Unsupported HTTP method: ${asked.method}`);
      const written = await this.as(role, this.writing(table, asked));
      return { status: 201, body: written };
    } catch (error) {
      return refusalOf(error, role);
    }
  }

  admit({ headers, body }) {
    const key = headers.apikey;
    if (body.length > this.maxBytes)
      throw Object.assign(new Error('too large'), { status: 413, body: '<html><h1>413 Request Entity Too Large</h1></html>' });
    if (!key) throw unauthorized('No API key found in request', 'No `apikey` request header or url param was found.');
    const role = this.keys[key];
    if (!role) throw unauthorized('Invalid API key', 'Double check your Supabase `anon` or `service_role` API key.');
    if (key.startsWith('sb_secret_') && /^Mozilla\//.test(headers['user-agent'] ?? ''))
      throw unauthorized('Forbidden use of secret API key in browser', 'Secret API keys can only be used in a protected environment.');
    const bearer = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1];
    if (bearer === undefined) {
      if (claims(key)) return 'anon'; // a token counts only as Bearer
      return role;
    }
    if (!claims(bearer)?.role) throw new Refusal(401, 'PGRST301', 'Expected 3 parts in JWT; got 1');
    return claims(bearer).role;
  }

  async describe(schema, name) {
    const { rows } = await this.pool.query(
      `select a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
              coalesce(a.attnum = any (i.indkey), false) as key
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_index i on i.indrelid = c.oid and i.indisprimary
       where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'v', 'p') order by a.attnum`, [schema, name]);
    if (rows.length === 0) throw new Refusal(404, 'PGRST205', `Could not find the table '${schema}.${name}' in the schema cache`);
    return { schema, name, columns: new Map(rows.map(({ column, type }) => [column, type])), key: rows.filter(({ key }) => key).map(({ column }) => column) };
  }

  reading(table, query) {
    const filters = [...query].filter(([key]) => !['select', 'order', 'limit'].includes(key)).map(([key, text]) => {
      const [, operator, value] = /^(\w+)\.(.*)$/s.exec(text);
      const values = { eq: () => [value], in: () => value.slice(1, -1).split(',') }[operator]();
      return `${path(key)} in (${values.map(pg.escapeLiteral)})`;
    });
    const order = query.get('order')?.split(',').map((term) => {
      const [column, direction = 'asc'] = term.split('.');
      return `${quoted(column)} ${direction === 'desc' ? 'desc' : 'asc'}`;
    });
    return { text: `select to_json(t) as row from (select ${selected(query, [...table.columns.keys()])} from ${list([table.schema])}.${quoted(table.name)}`
      + `${filters.length > 0 ? ` where ${filters.join(' and ')}` : ''}${order ? ` order by ${order}` : ''}`
      + `${query.has('limit') ? ` limit ${Number(query.get('limit'))}` : ''}) t` };
  }

  writing(table, { query, headers, body }) {
    const type = (headers['content-type'] ?? '').split(';')[0];
    if (type !== 'application/json') throw new Refusal(400, 'PGRST102', `Content-Type not acceptable: ${type}`);
    const columns = query.get('columns')?.split(',') ?? this.keysOf(body);
    for (const column of columns)
      if (!table.columns.has(column)) throw new Refusal(400, 'PGRST204', `Could not find the '${column}' column of '${table.name}' in the schema cache`);
    const prefer = Object.fromEntries((headers.prefer ?? '').split(',').map((item) => item.trim().split('=')));
    const target = query.get('on_conflict')?.split(',') ?? table.key;
    const conflict = {
      'ignore-duplicates': () => ` on conflict (${list(target)}) do nothing`,
      'merge-duplicates': () => ` on conflict (${list(target)}) do update set ${columns.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')}`,
    }[prefer.resolution] ?? (() => '');
    const types = columns.map((name) => `${quoted(name)} ${table.columns.get(name)}`).join(', ');
    const insert = `insert into ${quoted(table.schema)}.${quoted(table.name)} (${list(columns)})
                    select ${list(columns)} from json_to_recordset($1::json) as row (${types})${conflict()}`;
    return {
      text: prefer.return === 'representation'
        ? `with t as (${insert} returning ${selected(query, [...table.columns.keys()])}) select to_json(t) as row from t` : insert,
      values: [body.trimStart().startsWith('[') ? body : `[${body}]`],
    };
  }

  keysOf(body) {
    let rows;
    try { rows = [JSON.parse(body)].flat(); } catch { throw new Refusal(400, 'PGRST102', 'Empty or invalid json'); }
    const keys = rows.map((row) => Object.keys(row).sort().join());
    if (keys.some((other) => other !== keys[0])) throw new Refusal(400, 'PGRST102', 'All object keys must match');
    return Object.keys(rows[0] ?? {});
  }

  async as(role, statement) {
    const client = await this.pool.connect();
    try {
      await client.query(`begin; set local role ${role}`);
      const { rows, command } = await client.query(statement);
      await client.query('commit');
      return command === 'SELECT' ? rows.map(({ row }) => row) : undefined;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }
}
