// The form of a flow step as data: initial values, the options of a drop-down, validation, and the
// input to send. Pure functions over flat JSON Schema.

// `x-options-from {field, always, except}`: the drop-down offers `always` and what is ticked in
// `field`, without `except`.
export function optionsOf(property, values) {
  const from = property['x-options-from'];
  if (!from) return property.enum || [];
  const ticked = Array.isArray(values[from.field]) ? values[from.field] : [];
  const except = from.except || [];
  return [
    ...(from.always || []),
    ...(property.enum || ticked).filter(
      (value) =>
        ticked.includes(value) && !(from.always || []).includes(value) && !except.includes(value),
    ),
  ];
}

export function initialValues(schema, values = {}) {
  const result = {};
  for (const [name, property] of Object.entries(schema.properties || {})) {
    if (name in values) result[name] = values[name];
    else if ('default' in property) result[name] = property.default;
    else if (property.type === 'array') result[name] = [];
    else if (property.type === 'boolean') result[name] = false;
    else result[name] = '';
  }
  return settle(schema, result);
}

// A selected option that is no longer offered is replaced by the first one that is, and a ticked
// one without a box is not sent: no field holds a value that the user cannot change.
export function settle(schema, values) {
  const result = { ...values };
  const properties = Object.entries(schema.properties || {});
  for (const [name, property] of properties)
    if (property.type === 'array' && property.items?.enum)
      result[name] = result[name].filter((value) => property.items.enum.includes(value));
  for (const [name, property] of properties) {
    if (!property['x-options-from']) continue;
    const offered = optionsOf(property, result);
    if (!offered.includes(result[name])) result[name] = offered[0] ?? '';
  }
  return result;
}

export const withValue = (schema, values, name, value) =>
  settle(schema, { ...values, [name]: value });

// Client-side validation, as {field: text key}. The plugin validates again.
export function missing(schema, values) {
  const errors = {};
  for (const [name, property] of Object.entries(schema.properties || {})) {
    const value = values[name];
    const required = (schema.required || []).includes(name);
    if (property.type === 'array') {
      // Of an empty list that is required the plugin says in its own words what is missing.
      if (value.length < (property.minItems || 0)) errors[name] = 'error.too_few';
    } else if (property.type === 'string') {
      const length = [...String(value).trim()].length;
      if (length < Math.max(required ? 1 : 0, length ? property.minLength || 0 : 0))
        errors[name] = length ? 'error.too_short' : 'error.required';
      else if (property.maxLength && length > property.maxLength) errors[name] = 'error.too_long';
    } else if (property.type === 'integer' && value !== '' && !Number.isInteger(Number(value)))
      errors[name] = 'form.whole_number';
  }
  return errors;
}

// The input to send: whole numbers as numbers; an empty optional number is left out.
export function inputOf(schema, values) {
  const input = {};
  for (const [name, property] of Object.entries(schema.properties || {})) {
    if (property.type !== 'integer') input[name] = values[name];
    else if (values[name] !== '') input[name] = Number(values[name]);
  }
  return input;
}

// The stage of a set-up step: 0 account, 1 settings, 2 preview, 3 done.
export function stageOf(step) {
  if (!step) return 0;
  if (step.type === 'finish') return 3;
  if (step.type === 'progress' || step.last) return 2;
  if (
    step.type === 'form' &&
    Object.values(step.schema?.properties || {}).some((property) => property.type === 'array')
  )
    return 1;
  return 0;
}
