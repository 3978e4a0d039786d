// Time zones as users name and look for them: by city in the page's language, by the name of the
// zone ("Mitteleuropäische Zeit"), or by the IANA name.
import { currentLanguage, locale } from '../i18n.js';
import { knownZones, zoneCity } from './times.js';

// German names of cities that differ from those in the IANA names.
const GERMAN = {
  Algiers: 'Algier',
  Athens: 'Athen',
  Baghdad: 'Bagdad',
  Belgrade: 'Belgrad',
  Brussels: 'Brüssel',
  Bucharest: 'Bukarest',
  Cairo: 'Kairo',
  Calcutta: 'Kalkutta',
  Chisinau: 'Kischinau',
  Copenhagen: 'Kopenhagen',
  Damascus: 'Damaskus',
  Hong_Kong: 'Hongkong',
  Kiev: 'Kiew',
  Kyiv: 'Kiew',
  Kolkata: 'Kalkutta',
  Lisbon: 'Lissabon',
  Luxembourg: 'Luxemburg',
  Mexico_City: 'Mexiko-Stadt',
  Moscow: 'Moskau',
  Nicosia: 'Nikosia',
  Prague: 'Prag',
  Riyadh: 'Riad',
  Rome: 'Rom',
  Sao_Paulo: 'São Paulo',
  Singapore: 'Singapur',
  Tashkent: 'Taschkent',
  Tehran: 'Teheran',
  Tokyo: 'Tokio',
  Vatican: 'Vatikan',
  Vienna: 'Wien',
  Vilnius: 'Wilna',
  Warsaw: 'Warschau',
  Zurich: 'Zürich',
};

export function cityOf(zone) {
  const city = zone.slice(zone.lastIndexOf('/') + 1);
  return (currentLanguage() === 'de' && GERMAN[city]) || zoneCity(zone);
}

const names = new Map();

function nameAt(zone, ms) {
  const key = `${locale()} ${zone}`;
  if (!names.has(key))
    names.set(
      key,
      new Intl.DateTimeFormat(locale(), { timeZone: zone, timeZoneName: 'long' })
        .formatToParts(ms)
        .find(({ type }) => type === 'timeZoneName')?.value || '',
    );
  return names.get(key);
}

// "Tokio, Japanische Normalzeit"
export function zoneName(zone, ms) {
  const name = nameAt(zone, ms);
  // A name like "GMT+8" says no more than the difference beside it.
  return /^(GMT|UTC)/.test(name) ? cityOf(zone) : `${cityOf(zone)}, ${name}`;
}

const plain = (text) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('_', ' ').toLowerCase();

// Whether the city begins with what was typed.
const begins = ({ name }, words) => Number(words.length > 0 && plain(name).startsWith(words[0]));

// The zones that match the text, those of the user and of the appointment first: [{zone, name}].
export function zonesFor(text, ms, ...first) {
  const words = plain(text)
    .split(/[\s,]+/)
    .filter(Boolean);
  return knownZones(...first)
    .map((zone) => ({ zone, name: zoneName(zone, ms) }))
    .filter(({ zone, name }) => {
      const found = plain(`${name} ${zone}`);
      return words.every((word) => found.includes(word));
    })
    .sort((a, b) => begins(b, words) - begins(a, words));
}
