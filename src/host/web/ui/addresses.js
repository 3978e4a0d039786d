// Email addresses as the pages compare and check them. Pure functions.
export const normalizeAddress = (email) => (email || '').trim().toLowerCase();

export const isAddress = (text) => /^[^\s@,;<>"]+@[^\s@,;<>"]+$/.test(text);
