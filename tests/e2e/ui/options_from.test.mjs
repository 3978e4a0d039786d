// The form of a flow step as data, above all x-options-from: the default calendar offers what was just made visible (S-16).
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

const kSchema = {
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

test('S16_the drop-down offers the CRM calendar and what is ticked, never a read-only one', () => {
  const property = kSchema.properties.default;
  assert.deepEqual(optionsOf(property, { visible: [] }), ['crm']);
  assert.deepEqual(optionsOf(property, { visible: ['t', 'f', 'p'] }), ['crm', 'p', 't']);
});

test('S16_unticking the chosen calendar changes the choice at once', () => {
  let values = initialValues(kSchema, { name: 'x', visible: ['p', 't'], default: 't' });
  assert.equal(values.default, 't');
  values = withValue(kSchema, values, 'visible', ['p']);
  assert.equal(values.default, 'crm');
});

test('S17_the CRM calendar is the first choice', () =>
  assert.equal(initialValues(kSchema, {}).default, 'crm'));

test('what is missing is named by field', () => {
  assert.deepEqual(missing(kSchema, initialValues(kSchema, {})), {
    name: 'form.required',
    visible: 'form.choose_one',
  });
  assert.deepEqual(missing(kSchema, initialValues(kSchema, { name: '   ', visible: ['p'] })), {
    name: 'form.required',
  });
  assert.deepEqual(missing(kSchema, initialValues(kSchema, { name: 'sechs!', visible: ['p'] })), {
    name: 'form.too_long',
  });
  assert.deepEqual(
    missing(kSchema, initialValues(kSchema, { name: '😀😀😀😀😀', visible: ['p'], limit: '1.5' })),
    { limit: 'form.whole_number' },
  );
});

test('whole numbers are sent as numbers, an empty one not at all', () => {
  assert.deepEqual(inputOf(kSchema, initialValues(kSchema, { name: 'x', limit: '7' })), {
    name: 'x',
    visible: [],
    default: 'crm',
    limit: 7,
    agreed: false,
  });
  assert.ok(!('limit' in inputOf(kSchema, initialValues(kSchema, { name: 'x' }))));
});

test('each step of a set-up has its place among the four', () => {
  assert.equal(stageOf({ type: 'external' }), 0);
  assert.equal(stageOf({ type: 'form', schema: kSchema }), 1);
  assert.equal(stageOf({ type: 'progress' }), 2);
  assert.equal(stageOf({ type: 'form', last: true, schema: { properties: {} } }), 2);
  assert.equal(stageOf({ type: 'finish' }), 3);
});
