// Records what the client called and what it received: every answer is checked against the client's
// own definitions, and every field that was ever seen is remembered.

import { ALWAYS, FORMS } from './always.mjs';
import { methodsOf } from './definitions.mjs';

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

export class Ledger {
  constructor({ schemas, methods }) {
    this.schemas = schemas;
    this.methods = methods;
    this.answered = new Set();
    this.seen = new Set();
  }

  /**
   * Every field that an answer may hold, as 'Event.creator.email'; fields of requests are left out.
   */
  fields() {
    const out = new Set(),
      done = new Set();
    const walk = (type, path) => {
      if (type.kind === 'schema') return schema(type.name);
      if (type.of) return walk(type.of, path);
      for (const [name, field] of Object.entries(type.fields ?? {})) {
        out.add(`${path}.${name}`);
        walk(field, `${path}.${name}`);
      }
    };
    const schema = (name) => {
      if (done.has(name)) return;
      done.add(name);
      walk({ kind: 'object', fields: this.schemas[name] }, name);
    };
    for (const { answer } of Object.values(this.methods)) if (answer) schema(answer);
    return [...out].sort();
  }

  neverSeen = () => this.fields().filter((field) => !this.seen.has(field));

  /** Throws all that is wrong with an answer. `about`: {partial, masked}. */
  check(method, answer, about = {}) {
    const problems = [];
    const name = this.methods[method].answer;
    if (name === '') {
      if (answer.status !== 204) problems.push(`status ${answer.status} where Google answers 204`);
      if (answer.data !== undefined && answer.data !== null && answer.data !== '')
        problems.push(`a body: ${JSON.stringify(answer.data)}`);
    } else {
      if (answer.status !== 200) problems.push(`status ${answer.status}`);
      this.walk({ kind: 'schema', name }, answer.data, name, 'answer', about, problems);
      const etag = answer.headers.get('etag');
      if (
        !about.partial &&
        answer.data?.etag !== undefined &&
        etag !== null &&
        etag !== answer.data.etag
      )
        problems.push(`header ETag ${etag}, in the body ${answer.data.etag}`);
    }
    if (problems.length > 0)
      throw new Error(
        `${method} answered what Google does not:\n  ${problems.join('\n  ')}\n` +
          JSON.stringify(answer.data)?.slice(0, 2000),
      );
    this.answered.add(method);
  }

  /** `path` names the field in the definitions, `place` in the answer. */
  walk(type, value, path, place, about, problems) {
    const wrong = (expected) =>
      problems.push(
        `${place} (${path}) is ${JSON.stringify(value)?.slice(0, 80)}, not ${expected}`,
      );
    switch (type.kind) {
      case 'any':
        return;
      case 'string':
      case 'number':
      case 'boolean':
        if (typeof value !== type.kind) return wrong(`a ${type.kind}`);
        if (FORMS[path] && !FORMS[path].test(value)) wrong(String(FORMS[path]));
        return;
      case 'array':
        if (!Array.isArray(value)) return wrong('an array');
        return value.forEach((one, at) =>
          this.walk(type.of, one, path, `${place}[${at}]`, about, problems),
        );
      case 'map':
        if (!isObject(value)) return wrong('an object');
        return Object.entries(value).forEach(([key, one]) =>
          this.walk(type.of, one, path, `${place}.${key}`, about, problems),
        );
      case 'schema':
        if (!isObject(value)) return wrong('an object');
        this.members(
          this.schemas[type.name],
          value,
          type.name,
          place,
          { ...about, ...(value.accessRole === 'freeBusyReader' ? { masked: true } : {}) },
          problems,
        );
        if (!about.partial) this.complete(type.name, value, place, about, problems);
        return;
      case 'object':
        if (!isObject(value)) return wrong('an object');
        return this.members(type.fields, value, path, place, about, problems);
    }
  }

  members(fields, value, path, place, about, problems) {
    for (const [name, one] of Object.entries(value)) {
      if (!fields[name]) {
        problems.push(`${place}.${name} is unknown to ${path}`);
        continue;
      }
      this.seen.add(`${path}.${name}`);
      this.walk(fields[name], one, `${path}.${name}`, `${place}.${name}`, about, problems);
    }
  }

  complete(name, value, place, about, problems) {
    const always = ALWAYS[name] ?? [];
    for (const field of typeof always === 'function' ? always(value, about) : always)
      if (field.split('.').reduce((part, key) => part?.[key], value) === undefined)
        problems.push(`${place} (${name}) lacks ${field}`);
  }
}

/**
 * The client with every answer checked: the same resources and methods, each returning what the
 * client's own returns.
 */
export function watched(api, ledger, about = {}) {
  const out = {};
  for (const method of methodsOf(api)) {
    const [resource, name] = method.split('.');
    (out[resource] ??= {})[name] = async (parameters = {}, options = {}) => {
      const answer = await api[resource][name](parameters, options);
      ledger.check(method, answer, { ...about, partial: parameters.fields !== undefined });
      return answer;
    };
  }
  return out;
}
