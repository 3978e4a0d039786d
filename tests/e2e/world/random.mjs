// Repeatable random numbers: every number of the demo world comes from here, so that a seed and a
// date always give the same world.

/** 32-bit FNV-1a of a text. */
function hash(text) {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** The generator sfc32, seeded with a text. */
export class Random {
  constructor(seed) {
    [this.a, this.b, this.c, this.d] = [hash(`${seed}/a`), hash(`${seed}/b`), hash(`${seed}/c`), 1];
    for (let i = 0; i < 16; ++i) this.next();
  }

  /** 0 <= x < 1 */
  next() {
    const sum = (this.a + this.b + this.d) >>> 0;
    this.d = (this.d + 1) >>> 0;
    this.a = (this.b ^ (this.b >>> 9)) >>> 0;
    this.b = (this.c + (this.c << 3)) >>> 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) >>> 0;
    this.c = (this.c + sum) >>> 0;
    return sum / 4294967296;
  }

  /** A whole number of [low, high]. */
  integer(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[this.integer(0, list.length - 1)];
  }

  /** `count` different members, in the order of the list. */
  sample(list, count) {
    const left = list.map((_, index) => index);
    const chosen = [];
    while (chosen.length < count && left.length > 0)
      chosen.push(left.splice(this.integer(0, left.length - 1), 1)[0]);
    return chosen.sort((x, y) => x - y).map((index) => list[index]);
  }

  /** An event id as Google allows it: base32hex, lower case. */
  eventId() {
    return Array.from(
      { length: 26 },
      () => '0123456789abcdefghijklmnopqrstuv'[this.integer(0, 31)],
    ).join('');
  }
}
