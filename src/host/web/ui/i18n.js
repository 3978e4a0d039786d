// Texts by key, in the person's language: the page's own, and those of all plugins. Unknown keys show themselves, so that a gap is seen.
import { get } from './api.js';
import { de } from './strings/de.js';
import { en } from './strings/en.js';

const own = { de, en };
let language = 'en';
let foreign = {};
let plural = new Intl.PluralRules('en');
let numbers = new Intl.NumberFormat('en');

export const currentLanguage = () => language;

export function browserLanguage() {
  for (const tag of navigator.languages || []) {
    const short = tag.slice(0, 2).toLowerCase();
    if (own[short]) return short;
  }
  return 'en';
}

// The locale for Intl: the browser's own variant of the language ("de-AT", "en-GB") where it has one.
export function locale() {
  return (
    (navigator.languages || []).find((tag) => tag.slice(0, 2).toLowerCase() === language) ||
    language
  );
}

export function setLanguage(wanted) {
  language = own[wanted] ? wanted : browserLanguage();
  document.documentElement.lang = language;
  plural = new Intl.PluralRules(language);
  numbers = new Intl.NumberFormat(locale());
}

export async function loadPluginTexts() {
  try {
    foreign = await get(`/api/strings/${language}`, { quiet: true });
  } catch {
    foreign = {}; // the page's own texts work without; keys of plugins are shown as they are
  }
}

export const number = (value) => numbers.format(value);

export const hasText = (key) => key in own[language] || key in foreign;

// A text with {name} places. `key` may name a table {one, other}: then args.count chooses.
export function t(key, args = {}) {
  let text = own[language][key] ?? foreign[key];
  if (text && typeof text === 'object')
    text = text[plural.select(Number(args.count ?? 0))] ?? text.other;
  if (typeof text !== 'string') return String(key);
  return text.replace(/\{([a-z_]+)\}/g, (place, name) =>
    !(name in args)
      ? place
      : typeof args[name] === 'number'
        ? number(args[name])
        : String(args[name]),
  );
}

// What a person reads of a refusal.
export function messageOf(error) {
  // The host's own words about a refused value are English and for logs: a person reads which field it was.
  if (error?.code === 'invalid' && (!error.key || error.key === 'error.invalid')) {
    const field = (error.field || '').split(/[.[]/)[0];
    return hasText(`field.${field}`)
      ? t('error.invalid_field', { field: t(`field.${field}`) })
      : t('error.invalid');
  }
  if (error?.key && hasText(error.key)) return t(error.key, error.args);
  if (error?.code && hasText(`error.${error.code}`))
    return t(`error.${error.code}`, error.args || {});
  return t('error.internal');
}
