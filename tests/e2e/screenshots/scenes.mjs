// The pages of which pictures are taken, and what a user has done there.

const LONG =
  'Donaudampfschifffahrtsgesellschaftskapitänskajüte <b>mit</b> einem Namen, ' +
  'der in keine Spalte passt, und العربية';

const json = (body, status = 200) => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});
const failing = json(
  { error: { code: 'unavailable', key: 'error.unavailable', args: {}, message: 'down' } },
  503,
);

const open = (selector) => async (page) => {
  await page.locator(selector).first().click();
  await page.getByRole('dialog').waitFor();
};
const press = (key) => async (page) => page.keyboard.press(key);
const view = (key) => async (page) => {
  await page.locator('.fc-box [class*="fc-"]').first().waitFor();
  await page.keyboard.press(key);
};

// Each scene: the address, and the user's actions there. `states` replaces answers of the API:
// {pattern: fulfil | delay in ms}.
export function scenes(ids) {
  return [
    { name: 'calendar-week', at: '#/calendar', play: view('w') },
    { name: 'calendar-month', at: '#/calendar', play: view('m') },
    { name: 'calendar-day', at: '#/calendar', play: view('d') },
    { name: 'calendar-list', at: '#/calendar', play: view('l') },
    {
      name: 'calendar-empty',
      at: '#/calendar',
      states: { '**/api/occurrences*': json([]) },
      play: view('l'),
    },
    { name: 'calendar-error', at: '#/calendar', states: { '**/api/occurrences*': failing } },
    {
      name: 'calendar-long',
      at: '#/calendar',
      play: view('w'),
      change: {
        pattern: '**/api/occurrences*',
        with: (list) => list.map((one, i) => (i % 3 ? one : { ...one, summary: LONG })),
      },
    },
    {
      name: 'appointment',
      at: '#/calendar',
      play: async (page) => {
        await view('l')(page);
        await open('.ev')(page);
      },
    },
    {
      name: 'appointment-new',
      at: '#/calendar',
      play: async (page) => {
        await page.locator('.calendar-row, .create').first().waitFor({ state: 'attached' });
        await page.keyboard.press('c');
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'help', at: '#/calendar', play: press('?') },
    { name: 'leads', at: '#/leads' },
    {
      name: 'leads-none',
      at: '#/leads',
      states: { '**/api/leads?*': json({ total: 0, items: [] }) },
    },
    { name: 'leads-loading', at: '#/leads', states: { '**/api/leads?*': 20_000 } },
    { name: 'leads-error', at: '#/leads', states: { '**/api/leads?*': failing } },
    {
      name: 'leads-long',
      at: '#/leads',
      change: {
        pattern: '**/api/leads?*',
        with: (page) => ({
          ...page,
          items: page.items.map((one) => ({ ...one, name: LONG, company: LONG })),
        }),
      },
    },
    { name: 'lead', at: `#/leads/${ids.leads}` },
    { name: 'contacts', at: '#/contacts' },
    { name: 'contact', at: `#/contacts/${ids.contacts}` },
    {
      name: 'contact-edit',
      at: `#/contacts/${ids.contacts}`,
      play: async (page) => {
        await page.locator('.record-card-head .button').click();
        await page.getByRole('dialog').waitFor();
      },
    },
    { name: 'accounts', at: '#/settings/calendars' },
    { name: 'accounts-none', at: '#/settings/calendars', states: { '**/api/accounts': json([]) } },
    {
      name: 'accounts-needs-auth',
      at: '#/settings/calendars',
      change: {
        pattern: '**/api/accounts',
        with: (list) =>
          list.map((one) => ({
            ...one,
            title: LONG,
            health: { ...one.health, state: 'needs_auth', reason: 'health.needs_auth' },
          })),
      },
    },
    { name: 'accounts-error', at: '#/settings/calendars', states: { '**/api/accounts': failing } },
    { name: 'profile', at: '#/settings/profile' },
    { name: 'security', at: '#/settings/security' },
    { name: 'sent-mail', at: '#/mail' },
  ];
}

/** Of a calendar with 20,000 appointments. */
export const MANY = [
  { name: 'many-month', at: '#/calendar', play: view('m') },
  { name: 'many-week', at: '#/calendar', play: view('w') },
  { name: 'many-day', at: '#/calendar', play: view('d') },
  { name: 'many-list', at: '#/calendar', play: view('l') },
  {
    name: 'many-rest-of-a-day',
    at: '#/calendar',
    play: async (page) => {
      await view('m')(page);
      await page.locator('.cal-more').first().click();
    },
  },
  { name: 'many-contacts', at: '#/contacts' },
];
