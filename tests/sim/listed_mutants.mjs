// The list of mutants.cpp, for the scripts that look for mutants outside of the simulation.
import { readFileSync } from 'node:fs';

/** Those with this Finder, as {name, fault}; only the named ones, if `names` has any. */
export function listedMutants(finder, names = []) {
  const list = readFileSync(new URL('mutants.cpp', import.meta.url), 'utf8');
  const rows = [...list.matchAll(/\{"([a-z_]+)", Finder::(\w+),\s*"([^"]+)"/g)];
  return rows
    .filter(([, name, its]) => its === finder && (!names.length || names.includes(name)))
    .map(([, name, , fault]) => ({ name, fault }));
}
