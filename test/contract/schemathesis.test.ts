import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../embedded/testing.ts';
import { startSystem, type TestSystem } from '../browser/system.ts';

/** Named in SCHEMATHESIS or found on the PATH; without it the run is skipped and says so. */
const program = [process.env.SCHEMATHESIS, ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'schemathesis'))].find(
  (path) => path !== undefined && path !== '' && existsSync(path),
);
if (program === undefined)
  process.stderr.write(
    'The contract test of /openapi.json is skipped: no schemathesis here. Install it with pip, or name it in SCHEMATHESIS.\n',
  );

/** How long it makes up requests; the phases before have their own length. */
const SECONDS = 60;

describe.skipIf(program === undefined)('the own API against its description', () => {
  const token = randomBytes(24).toString('base64url');
  let system: TestSystem;
  beforeAll(async () => {
    system = await startSystem({ demoToken: token });
  }, 240_000);
  afterAll(() => system?.stop(), 60_000);

  test('made-up requests, right and wrong, get no 5xx, and answers are what /openapi.json says', { timeout: 600_000 }, async () => {
    const { code, output } = await run(program!, [
      'run',
      `${system.url}/openapi.json`,
      ...['--header', `Authorization: Bearer ${token}`],
      ...['--checks', 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance'],
      ...['--phases', 'coverage,fuzzing'],
      ...['--max-time', String(SECONDS)],
      // Ends the session and the tokens that the run itself works with.
      ...['--exclude-path-regex', '^/api/(session|tokens|users)'],
      ...['--generation-deterministic', '--request-timeout', '15', '--suppress-health-check', 'all', '--no-color', '--workers', '2'],
    ]);
    const failures = output.slice(output.indexOf('= FAILURES ='), output.indexOf('= WARNINGS ='));
    expect(code, failures).toBe(0);
  });
});

function run(command: string, args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: temporaryFolder(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
