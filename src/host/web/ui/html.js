// The only module that imports htm and Preact, so that no other depends on their path.
export {
  Component,
  html,
  render,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from '/npm/htm/preact/standalone.module.js';
