// The page's words in English and German, by the browser's language. A missing word is a bug: word() throws.
const english = {
  title: 'Calendar', emulator: 'Google emulator', today: 'Today', back: 'Back', forth: 'Forward', view: 'View', week: 'Week', list: 'List',
  behind: 'Behind the scenes', create: 'Create event', calendars: 'Calendars', newCalendar: 'New calendar', readOnly: 'read only', primary: 'main calendar',
  clearCalendar: 'Clear calendar …', deleteCalendar: 'Delete calendar …', renameCalendar: 'Rename …', removeFromList: 'Remove from list', color: 'Colour',
  shareCalendar: 'Share …', actionsFor: 'Actions for {0}', clearAsk: 'Delete every event of {0}? This cannot be undone.',
  deleteAsk: 'Delete the calendar {0} with all its events, for everyone?', cleared: 'All events of {0} are deleted.', calendarDeleted: '{0} is deleted.',
  calendarAdded: '{0} is there.', removed: '{0} is no longer in your list.', accounts: 'Accounts', addAccount: 'Add account …', revoke: 'Withdraw apps’ access',
  revokeAsk: 'Withdraw the access of all apps to {0}? Their tokens die at once.', revoked: 'The apps have lost their access.', name: 'Name', email: 'E-mail',
  save: 'Save', cancel: 'Cancel', delete: 'Delete', ok: 'OK', close: 'Close', newEvent: 'New event', editEvent: 'Event', summary: 'Title', noTitle: '(No title)',
  allDay: 'All day', start: 'Start', end: 'End', calendar: 'Calendar', repeats: 'Repeats', never: 'does not repeat', daily: 'daily', weekdays: 'every weekday (Mo–Fr)',
  weekly: 'weekly on {0}', monthly: 'monthly on day {0}', yearly: 'yearly on {0}', ownRule: 'own rule', rule: 'Rule', location: 'Place', description: 'Description',
  guests: 'Guests', guestsHint: 'Addresses, separated by commas', notify: 'Send mails to the guests', eventColor: 'Colour', likeCalendar: 'like the calendar',
  private: 'Private', free: 'Free (does not block time)', organizer: 'Organiser: {0}', answer: 'Your answer', accepted: 'Yes', tentative: 'Maybe', declined: 'No',
  needsAction: 'no answer', which: 'Which events?', justThis: 'This event', following: 'This and following events', all: 'All events', saved: 'Saved.',
  deleted: 'Deleted.', moved: 'Moved.', failed: 'That did not work: {0}', requests: 'Requests', mails: 'Mails', channels: 'Push', tests: 'Tests', noRequests: 'No app has asked for anything yet.',
  noMails: 'Google would not have sent any mail yet.', noChannels: 'No app listens for changes.', mailTo: 'to {0}', invitation: 'Invitation', update: 'Change',
  cancellation: 'Cancellation', sharing: 'Calendar shared', writerWithoutPrivateAccess: 'may change, not private ones', none: 'none', response: 'Answer', sent: 'Sent', received: 'Answered', dropped: 'no answer', fault: 'fault {0}', clearLog: 'Reset counters',
  messages: '{0} messages', until: 'until {0}', listOf: 'calendar list of {0}', expire: 'Expire sync tokens', expireHint: 'The next incremental sync gets 410 and starts afresh.',
  expired: 'All sync tokens are too old now.', advance: 'Clock one hour ahead', advanceHint: 'Access tokens and channels expire.', advanced: 'It is {0} now.',
  faultRate: 'Rate limit for the next 5 requests', fault500: 'Server errors for the next 5 requests', faultLost: 'Lose the next answer',
  faultHint: 'Hits the apps, never this page.', faultSet: 'The fault is set.', faultsClear: 'Clear faults', faultsCleared: 'No faults any more.', faultsOpen: 'Faults that wait: {0}',
  noAccounts: 'No account yet. Add one to begin.', noEvents: 'No events in these weeks.', loading: 'Loading …', rename: 'New name of the calendar', more: '{0} more', allRoles: 'Shared with',
  role: 'Right', owner: 'owner', writer: 'may change', reader: 'may read', freeBusyReader: 'free/busy only', share: 'Share', unshare: 'Take away', busy: 'Busy',
  badEnd: 'The end lies before the start.', badGuest: '{0} is not an e-mail address.', series: 'part of a series', exception: 'changed on its own', week_n: 'Week {0}',
};
const german = {
  title: 'Kalender', emulator: 'Google-Emulator', today: 'Heute', back: 'Zurück', forth: 'Weiter', view: 'Ansicht', week: 'Woche', list: 'Liste',
  behind: 'Hinter den Kulissen', create: 'Termin eintragen', calendars: 'Kalender', newCalendar: 'Neuer Kalender', readOnly: 'nur lesen', primary: 'Hauptkalender',
  clearCalendar: 'Kalender leeren …', deleteCalendar: 'Kalender löschen …', renameCalendar: 'Umbenennen …', removeFromList: 'Aus der Liste entfernen', color: 'Farbe',
  shareCalendar: 'Freigeben …', actionsFor: 'Aktionen für {0}', clearAsk: 'Alle Termine von {0} löschen? Das lässt sich nicht rückgängig machen.',
  deleteAsk: 'Den Kalender {0} mit allen Terminen löschen, für alle?', cleared: 'Alle Termine von {0} sind gelöscht.', calendarDeleted: '{0} ist gelöscht.',
  calendarAdded: '{0} ist angelegt.', removed: '{0} steht nicht mehr in Ihrer Liste.', accounts: 'Konten', addAccount: 'Konto anlegen …', revoke: 'Zugriff der Apps entziehen',
  revokeAsk: 'Allen Apps den Zugriff auf {0} entziehen? Ihre Schlüssel gelten sofort nicht mehr.', revoked: 'Die Apps haben keinen Zugriff mehr.', name: 'Name', email: 'E-Mail',
  save: 'Speichern', cancel: 'Abbrechen', delete: 'Löschen', ok: 'OK', close: 'Schließen', newEvent: 'Neuer Termin', editEvent: 'Termin', summary: 'Titel', noTitle: '(Ohne Titel)',
  allDay: 'Ganztägig', start: 'Beginn', end: 'Ende', calendar: 'Kalender', repeats: 'Wiederholung', never: 'keine', daily: 'täglich', weekdays: 'an Werktagen (Mo–Fr)',
  weekly: 'wöchentlich am {0}', monthly: 'monatlich am {0}.', yearly: 'jährlich am {0}', ownRule: 'eigene Regel', rule: 'Regel', location: 'Ort', description: 'Beschreibung',
  guests: 'Gäste', guestsHint: 'Adressen, durch Kommas getrennt', notify: 'Gästen eine Mail schicken', eventColor: 'Farbe', likeCalendar: 'wie der Kalender',
  private: 'Privat', free: 'Verfügbar (blockiert keine Zeit)', organizer: 'Veranstalter: {0}', answer: 'Ihre Antwort', accepted: 'Ja', tentative: 'Vielleicht', declined: 'Nein',
  needsAction: 'keine Antwort', which: 'Welche Termine?', justThis: 'Nur dieser Termin', following: 'Dieser und die folgenden', all: 'Alle Termine', saved: 'Gespeichert.',
  deleted: 'Gelöscht.', moved: 'Verschoben.', failed: 'Das ging nicht: {0}', requests: 'Anfragen', mails: 'Mails', channels: 'Push', tests: 'Prüfen', noRequests: 'Noch hat keine App etwas gefragt.',
  noMails: 'Google hätte noch keine Mail verschickt.', noChannels: 'Keine App wartet auf Änderungen.', mailTo: 'an {0}', invitation: 'Einladung', update: 'Änderung',
  cancellation: 'Absage', sharing: 'Kalender freigegeben', writerWithoutPrivateAccess: 'darf ändern, Privates nicht', none: 'keins', response: 'Antwort', sent: 'Gesendet', received: 'Antwort', dropped: 'keine Antwort', fault: 'Störung {0}', clearLog: 'Zähler zurücksetzen',
  messages: '{0} Meldungen', until: 'bis {0}', listOf: 'Kalenderliste von {0}', expire: 'Sync-Tokens verfallen lassen', expireHint: 'Der nächste Abgleich bekommt 410 und beginnt von vorn.',
  expired: 'Alle Sync-Tokens sind jetzt zu alt.', advance: 'Uhr eine Stunde vor', advanceHint: 'Zugriffstokens und Push-Kanäle laufen ab.', advanced: 'Es ist jetzt {0}.',
  faultRate: 'Ratenbegrenzung für die nächsten 5 Anfragen', fault500: 'Serverfehler für die nächsten 5 Anfragen', faultLost: 'Die nächste Antwort verlieren',
  faultHint: 'Trifft die Apps, nie diese Seite.', faultSet: 'Die Störung ist gesetzt.', faultsClear: 'Störungen entfernen', faultsCleared: 'Keine Störungen mehr.', faultsOpen: 'Wartende Störungen: {0}',
  noAccounts: 'Noch kein Konto. Legen Sie eines an.', noEvents: 'Keine Termine in diesen Wochen.', loading: 'Lädt …', rename: 'Neuer Name des Kalenders', more: '{0} weitere', allRoles: 'Freigegeben für',
  role: 'Recht', owner: 'Eigentümer', writer: 'darf ändern', reader: 'darf lesen', freeBusyReader: 'nur frei/belegt', share: 'Freigeben', unshare: 'Entziehen', busy: 'Belegt',
  badEnd: 'Das Ende liegt vor dem Beginn.', badGuest: '{0} ist keine E-Mail-Adresse.', series: 'Teil einer Serie', exception: 'einzeln geändert', week_n: 'KW {0}',
};

export const language = (navigator.languages?.[0] ?? navigator.language ?? 'en').toLowerCase().startsWith('de') ? 'de' : 'en';
const words = language === 'de' ? german : english;

export function word(key, ...values) {
  const text = words[key];
  if (text === undefined) throw new Error(`no word for ${key}`);
  return values.reduce((out, value, index) => out.replaceAll(`{${index}}`, value), text);
}
