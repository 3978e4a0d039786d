// Loads FullCalendar, a classic script, when the calendar is first shown, and keeps it.
let loading = null;

function script(src) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = src;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${src} did not load`));
    document.head.append(element);
  });
}

export function loadFullCalendar() {
  if (!loading) {
    loading = script('/npm/fullcalendar/all/global.js')
      .then(() =>
        Promise.all([
          script('/npm/fullcalendar/themes/classic/global.js'),
          script('/npm/fullcalendar/locales/de/global.js'),
        ]),
      )
      .then(() => globalThis.FullCalendar)
      .catch((error) => {
        loading = null;
        throw error;
      });
  }
  return loading;
}
