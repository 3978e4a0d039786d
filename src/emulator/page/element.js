const PROPERTIES = new Set(['value', 'checked', 'disabled', 'selected', 'hidden']);

// element('div', {class: 'x', onclick: f}, child, 'text') builds DOM without parsing HTML, so that
// markup in data stays text.
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (PROPERTIES.has(key)) node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(
    ...children.flat().filter((child) => child !== undefined && child !== null && child !== false),
  );
  return node;
}
