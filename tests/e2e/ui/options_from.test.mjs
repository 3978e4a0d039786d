// The form of a flow step as data, in particular x-options-from: the default calendar offers the
// calendars made visible in the same form (S-16).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  initialValues,
  inputOf,
  missing,
  optionsOf,
  stageOf,
  withValue,
} from '../../../src/host/web/ui/settings/options_from.js';

const SCHEMA = {
  type: 'object',
  required: ['name', 'visible', 'default'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 5 },
    visible: { 'type': 'array', 'items': { enum: ['p', 't', 'f'] }, 'x-widget': 'checkboxes' },
    default: {
      'type': 'string',
      'enum': ['crm', 'p', 't', 'f'],
      'x-options-from': { field: 'visible', always: ['crm'], except: ['f'] },
    },
    limit: { type: 'integer' },
    agreed: { type: 'boolean' },
  },
};

// S-16
test('the drop-down offers the CRM calendar and ticked ones, never a read-only one', () => {
  const property = SCHEMA.properties.default;
  assert.deepEqual(optionsOf(property, { visible: [] }), ['crm']);
  assert.deepEqual(optionsOf(property, { visible: ['t', 'f', 'p'] }), ['crm', 'p', 't']);
});

// S-16
test('unticking the selected calendar changes the selection immediately', () => {
  let values = initialValues(SCHEMA, { name: 'x', visible: ['p', 't'], default: 't' });
  assert.equal(values.default, 't');
  values = withValue(SCHEMA, values, 'visible', ['p']);
  assert.equal(values.default, 'crm');
});

// S-14, S-30
test('a ticked calendar without a box is not sent', () => {
  let values = initialValues(SCHEMA, { name: 'x', visible: ['p', 'vanished'], default: 'p' });
  assert.deepEqual(values.visible, ['p']);
  values = withValue(SCHEMA, values, 'visible', [...values.visible, 't']);
  assert.deepEqual(inputOf(SCHEMA, values).visible, ['p', 't']);
});

// S-17
test('the CRM calendar is selected initially', () =>
  assert.equal(initialValues(SCHEMA, {}).default, 'crm'));

test('validation errors are reported by field', () => {
  const list = { properties: { a: { type: 'array', minItems: 1 } } };
  assert.deepEqual(missing(list, { a: [] }), { a: 'error.too_few' });
  assert.deepEqual(missing(SCHEMA, initialValues(SCHEMA, {})), {
    name: 'error.required',
  });
  assert.deepEqual(missing(SCHEMA, initialValues(SCHEMA, { name: '   ', visible: ['p'] })), {
    name: 'error.required',
  });
  assert.deepEqual(missing(SCHEMA, initialValues(SCHEMA, { name: 'sechs!', visible: ['p'] })), {
    name: 'error.too_long',
  });
  assert.deepEqual(
    missing(SCHEMA, initialValues(SCHEMA, { name: '😀😀😀😀😀', visible: ['p'], limit: '1.5' })),
    { limit: 'form.whole_number' },
  );
});

test('whole numbers are sent as numbers, an empty one is left out', () => {
  assert.deepEqual(inputOf(SCHEMA, initialValues(SCHEMA, { name: 'x', limit: '7' })), {
    name: 'x',
    visible: [],
    default: 'crm',
    limit: 7,
    agreed: false,
  });
  assert.ok(!('limit' in inputOf(SCHEMA, initialValues(SCHEMA, { name: 'x' }))));
});

test('each step of a set-up belongs to one of the four stages', () => {
  assert.equal(stageOf({ type: 'external' }), 0);
  assert.equal(stageOf({ type: 'form', schema: SCHEMA }), 1);
  assert.equal(stageOf({ type: 'progress' }), 2);
  assert.equal(stageOf({ type: 'form', last: true, schema: { properties: {} } }), 2);
  assert.equal(stageOf({ type: 'finish' }), 3);
});
