import { defineConfig } from 'vitest/config';

const minute = 60_000;

/** Tests that cross folders: one project for each folder of `tests/`. */
function crossing(name: string, timeoutMs = 2 * minute) {
  return {
    extends: true as const,
    test: { name, include: [`tests/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
  };
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    passWithNoTests: false,
    testTimeout: 2 * minute,
    hookTimeout: 2 * minute,
    exclude: ['**/node_modules/**', '**/dist/**', 'tests/architecture/fixture/**'],
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['{emulator,main,renderer,resources}/**/*.test.ts', 'tests/support/**/*.test.ts'] },
      },
      crossing('conformance'),
      crossing('boot', 10 * minute),
      crossing('golden'),
      crossing('bench', 10 * minute),
      crossing('architecture', 10 * minute),
      crossing('e2e', 5 * minute),
      crossing('debugger', 10 * minute),
      crossing('show', 10 * minute),
    ],
  },
});
