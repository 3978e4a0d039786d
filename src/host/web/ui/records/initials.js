// The initials shown in an avatar. Pure function.
export function initials(name) {
  const words = (name || '')
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .trim()
    .split(/\s+/);
  return (
    [words[0], words.length > 1 ? words[words.length - 1] : '']
      .map((word) => [...word][0] || '')
      .join('')
      .toUpperCase() || '?'
  );
}
