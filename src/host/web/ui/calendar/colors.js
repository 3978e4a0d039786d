// Colours of appointments: the calendar's, or the one of Google's eleven that the appointment carries. Pure.
const kGoogle = { 1: '#7986cb', 2: '#33b679', 3: '#8e24aa', 4: '#e67c73', 5: '#f6bf26', 6: '#f4511e', 7: '#039be5', 8: '#616161', 9: '#3f51b5', 10: '#0b8043', 11: '#d50000' };

export const kColorIds = Object.keys(kGoogle);
export const isColor = (color) => /^#[0-9a-fA-F]{6}$/.test(color || '');

export function colorOf(occurrence, calendar) {
  return kGoogle[occurrence.color] || (isColor(calendar?.color) ? calendar.color : '#2f5fe0');
}
