// What the first bytes of a picture say: its kind, width and height. Read before the picture is
// decoded, so that one that is far too large is refused without taking its memory. Pure.

export const MAX_BYTES = 256 * 1024;
const MIN_SIDE = 16;
const MAX_SIDE = 1024;

const startsWith = (bytes, at, ...values) => values.every((value, i) => bytes[at + i] === value);
const text = (bytes, at, length) => String.fromCharCode(...bytes.subarray(at, at + length));

function pngSize(view) {
  return view.byteLength < 24 ? null : { width: view.getUint32(16), height: view.getUint32(20) };
}

// The frame header is one of the markers C0 to CF, but for the tables C4, C8 and CC.
function jpegSize(view) {
  for (let at = 2; at + 9 < view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function webpSize(bytes, view) {
  if (view.byteLength < 30) return null;
  const form = text(bytes, 12, 4);
  const uint24 = (at) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (form === 'VP8 ')
    return {
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
    };
  if (form === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (form !== 'VP8X') return null;
  const isAnimated = (view.getUint8(20) & 2) !== 0;
  return { isAnimated, width: uint24(24) + 1, height: uint24(27) + 1 };
}

function sizeOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, 0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return pngSize(view);
  if (startsWith(bytes, 0, 0xff, 0xd8, 0xff)) return jpegSize(view);
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 4) === 'WEBP') return webpSize(bytes, view);
  return undefined;
}

// Why the file cannot be the logo, as a text key; '' where only the host can say. The name and the
// declared type of the file are not looked at.
export function logoError(bytes) {
  if (bytes.length > MAX_BYTES) return 'logo.error.size';
  const size = sizeOf(bytes);
  if (size === undefined || size?.isAnimated) return 'logo.error.kind';
  if (!size) return 'logo.error.damaged';
  const sides = [size.width, size.height];
  return sides.some((side) => side < MIN_SIDE || side > MAX_SIDE) ? 'logo.error.pixels' : '';
}

export function toBase64(bytes) {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
