// Pictures for tests, made here: a PNG of any size.

import { deflateSync } from 'node:zlib';

const table = Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let i = 0; i < 8; ++i) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

// zlib.crc32 is not in Node 18.
function checksum(data) {
  let value = 0xffffffff;
  for (const byte of data) value = table[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(checksum(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** The pixel at (x, y) as [red, green, blue]. */
const STRIPES = (x, y) => (Math.floor((x + y) / 16) % 2 ? [0x1f, 0x5f, 0xe0] : [0xff, 0xb0, 0x20]);

/** A PNG without transparency. */
export function makePng(width, height, pixel = STRIPES) {
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; ++y)
    for (let x = 0; x < width; ++x)
      Buffer.from(pixel(x, y)).copy(rows, y * (1 + 3 * width) + 1 + 3 * x);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
