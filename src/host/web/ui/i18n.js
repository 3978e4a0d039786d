// Texts by key in the user's language: the page's own and those of the plugins, each of which has
// keys of its own. An unknown key is shown as it is, so that a missing text is noticed.
import { get } from './api.js';
import { de } from './strings/de.js';
import { en } from './strings/en.js';

const own = { de: { ...de }, en: { ...en } };
let language = 'en';
let foreign = {}; // plugin -> key -> text
let speaker = ''; // the plugin whose flow is on the screen
let plural = new Intl.PluralRules('en');
let numbers = new Intl.NumberFormat('en');

// `texts`: {de, en}, of pages that are loaded later.
export function addTexts(texts) {
  for (const [name, added] of Object.entries(texts)) Object.assign(own[name], added);
}

export const currentLanguage = () => language;

export function browserLanguage() {
  for (const tag of navigator.languages || []) {
    const short = tag.slice(0, 2).toLowerCase();
    if (own[short]) return short;
  }
  return 'en';
}

// The locale for Intl: the browser's own variant of the language ("de-AT", "en-GB") where it has
// one.
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
    foreign = await get(`/api/strings/${language}?by=plugin`, { quiet: true });
  } catch {
    foreign = {}; // the page's own texts remain; keys of plugins are shown as they are
  }
}

export const hasTextsOf = (plugin) => plugin in foreign;

// Whose texts are meant by the keys of a flow's steps; '' when none is shown.
export function setSpeaker(plugin) {
  speaker = plugin || '';
}

export const number = (value) => numbers.format(value);

// Another plugin's text never replaces the page's, nor that of the plugin that is meant.
function textOf(key, plugin) {
  if (plugin) return foreign[plugin]?.[key] ?? own[language][key];
  return (
    own[language][key] ??
    foreign[speaker]?.[key] ??
    Object.values(foreign).find((texts) => key in texts)?.[key]
  );
}

export const hasText = (key, plugin) => textOf(key, plugin) !== undefined;

// A text whose {name} placeholders are filled from `args`. Where `key` names a table {one, other},
// args.count selects the form. `plugin`: whose key it is, where that is known.
export function t(key, args = {}, plugin = '') {
  let text = textOf(key, plugin);
  if (text && typeof text === 'object')
    text = text[plural.select(Number(args.count ?? 0))] ?? text.other;
  if (typeof text !== 'string') return String(key);
  return text.replace(/\{([a-z_]+)\}/g, (placeholder, name) =>
    !(name in args)
      ? placeholder
      : typeof args[name] === 'number'
        ? number(args[name])
        : String(args[name]),
  );
}

// The message shown to the user for a failed request.
export function messageOf(error) {
  // The host's message about an invalid value is English and meant for logs. Name the field
  // instead.
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
