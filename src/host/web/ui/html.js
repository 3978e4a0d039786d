// The one door to htm and Preact, so that no other module knows where they are served from.
export {
  Component,
  html,
  render,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from '/npm/htm/preact/standalone.module.js';
