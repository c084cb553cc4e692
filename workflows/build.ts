/** Writes the workflow bundle that workers start from: `npm run build:workflows`. */
import { BUNDLE_FILE, buildWorkflowBundle } from './bundle.ts';

await buildWorkflowBundle();
process.stdout.write(`${BUNDLE_FILE}\n`);
