// A short message at the lower edge.
import { $ } from './state.js';

const SHOWN_MS = 4_000;

let timer = 0;

export function showToast(text) {
  $('toast').textContent = text;
  $('toast').classList.add('shown');
  clearTimeout(timer);
  timer = setTimeout(() => $('toast').classList.remove('shown'), SHOWN_MS);
}
