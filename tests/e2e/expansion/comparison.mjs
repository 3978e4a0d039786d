// Counts of a comparison by kind, and what no kind explains.

/** The kinds that occurred, how often, and the cases that none of them explains. */
export class Comparison {
  counts = new Map();
  unexplained = [];
  compared = 0;

  /** Notes a case: `kind` is that of an explained difference, or undefined where all agree. */
  note(kind) {
    ++this.compared;
    if (kind) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** Notes a difference without an explanation; `text` has to be enough to repeat it. */
  fail(text) {
    ++this.compared;
    this.unexplained.push(text);
  }

  /** One line: how many cases, and each kind with its count. */
  summary() {
    const kinds = [...this.counts].map(([kind, count]) => `${count} ${kind}`);
    return `${this.compared} compared; explained differences: ${kinds.join('; ') || 'none'}`;
  }

  /** The first unexplained cases, as the message of an assertion. */
  message(shown = Number(process.env.EXPANSION_SHOW ?? 5)) {
    const first = this.unexplained.slice(0, shown).join('\n');
    return `${this.unexplained.length} unexplained differences:\n${first}`;
  }
}

/** Are both lists of numbers equal? */
export const sameList = (a, b) => a.length === b.length && a.every((one, at) => one === b[at]);

/** The first place where two lists of instants differ, as text; either may be 'refused'. */
export function firstDifference(mine, theirs) {
  if (typeof mine === 'string' || typeof theirs === 'string')
    return [mine, theirs]
      .map((one) => (typeof one === 'string' ? one : `${one.length} instances`))
      .join(' | ');
  const found = mine.findIndex((instant, index) => instant !== theirs[index]);
  const from = found < 0 ? mine.length : found;
  const show = (list) =>
    list
      .slice(from, from + 3)
      .map((at) => (Number.isNaN(at) ? 'no time' : new Date(at).toISOString().slice(0, 19)))
      .join(' ') || 'none';
  const lengths = `${mine.length} and ${theirs.length}`;
  return `${lengths}, from number ${from + 1}: ${show(mine)} | ${show(theirs)}`;
}
