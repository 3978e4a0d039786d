// Titles of a salesperson's appointments, in German and English. `{company}`, `{person}` and
// `{number}` are filled in.

export const MEETINGS = {
  de: [
    [
      'Erstgespräch mit {company}',
      45,
      'Bedarf klären: Anzahl Nutzer, bisheriges System, Zeitplan, Entscheiderkreis.',
    ],
    [
      'Produktvorführung {company}',
      60,
      'Schwerpunkt: Kalender, Pipeline und Berichte. Bitte Beispieldaten der Branche laden.',
    ],
    [
      'Angebot {number} besprechen ({company})',
      45,
      'Offene Punkte: Staffelpreise, Schulungstage, Laufzeit 24 oder 36 Monate.',
    ],
    ['Nachfassen: Angebot {number}', 15, ''],
    [
      'Vertragsverhandlung {company}',
      90,
      '<p>Entwurf liegt bei. <b>Rabattgrenze 12 %</b>, darüber nur mit Freigabe.</p>',
    ],
    ['Telefonat {person}', 30, ''],
    [
      'Jahresgespräch {company}',
      90,
      'Umsatz, Zufriedenheit, Ausblick. Vorher die offenen Tickets ansehen.',
    ],
    [
      'Kick-off Einführung bei {company}',
      120,
      '<ul><li>Vorstellung des Teams</li><li>Projektplan</li><li>Datenübernahme</li></ul>',
    ],
    ['Anwenderschulung {company}', 180, 'Raum mit Beamer ist bestellt.'],
    ['Vor-Ort-Termin {company}', 120, 'Anmeldung am Werkstor, Ausweis mitnehmen.'],
    ['Mittagessen mit {person}', 75, ''],
    [
      'Reklamation {company} klären',
      30,
      'Fehlende Datensätze seit der Umstellung; Technik ist informiert.',
    ],
    ['Referenzbesuch mit {company}', 150, ''],
    [
      'Abstimmung Ausschreibung {company}',
      60,
      'Frist beachten. Lose 1 und 3 sind für uns interessant.',
    ],
    ['Übergabe an die Betreuung: {company}', 30, ''],
  ],
  en: [
    ['Intro call: {company}', 30, 'Team size, current tools, decision process, timeline.'],
    ['Product demo for {company}', 60, 'Focus on calendar sync and pipeline reports.'],
    [
      'Proposal {number} review with {company}',
      45,
      'Open: volume discount, onboarding days, term.',
    ],
    ['Follow-up on proposal {number}', 15, ''],
    [
      'Contract negotiation: {company}',
      60,
      '<p>Draft attached. <b>Discount cap 12%</b>, beyond that needs approval.</p>',
    ],
    ['Call with {person}', 30, ''],
    ['Quarterly business review: {company}', 60, 'Adoption, open tickets, renewal.'],
    [
      'Onboarding kick-off: {company}',
      90,
      '<ul><li>Introductions</li><li>Project plan</li><li>Data import</li></ul>',
    ],
    ['Security questionnaire with {company}', 45, ''],
    ['Lunch with {person}', 75, ''],
    ['Site visit: {company}', 120, 'Bring ID, sign in at gate 2.'],
    ['Renewal talk: {company}', 30, ''],
  ],
};

export const INTERNAL = [
  ['Forecast abstimmen', 45],
  ['Angebote schreiben', 90],
  ['1:1 mit Katharina', 30],
  ['Pipeline aufräumen', 60],
  ['Wettbewerbsanalyse', 90],
  ['Einarbeitung Jonas', 60],
  ['Messeplanung', 60],
  ['Demo-Umgebung vorbereiten', 45],
  ['Win/loss review', 45],
  ['Product feedback session', 60],
  ['Preisliste prüfen', 30],
  ['Reisekosten abrechnen', 30],
];

export const PRIVATE = [
  ['Zahnarzt', 45],
  ['Elternabend', 90],
  ['Kinderarzt mit Mia', 30],
  ['Physiotherapie', 45],
  ['Friseur', 60],
  ['Chorprobe', 120],
  ['Steuerberaterin', 60],
  ['Werkstatt: Reifen wechseln', 30],
  ['Yoga', 75],
];

