// What the emulator's discovery document declares, in the form of definitions.mjs.

import assert from 'node:assert/strict';

/** The type of a property or parameter as the client's generator writes it. */
function typeOf({ $ref, type, items, additionalProperties, properties, repeated }) {
  if (repeated) return { kind: 'array', of: typeOf({ type }) };
  if ($ref) return { kind: 'schema', name: $ref };
  if (type === 'array') return { kind: 'array', of: typeOf(items) };
  if (type === 'integer') return { kind: 'number' };
  if (type !== 'object') return { kind: type };
  return additionalProperties
    ? { kind: 'map', of: typeOf(additionalProperties) }
    : { kind: 'object', fields: fieldsOf(properties) };
}

const fieldsOf = (properties) =>
  Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, typeOf(one)]));

const sorted = (fields) =>
  Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));

/** {schemas, methods: {'events.list': {answer, parameters}}, common} */
export async function readDocument(origin) {
  const answer = await fetch(`${origin}/discovery/v1/apis/calendar/v3/rest`);
  assert.equal(answer.status, 200);
  const document = await answer.json();
  const methods = {};
  for (const [resource, { methods: own }] of Object.entries(document.resources))
    for (const [name, method] of Object.entries(own))
      methods[`${resource}.${name}`] = {
        answer: method.response?.$ref ?? '',
        parameters: sorted(fieldsOf(method.parameters)),
      };
  const schemas = Object.fromEntries(
    Object.entries(document.schemas).map(([name, { properties }]) => [name, fieldsOf(properties)]),
  );
  // The client's generator leaves this one out.
  const common = Object.keys(document.parameters).filter((name) => name !== '$.xgafv');
  return { schemas, methods, common: common.sort() };
}
