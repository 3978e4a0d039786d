// Colours of appointments: the calendar's own, or one of Google's eleven event colours. Pure
// functions.
const GOOGLE_COLORS = {
  1: '#7986cb',
  2: '#33b679',
  3: '#8e24aa',
  4: '#e67c73',
  5: '#f6bf26',
  6: '#f4511e',
  7: '#039be5',
  8: '#616161',
  9: '#3f51b5',
  10: '#0b8043',
  11: '#d50000',
};

export const COLOR_IDS = Object.keys(GOOGLE_COLORS);
export const isColor = (color) => /^#[0-9a-fA-F]{6}$/.test(color || '');

export function colorOf(occurrence, calendar) {
  return GOOGLE_COLORS[occurrence.color] || (isColor(calendar?.color) ? calendar.color : '#2f5fe0');
}

// Whether a white check mark is unreadable on this colour, by the relative luminance of WCAG 2.
export function isPale(color) {
  if (!isColor(color)) return false;
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.35;
}