export const FOCUS = [
  'Fokuszeit: Angebote',
  'Fokuszeit: Vorbereitung',
  'Focus time',
  'Konzentriert arbeiten',
];

export const ALL_DAY = [
  'Urlaub',
  'Homeoffice',
  'Inventur',
  'Quartalsabschluss',
  'Betriebsausflug',
  'Fortbildung: Verhandlungsführung',
  'Umzug Büro',
  'Brückentag',
  'Deadline: Ausschreibung Stadtwerke',
  'Company offsite',
];

export const FAIRS = [
  ['Hannover Messe', 5, 'Messegelände, 30521 Hannover'],
  ['SMM Hamburg', 4, 'Messeplatz 1, 20357 Hamburg'],
  ['Light + Building', 6, 'Messe Frankfurt'],
  ['Sales Summit London', 2, 'ExCeL London'],
  ['Anuga Köln', 5, 'Messeplatz 1, 50679 Köln'],
  ['CES Las Vegas', 4, 'Las Vegas Convention Center'],
  ['Vertriebstagung', 2, 'Hotel Seeblick, Lübeck'],
  ['Partner Day Tokyo', 3, 'Tokyo Big Sight'],
  ['Roadshow Süd', 3, 'Stuttgart, Ulm, München'],
];

export const TRIPS = [
  ['Zug nach München, ICE 507', 'Hamburg Hbf'],
  ['Flug LH 2076 nach Wien', 'Hamburg Airport'],
  ['Fahrt nach Bremen', ''],
  ['Flight to Milan', 'Hamburg Airport'],
  ['Zug nach Zürich', 'Hamburg-Altona'],
  ['Nachtzug nach Stockholm', 'Hamburg Hbf'],
];

export const PLACES = {
  de: [
    'Google Meet',
    'Telefon',
    'Besprechungsraum Elbe',
    'Beim Kunden',
    'Café Paris, Rathausstraße 4, Hamburg',
    '',
  ],
  en: ['Google Meet', 'Phone', 'Customer site', 'Zoom', ''],
};

// Local hours that are waking hours both for a customer of a zone and for Hamburg.
export const HOURS = {
  'America/New_York': ['09:00', '09:30', '10:00', '11:00'],
  'America/Toronto': ['09:00', '10:30'],
  'America/Chicago': ['08:30', '09:30'],
  'America/Los_Angeles': ['08:00', '08:30', '09:00'],
  'America/Sao_Paulo': ['09:00', '10:00', '13:30'],
  'America/Winnipeg': ['08:30', '09:00'],
  'America/Mexico_City': ['08:30', '09:30'],
  'America/Argentina/Buenos_Aires': ['10:00', '12:00'],
  'Asia/Tokyo': ['16:00', '17:00', '17:30'],
  'Asia/Seoul': ['16:30', '17:00'],
  'Asia/Shanghai': ['15:30', '16:00'],
  'Asia/Singapore': ['15:00', '16:30'],
  'Asia/Kuala_Lumpur': ['15:30', '16:00'],
  'Asia/Ho_Chi_Minh': ['14:30', '15:30'],
  'Asia/Kolkata': ['13:30', '14:00', '15:30'],
  'Asia/Dubai': ['12:00', '13:30'],
  'Asia/Jerusalem': ['10:30', '12:00'],
  'Africa/Johannesburg': ['09:30', '11:00'],
  'Africa/Lagos': ['09:00', '10:00'],
  'Australia/Sydney': ['17:30', '18:00'],
  'Australia/Adelaide': ['17:30', '18:00'],
  'Pacific/Auckland': ['19:30', '20:00'],
};
export const OFFICE_HOURS = [
  '08:30',
  '09:00',
  '09:30',
  '10:00',
  '10:15',
  '11:00',
  '11:30',
  '13:00',
  '13:30',
  '14:00',
  '14:45',
  '15:00',
  '16:00',
  '16:30',
  '17:15',
];
