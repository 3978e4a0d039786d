// The iCalendar files of ics_files.test.mjs, all of our own making: {name, text (a string or
// bytes), zone?: of floating times, tells?: what the load report has to say; reported?: the same,
// and the input is not compared, because it is no iCalendar}.

import { EXCEPTION_INPUTS } from './inputs/exceptions.mjs';
import { RULE_INPUTS } from './inputs/rules.mjs';
import { TEXT_INPUTS } from './inputs/texts.mjs';
import { ZONE_INPUTS } from './inputs/zones.mjs';

/** The zone of floating times in a file without X-WR-TIMEZONE: that of a new account. */
export const ACCOUNT_ZONE = 'Europe/Berlin';
/** Instances that start in 2027 or 2028 are compared. */
export const FROM = Date.UTC(2027, 0, 1);
export const UNTIL = Date.UTC(2029, 0, 1);

export const INPUTS = [...ZONE_INPUTS, ...RULE_INPUTS, ...EXCEPTION_INPUTS, ...TEXT_INPUTS].map(
  (input) => ({
    zone: ACCOUNT_ZONE,
    ...input,
  }),
);
