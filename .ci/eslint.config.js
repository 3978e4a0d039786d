// One configuration for all JavaScript: the pages of crm_host and of google_emulator (browser), the
// suites in tests/e2e and this folder (Node).
import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['build/**', '**/node_modules/**', '.demo/**'] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'eqeqeq': 'error',
      'no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_' }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': ['error', { destructuring: 'all', ignoreReadBeforeAssign: true }],
    },
  },
  {
    files: ['src/**/*.js'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['.ci/**/*.{js,mjs}', 'src/**/*.mjs', 'tests/**/*.mjs', 'tests/**/*.cjs'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  {
    // Each random.chance() of an else-if chain draws again.
    files: ['tests/e2e/expansion/random_series.mjs'],
    rules: { 'no-dupe-else-if': 'off' },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
];
