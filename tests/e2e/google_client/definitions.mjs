// What Google's own client declares: the resources, their methods and the shape of every answer,
// read from its type definitions.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import ts from 'typescript';

const require = createRequire(import.meta.url);

/**
 * A type: {kind: 'string' | 'number' | 'boolean' | 'any'}, {kind: 'array' | 'map', of}, {kind:
 * 'object', fields} or {kind: 'schema', name}. `null` is left out: it occurs in requests only.
 */
function typeOf(node, source) {
  if (ts.isUnionTypeNode(node)) {
    const kept = node.types.filter((one) => one.getText(source) !== 'null');
    if (kept.length !== 1)
      throw new Error(`a union that the definitions did not have before: ${node.getText(source)}`);
    return typeOf(kept[0], source);
  }
  if (ts.isArrayTypeNode(node)) return { kind: 'array', of: typeOf(node.elementType, source) };
  if (ts.isTypeLiteralNode(node)) {
    const index = node.members.find(ts.isIndexSignatureDeclaration);
    return index
      ? { kind: 'map', of: typeOf(index.type, source) }
      : { kind: 'object', fields: fieldsOf(node, source) };
  }
  const text = node.getText(source);
  if (text.startsWith('Schema$')) return { kind: 'schema', name: text.slice('Schema$'.length) };
  if (['string', 'number', 'boolean', 'any'].includes(text)) return { kind: text };
  throw new Error(`a type that the definitions did not have before: ${text}`);
}

const fieldsOf = (node, source) =>
  Object.fromEntries(
    node.members
      .filter(ts.isPropertySignature)
      .map((member) => [member.name.getText(source), typeOf(member.type, source)]),
  );

/**
 * The type of a method's answer is in the overload that takes only a callback:
 * BodyResponseCallback<Schema$Event>; '' means no answer.
 */
function answerOf(method, source) {
  const found = method.parameters
    .at(-1)
    ?.type?.getText(source)
    .match(/^BodyResponseCallback<(?:Schema\$(\w+)|void)>$/);
  return found ? (found[1] ?? '') : undefined;
}

// `auth` is the client's own; the type of the others is not compared.
const standardOf = (node, source) =>
  node.members
    .filter(ts.isPropertySignature)
    .map((member) => member.name.getText(source))
    .filter((name) => name !== 'auth')
    .sort();

/** The members of an interface, sorted by their names, without those of `others`. */
const sorted = (fields, others = []) =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !others.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/**
 * {schemas: {Event: {fields}}, methods: {'events.insert': {answer: 'Event' or '', parameters:
 * {maxAttendees: type}}}, common: parameters that every method has}
 */
export function readDefinitions() {
  const path = join(dirname(require.resolve('@googleapis/calendar')), 'v3.d.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022);
  const space = source.statements.find(
    (one) => ts.isModuleDeclaration(one) && one.name.text === 'calendar_v3',
  );
  const schemas = {},
    classes = {},
    parameters = {};
  let common;
  for (const one of space.body.statements) {
    if (ts.isInterfaceDeclaration(one) && one.name.text.startsWith('Schema$'))
      schemas[one.name.text.slice('Schema$'.length)] = fieldsOf(one, source);
    if (ts.isClassDeclaration(one)) classes[one.name.text] = one;
    if (!ts.isInterfaceDeclaration(one)) continue;
    const [, resource, method] = one.name.text.match(/^Params\$Resource\$(\w+)\$(\w+)$/) ?? [];
    if (method)
      parameters[`${resource}.${method}`.toLowerCase()] = sorted(fieldsOf(one, source), [
        'requestBody',
      ]);
    if (one.name.text === 'StandardParameters') common = standardOf(one, source);
  }
  const methods = {};
  for (const property of classes.Calendar.members.filter(ts.isPropertyDeclaration)) {
    const resource = classes[property.type.getText(source)];
    if (!resource) continue; // `context`
    for (const method of resource.members.filter(ts.isMethodDeclaration)) {
      const answer = answerOf(method, source);
      const name = `${property.name.getText(source)}.${method.name.getText(source)}`;
      if (answer !== undefined)
        methods[name] = { answer, parameters: parameters[name.toLowerCase()] };
    }
  }
  return { schemas, methods, common };
}

/** ['acl.delete', ...]: the methods that an object of the client has. */
export function methodsOf(api) {
  return Object.entries(api)
    .flatMap(([name, resource]) => {
      const prototype = resource && Object.getPrototypeOf(resource);
      if (!prototype || name === 'context' || prototype === Object.prototype) return [];
      return Object.getOwnPropertyNames(prototype)
        .filter((method) => method !== 'constructor')
        .map((method) => `${name}.${method}`);
    })
    .sort();
}
