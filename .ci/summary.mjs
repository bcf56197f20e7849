// node summary.mjs REPORT STATUS: prints the closing line from vitest's JSON report; exit code 1 unless all is well.
// Plain JavaScript, because it must also run where the set-up failed.
import { readFileSync } from 'node:fs';

const [reportFile, status] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
try {
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  for (const file of report.testResults) {
    const count = (...states) => file.assertionResults.filter((test) => states.includes(test.status)).length;
    const broken = count('failed');
    passed += count('passed');
    skipped += count('skipped', 'pending', 'todo', 'disabled');
    // A file that could not be loaded, or whose hooks failed, has no failed test of its own.
    failed += broken === 0 && file.status === 'failed' ? 1 : broken;
  }
} catch {
  console.error('no test report: the set-up or the test run broke off');
}
// The command failed and no test says why (npm ci, a build, an unhandled error), or nothing was tested at all.
if (failed === 0 && (status !== '0' || passed === 0)) failed = 1;
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed ? 1 : 0;
