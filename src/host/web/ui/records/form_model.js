// A lead or contact as form values and back. Pure functions.
import { isAddress, normalizeAddress } from '../addresses.js';

export const recordValues = (record) => ({
  name: record?.name || '',
  company: record?.company || '',
  title: record?.title || '',
  phone: record?.phone || '',
  emails: record?.emails?.length ? [...record.emails] : [''],
});

export function recordInput(values) {
  const text = ({ name, company, title, phone }) => ({
    name: name.trim(),
    company: company.trim(),
    title: title.trim(),
    phone: phone.trim(),
  });
  return { ...text(values), emails: values.emails.map((email) => email.trim()).filter(Boolean) };
}

// Answers {field: text key}. An address is named by its index: "emails.1".
export function checkRecord(values) {
  const errors = values.name.trim() ? {} : { name: 'record.error.name' };
  const seen = new Set();
  values.emails.forEach((email, i) => {
    const address = normalizeAddress(email);
    if (address && !isAddress(address)) errors[`emails.${i}`] = 'record.error.email';
    else if (address && seen.has(address)) errors[`emails.${i}`] = 'record.error.email_twice';
    seen.add(address);
  });
  return errors;
}
