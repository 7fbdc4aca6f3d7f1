// SPDX-License-Identifier: GPL-3.0-or-later
// What an OpenAPI document says, held against what comes.
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export class Contract {
  constructor(api) {
    this.api = api;
    this.seen = new Set();
    this.ajv = addFormats(new Ajv({ strict: false }));
    this.ajv.addSchema(api, 'api');
  }

  resolve(part) { return part?.$ref ? part.$ref.slice(2).split('/').reduce((at, key) => at[key], this.api) : part; }

  validate(schema, value, where) {
    const check = schema.$ref ? this.ajv.getSchema(`api${schema.$ref}`) : this.ajv.compile({ $id: undefined, ...schema });
    assert.ok(check, `${where}: ${JSON.stringify(schema)} is no schema`);
    assert.ok(check(value), `${where}: ${this.ajv.errorsText(check.errors)}\n${JSON.stringify(value)}`);
  }

  // Holds an answer against what the document says of it, and remembers that it was seen.
  documented(method, path, answer) {
    const responses = this.api.paths[path]?.[method]?.responses;
    assert.ok(responses, `${method} ${path} is not documented`);
    const response = this.resolve(responses[answer.status]);
    assert.ok(response, `${method} ${path}: ${answer.status} is not documented: ${JSON.stringify(answer.body)}`);
    this.seen.add(`${method} ${path} ${answer.status}`);
    if (response.content) {
      assert.ok(response.content[answer.type], `${method} ${path} ${answer.status}: ${answer.type} is not documented`);
      this.seen.add(`${method} ${path} ${answer.status} ${answer.type}`);
      this.validate(response.content[answer.type].schema, answer.body, `${method} ${path} ${answer.status}`);
    }
    return answer;
  }

  // What is documented and did not come: "method path status", also with each type.
  unseen() {
    const wanted = Object.entries(this.api.paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.entries(responses).flatMap(([status, response]) => {
        const types = Object.keys(this.resolve(response).content ?? {});
        return [`${method} ${path} ${status}`, ...types.map((type) => `${method} ${path} ${status} ${type}`)];
      })));
    return wanted.filter((each) => !this.seen.has(each));
  }
}
