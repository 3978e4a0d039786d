// What ui/html.js exports, from the packages that FullCalendar uses too, so that the bundle holds
// Preact once.
export { html } from 'htm/preact';
export { Component, render } from 'preact';
export {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'preact/hooks';
