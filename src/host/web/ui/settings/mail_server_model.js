// The form of the mail server as values. Pure functions.
import { isAddress } from '../addresses.js';

export const PORTS = { starttls: 587, tls: 465, none: 25 };

export function valuesOf(settings) {
  const security = settings.security || 'starttls';
  return {
    host: settings.host || '',
    security,
    port: String(settings.port || PORTS[security]),
    user: settings.user || '',
    password: '',
    from: settings.from || '',
    own_domains: (settings.own_domains || []).join(', '),
    hold_seconds: String(settings.hold_seconds ?? 60),
    bounce: settings.bounce || '',
    name: settings.name || '',
    ca_file: settings.ca_file || '',
  };
}

// Another way to encrypt brings its usual port, unless the port was chosen.
export function withSecurity(values, security) {
  const isUsual = values.port === '' || Number(values.port) === PORTS[values.security];
  return { ...values, security, ...(isUsual ? { port: String(PORTS[security]) } : {}) };
}

export const domainsOf = (text) =>
  text
    .split(/[\s,;]+/)
    .map((domain) => domain.replace(/^@/, '').toLowerCase())
    .filter(Boolean);

const isWhole = (text, from, to) => /^\d+$/.test(text) && text >= from && text <= to;

const isLoopback = (host) => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);

// Answers {field: text key}. `settings` are those that are stored, whose password is for their
// server only.
export function checkValues(values, settings = {}) {
  const errors = {};
  if (!values.host.trim()) errors.host = 'error.required';
  else if (/[\s/@]/.test(values.host.trim())) errors.host = 'server.error.host';
  if (!isWhole(values.port, 1, 65535)) errors.port = 'server.error.port';
  if (!isAddress(values.from.trim())) errors.from = 'error.email';
  if (!domainsOf(values.own_domains).every((domain) => /^[^@\s]+\.[^@\s]+$/.test(domain)))
    errors.own_domains = 'server.error.own_domains';
  if (!isWhole(values.hold_seconds, 0, 600)) errors.hold_seconds = 'server.error.hold_seconds';
  if (values.bounce.trim() && !isAddress(values.bounce.trim())) errors.bounce = 'error.email';
  if (values.security === 'none' && !errors.host && !isLoopback(values.host.trim()))
    errors.security = 'server.error.security';
  const isOtherServer = Boolean(settings.host) && values.host.trim() !== settings.host;
  if (isOtherServer && settings.has_password && values.user.trim() && !values.password)
    errors.password = 'server.error.password';
  return errors;
}

// What is sent. A password that was not typed stays as it is, unless no user logs in any more.
export function settingsOf(values) {
  const user = values.user.trim();
  return {
    host: values.host.trim(),
    port: Number(values.port),
    security: values.security,
    user,
    ...(values.password || !user ? { password: values.password } : {}),
    from: values.from.trim(),
    own_domains: domainsOf(values.own_domains),
    hold_seconds: Number(values.hold_seconds),
    bounce: values.bounce.trim(),
    name: values.name.trim(),
    ca_file: values.ca_file.trim(),
  };
}
