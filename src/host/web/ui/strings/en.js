// English texts, written as English, not translated word by word.
export const en = {
  'loading': 'Loading',
  'action.cancel': 'Cancel', 'action.close': 'Close', 'action.delete': 'Delete', 'action.edit': 'Edit', 'action.log_out': 'Log out', 'action.next': 'Next',
  'action.reload': 'Reload', 'action.retry': 'Try again', 'action.save': 'Save', 'action.undo': 'Undo',

  'nav.label': 'Main navigation', 'nav.skip': 'Skip to content', 'nav.calendar': 'Calendar', 'nav.leads': 'Leads', 'nav.contacts': 'Contacts', 'nav.plugins': 'Plugins', 'nav.settings': 'Settings', 'nav.user': 'Your account',

  'live.lost': 'The connection to the CRM is interrupted. What you see may be out of date and will catch up as soon as the connection is back.',

  'login.title': 'Log in', 'login.email': 'Email address', 'login.password': 'Password', 'login.submit': 'Log in', 'login.email_missing': 'Enter your email address.',
  'login.password_missing': 'Enter your password.', 'login.wrong': 'That email address and password do not match. Please try again.',
  'login.pause': 'That was a lot of attempts. Please wait {seconds} s.', 'login.expired': 'Your session has ended. Please log in again.',

  'error.offline': 'The CRM can’t be reached right now. What you typed is still here; try again in a moment.', 'error.internal': 'Something went wrong in the CRM. Please try again.',
  'error.invalid': 'One entry wasn’t accepted. Please check what you typed.', 'error.invalid_field': '“{field}” wasn’t accepted. Please check it.', 'error.no_session': 'Please log in again.', 'error.denied': 'You don’t have permission to do that.', 'error.not_found': 'This no longer exists. It may have been deleted.',
  'error.conflict': 'This was changed elsewhere in the meantime.', 'error.gone': 'It’s too late for that.', 'error.too_large': 'That’s too large.', 'error.too_many': 'Too many requests. Please wait a moment.', 'error.unavailable': 'That’s unavailable at the moment. Please try again shortly.',
  'error.load': 'This couldn’t be loaded', 'error.unreachable.title': 'The CRM can’t be reached', 'error.unreachable.text': 'Check your connection. Nothing you saved is lost.',
  'error.broken.title': 'This page ran into an error', 'error.broken.text': 'Everything you saved is safe. Reload to go on.',
  'error.required': 'Please fill this in.', 'error.type': 'That value doesn’t fit.', 'error.too_short': 'That’s too short.', 'error.too_long': 'That’s too long.', 'error.not_offered': 'Please choose from the list.', 'error.email': 'Enter an email address.',
  'error.uri': 'Enter a web address.', 'error.range': 'That value is out of range.', 'error.too_few': 'Choose at least one.',

  'field.summary': 'Title', 'field.start': 'Starts', 'field.end': 'Ends', 'field.location': 'Location', 'field.description': 'Description', 'field.attendees': 'Guests', 'field.recurrence': 'Repeats', 'field.name': 'Name', 'field.company': 'Company', 'field.emails': 'Email address', 'field.phone': 'Phone', 'field.title': 'Position', 'field.calendar': 'Calendar', 'field.time_zone': 'Time zone',

  'form.required': 'Please fill this in.', 'form.choose_one': 'Choose at least one.', 'form.too_short': 'That’s too short.', 'form.too_long': 'That’s too long.', 'form.whole_number': 'Enter a whole number.', 'form.optional': '(optional)',

  'help.keyboard': 'Keyboard shortcuts', 'help.create': 'Create', 'help.today': 'Go to today', 'help.move': 'Back and forward', 'help.views': 'Month, week, day, list', 'help.search': 'Search', 'help.close': 'Close',

  'calendar.own': 'CRM calendar', 'calendar.today': 'Today', 'calendar.previous': 'Back', 'calendar.next': 'Forward', 'calendar.view': 'View', 'calendar.view.month': 'Month', 'calendar.view.week': 'Week', 'calendar.view.three': '3 days', 'calendar.view.day': 'Day', 'calendar.view.list': 'List',
  'calendar.all_day': 'all day', 'calendar.week_short': 'W', 'calendar.more': '+{count} more', 'calendar.no_events': 'Nothing planned in this period.', 'calendar.load_failed': 'The calendar view couldn’t be loaded.',
  'calendar.list': 'Calendars', 'calendar.menu': 'Menu for {name}', 'calendar.default': 'Default', 'calendar.gone': 'no longer at Google', 'calendar.view_only': 'view only', 'calendar.hide': 'Hide', 'calendar.show': 'Show',
  'calendar.make_default': 'Use as default calendar', 'calendar.default_changed': 'Default calendar changed.', 'calendar.account': 'Open calendar account', 'calendar.manage': 'Calendar accounts', 'calendar.connect_hint': 'Connect your Google account to see its appointments here too.', 'calendar.visible': 'Show {name}',

  'appointment.new': 'New appointment', 'appointment.new_short': 'Appointment', 'appointment.edit': 'Edit appointment', 'appointment.untitled': '(No title)', 'appointment.busy': 'Busy', 'appointment.summary': 'Title', 'appointment.summary_placeholder': 'What is it about?',
  'appointment.start': 'Starts', 'appointment.end': 'Ends', 'appointment.start_day': 'Start date', 'appointment.start_time': 'Start time', 'appointment.end_day': 'End date', 'appointment.end_time': 'End time', 'appointment.all_day': 'All day',
  'appointment.zone': 'Time zone', 'appointment.your_time': 'Your time ({zone}): {when}', 'appointment.own_zone': '{time} ({zone})', 'appointment.calendar': 'Calendar', 'appointment.calendar_own_hint': 'The CRM calendar isn’t synchronised with Google.',
  'appointment.guests': 'Guests', 'appointment.location': 'Location', 'appointment.description': 'Description', 'appointment.formatting_lost': 'Saving removes the formatting of the description.', 'appointment.private': 'Private', 'appointment.private_hint': '– others only see “Busy”', 'appointment.shown_as': 'Show as', 'appointment.shown_as.opaque': 'Busy', 'appointment.shown_as.transparent': 'Free',
  'appointment.color': 'Colour', 'appointment.visibility.default': 'as the calendar', 'appointment.visibility.public': 'public', 'appointment.visibility.private': 'private', 'appointment.visibility.confidential': 'confidential',
  'appointment.recurring': 'Recurring', 'appointment.exception': 'This appointment differs from its series.', 'appointment.guest_count': { one: '{count} guest', other: '{count} guests' }, 'appointment.more_guests': { one: 'and {count} more', other: 'and {count} more' },
  'appointment.join': 'Join the video call', 'appointment.open_google': 'Open in Google Calendar', 'appointment.source_gone': 'The calendar this appointment came from no longer exists at Google. The appointment stays in the CRM and is no longer synchronised.',
  'appointment.masked': 'This appointment is private. You only see when it is.', 'appointment.not_found': 'This appointment no longer exists.', 'appointment.not_saved': 'Not saved.',
  'appointment.mails_invite': { one: 'Google will email an invitation to {count} guest', other: 'Google will email invitations to {count} guests' }, 'appointment.mails_change': { one: 'Google will email {count} guest', other: 'Google will email {count} guests' },
  'appointment.discard_question': 'Discard your changes?', 'appointment.discard': 'Discard', 'appointment.keep_editing': 'Keep editing',
  'appointment.error.day': 'Enter a date.', 'appointment.error.time': 'Enter a time.', 'appointment.error.order': 'The end is before the start.', 'appointment.error.long': 'The title is too long.',

  'event.read_only': 'This appointment can’t be changed here.', 'event.read_only.other_user': 'This is somebody else’s appointment. You can look at it, but not change it.', 'event.read_only.calendar': 'This calendar is view only. Change the appointment at Google.',
  'event.read_only.type': 'This kind of appointment can only be changed at Google.', 'event.read_only.locked': 'This appointment is locked at Google.', 'event.read_only.not_organizer': 'Only the person who sent the invitation can change this appointment.',

  'color.calendar': 'Calendar colour', 'color.1': 'Lavender', 'color.2': 'Sage', 'color.3': 'Grape', 'color.4': 'Flamingo', 'color.5': 'Banana', 'color.6': 'Tangerine', 'color.7': 'Peacock', 'color.8': 'Graphite', 'color.9': 'Blueberry', 'color.10': 'Basil', 'color.11': 'Tomato',

  'guest.placeholder': 'Name or email address', 'guest.leads': 'Lead', 'guest.contacts': 'Contact', 'guest.self': 'You', 'guest.unknown': 'Unknown', 'guest.remove': 'Remove {name}', 'guest.no_address': 'That isn’t an email address. Choose somebody from the list, or type an address.',
  'answer.accepted': 'Accepted', 'answer.declined': 'Declined', 'answer.tentative': 'Maybe', 'answer.needs_action': 'No answer yet',

  'saved.created': 'Appointment created.', 'saved.changed': 'Change saved.', 'saved.deleted': 'Appointment deleted.', 'saved.deleted_one': 'This one appointment was deleted.', 'saved.deleted_many': 'The appointments of the series were deleted.', 'saved.delete_conflict': 'Not deleted: the appointment was just changed elsewhere. Please look at it again.',
  'undo.done': 'Undone.', 'undo.late': 'This can no longer be undone.',

  'change.title.change': 'Save change', 'change.title.delete': 'Delete appointment', 'change.action.change': 'Save', 'change.action.delete': 'Delete', 'change.scope': 'Which appointments?', 'change.scope.this': 'Only this appointment', 'change.scope.following': 'This and all following', 'change.scope.all': 'All appointments of the series',
  'change.mails.change': { one: 'Google will email {count} guest about it.', other: 'Google will email {count} guests about it.' }, 'change.mails.delete': { one: 'Google will email a cancellation to {count} guest.', other: 'Google will email a cancellation to {count} guests.' },

  'conflict.title': 'This appointment was changed in the meantime.', 'conflict.text': 'The form shows what is there now, with your changes. Only the fields you changed will be saved.', 'conflict.theirs': 'Now', 'conflict.mine': 'Your entry', 'conflict.untouched': 'not changed', 'conflict.take_theirs': 'Use what is there now',
  'conflict.gone': 'This appointment no longer exists.', 'conflict.gone_text': 'It was deleted in the meantime. Your entries are still below.',
  'conflict.field.summary': 'Title', 'conflict.field.when': 'When', 'conflict.field.location': 'Location', 'conflict.field.description': 'Description', 'conflict.field.visibility': 'Visibility', 'conflict.field.transparency': 'Show as', 'conflict.field.color': 'Colour', 'conflict.field.attendees': 'Guests', 'conflict.field.recurrence': 'Repeats',

  'recurrence.label': 'Repeats', 'recurrence.none': 'Does not repeat', 'recurrence.daily': 'Daily', 'recurrence.weekly': 'Weekly', 'recurrence.monthly': 'Monthly', 'recurrence.yearly': 'Yearly', 'recurrence.custom': 'Custom rule', 'recurrence.custom_kept': 'This rule stays as it is.',
  'recurrence.every': 'Every', 'recurrence.on': 'On', 'recurrence.end': 'Ends', 'recurrence.end.never': 'Never', 'recurrence.end.until': 'On a day', 'recurrence.end.count': 'After a number', 'recurrence.until': 'Last day', 'recurrence.count': 'Appointments',
  'recurrence.unit.daily': { one: 'day', other: 'days' }, 'recurrence.unit.weekly': { one: 'week', other: 'weeks' }, 'recurrence.unit.monthly': { one: 'month', other: 'months' }, 'recurrence.unit.yearly': { one: 'year', other: 'years' },
  'recurrence.error.interval': 'Enter a number from 1 to 999.', 'recurrence.error.days': 'Choose at least one day.', 'recurrence.error.until': 'This day is before the start.', 'recurrence.error.count': 'Enter a number from 1 to 9999.',
  'recurrence.words.daily': 'Daily', 'recurrence.words.weekly': 'Weekly', 'recurrence.words.monthly': 'Monthly', 'recurrence.words.yearly': 'Yearly', 'recurrence.words.daily_n': 'Every {count} days', 'recurrence.words.weekly_n': 'Every {count} weeks', 'recurrence.words.monthly_n': 'Every {count} months', 'recurrence.words.yearly_n': 'Every {count} years',
  'recurrence.words.on': '{every} on {days}', 'recurrence.words.on_days': 'on {days}', 'recurrence.words.in_months': 'in {months}', 'recurrence.words.until': 'until {day}', 'recurrence.words.count': { one: 'once', other: '{count} times' },
  'recurrence.words.nth_day': 'day {day}', 'recurrence.words.last_day': 'the last day of the month', 'recurrence.words.before_end': 'day {days} from the end of the month', 'recurrence.words.nth.1': 'the first {day}', 'recurrence.words.nth.2': 'the second {day}', 'recurrence.words.nth.3': 'the third {day}', 'recurrence.words.nth.4': 'the fourth {day}', 'recurrence.words.nth.5': 'the fifth {day}', 'recurrence.words.nth.-1': 'the last {day}', 'recurrence.words.nth.other': '{day} number {nth}',
  'recurrence.words.only_last': 'only the last of them', 'recurrence.words.only_nth': 'only number {nth} of them', 'recurrence.words.and_more': 'with further conditions', 'recurrence.words.custom': 'By a custom rule',

  'settings.integrations': 'Integrations', 'settings.calendars': 'Calendars', 'settings.personal': 'Personal', 'settings.profile': 'Language and appearance', 'settings.language': 'Language', 'settings.language.browser': 'Same as browser', 'settings.theme': 'Appearance', 'settings.theme.system': 'Same as device', 'settings.theme.light': 'Light', 'settings.theme.dark': 'Dark',
  'settings.zone': 'Time zone', 'settings.zone_hint': 'You see all appointments in this time zone.', 'settings.name': 'Name', 'settings.saved': 'Saved.',

  'accounts.title': 'Calendar accounts', 'accounts.none': 'No calendar account yet', 'accounts.none_text': 'Add your Google Calendar to see its appointments in the CRM, and the other way round.', 'accounts.no_connector': 'No plugin that can connect a calendar is running. Please ask your administrator.',
  'accounts.other': 'Tasks and contacts are integrations of their own. A calendar account only asks for your calendars.', 'accounts.default': 'Default calendar', 'accounts.last_change': 'Last synchronised', 'accounts.never': 'never',
  'account.attention': 'A calendar account needs your attention.', 'account.attention_n': '{count} calendar accounts need your attention.', 'account.look': 'Take a look', 'account.menu': 'Menu for {name}', 'account.sync': 'Synchronise now', 'account.sync_started': 'Synchronising.', 'account.decide': 'Decide', 'account.synced': 'Appointments synchronised.', 'account.options': 'Calendar account settings',
  'account.pause': 'Pause', 'account.resume': 'Resume', 'account.paused': 'The calendar account is paused.', 'account.resumed': 'Synchronisation goes on.', 'account.pause_title': 'Pause this calendar account?', 'account.pause_text': 'Until you resume, no appointments are synchronised. Everything stays as it is on both sides.', 'account.disconnect': 'Disconnect', 'account.reconnect': 'Reconnect', 'account.calendars': 'Visible calendars',
  'account.state.ok': 'Connected', 'account.state.working': 'Synchronising appointments', 'account.state.waiting': 'Waiting', 'account.state.needs_auth': 'Needs to be reconnected', 'account.state.attention': 'Needs your attention', 'account.state.off': 'Paused',
  'health.off': 'Paused', 'progress.of': '{done} of {total} appointments', 'progress.done': { one: '{count} appointment', other: '{count} appointments' }, 'progress.remaining': 'about {count} s left',

  'draft.title': '{name}: set-up not finished', 'draft.text': 'Last edited {ago} – nothing is synchronised until you finish.', 'draft.resume': 'Resume', 'draft.drop': 'Drop', 'draft.dropped': 'The set-up was dropped.',

  'flow.steps': 'Steps', 'flow.stage.account': 'Account', 'flow.stage.settings': 'Settings', 'flow.stage.preview': 'Preview', 'flow.stage.done': 'Done', 'flow.external': 'On the next page you choose your account and click “Allow”. Then you come back here.', 'flow.open': 'Continue',
  'flow.may_leave': 'You can leave this page and carry on later.', 'flow.later': 'Carry on later', 'flow.later_link': 'Carry on later instead', 'flow.finished': 'Your calendar account is set up', 'flow.finished_text': 'Your appointments now appear on the calendar page.', 'flow.saved': 'Saved.', 'flow.to_accounts': 'To the calendar accounts', 'flow.to_calendar': 'To the calendar',
  'flow.aborted': 'Not set up', 'flow.not_changed': 'Nothing was changed', 'flow.again': 'Start again', 'flow.gone': 'This set-up no longer exists. It was finished, dropped, or has expired.', 'flow.unknown': 'This page doesn’t know this step.', 'flow.cancel_title': 'Cancel the set-up?', 'flow.cancel_text': 'If you drop it, the access you granted is given back and nothing is saved.', 'flow.cancel_drop': 'Drop',
  'flow.link_used': 'This link was already used. Carry on where you were.', 'flow.link_expired': 'Signing in took too long. Please start again.', 'flow.link_broken': 'The other page’s answer was incomplete. Please start again.', 'flow.failed': 'That didn’t work. Please start again.',
  'flow.session_ended': 'You are no longer logged in. Log in and open the set-up you began.', 'flow.already_connected': '{identity} is already connected.',
  'error.csrf': 'This page is out of date. Please reload it.', 'error.timeout': 'This is taking too long. Please check whether it happened before you try again.', 'error.needs_auth': 'This account has to be reconnected first.',

  'record.name': 'Name', 'record.company': 'Company', 'record.title': 'Position', 'record.email': 'Email address', 'record.email_n': 'Another email address', 'record.email_add': '+ Another email address', 'record.email_remove': 'Remove address', 'record.phone': 'Phone', 'record.edit': 'Edit', 'record.saved': 'Saved.', 'record.deleted': 'Deleted.', 'record.menu': 'More actions', 'record.not_found': 'This entry no longer exists.',
  'record.delete_title': 'Delete this entry?', 'record.delete_text': 'Its appointments stay in the calendars; they only lose the connection.', 'record.error.name': 'Enter a name.', 'record.error.email': 'That isn’t an email address.', 'record.error.email_twice': 'This address is already listed.', 'record.error.refused': 'This entry wasn’t accepted.',
  'records.not_found': 'Nothing found for “{search}”', 'records.not_found_text': 'The search looks at name, company and email address.', 'records.more': 'Show more ({count})',
  'leads.new': 'New lead', 'leads.search': 'Search leads', 'leads.none': 'No leads yet', 'leads.none_text': 'Create a lead. Appointments with its address find their way to it.', 'leads.count': { one: '{count} lead', other: '{count} leads' }, 'leads.created': 'Lead created.',
  'contacts.new': 'New contact', 'contacts.search': 'Search contacts', 'contacts.none': 'No contacts yet', 'contacts.none_text': 'Create a contact. Appointments with its address find their way to it.', 'contacts.count': { one: '{count} contact', other: '{count} contacts' }, 'contacts.created': 'Contact created.',
  'card.upcoming': 'Upcoming appointments', 'card.past': 'Past appointments', 'card.no_upcoming': 'No upcoming appointments', 'card.no_upcoming_text': 'As soon as somebody with this address is invited, the appointment appears here.', 'card.no_address_text': 'Add an email address, and appointments with it will appear here.', 'card.until': 'all day until {day}', 'card.from': 'from {time}',

  'plugins.none': 'No plugins', 'plugins.none_text': 'Put a plugin into the plugin folder and it appears here.', 'plugins.version': 'Version {version}', 'plugins.state.running': 'Running', 'plugins.state.starting': 'Starting', 'plugins.state.stopped': 'Stopped', 'plugins.state.stuck': 'Stuck, restart needed', 'plugins.state.refused': 'Refused', 'plugins.state.failed': 'Failed',
};
