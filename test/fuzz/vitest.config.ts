import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * `npm run fuzz`: the property tests, many times as often as in `npm test` (FUZZ_FACTOR, 25). Each run takes new seeds; what fails is
 * printed with its seed and path and belongs into a table test. Pure code only, so nothing has to be started.
 */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['domain/**/*.test.ts'],
    env: { FUZZ_FACTOR: process.env.FUZZ_FACTOR ?? '25' },
    pool: 'forks',
    testTimeout: 30 * 60_000,
  },
});
