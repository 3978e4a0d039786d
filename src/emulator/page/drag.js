// Dragging with mouse or pen. Touch is left to scrolling.
import { HOUR_PX } from './event_node.js';

const CLICK_RADIUS_PX = 5;
const STEP_MINUTES = 15;

export const isTouch = (pointer) => pointer.pointerType === 'touch';

// Follows the pointer until it is released. `onMove(days, minutes)` gets the distance so far,
// `onDrop` the final one. A press without a movement is a click.
export function drag(start, { columnWidth, onMove, onDrop, onClick }) {
  if (start.button !== 0 || isTouch(start)) return;
  start.preventDefault();
  const node = start.currentTarget;
  node.setPointerCapture(start.pointerId);
  let days = 0;
  let minutes = 0;
  let isDrag = false;
  const move = (event) => {
    const x = event.clientX - start.clientX;
    const y = event.clientY - start.clientY;
    if (!isDrag && Math.hypot(x, y) < CLICK_RADIUS_PX) return;
    isDrag = true;
    days = Math.round(x / columnWidth);
    minutes = Math.round(((y / HOUR_PX) * 60) / STEP_MINUTES) * STEP_MINUTES;
    onMove(days, minutes);
  };
  const end = (event) => {
    node.removeEventListener('pointermove', move);
    node.removeEventListener('pointerup', end);
    node.removeEventListener('pointercancel', end);
    if (event.type === 'pointercancel') return onMove(0, 0);
    if (!isDrag) return onClick?.();
    onDrop(days, minutes);
  };
  node.addEventListener('pointermove', move);
  node.addEventListener('pointerup', end);
  node.addEventListener('pointercancel', end);
}
