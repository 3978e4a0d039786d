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

const channels = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

// Relative luminance and contrast of WCAG 2.
function luminance(rgb) {
  const [r, g, b] = rgb
    .map((value) => value / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

// Whether a white check mark is unreadable on this colour.
export const isPale = (color) => isColor(color) && luminance(channels(color)) > 0.35;

// The text and surface colours of styles/tokens.css.
const THEMES = {
  light: { text: channels('#171b22'), surface: channels('#ffffff') },
  dark: { text: channels('#e8ebf0'), surface: channels('#171b22') },
};
const MIN_CONTRAST = 5;

function shareOf(color, { text, surface }) {
  const mixed = (share) =>
    channels(color).map((value, i) => (value * share + surface[i] * (100 - share)) / 100);
  let share = 70;
  while (share > 20 && contrast(mixed(share), text) < MIN_CONTRAST) share -= 5;
  return share;
}

const shares = new Map();

// How many percent of a colour, mixed with the surface, leave the text on it readable: {light,
// dark}.
export function sharesOf(color) {
  if (!isColor(color)) return { light: 20, dark: 20 };
  if (!shares.has(color))
    shares.set(color, {
      light: shareOf(color, THEMES.light),
      dark: shareOf(color, THEMES.dark),
    });
  return shares.get(color);
}
