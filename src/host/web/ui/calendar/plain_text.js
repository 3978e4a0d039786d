// The text of a description that may hold HTML. Parsed in a document of its own that loads and runs nothing; only text comes out.
export function plainText(source) {
  if (!/<[a-z!/]|&[a-z#]/i.test(source)) return source;
  const parsed = new DOMParser().parseFromString(source.replace(/<br\s*\/?>|<\/(p|div|li|tr|h[1-6])>/gi, '$&\n'), 'text/html');
  for (const element of parsed.querySelectorAll('script, style, template')) element.remove();
  return parsed.body.textContent.replace(/\n{3,}/g, '\n\n').trim();
}
