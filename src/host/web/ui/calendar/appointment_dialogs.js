// The dialog of an appointment that useAppointments has opened: details, form, or a question.
import { html } from '../html.js';
import { ChangeDialog } from './change_dialog.js';
import { Details } from './details.js';
import { AppointmentForm } from './form.js';
import { keyOf, occurrenceIn } from './occurrences.js';

function DetailsDialog({ appointments, occurrence }) {
  const { calendars, zone, answer, close, edit, open, remove } = appointments;
  return html`<${Details}
    occurrence=${occurrence}
    calendars=${calendars}
    zone=${zone}
    onClose=${close}
    onEdit=${(page) => edit(page, occurrence)}
    onDelete=${(page) => remove(page, occurrence, close)}
    onAnswer=${(page, given) =>
      answer({ page, occurrence, answer: given, onClose: () => open(occurrence) })}
  />`;
}

function FormDialog({ appointments, draft }) {
  const { calendars, zone, close, edit, openForm, remove, save, saveAsNew } = appointments;
  const { page, occurrence } = draft;
  return html`<${AppointmentForm}
    draft=${draft}
    calendars=${calendars}
    userZone=${zone}
    onClose=${close}
    onSave=${(input) => save(draft, input)}
    onSaveAsNew=${(input) => saveAsNew(draft, input)}
    onDelete=${() => remove(page, occurrence, () => openForm(draft))}
    onReload=${() => edit(page, occurrenceIn(page, occurrence))}
  />`;
}

export function AppointmentDialogs({ appointments }) {
  const { dialog, forms } = appointments;
  switch (dialog?.type) {
    case 'details':
      return html`<${DetailsDialog}
        key=${keyOf(dialog.occurrence)}
        appointments=${appointments}
        occurrence=${dialog.occurrence}
      />`;
    case 'form':
      return html`<${FormDialog}
        key=${forms}
        appointments=${appointments}
        draft=${dialog.draft}
      />`;
    case 'confirm':
      return html`<${ChangeDialog} key="confirm" ...${dialog.question} />`;
    default:
      return null;
  }
}
